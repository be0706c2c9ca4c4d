// The question put to Fairshare: may these records go to this recipient, for this, by these channels?
import type { DateNumber, Instant } from './instant.ts'
import type { Channel, LegalBasis, RecipientRole } from './vocabulary.ts'

/** Which fields leave in a record is a word of 32 bits, in verdicts and in their hashes. */
export const fieldsMax = 32

export type SharingRequest = {
  id: string
  title?: string
  /** Kinds of data that the title or the name of the list gives away: the name travels with it, and is disclosed like a selection. */
  titleTells?: string[]
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
  /** sealed: a copy leaves, encrypted; hosted: you send it for them and nothing leaves; in-place: they look at it here; plain is refused (X952). Absent = sealed. */
  delivery?: 'sealed' | 'hosted' | 'in-place' | 'plain'
  /** The recipient will match, enrich or profile: people must have been told (N408). */
  matching?: boolean
  /** An exemption from telling people: which paragraph, by which instrument, claimed by whom. */
  exemption?: { paragraph: string; instrument: string; by: string }
  /** The law, order or written request that a duty, public task or recognised interest rests on. */
  instrument?: { reference: string; by: string; on: DateNumber }
  /** The Article 9 or 10 condition for special category or criminal data. */
  condition?: { kind: 'explicit-consent' | 'law'; reference: string }
  /** Claimed to be anonymous; untested it is personal data all the same (F906). */
  anonymous?: boolean
  /** The soft opt-in's facts about the message: why the goods are similar, and how every message offers a stop. */
  softOptIn?: { similar: string; stopInEveryMessage: string }
  subProcessors?: string[]
  /** The work order a contractor acts under. */
  workOrder?: string
}
