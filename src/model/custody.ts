// What others hold of ours until it is gone: a contractor's work order, a copy that was reported, a certificate of destruction.
// UK and EU GDPR Articles 28(3)(a), (g), 30(2) and 32; the certificate's fields are those of NIST SP 800-88, with what a
// logical copy needs besides. No personal value of a data subject is in any of them.
import type { DateNumber, Instant } from './instant.ts'
import type { ReasonCode } from './reason.ts'

/** What a contractor is to do with a dataset: the documented instruction (Article 28(3)(a)) for one task. */
export type WorkOrder = {
  id: string
  recipient: string
  dataset: string
  purpose: string
  task: string
  /** Names of the contractor's people who do it. */
  people: string[]
  /** Where: a machine, a site. */
  place: string
  from: DateNumber
  /** First day it no longer holds. */
  until: DateNumber
  /** Dataset fields that may be worked on as they are; all others are masked. */
  fields: string[]
  by: string
}

/** How a copy became known. */
export const copySources = ['contractor', 'operator', 'audit', 'leak'] as const
export type CopySource = (typeof copySources)[number]

/** `copy.reported`: somebody holds a copy that no release of ours made. */
export type CopyReportedBody = {
  /** c1, c2, … in this register. */
  copy: string
  holder: string
  dataset: string
  /** Of the policy; absent when nobody named one. */
  workOrder?: string
  purpose?: string
  madeAt: Instant
  /** Where it lies. */
  place: string
  /** Undefined when nobody knows. */
  records?: number
  fields: string[]
  source: CopySource
  by: string
  /** The grant it goes by; absent = none, and then A211 is in `codes`. */
  grant?: string
  codes: ReasonCode[]
  /** A copy without a grant is to be destroyed on the day it is reported. */
  deleteBy: DateNumber
}

/** `work-order.closed`: nothing of it is held any more. */
export type WorkOrderClosedBody = { workOrder: string; by: string; closedOn: DateNumber }

/** NIST SP 800-88 Rev. 1, section 2.5. */
export const sanitisationMethods = ['clear', 'purge', 'destroy'] as const
export type SanitisationMethod = (typeof sanitisationMethods)[number]

/** One place the data were loaded into, and what was done there. */
export type SanitisedMedium = {
  /** What it is: a server's disk, a database, a laptop, a backup tape. */
  medium: string
  make?: string
  model?: string
  serial?: string
  place: string
  /** What was loaded there. */
  loaded: string
  records: number
  method: SanitisationMethod
  /** Tool or technique, with its version. */
  tool: string
  verification: string
  /** Where the medium went afterwards: kept in use, returned, scrapped. */
  destination: string
}

/** What a holder signs with the key of its card. */
export type DestructionStatement = {
  format: 'fairshare/destruction@v1'
  /** Of the register that supplied it. */
  register: string
  /** A release's id, or a copy's. */
  of: { release: string } | { copy: string }
  holder: string
  /** Of the sealed records as they were delivered, hex; of a copy the holder's own hash, if it made one. */
  recordsSha256?: string
  media: SanitisedMedium[]
  /** Copies in backups: none, or gone by this day. */
  backups: 'none' | { goneBy: DateNumber }
  /** Whoever had it from the holder, and whether they have certified too. */
  subProcessors: { name: string; certified: boolean }[]
  destroyedAt: Instant
  certifiedBy: { name: string; title: string }
}

/** Nothing is left anywhere: no backup still to go, nobody further down who has not certified. */
export function isWhole({ backups, subProcessors }: DestructionStatement): boolean {
  return backups === 'none' && subProcessors.every(({ certified }) => certified)
}

/** Anything on record of a destruction: a certificate, or somebody's word. */
type SaidDestroyed = { body: { certificate?: { statement: DestructionStatement } } }

/**
 * Whether all of it is gone, and on whose word. What the holder signed last decides, both ways: a certificate that says that
 * backups are still to go takes back an earlier one, and no word ends it. Only where nothing was signed does the newest word.
 */
export function readDestruction<S extends SaidDestroyed>(said: readonly S[]): { destroyed?: S; partly?: S } {
  const newest = said.findLast(({ body }) => body.certificate !== undefined) ?? said.at(-1)
  if (newest === undefined) return {}
  const { certificate } = newest.body
  return certificate === undefined || isWhole(certificate.statement)
    ? { destroyed: newest }
    : { partly: newest }
}
