// An open register: what every verb of this room works on.
import type { Committer } from '../log/commitment.ts'
import type { Instant } from '../model/instant.ts'
import type { Appended, BatchDraft } from './batch.ts'
import type { KeyRing } from './key-ring.ts'
import type { RegisterStore } from './store.ts'

/** Version of what is hashed and how; it stands in every leaf of the log. */
export const FORMAT = 1

/** Number of the last migration this program was written for (sql/): of a register that is further on it stops writing. */
export const SCHEMA = 3

export type Register = {
  registerId: string
  /** First line of every checkpoint of this register's log, and the name of the key that signs it. */
  logOrigin: string
  store: RegisterStore
  keys: KeyRing
  now: () => Instant
  committer: Committer
  /** Appends one statement, grouped with others that arrive at the same time. */
  append: (draft: BatchDraft) => Promise<Appended>
}
