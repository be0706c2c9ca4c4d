// What the register knows of a recipient and of its own sources when a request is decided: earlier releases, deletions due,
// how complete each feed is, whether the recipient's key was verified. Read once per request by `release/read-standing.ts`.
import type { DateNumber, Instant } from '../model/instant.ts'

export type EarlierRelease = {
  recipient: string
  agreement: string | undefined
  records: number
  at: Instant
  /** Day by which the recipient destroys it; undefined = the agreement sets none. */
  deleteBy: DateNumber | undefined
  destroyed: boolean
}

export type Standing = {
  releases: readonly EarlierRelease[]
  /** Source → its facts are complete up to here. */
  feeds: ReadonlyMap<string, Instant>
  /** undefined = no key of the recipient is on record yet. */
  recipientKey: 'verified' | 'unverified' | undefined
  /** Who approved, once someone has. */
  approvedBy: string | undefined
}

/** Nothing on record: what a request is judged by where there is no register. */
export const nothingOnRecord: Standing = {
  releases: [],
  feeds: new Map(),
  recipientKey: undefined,
  approvedBy: undefined,
}
