// The documents a release leaves behind, one type for each; as canonical JSON they stand in the register, and their
// salted hashes in the log. No personal value of a data subject is in any of them.
import type { DestructionStatement } from './custody.ts'
import type { DateNumber, Instant } from './instant.ts'
import type { Dataset } from './policy.ts'
import type { ReasonCode } from './reason.ts'
import type { SharingRequest } from './request.ts'
import type { FieldTreatment, OutcomeCounts, ReasonCount } from './verdict.ts'

/** What delivered records can be written as. */
export const recordsFormats = ['csv', 'parquet', 'xlsx'] as const
export type RecordsFormat = (typeof recordsFormats)[number]

/** Kinds of document, in the order of a request's life. `about`: a request, a recipient, an approver, a determination, a release, a source, people, a key, an epoch, a copy, or a work order. */
export const documentKinds = {
  request: 'request',
  decision: 'request',
  approver: 'approver',
  'approver-removed': 'approver',
  approval: 'request',
  determination: 'determination',
  'determination-revoked': 'determination',
  'recipient-key': 'recipient',
  'recipient-key-verified': 'recipient',
  'recipient-key-revoked': 'recipient',
  'release.committed': 'release',
  'release.empty': 'release',
  'release.amended': 'release',
  'release.abandoned': 'release',
  'release.sealed': 'release',
  'release.delivered': 'release',
  'release.opened': 'release',
  'release.disputed': 'release',
  'removal.sealed': 'release',
  'removal.delivered': 'release',
  'removal.applied': 'release',
  destroyed: 'release',
  'release.reminded': 'release',
  'copy.reported': 'copy',
  'copy.destroyed': 'copy',
  'copy.reminded': 'copy',
  'work-order.closed': 'work-order',
  'work-order.reminded': 'work-order',
  links: 'people',
  feed: 'source',
  'key.rotated': 'key',
  'erasure.held': 'people',
  'erasure.keys-destroyed': 'epoch',
  'erasure.unrecoverable': 'epoch',
} as const
export type DocumentKind = keyof typeof documentKinds

/** Kinds of document about a release, in the order of its life. */
export const releaseKinds = (Object.keys(documentKinds) as DocumentKind[]).filter(
  (kind) => documentKinds[kind] === 'release',
)

export type RequestBody = {
  request: SharingRequest
  answers: { justified: string; aware: string; power: string }
}

export type DecisionBody = {
  request: SharingRequest
  position: number
  releaseAt: Instant
  packs: string[]
  /** Pack → SHA-256 of its canonical form: its rules, words and numbers as they were. */
  packHashes: Record<string, string>
  policyHash: string
  projectionVersion: number
  deciderVersion: number
  /** Bit i of the masks is the i-th of these codes. */
  maskCodes: ReasonCode[]
  datasetSha256: string
  /** The dataset as it was classified for this question, where no policy declares it: a file asked about by itself. */
  dataset?: Omit<Dataset, 'location'>
  artefactSha256?: string
  /** Facts of the request that every record was judged by; what is unknown is left out. Older decisions kept none. */
  requestFacts?: Record<string, number | boolean>
  /** The same of each notice version, by its id; '' is "no notice shown". */
  noticeFacts?: Record<string, Record<string, number | boolean>>
  considered: number
  outcomes: OutcomeCounts
  /** File-level codes that no determination has cleared, then those cleared. */
  file: { code: ReasonCode; cleared: boolean }[]
  reasons: Pick<ReasonCount, 'code' | 'count' | 'primary'>[]
}

/** Who may approve: a name and the key the approvals are signed with. The private half never comes near the register. */
export type ApproverBody = { id: string; name: string; verifierKey: string }

/** From here on nothing this person signs counts, nor what is still to be used of what was signed. */
export type ApproverRemovedBody = { id: string; because: string }

export type ApprovalRule = 'second-person' | 'sole-person'

/** What an approver signs. */
export type ApprovalStatement = {
  format: 'fairshare/approval@v1'
  register: string
  request: string
  /** Position of the decision, and SHA-256 of its document: any other answer needs another approval. */
  decision: number
  decisionSha256: string
  mayLeave: number
  considered: number
  recipient: string
  approver: string
  requestedBy: string
  rule: ApprovalRule
  /** Why one person alone may do this, in the words of the policy; absent under `second-person`. */
  because?: string
  approvedAt: Instant
  expiresAt: Instant
}
/** `note` = the statement as a signed note. */
export type ApprovalBody = { statement: ApprovalStatement; note: string }

