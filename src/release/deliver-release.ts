// Delivery: nothing leaves before the entry that says what was sealed is under a signed checkpoint. Then one rename makes
// the folder visible, whole, and the register records where it lies.
import { canonicalJson } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import type { AmendedBody, CommittedBody, DeliveredBody, SealedBody } from '../model/release.ts'
import { appendUnderLock } from '../register/append-batch.ts'
import { proveBatch } from '../register/prove-batch.ts'
import { documentDraft, recordDocument } from '../register/record-document.ts'
import type { ReleaseContext } from './decision-context.ts'
import { type ReleaseState, readRelease, type Stated } from './read-release.ts'
import type { AtPoint } from './release-points.ts'

type SealedState = ReleaseState & { committed: Stated<CommittedBody>; sealed: Stated<SealedBody> }

/** Leaves `release.delivered`; or, when the staged files are not those on record, an amendment, and sealing starts over. */
export async function deliverRelease(
  context: ReleaseContext,
  state: SealedState,
  at: AtPoint,
): Promise<void> {
  const { register, outbox, actor } = context
  if (state.sealed.body.outbox !== (await outbox.id()))
    throw new Problem('outbox.elsewhere', `${state.release}, outbox ${state.sealed.body.outbox}`)
  const folder = await outbox.staged(state.release)
  if (folder !== undefined) {
    if (!(await isAsSealed(context, folder, state))) return sealAgain(context, state)
    // Signs a checkpoint that covers the entry; what was signed is in the second place before it is anywhere else.
    const { entry, proof } = await proveBatch(register, context.log, state.sealed.position)
    await at('checkpoint-signed')
    const { body, salt } = state.sealed.document
    const sealed = {
      body,
      entry: Buffer.from(entry).toString('utf8'),
      salt: Buffer.from(salt).toString('hex'),
    }
    await outbox.write(folder, 'sealed.json', canonicalJson(sealed))
    await outbox.write(folder, 'sealed.tlog-proof', proof)
  }
  // Neither staged nor there: the folder was lost after it was sealed. Both: an earlier run died right after the rename.
  const path = await outbox.deliver(state.release, state.committed.body.request.recipient)
  if (path === undefined) return sealAgain(context, state)
  if ((await outbox.hash(path, 'manifest.json')) !== state.sealed.body.manifestSha256)
    throw new Problem('outbox.conflict', path)
  await at('renamed')
  const body: DeliveredBody = { release: state.release, folder: path }
  await recordDocument(register, {
    kind: 'release.delivered',
    about: state.release,
    body: canonicalJson(body),
    actor,
    idempotencyKey: `release.delivered:${state.release}`,
  })
  await at('delivered')
}

async function isAsSealed(
  { outbox }: ReleaseContext,
  folder: string,
  { sealed, committed }: SealedState,
): Promise<boolean> {
  const expected = [
    ['manifest.json', sealed.body.manifestSha256],
    [`records.${committed.body.format}.age`, sealed.body.recordsSha256],
    ['proof.bin.age', sealed.body.proofSha256],
  ] as const
  for (const [file, sha256] of expected) if ((await outbox.hash(folder, file)) !== sha256) return false
  return true
}

/** Not when another process has delivered it, or sealed it again, since `state` was read. */
async function sealAgain({ register, actor }: ReleaseContext, state: SealedState): Promise<void> {
  const members = state.amended.at(-1)?.body.members ?? state.committed.body.members
  const body: AmendedBody = { release: state.release, round: state.amended.length + 1, removed: 0, members }
  await appendUnderLock(register, async (session) => {
    const { delivered, sealed } = await readRelease(session, state.release)
    if (delivered !== undefined || sealed?.position !== state.sealed.position) return undefined
    return documentDraft({
      kind: 'release.amended',
      about: state.release,
      body: canonicalJson(body),
      actor,
      idempotencyKey: `release.amended:${state.release}:${state.sealed.position}`,
    })
  })
}
