// A holder is said to have destroyed what it got: until then it gets nothing further once the day has passed (A209). Anybody's
// word is taken here, and shown as unsigned; receive-destruction.ts takes in what the holder signed.
import { canonicalJson, sha256Hex } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import type { CopyDestroyedBody, DestroyedBody } from '../model/release.ts'
import { type NewDocument, recordDocument } from '../register/record-document.ts'
import type { Recorded } from '../register/record-event.ts'
import type { Register } from '../register/register.ts'
import { readCopies } from './read-copies.ts'
import { readRelease } from './read-release.ts'

type Word<B> = Omit<B, 'certificate'> & { actor: string }

/** `certified`: a certificate that its holder signed is on record, and goes before this word. */
export type RecordedWord = Recorded & { certified: boolean }

export async function recordDestruction(
  register: Register,
  { actor, ...body }: Word<DestroyedBody>,
): Promise<RecordedWord> {
  const state = await readRelease(register.store, body.release)
  if (state.committed === undefined) throw new Problem('release.not_found', body.release)
  if (state.delivered === undefined)
    throw new Problem('release.refused', `${body.release} was not delivered: there is nothing to destroy`)
  return recordWord(
    register,
    { kind: 'destroyed', about: body.release, body: canonicalJson({ ...body }), actor },
    state,
  )
}

export async function recordCopyDestruction(
  register: Register,
  { actor, ...body }: Word<CopyDestroyedBody>,
): Promise<RecordedWord> {
  const state = (await readCopies(register.store)).find(({ copy }) => copy === body.copy)
  if (state === undefined) throw new Problem('copy.not_found', body.copy)
  return recordWord(
    register,
    { kind: 'copy.destroyed', about: body.copy, body: canonicalJson({ ...body }), actor },
    state,
  )
}

type Said = { body: { certificate?: object } }

/** The same words about the same thing are recorded once. */
async function recordWord(
  register: Register,
  word: NewDocument,
  { destroyed, partly }: { destroyed?: Said; partly?: Said },
): Promise<RecordedWord> {
  const { kind, about, body } = word
  const idempotencyKey = `${kind}/${about}/word/${sha256Hex(body)}`
  const recorded = await recordDocument(register, { ...word, idempotencyKey })
  return { ...recorded, certified: (destroyed ?? partly)?.body.certificate !== undefined }
}
