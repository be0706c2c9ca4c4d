// A person's receipt: what the register holds of one person, with the secret and the proofs that let anyone recompute what
// the public log says of it. Whoever has it can open everything about this person and nothing about anybody else.
import { eventKindByNumber, eventKinds } from './event.ts'
import { type Instant, instantToIso } from './instant.ts'
import { Problem } from './problem.ts'
import { channels, grades, jurisdictions, nameOf } from './vocabulary.ts'

export const personReceiptFormat = 'fairshare/person-receipt@v1'

/** As canonical JSON. Bytes are lower-case hex, numbers as they were committed. */
export type PersonReceipt = {
  format: typeof personReceiptFormat
  register: { id: string; origin: string; verifierKey: string }
  subject: number
  /** The 32-byte secret: it opens every commitment below, and none of anyone else. */
  secret: string
  enrolment: Enrolment
  events: (OpenedEvent | ClosedEvent)[]
  /** Releases this person's record was considered for, as far as their trees are kept; and those it was a member of. */
  releases: OpenedRelease[]
  issued: Issued
  /** The register's note over the hash of all the rest: what its words, which no commitment binds, rest on. */
  signature: string
}

/** The register's word for when a receipt or claim was made, and for whom it took the person who asked. */
export type Issued = {
  /** ISO 8601, UTC. */
  at: string
  /** How it was made sure that who asked is this person, in the operator's words. */
  checked?: string
}

/** One batch in the log, and the way from one of its commitments to the root in its entry. */
type InLog = {
  position: number
  /** RFC 6962 inclusion path, from the leaf's sibling up. */
  path: string[]
  /** The batch's leaf in the log, as text. */
  entry: string
  /** c2sp.org/tlog-proof@v1 */
  proof: string
}

/** `index`: place among the people its batch enrolled. */
export type Enrolment = InLog & { index: number }

export type OpenedEvent = InLog & { ord: number; fields: CommittedFields; words: EventWords }

/**
 * A protection: that it is there, and not its ground, which whoever finds the file need not learn. The register opens it when
 * it is asked to.
 */
export type ClosedEvent = InLog & { ord: number; commitment: string; word: typeof closedWord }

/** Says of every ground the same. */
export const closedWord = 'stop'

/** The body of an event commitment but for the subject; 0 = absent. */
export type CommittedFields = {
  kind: number
  earliest: Instant
  latest: Instant
  grade: number
  source: number
  jurisdiction: number
  route: number
  notice: number
  purpose: number
  recipient: number
  channel: number
  basis: number
  qualifier: number
  /** What the source said about time, where it was not one exact instant. */
  statedText?: string
}

/** What follows from the numbers by tables that never change. */
type CodedWords = {
  kind: string
  earliest: string
  latest: string
  grade: string
  /** Absent, as in all optional members here, when the event has none. */
  jurisdiction?: string
  channel?: string
  qualifier?: string
}

/** The names behind the other numbers are the register's word, under its signature. */
export type EventWords = CodedWords & {
  source?: string
  route?: string
  /** notice@version */
  notice?: string
  purpose?: string
  recipient?: string
}

export type OpenedRelease = {
  /** Its id. */
  release: string
  words: ReleaseWords
  /** The document that fixed the roots of the release's trees, its salt, and its place in the log. */
  sealed?: { position: number; body: string; salt: string; entry: string; proof: string }
  /** One for each row of this person in the dataset, from row 0 on; empty when the trees are not kept. */
  rows: OpenedRow[]
}

/** Under the register's signature, not in the log for all to see. */
export type ReleaseWords = {
  /** Legal name on the day of the release. */
  recipient: string
  purpose: string
  releasedAt: string
  deliveredAt?: string
  /** Given up before anything left. */
  abandonedAt?: string
  /** Taken out again: `amended` before anything left, `recalled` afterwards. */
  removed?: 'amended' | 'recalled'
}

export type OpenedRow = {
  /** That D holds the row, and under this commitment. */
  decided: { commitment: string; proof: PathJson }
  /** Opens that commitment; absent where a reason is masked, or the verdicts are not kept. */
  verdict?: OpenedVerdict
  /** That R holds the row, under this commitment; or, without one, that it does not. */
  released: { commitment?: string; proof: PathJson }
}

export type OpenedVerdict = {
  /** 0 deny, 1 review, 2 transform, 3 allow. */
  outcome: number
  /** Bit i: field i of the request left, as far as the row did. */
  fields: number
  masks: number[]
  words: { outcome: string; reasons: string[] }
}

/** A path in a prefix tree (docs/spec/release-trees.md). */
export type PathJson = {
  result: 'inclusion' | 'non-inclusion-leaf' | 'non-inclusion-parent'
  depth: number
  copath: string[]
  leaf?: { key: string; commitment: string }
}

const CHECKED_MAX = 500
/** Control characters, line separators, and marks that turn the direction of what stands beside them. */
const UNSHOWN = /[\p{Cc}\u2028-\u202e\u2066-\u2069]/u

/** Words that can stand in a line, on a screen and on paper. */
export function isCheckedText(text: string): boolean {
  const { length } = [...text]
  return length > 0 && length <= CHECKED_MAX && text.isWellFormed() && !UNSHOWN.test(text)
}

/** Throws `value.invalid` for words that cannot stand in a receipt. */
export function issuedAt(at: Instant, checked?: string): Issued {
  if (checked === undefined) return { at: instantToIso(at) }
  if (!isCheckedText(checked))
    throw new Problem(
      'value.invalid',
      `how the person was checked is told in 1 to ${CHECKED_MAX} characters without control characters`,
    )
  return { at: instantToIso(at), checked }
}

/** Throws for a number that stands for nothing. */
export function codedWords(fields: CommittedFields): CodedWords {
  const kind = eventKindByNumber(fields.kind)
  const { qualifiers } = eventKinds[kind]
  return {
    kind,
    earliest: instantToIso(fields.earliest),
    latest: instantToIso(fields.latest),
    grade: nameOf(grades, fields.grade),
    ...(fields.jurisdiction !== 0 && { jurisdiction: nameOf(jurisdictions, fields.jurisdiction) }),
    ...(fields.channel !== 0 && { channel: nameOf(channels, fields.channel) }),
    ...(fields.qualifier !== 0 && { qualifier: nameOf(qualifiers, fields.qualifier) }),
  }
}

/** What the register signs: the format and the hash of the receipt without its signature. */
export function personReceiptSignedText(sha256: string): string {
  return `${personReceiptFormat}\n${sha256}\n`
}
