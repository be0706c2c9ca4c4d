// Rejects of one reading, counted, and listed in file order though the reader finds some before the rows around them.
import type { RejectSink } from './reject-sink.ts'
import type { RejectedRecord } from './table-reader.ts'

/** A file of nothing but rejects has no batches between which to list them. */
const HELD_MAX = 20_000

export class RejectList {
  readonly #sink: RejectSink | undefined
  #held: RejectedRecord[] = []
  count = 0

  constructor(sink: RejectSink | undefined) {
    this.#sink = sink
  }

  start(): void {
    this.#sink?.start()
  }

  add(rejected: RejectedRecord): void {
    this.count++
    this.#held.push(rejected)
    if (this.#held.length >= HELD_MAX) this.flush()
  }

  /** To be called after each batch of rows. */
  flush(): void {
    for (const rejected of this.#held.sort((a, b) => a.line - b.line)) this.#sink?.write(rejected)
    this.#held = []
  }

  finish(): void {
    this.flush()
    this.#sink?.finish()
  }
}
