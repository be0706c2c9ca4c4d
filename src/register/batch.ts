// One batch: what a caller wants appended, and what became of it.

import type { EventColumns } from '../model/event.ts'
import type { Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { REF_KEY_BYTES } from './ref-key.ts'
import type { StoreSession } from './store.ts'

export type BatchDraft = {
  /** What kind of statement this is, e.g. consent, import, policy. */
  kind: string
  /** Who states it: a name the organisation knows, never a data subject. */
  actor: string
  /** The same key with the same content is appended once, however often it is sent. */
  idempotencyKey: string
  /** Hash of the content in the caller's canonical form. */
  contentHash: string
  /** 16-byte lookup keys of people not enrolled yet, end to end; they are numbered in this order. */
  enrol?: Uint8Array
  /** Of each of them the key of the folded reference, in the same order; contact points have none. */
  folded?: Uint8Array | undefined
  /** The people of `enrol` are known by a contact point and by nothing else. */
  enrolContacts?: boolean
  /** Events; a subject below 0 is the k-th person of `enrol`: −1 the first, −2 the second. */
  events?: EventColumns
  /** A document kept with the batch, canonical JSON; the log holds its salted hash. `about` = what it is a document of. */
  record?: { about: string; body: string }
  /** Further rows of the same transaction, written while the head is locked. */
  extra?: (session: StoreSession, position: number) => Promise<void>
}

export type Appended = {
  position: number
  recordedAt: Instant
  /** True when this key was appended before; nothing was written now. */
  repeated: boolean
  /** Number of the first person this batch enrolled, the others following; 0 = it enrolled nobody. */
  firstSubject: number
}

export function enrolCount(draft: BatchDraft): number {
  return (draft.enrol?.length ?? 0) / REF_KEY_BYTES
}

/** Refuses what the schema or the commitment could not hold, before anything is locked. */
export function checkDraft(draft: BatchDraft): void {
  const people = enrolCount(draft)
  if (!Number.isInteger(people)) throw new Error('lookup keys are 16 bytes each')
  if (draft.folded !== undefined && draft.folded.length !== draft.enrol?.length)
    throw new Error('folded keys are as many as lookup keys')
  const { events } = draft
  if (events === undefined) return
  for (let row = 0; row < events.count; row++) {
    const subject = events.subject[row]!
    if (subject === 0 || -subject > people)
      throw new Error('an event names a person this batch does not enrol')
    if (events.kind[row] === 0) throw new Error('an event has no kind')
    const earliest = events.earliest[row]!
    if (!(Number.isSafeInteger(earliest) && earliest <= events.latest[row]!))
      throw new Problem('time.invalid', 'an event begins after it ends')
  }
}
