// Opening a register: schema, identity, and proof that these are its keys.
import { randomUUID } from 'node:crypto'
import { Committer } from '../log/commitment.ts'
import type { Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { createAppender } from './group-appends.ts'
import type { KeyRing } from './key-ring.ts'
import { type Migration, migrate } from './migrate.ts'
import { refKey } from './ref-key.ts'
import type { Register } from './register.ts'
import { readSecrets } from './secrets/read-secrets.ts'
import type { RegisterStore, StoreSession } from './store.ts'

/** Version of what is hashed and how; it stands in every tag (log/commitment.ts). */
const FORMAT = 1

export type { Register } from './register.ts'

/** Opens the register in this store, creating it when there is none. The store stays the caller's to close. */
export async function openRegister(options: {
  store: RegisterStore
  keys: KeyRing
  /** In ascending order of number. */
  migrations: readonly Migration[]
  now: () => Instant
}): Promise<Register> {
  const { store, keys, migrations, now } = options
  await migrate(store, migrations, now)
  const registerId = await store.transaction((session) => identify(session, keys, now))
  const committer = new Committer(registerId)
  await checkEpochKey(store, keys, committer)
  const register = { registerId, store, keys, now, committer }
  return { ...register, append: createAppender(register) }
}

/** The register's id, made on the first opening. */
async function identify(session: StoreSession, keys: KeyRing, now: () => Instant): Promise<string> {
  const check = pepperCheck(keys)
  await session.query(
    `insert into register.identity (register_id, format, created_at, pepper_check)
     values ($1, $2, $3, $4) on conflict do nothing`,
    [randomUUID(), FORMAT, now(), check],
  )
  await session.query(
    `insert into register.head (position, subject_count, term_count, policy_count, recorded_at)
     values (0, 0, 0, 0, 0) on conflict do nothing`,
  )
  const [identity] = await session.query<{ register_id: string; format: number; pepper_check: Uint8Array }>(
    'select register_id, format, pepper_check from register.identity',
  )
  if (identity!.format > FORMAT)
    throw new Problem('register.newer', `its format is ${identity!.format}, this program knows ${FORMAT}`)
  // With a wrong pepper everybody would seem unknown, and be enrolled again without their objections.
  if (!Buffer.from(identity!.pepper_check).equals(check))
    throw new Problem('keys.unusable', 'these keys belong to another register')
  return identity!.register_id
}

function pepperCheck(keys: KeyRing): Uint8Array {
  return refKey(keys, 'fairshare/pepper-check', '')
}

/** Unwraps the newest secret and compares it with its commitment: a wrong epoch key must not make new rows. */
async function checkEpochKey(store: RegisterStore, keys: KeyRing, committer: Committer): Promise<void> {
  keys.epochKey(keys.epoch)
  await store.transaction(async (session) => {
    const [newest] = await session.query<{ subject: number; commitment: Uint8Array }>(
      `select s.subject, c.commitment from erasable.secret s join register.subject c on c.number = s.subject
       order by s.subject desc limit 1`,
    )
    if (newest === undefined) return
    const secrets = await readSecrets(session, keys, Int32Array.of(newest.subject))
    const commitment = Buffer.alloc(newest.commitment.length)
    committer.commitSubject(newest.subject, secrets.bytes, 0, commitment, 0)
    if (!commitment.equals(newest.commitment))
      throw new Problem('keys.unusable', 'the epoch key does not open what this register holds')
  })
}
