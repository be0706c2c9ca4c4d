// Opening a register: schema, identity, and proof that these are its keys.
import { randomUUID } from 'node:crypto'
import { Committer } from '../log/commitment.ts'
import type { Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { asForbidden } from './as-forbidden.ts'
import { checkEpoch, readEpoch } from './epoch.ts'
import { createAppender } from './group-appends.ts'
import type { KeyRing } from './key-ring.ts'
import { type Migration, migrate } from './migrate.ts'
import { refKey } from './ref-key.ts'
import { FORMAT, type Register, SCHEMA } from './register.ts'
import { readSecrets } from './secrets/read-secrets.ts'
import { readRotations, settleSigningKey } from './signing-key.ts'
import type { RegisterStore, StoreSession } from './store.ts'

export type { Register } from './register.ts'

/** Opens the register in this store, creating it when there is none. The store stays the caller's to close. */
export async function openRegister(options: {
  store: RegisterStore
  keys: KeyRing
  /** In ascending order of number. */
  migrations: readonly Migration[]
  now: () => Instant
  /** Origin of the log of a register that is new; an address without its scheme, if the log is to be public. */
  logOrigin?: string
}): Promise<Register> {
  const { store, keys, migrations, now } = options
  await migrate(store, migrations, now)
  const { registerId, logOrigin } = await asForbidden('it may read the register, and not add to it', () =>
    store.transaction((session) => identify(session, keys, now, options.logOrigin)),
  )
  const committer = new Committer(registerId)
  await checkEpochKey(store, keys, committer)
  settleSigningKey(keys, await readRotations(store))
  const register = { registerId, logOrigin, store, keys, now, committer }
  return { ...register, append: createAppender(register) }
}

/** The register's id and its log's origin, made on the first opening. */
async function identify(
  session: StoreSession,
  keys: KeyRing,
  now: () => Instant,
  logOrigin: string | undefined,
): Promise<{ registerId: string; logOrigin: string }> {
  const check = pepperCheck(keys)
  const made = await session.query(
    `select 1 from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'erasable' and c.relname = 'ref' and a.attname = 'contact'`,
  )
  if (made.length === 0) throw new Problem('register.older', 'its tables are of an unreleased version')
  const id = randomUUID()
  await session.query(
    `insert into register.identity (register_id, format, created_at, pepper_check, log_origin)
     values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [id, FORMAT, now(), check, logOrigin ?? `fairshare.local/${id}`],
  )
  await session.query(
    `insert into register.head (position, subject_count, term_count, policy_count, recorded_at, edge, schema_number)
     values (0, 0, 0, 0, 0, ''::bytea, $1) on conflict do nothing`,
    [SCHEMA],
  )
  const [identity] = await session.query<{
    register_id: string
    format: number
    pepper_check: Uint8Array
    log_origin: string
  }>('select register_id, format, pepper_check, log_origin from register.identity')
  if (identity!.format > FORMAT)
    throw new Problem('register.newer', `its format is ${identity!.format}, this program knows ${FORMAT}`)
  // With a wrong pepper everybody would seem unknown, and be enrolled again without their objections.
  if (!Buffer.from(identity!.pepper_check).equals(check))
    throw new Problem('keys.unusable', 'these keys belong to another register')
  return { registerId: identity!.register_id, logOrigin: identity!.log_origin }
}

function pepperCheck(keys: KeyRing): Uint8Array {
  return refKey(keys, 'fairshare/pepper-check', '')
}

/** Unwraps the newest secret and compares it with its commitment: a wrong epoch key must not make new rows. */
async function checkEpochKey(store: RegisterStore, keys: KeyRing, committer: Committer): Promise<void> {
  await store.transaction(async (session) => {
    checkEpoch(keys, await readEpoch(session))
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
