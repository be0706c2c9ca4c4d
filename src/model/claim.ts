// A claim: one small file that proves one thing about one person, and opens no more than that.
// docs/spec/claims.md says the same for other programs.
import type { Instant } from './instant.ts'
import type {
  CommittedFields,
  EventWords,
  Issued,
  OpenedVerdict,
  PathJson,
  PersonReceipt,
  ReleaseWords,
} from './person-receipt.ts'

export const claimFormat = 'fairshare/claim@v1'

/** Of an event; the first for a showing, the second for whatever the person said or suffered. */
export const eventClaims = ['shown', 'answered'] as const
/** Of a release: all need the secret, for without it the key of a row that is not there cannot be made. */
export const releaseClaims = ['released', 'not-released', 'withheld'] as const

/** As canonical JSON. Bytes are Base64; a list of hashes is one Base64 text of them end to end. */
export type Claim = EventClaim | ReleaseClaim

export type EventClaim = ClaimHead & { claim: (typeof eventClaims)[number]; event: ClaimedEvent }

export type ReleaseClaim = ClaimHead & {
  claim: (typeof releaseClaims)[number]
  /** The 32-byte secret, which the enrolment binds. */
  secret: string
  enrolment: { logged: Logged; index: number; path: string }
  release: ClaimedRelease
}

export type ClaimHead = {
  format: typeof claimFormat
  register: PersonReceipt['register']
  /** The signed note that every proof in the file leads to. */
  checkpoint: string
  subject: number
  issued: Issued
  /** The register's note over the hash of all the rest: what its words, which no commitment binds, rest on. */
  signature: string
}

/** A batch: its leaf in the log as text, which says the position, and the way from there to the root in the checkpoint. */
export type Logged = { entry: string; path: string }

export type ClaimedEvent = {
  logged: Logged
  ord: number
  path: string
  /** The event's own key: it opens this event, and nothing else of the person. */
  key: string
  fields: CommittedFields
  words: EventWords
  /** When the enrolment was recorded; the register's word, for to open the enrolment takes the secret. */
  enrolledAt: Instant
  /** Hex: SHA-256 of the notice version as it was published. */
  notice?: { sha256: string }
}

export type ClaimedRelease = {
  /** Its id. */
  release: string
  words: ReleaseWords
  sealed: { logged: Logged; body: string; salt: string }
  /** By row number of the person, from 0; where absence is shown, one more than were considered. */
  rows: ClaimRow[]
}

export type ClaimRow = {
  /** D holds the row, and under this commitment; or, without one, there is no such row. */
  decided?: LeafShown
  /** Opens what D holds; left out where a reason is masked, or the verdicts are not kept. */
  verdict?: OpenedVerdict
  /** R holds the row, under this commitment; or, without one, it does not. */
  released: LeafShown
}

export type LeafShown = { commitment?: string; path: ClaimPath }

/** A path in a prefix tree (docs/spec/release-trees.md). */
export type ClaimPath = {
  result: PathJson['result']
  depth: number
  /** Deepest first. */
  copath: string
  /** Of another key: key ‖ commitment. */
  leaf?: string
}

/** What the register signs: the format and the hash of the claim without its signature. */
export function claimSignedText(sha256: string): string {
  return `${claimFormat}\n${sha256}\n`
}
