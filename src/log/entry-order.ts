// What each entry of a log must say of itself after those before it: one register, every position once and in its turn, and
// time that only goes forward. A root binds entries that say otherwise as well as it binds these.
import { decodeEntry, type LogEntry } from './log-entry.ts'
import { LogError } from './log-error.ts'

/** Format of entries that this verifier knows. */
const FORMAT = 1

/** Takes the entries of one log from its first on. */
export class EntryOrder {
  #count = 0
  #before: LogEntry | undefined

  /** Throws at `path`, the file the entry stands in, when it cannot be the next one. */
  next(bytes: Uint8Array, path: string): void {
    const place = `${path}: entry ${this.#count++}`
    const entry = decodeEntry(bytes)
    if (entry?.format !== FORMAT) throw new LogError('entry.malformed', place)
    if (entry.position !== this.#count) throw new LogError('entry.misplaced', place)
    const before = this.#before
    if (before !== undefined && entry.register !== before.register) throw new LogError('entry.foreign', place)
    if (before !== undefined && entry.recordedAt <= before.recordedAt)
      throw new LogError('entry.backdated', place)
    this.#before = entry
  }
}
