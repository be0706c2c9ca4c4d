// An organisation's declarations as immutable values: what the policy files say once they are read and checked.
// Ids are file names or `id` keys; dates are yyyymmdd numbers; intervals of dates are half-open, `to` excluded.
import type { WorkOrder } from './custody.ts'
import type { DateNumber, Instant } from './instant.ts'
import type { PurposeTerm } from './purpose.ts'
import type { ReasonCode } from './reason.ts'
import type { Channel, EvidenceGrade, Jurisdiction } from './vocabulary.ts'

export type Controller = {
  id: string
  name: string
  jurisdiction: Jurisdiction
  /** ISO 3166 country it is established in; absent = GB for uk, unknown for eu. */
  country?: string
  /** IANA zone in which dates without a zone are read. */
  zone: string
  /** Who approves a release; absent = a second person, for 72 hours. */
  approval?: ApprovalPolicy
}

/** `sole-person` is for an organisation that has no second person: it says why, and every release shows it. */
export type ApprovalPolicy =
  | { rule: 'second-person'; validHours: number }
  | { rule: 'sole-person'; validHours: number; because: string }

/** What a field is turned into before it leaves, whoever the person is. */
export type FieldTransform =
  | {
      field: string
      as: 'coarsen'
      to: 'year' | 'month' | 'decade' | 'first-2' | 'first-4' | 'tens' | 'hundreds'
    }
  | { field: string; as: 'pseudonymise' }

/** A name that holds from a date until another; open ends are absent. */
export type DatedName = { name: string; from?: DateNumber; to?: DateNumber }

/** A legal entity, never a brand: what a notice must reach to name a recipient. */
export type LegalEntity = {
  id: string
  names: DatedName[]
  brands: DatedName[]
  /** Register and number, e.g. companies-house 01234567: matching is on this, never on names. */
  registration?: { register: string; number: string }
  /** Sectors a reviewer recorded at due diligence; a political party has none that is commercial. */
  sectors: string[]
  dueDiligence?: { on: DateNumber; until: DateNumber; by: string }
  /** ISO 3166 country where the data would be held; absent = unknown (X951). */
  country?: string
  /** Where reminders of its duties go: an address of the firm rather than of one of its people. */
  contact?: { email: string }
  /** Entities of one group are no one recipient, but an overdue deletion at one counts for all (A209). */
  group?: string
  /** While it lasts nothing is supplied (A210): an open breach, a failed audit, insolvency, sanctions. */
  suspensions?: { from: DateNumber; to?: DateNumber; because: string }[]
  /** Merged, absorbed, its assets sold, re-registered: no longer who was agreed with (A216). A new name alone is in `names`. */
  changes?: { on: DateNumber; how: 'merged' | 'absorbed' | 'assets-sold' | 're-registered'; into?: string }[]
}

/** A purpose in the organisation's own words, mapped to the DPV tree; without a term it is open (G101). */
export type Purpose = { id: string; text: string; dpv?: PurposeTerm }

export type RecipientMention = {
  /** Exactly one of these says whom the sentence means. */
  entity?: string
  brand?: string
  sector?: string
  generic?: true
  quote: string
}

export type QuotedPurpose = { purpose: PurposeTerm; quote: string }
export type QuotedChannel = { channel: Channel; quote: string }

/** One immutable wording, and what a reader found in it; every finding quotes its sentence. */
export type NoticeVersion = {
  notice: string
  version: string
  /** `notice@version` */
  id: string
  effectiveOn: DateNumber
  routes: string[]
  language: string
  /** False for a typing-error amendment: earlier presentations stay valid. */
  materialChange: boolean
  wording: string
  recipients: RecipientMention[]
  /** A closed list promises "these and nobody else". */
  list: 'closed' | 'open'
  purposes: QuotedPurpose[]
  channels: QuotedChannel[]
  /** Field categories the notice says are shared; empty = the notice does not limit them. */
  categories: string[]
  categoriesQuote?: string
  rightToObject?: string
  matching?: string
  /** The sentence that says service providers work with the data: what a pure processor is told by. */
  processors?: string
  /** What a reader found wrong with how it tells (N410). */
  defects?: { kind: 'language' | 'child-clarity' | 'route' | 'prominence'; note: string; by: string }[]
  /** The soft opt-in's facts that the moment of collection settles: in the course of what, and that refusing was offered. */
  softOptIn?: { obtained: 'sale' | 'negotiation' | 'support'; quote: string; refusal: string }
  /** How consent was asked under it; bundled, conditional and pre-ticked consent is invalid; explicit is separate and express (Article 9). */
  consentForm: 'separate' | 'explicit' | 'bundled' | 'conditional' | 'pre-ticked' | 'none'
  readBy: string
  confirmedBy?: string
}

