// The port through which records that could not be taken are listed beside their file, with line and reason.
import type { RejectedRecord } from './table-reader.ts'

export type RejectSink = {
  /** Starts the list; what an earlier run listed is forgotten, as this run lists it again. */
  start(): void
  write(rejected: RejectedRecord): void
  /** The list is complete; without rejects nothing is left behind. */
  finish(): void
}
