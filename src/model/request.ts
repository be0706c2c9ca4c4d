// The question put to Fairshare: may these records go to this recipient, for this, by these channels?
import type { Instant } from './instant.ts'
import type { Channel, LegalBasis, RecipientRole } from './vocabulary.ts'

/** Which fields leave in a record is a word of 32 bits, in verdicts and in their hashes. */
export const fieldsMax = 32

export type SharingRequest = {
  id: string
  title?: string
  dataset: string
  recipient: string
  role: RecipientRole
  /** Every further link to whoever finally uses the data, nearest first. */
  onBehalfOf: string[]
  /** A purpose of the policy, by id; unknown or open purposes are refused (G101). */
  purpose: string
  channels: Channel[]
  /** Absent = no basis claimed (B501). */
  basis?: LegalBasis
  fields: string[]
  /** Which rows: an expression over dataset columns. What it reads is disclosed too. */
  select?: string
  consideration: 'none' | 'paid' | 'in-kind'
  agreement?: string
  /** Why it is needed and less will not do (G102). */
  necessity?: string
  requestedBy: string
  releaseAt: Instant
  useWindowDays: number
}