/** Who joined by this route in this period was shown that version, because… */
export type AttributionRule = {
  route: string
  from: DateNumber
  to?: DateNumber
  notice: string
  grade: EvidenceGrade
  evidence: string
  author: string
  secondReader: string
}

export type SharingAgreement = {
  id: string
  recipient: string
  form: 'agreement' | 'mou' | 'purchase-order-addendum'
  /** Not in force before both; a back-dated start does not count before the signature. */
  signedOn?: DateNumber
  effectiveFrom: DateNumber
  effectiveTo?: DateNumber
  purposes: string[]
  channels: Channel[]
  fields: string[]
  endClients: string[]
  /** Purposes the recipient pursues for itself: an agent with own use is a controller too (A208). */
  ownUse: string[]
  consideration: 'none' | 'paid' | 'in-kind'
  /** Days after the release by which its last copy is deleted; by which it comes back; by which the receipt is here. */
  deleteWithinDays?: number
  returnWithinDays?: number
  confirmWithinDays?: number
  /** Fields that leave only coarsened or as a pseudonym. */
  transforms?: FieldTransform[]
  /** Hours within which removals have to be applied; absent = the pack's. */
  applyRemovalsWithinHours?: number
  /** Whether the recipient may pass records on, to the end clients alone; absent = no. */
  onwardSharing?: 'end-clients'
  /** sharing: between controllers; processing: Article 28; joint: Article 26. Absent = sharing. */
  kind?: 'sharing' | 'processing' | 'joint'
  /** What allows it: the power, and that no bar by statute, confidence, contract or licence stands against it (G107). */
  power?: string
  /** Documented instructions, without which there is no processor (Article 28(3)(a)). */
  instructions?: string
  /** Where people can read the essence of an Article 26 arrangement. */
  essence?: string
  /** The recipient is a pure processor of its end clients, with no use of its own. */
  actsFor?: 'end-clients'
  subProcessors?: string[]
  reviewBy?: DateNumber
  uses?: 'one-off' | 'ongoing'
  /** Most records over all releases under it (A206). */
  recordsMax?: number
  /** The same person is not supplied again within so many days (S309). */
  resupplyAfterDays?: number
  transfer?: { mechanism: 'adequacy' | 'safeguards' | 'derogation'; reference: string }
}

export type Assessment = {
  id: string
  /** compatibility: Article 6(4), UK 8A; transfer: risk of a transfer; anonymisation: tested that nobody can be singled out. */
  kind: 'lia' | 'dpia' | 'compatibility' | 'transfer' | 'anonymisation'
  purpose: string
  recipient: string
  outcome: 'passed' | 'failed'
  on: DateNumber
  reviewBy: DateNumber
  by: string
  /** Of an LIA: whether people would reasonably expect it; false puts each record in review (B515). */
  expected?: boolean
}

/** An entry of the record of processing activities (Article 30): this purpose, disclosed to these recipients. */
export type ProcessingRecord = {
  id: string
  purpose: string
  recipients: string[]
  from: DateNumber
  to?: DateNumber
}

/** An enforcement notice, undertaking or order that forbids sharing (G109); absent scope = everything. */
export type Prohibition = {
  id: string
  authority: string
  instrument: string
  recipient?: string
  purpose?: string
  from: DateNumber
  to?: DateNumber
}

/** A contractor may hold a copy of this dataset for this task, until then (A211). */
export type CopyGrant = {
  id: string
  recipient: string
  dataset: string
  /** The work order it belongs to. */
  workOrder: string
  /** Where the copy may lie. */
  place: string
  from: DateNumber
  until: DateNumber
  deleteBy: DateNumber
  by: string
}

/** A source whose facts a decision relies on: how old its last delivery may be (T807; for `tps` P604). */
export type Feed = { source: string; everyHours: number; channels?: Channel[] }

/** One question answered once by a named person: (code, notice version, recipient, purpose). */
export type Determination = {
  id: string
  code: ReasonCode
  /** Absent for a file-level code. */
  notice?: string
  recipient: string
  purpose: string
  answer: 'allow' | 'refuse'
  on: DateNumber
  by: string
  because: string
  revokedOn?: DateNumber
  /** Of one that was signed into the register: the instants it counts from and until, which go before the days. */
  at?: Instant
  revokedAt?: Instant
}

export const columnTypes = ['text', 'boolean', 'integer', 'date', 'dates', 'code'] as const
export type ColumnType = (typeof columnTypes)[number]

