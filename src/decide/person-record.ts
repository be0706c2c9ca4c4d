// What the reference judges: one row of a dataset with all that the register knows of the person in it.
import type { RegisterEvent } from '../model/event.ts'
import type { Instant } from '../model/instant.ts'

/** What the dataset says of a person; undefined where it says nothing. */
export type DatasetColumns = {
  born_on: number | undefined
  expecting_on: number | undefined
  retain_until: number | undefined
  /** The latest instant at which the person's data were collected. */
  collected_by: Instant | undefined
  duplicate: boolean
  /** More stands against the record than when it was decided; never so while a file is decided. */
  changed: boolean
}

/** One disclosure of an enrolment: to which recipient, by its number, and when. */
export type Disclosure = { recipient: number; at: Instant }

/** One enrolment of a person, and what is on record of it. */
export type Enrolment = {
  subject: number
  events: readonly RegisterEvent[]
  disclosures: readonly Disclosure[]
  linkDoubtful: boolean
}

export type PersonRecord = Enrolment & {
  columns: DatasetColumns
  /** Events of everybody else with whom the record shares an e-mail address, a phone number, or name and address. */
  sharers: readonly RegisterEvent[]
  /** The person's other enrolments. */
  mates: readonly Enrolment[]
}

export const nothingInFile: DatasetColumns = {
  born_on: undefined,
  expecting_on: undefined,
  retain_until: undefined,
  collected_by: undefined,
  duplicate: false,
  changed: false,
}

/** A person nothing but events and columns is known of. */
export function recordOf(
  subject: number,
  events: readonly RegisterEvent[],
  columns: DatasetColumns = nothingInFile,
): PersonRecord {
  return { subject, events, columns, sharers: [], disclosures: [], linkDoubtful: false, mates: [] }
}