/** What an approver signs who answers a question: one code, under one notice version, for one recipient and purpose. */
export type DeterminationStatement = {
  format: 'fairshare/determination@v1'
  register: string
  /** d1, d2, … in this register. */
  determination: string
  code: ReasonCode
  /** Absent for a code of the file. */
  notice?: string
  recipient: string
  purpose: string
  answer: 'allow' | 'refuse'
  because: string
  /** The request it was asked about: its id, SHA-256 of its canonical JSON, who asked, and who put it to `check`. */
  request: string
  requestSha256: string
  requestedBy: string
  checkedBy: string
  /** Position of the decision, and how many records the code held back in it. */
  decision: number
  held: number
  approver: string
  determinedAt: Instant
}
/** `note` = the statement as a signed note. */
export type DeterminationBody = { statement: DeterminationStatement; note: string }

export type RevocationStatement = {
  format: 'fairshare/determination-revoked@v1'
  register: string
  determination: string
  /** SHA-256 of the document that is revoked. */
  determinationSha256: string
  because: string
  approver: string
  revokedAt: Instant
}
export type RevocationBody = { statement: RevocationStatement; note: string }

/** A recipient's card: the age key files are sealed to, and the key its receipts are signed with. */
export type RecipientCard = {
  format: 'fairshare/recipient-card@v1'
  /** Name the recipient chose for its keys: the name in its signatures. */
  name: string
  /** age1… */
  ageRecipient: string
  verifierKey: string
}
export type RecipientKeyBody = {
  recipient: string
  card: RecipientCard
  /** SHA-256 of the challenge's token. */
  challengeSha256: string
  expiresAt: Instant
}
/** `key` = position of the recipient-key document. */
export type RecipientKeyVerifiedBody = { recipient: string; key: number; note: string }

/** `upTo` = position of the newest card that is given up, with all before it. */
export type RecipientKeyRevokedBody = { recipient: string; upTo: number; because: string }

export type CommittedBody = {
  release: string
  request: SharingRequest
  decision: number
  decisionSha256: string
  /** Position of the approval. */
  approval: number
  approvalRule: ApprovalRule
  /** Position of the recipient's key document, and the key itself. */
  recipientKey: number
  ageRecipient: string
  format: RecordsFormat
  releaseAt: Instant
  /** Verdicts as of the commit: decision artefact, or one made again because time or events had passed. */
  artefact: { file: string; sha256: string }
  datasetSha256: string
  policyHash: string
  packs: string[]
  maskCodes: ReasonCode[]
  considered: number
  members: number
  /** SHA-256 over the membership bitmaps: chunk u32 BE ‖ 8192 bytes, ascending. */
  membershipSha256: string
  /** Who might have left when it was approved and may not any more. */
  removedSinceDecision: number
}
/** Zero rows: nothing is made, the answer is on record all the same. */
export type EmptyBody = Pick<CommittedBody, 'release' | 'request' | 'decision' | 'approval' | 'considered'>
/** Given up before anything left: the policy changed, the approval ran out, the key was replaced, or someone said so. */
export type AbandonedBody = { release: string; because: string }
export type AmendedBody = { release: string; round: number; removed: number; members: number }

export type SealedBody = {
  release: string
  /** Position of the commit, or of the amendment that was the last word. */
  asOf: number
  members: number
  considered: number
  /** Roots, hex. */
  released: string
  decided: string
  manifestSha256: string
  readmeSha256: string
  recordsSha256: string
  proofSha256: string
  /** What stands in the records, whoever asks later. */
  columns: SealedColumn[]
  ageRecipient: string
  /** Where the sealed files wait for their delivery: no other outbox can deliver them, or say that they are lost. */
  outbox: string
}
/** `partly`: empty in some rows, as not everybody's notice covers the field. */
export type SealedColumn = Pick<DeliveredColumn, 'name' | 'treatment' | 'note'> & { partly: boolean }
export type DeliveredBody = { release: string; folder: string }
export type OpenedBody = { release: string; receipt: ReleaseReceipt; note: string }
/** The recipient has signed that it found other rows than were sealed; `found` says which roots differ. */
export type DisputedBody = OpenedBody & { found: string }

export type RemovalSealedBody = {
  release: string
  /** 1, 2, … within the release. */
  removal: number
  count: number
  /** The register up to here is in it. */
  upTo: number
  removalSha256: string
  manifestSha256: string
  ageRecipient: string
  outbox: string
  dueAt: Instant
}
export type RemovalDeliveredBody = { release: string; removal: number; folder: string }
export type RemovalAppliedBody = { release: string; removal: number; receipt: RemovalReceipt; note: string }

/** The recipient has shown that it destroyed what it got: `note` is its signed certificate, where it signed one. */
export type DestroyedBody = {
  release: string
  certificate?: { statement: DestructionStatement; note: string }
  /** Where the proof of it is: a certificate, a letter. */
  evidence: string
  /** Who says so. */
  by: string
}
/** The same of a copy that was reported. */
export type CopyDestroyedBody = Omit<DestroyedBody, 'release'> & { copy: string }

