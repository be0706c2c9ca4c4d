// What the register knows of a recipient and of its own sources when a request is decided: earlier releases, deletions due,
// how complete each feed is, whether the recipient's key was verified. Read once per request by `release/read-standing.ts`.
import type { DateNumber, Instant } from '../model/instant.ts'

export type EarlierRelease = {
  recipient: string
  /** Whoever held it besides: the end clients behind the recipient, and those who work for it. */
  onBehalfOf: readonly string[]
  subProcessors: readonly string[]
  agreement: string | undefined
  records: number
  at: Instant
  /** Day by which the recipient destroys it; undefined = the agreement sets none. */
  deleteBy: DateNumber | undefined
  destroyed: boolean
}

/** A copy that was reported: no release of ours, and yet somebody holds it. */
export type HeldCopy = {
  holder: string
  deleteBy: DateNumber
  /** Somebody may hold it until then; without a grant it is overdue from the moment it is known. */
  granted: boolean
  destroyed: boolean
}

export type Standing = {
  releases: readonly EarlierRelease[]
  copies: readonly HeldCopy[]
  /** Work orders that were closed: nothing more under them. */
  closedOrders: ReadonlySet<string>
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
  copies: [],
  closedOrders: new Set(),
  feeds: new Map(),
  recipientKey: undefined,
  approvedBy: undefined,
}