/** Types a decision can compare; text stays in the file, for the sealer. */
export const decidableTypes: ReadonlySet<ColumnType> = new Set<ColumnType>([
  'boolean',
  'integer',
  'date',
  'code',
])

/**
 * Kinds of personal data that rules know. Closed, because a misspelt `pregnancy` would slip past the rule about it;
 * a category of the organisation's own starts with `own-`.
 */
export const fieldCategories = [
  'identifier',
  'name',
  'postal-address',
  'area',
  'email',
  'phone',
  'online-identifier',
  'membership-date',
  'birth-date',
  'gender',
  'family',
  'child-presence',
  'pregnancy',
  'health',
  'disability',
  'ethnic-origin',
  'religion',
  'political-opinion',
  'trade-union',
  'sex-life',
  'genetic',
  'biometric',
  'criminal',
  'financial',
  'purchases',
  'preferences',
  'employment',
  'photo',
  'free-text',
] as const

/** Kinds of data that point at one person by themselves: with one of them in it nothing is anonymous. */
export const identifyingCategories: ReadonlySet<string> = new Set([
  'identifier',
  'name',
  'postal-address',
  'email',
  'phone',
  'online-identifier',
  'photo',
  'free-text',
  'biometric',
  'genetic',
  'birth-date',
])

/** Special categories of Article 9(1), and criminal data (Article 10): never shared without a condition of their own. */
export const specialCategories: ReadonlySet<string> = new Set([
  'pregnancy',
  'health',
  'disability',
  'ethnic-origin',
  'religion',
  'political-opinion',
  'trade-union',
  'sex-life',
  'genetic',
  'biometric',
  'criminal',
])

export type DatasetField = {
  name: string
  type: ColumnType
  /** What kind of data it is: one of `fieldCategories`, or the organisation's own, `own-…`. */
  category: string
  /** Whom it is about; data about a child in a parent's record is the child's. */
  about: 'subject' | 'child' | 'household' | 'none'
  /** What being selected by this column tells the recipient, in words. */
  tells?: string
  /** Free text somebody has read for what should not be in it (F904). */
  screened?: { on: DateNumber; by: string }
  /** For `code`: the values, in order; anything else is unknown. */
  values?: string[]
}

export type Dataset = {
  id: string
  /** As written: relative to the policy folder unless absolute. */
  location: string
  format: 'csv' | 'parquet' | 'json' | 'xlsx'
  /** Of a workbook: the name of the sheet; absent = the only one that is not hidden. */
  sheet?: string
  /** How dates are written, e.g. yyyy-mm-dd or dd/mm/yyyy; absent = ISO, and anything else is ambiguous. */
  dateFormat?: string
  zone?: string
  /** Column that identifies a person, and the kind of reference it holds. */
  key: { column: string; kind: string }
  /** Columns with a role in the decision. */
  bornOn?: string
  expectingOn?: string
  /** The day until which the record may be kept (S308), and the day the person's data were collected (N412). */
  retainUntil?: string
  collectedOn?: string
  /** When the file was taken from where it is kept (T804). */
  takenAt?: Instant
  /** Laws whose subjects may be in it, beside the controller's own: all judge, the strictest wins. */
  jurisdictions?: Jurisdiction[]
  /** Obtained from somebody else: who, when, by what proof (N409, A214). */
  obtained?: {
    from: string
    on: DateNumber
    dueDiligence?: { on: DateNumber; until: DateNumber; by: string }
  }
  /** Columns of contact points; a name with an address makes one, an address alone does not. */
  contact: { email?: string; phone?: string; name?: string; address?: string }
  /** What being in this dataset at all tells the recipient, in words, and as categories. */
  source: { tells: string; categories: string[] }
  /** True when children are likely among its people (C707). */
  childrenLikely: boolean
  fields: DatasetField[]
}

/** Everything declared, checked together: names resolve, quotes are in their wordings. */
export type Policy = {
  controller: Controller
  entities: LegalEntity[]
  purposes: Purpose[]
  notices: NoticeVersion[]
  attributions: AttributionRule[]
  agreements: SharingAgreement[]
  assessments: Assessment[]
  determinations: Determination[]
  datasets: Dataset[]
  processing: ProcessingRecord[]
  prohibitions: Prohibition[]
  workOrders: WorkOrder[]
  copyGrants: CopyGrant[]
  feeds: Feed[]
}

/** What is published item by item, each version immutable and hashed. */
export type PolicyKind =
  | 'controller'
  | 'entity'
  | 'purpose'
  | 'notice'
  | 'attribution'
  | 'agreement'
  | 'assessment'
  | 'determination'
  | 'dataset'
  | 'processing'
  | 'prohibition'
  | 'work-order'
  | 'copy-grant'
  | 'feed'
