// Delivery: nothing leaves before the entry that says what was sealed is under a signed checkpoint. Then one rename makes
// the folder visible, whole, and the register records where it lies.

import { releaseSignedText } from '../evidence/release-documents.ts'
import { canonicalJson } from '../model/canonical.ts'
import { microsecondsPerMinute } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import type { AmendedBody, CommittedBody, DeliveredBody, SealedBody } from '../model/release.ts'
import { appendUnderLock } from '../register/append-batch.ts'
import type { BatchDraft } from '../register/batch.ts'
import { proveBatch } from '../register/prove-batch.ts'
import { documentDraft } from '../register/record-document.ts'
import type { StoreSession } from '../register/store.ts'
import { signAsRegister } from './build-manifest.ts'
import type { ReleaseContext } from './decision-context.ts'
import { type ReleaseState, readRelease, type Stated } from './read-release.ts'
import type { AtPoint } from './release-points.ts'

type SealedState = ReleaseState & { committed: Stated<CommittedBody>; sealed: Stated<SealedBody> }

/** A file that has waited longer than this for its delivery passes the gate again. */
const SEAL_HOLDS = 15 * microsecondsPerMinute

/** Leaves `release.delivered`; or, when the staged files are not those on record, an amendment, and sealing starts over. */
export async function deliverRelease(
  context: ReleaseContext,
  state: SealedState,
  at: AtPoint,
): Promise<void> {
  const { register, outbox } = context
  if (state.sealed.body.outbox !== (await outbox.id()))
    throw new Problem('outbox.elsewhere', `${state.release}, outbox ${state.sealed.body.outbox}`)
  const folder = await outbox.staged(state.release)
  if (folder !== undefined) {
    const isOld = register.now() > state.sealed.recordedAt + SEAL_HOLDS
    if (isOld || !(await isAsSealed(context, folder, state))) return sealAgain(context, state)
    await writeProof(context, folder, state, at)
  }
  await appendUnderLock(register, async (session) => {
    if (!(await isStillSealed(session, state))) return undefined
    // The rename and its record in one: nobody can amend or give up in between what is visible from here on. Neither staged
    // nor there means lost after it was sealed; there and not staged, that an earlier run died right after the rename.
    const path = await outbox.deliver(state.release, state.committed.body.request.recipient)
    if (path === undefined) return amendmentDraft(context, state)
    if ((await outbox.hash(path, 'manifest.json')) !== state.sealed.body.manifestSha256)
      throw new Problem('outbox.conflict', path)
    await at('renamed')
    return deliveredDraft(context, state.release, path)
  })
  await at('delivered')
}

/** Signs a checkpoint that covers the entry; what was signed is in the second place before it is anywhere else. */
async function writeProof(
  { register, outbox, log }: ReleaseContext,
  folder: string,
  { sealed, release }: SealedState,
  at: AtPoint,
): Promise<void> {
  const { entry, proof } = await proveBatch(register, log, sealed.position)
  await at('checkpoint-signed')
  const { body, salt } = sealed.document
  const opened = { body, entry: Buffer.from(entry).toString('utf8'), salt: Buffer.from(salt).toString('hex') }
  await outbox.write(folder, 'sealed.json', canonicalJson(opened))
  await outbox.write(folder, 'sealed.tlog-proof', proof)
  // Signatures with Ed25519 are the same each time: whatever became of this file, it is right now.
  const text = releaseSignedText(release, sealed.body.manifestSha256)
  await outbox.write(folder, 'manifest.json.sig', signAsRegister(register, text))
}

async function isAsSealed(
  { outbox }: ReleaseContext,
  folder: string,
  { sealed, committed }: SealedState,
): Promise<boolean> {
  const expected = [
    ['manifest.json', sealed.body.manifestSha256],
    ['README.txt', sealed.body.readmeSha256],
    [`records.${committed.body.format}.age`, sealed.body.recordsSha256],
    ['proof.bin.age', sealed.body.proofSha256],
  ] as const
  for (const [file, sha256] of expected) if ((await outbox.hash(folder, file)) !== sha256) return false
  return true
}

/** Not when another process has delivered, amended or given it up since `state` was read. */
async function isStillSealed(session: StoreSession, state: SealedState): Promise<boolean> {
  const { delivered, sealed, abandoned } = await readRelease(session, state.release)
  return delivered === undefined && abandoned === undefined && sealed?.position === state.sealed.position
}

async function sealAgain(context: ReleaseContext, state: SealedState): Promise<void> {
  await appendUnderLock(context.register, async (session) =>
    (await isStillSealed(session, state)) ? amendmentDraft(context, state) : undefined,
  )
}

function amendmentDraft({ actor }: ReleaseContext, state: SealedState): BatchDraft {
  const members = state.amended.at(-1)?.body.members ?? state.committed.body.members
  const body: AmendedBody = { release: state.release, round: state.amended.length + 1, removed: 0, members }
  return documentDraft({
    kind: 'release.amended',
    about: state.release,
    body: canonicalJson(body),
    actor,
    idempotencyKey: `release.amended:${state.release}:${state.sealed.position}`,
  })
}

function deliveredDraft({ actor }: ReleaseContext, release: string, folder: string): BatchDraft {
  const body: DeliveredBody = { release, folder }
  return documentDraft({
    kind: 'release.delivered',
    about: release,
    body: canonicalJson(body),
    actor,
    idempotencyKey: `release.delivered:${release}`,
  })
}