/** A reminder that was accepted: one duty at one stage, to one reader, one way. Where it went is not in it. */
export type RemindedBody = ({ release: string } | { copy: string } | { workOrder: string }) & {
  /** As the list of obligations names it: delete/4-acorn-email@46. */
  obligation: string
  stage: string
  /** Its last day, yyyymmdd. */
  dueOn: DateNumber
  /** Of a removal, which counts in hours. */
  dueAt?: Instant
  /** Position of the dispute it told of. */
  dispute?: number
  to: 'holder' | 'us'
  way: 'outbox' | 'mail'
}

// --- what is known of people and of sources, beside events ---------------------------------------------------------

/** Two enrolments, by number, smaller first: one person with so much confidence in percent, or two people. */
export type Link =
  | { a: number; b: number; says: 'same'; confidence: number }
  | { a: number; b: number; says: 'not-same' }
/** Of two words about one pair the later counts. */
export type LinksBody = { links: Link[]; because: string }

/** Everything the source knew up to this instant is in the register. */
export type FeedBody = { source: string; completeTo: Instant }

// --- erasure: counts and days; whom it concerns stands in events ------------------------------------------------------

/**
 * A claim, an enquiry: so many people's keys are kept until this day (yyyymmdd), whatever the rule packs say. Its words may name
 * somebody and are deleted with them; `because` is SHA-256 of a salt that is deleted too, and the words.
 */
export type ErasureHeldBody = { people: number; until: DateNumber; because: string }

export type KeysDestroyedBody = {
  /** How many people's secrets and references are gone. */
  people: number
  /** The epoch whose key was given up; its key file is destroyed when this is on record and the store is scrubbed. */
  epoch: number
  /** How many secrets were wrapped anew under the next one. */
  survivors: number
  at: Instant
  /** For so long whoever runs this says that copies of keys and register are kept; absent = nobody said. */
  backupsKeptDays?: number
  /** yyyymmdd: until this day a copy of the register opens with a copy of its keys. Absent = nobody said. */
  lastBackupUnrecoverableOn?: DateNumber
}

/** Somebody says that no copy of this epoch's key, or of what was wrapped under it, is left. */
export type UnrecoverableBody = { epoch: number; at: Instant; by: string }

// --- what travels to the recipient and back ----------------------------------------------------------------------

export type DeliveredColumn = {
  name: string
  /** Dataset type and category; `reference` for fairshare_ref. */
  type: string
  category: string
  treatment: FieldTreatment
  /** How it was coarsened or what stands in its place, in words. */
  note?: string
  /** Cells to which an apostrophe was put in front, as a spreadsheet would have executed them. */
  neutralised: number
  /** Cells left empty because the person's notice does not cover this field. */
  dropped: number
}

export type Party = { id: string; name: string }

/** manifest.json: RFC 8785 bytes; their hash is in the log's `sealed` entry. */
export type ReleaseManifest = {
  format: 'fairshare/release@v1'
  release: string
  register: { id: string; origin: string; verifierKey: string }
  controller: Party
  recipient: Party & { ageRecipient: string }
  onBehalfOf: Party[]
  role: string
  agreement?: string
  purpose: { id: string; text: string; term?: string }
  channels: string[]
  basis?: string
  /** ISO instants. */
  decidedAt: string
  records: {
    file: string
    format: RecordsFormat
    rows: number
    columns: DeliveredColumn[]
    sha256: string
    sizeBytes: number
  }
  proof: { file: string; sha256: string; sizeBytes: number }
  roots: { released: string; decided: string }
  duties: Duty[]
  readme: { file: string; sha256: string; sizeBytes: number }
}

/** One duty of the recipient, in words it can act on; `by` an ISO date or instant. */
export type Duty = { duty: string; words: string; by?: string; source: string }

/** What the recipient says it found; signed with the key of its card. */
export type ReleaseReceipt = {
  format: 'fairshare/release-receipt@v1'
  release: string
  manifestSha256: string
  /** The root recomputed from the rows as they arrived, hex. */
  released: string
  rows: number
  recordsSha256: string
  openedAt: string
  checked: { signature: boolean; log: boolean; rows: boolean }
}

/** removals.json beside removals.csv.age: which lines of which release have to go. */
export type RemovalManifest = {
  format: 'fairshare/removal@v1'
  release: string
  removal: number
  register: { id: string; origin: string; verifierKey: string }
  controller: Party
  recipient: Party & { ageRecipient: string }
  count: number
  file: string
  sha256: string
  dueAt: string
  words: string
  readme: { file: string; sha256: string; sizeBytes: number }
}

export type RemovalReceipt = {
  format: 'fairshare/removal-receipt@v1'
  release: string
  removal: number
  manifestSha256: string
  /** Lines asked for, lines found and removed, refs that were not there (removed before, or never kept). */
  asked: number
  removed: number
  absent: number
  appliedAt: string
}
