// Rows in PostgreSQL's binary COPY format, cell by cell into one growing buffer; and the queue that sends them
// while the next ones are made.
import type { StoreSession } from './store.ts'

const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
const TRAILER_BYTES = 2
const NULL_LENGTH = -1
const FIRST_CAPACITY_BYTES = 1 << 12
/** No fixed-width cell with its length is larger; room for it is made before each. */
const FIXED_CELL_BYTES_MAX = 40
/** A hash or a key of this length fits into the room every row begins with. */
const HASH_BYTES_MAX = 32
const TWO_TO_32 = 0x1_0000_0000

/** The rows of one COPY. Cells are written in the order of the target's columns. */
export class RowBuffer {
  readonly target: string
  readonly #columns: number
  #bytes = Buffer.alloc(FIRST_CAPACITY_BYTES)
  #view = viewOf(this.#bytes)
  #at = HEADER.length
  #rows = 0

  constructor(table: string, columns: readonly string[]) {
    this.target = `${table} (${columns.join(', ')})`
    this.#columns = columns.length
    this.#bytes.set(HEADER)
  }

  get rows(): number {
    return this.#rows
  }

  startRow(): void {
    this.#room(FIXED_CELL_BYTES_MAX)
    this.#view.setInt16(this.#at, this.#columns)
    this.#at += 2
    this.#rows++
  }

  int2(value: number): void {
    this.#length(2)
    this.#view.setInt16(this.#at, value)
    this.#at += 2
  }

  int4(value: number): void {
    this.#length(4)
    this.#view.setInt32(this.#at, value)
    this.#at += 4
  }

  /** 0 means absent, and is stored as NULL. */
  int4OrNull(value: number): void {
    if (value === 0) this.null()
    else this.int4(value)
  }

  int8(value: number): void {
    this.#length(8)
    const high = Math.floor(value / TWO_TO_32)
    this.#view.setInt32(this.#at, high)
    this.#view.setUint32(this.#at + 4, value - high * TWO_TO_32)
    this.#at += 8
  }

  boolean(value: boolean): void {
    this.#length(1)
    this.#bytes[this.#at++] = value ? 1 : 0
  }

  /** bytea, or a uuid's 16 bytes. */
  bytes(from: Uint8Array, at: number, count: number): void {
    if (count > HASH_BYTES_MAX) this.#room(FIXED_CELL_BYTES_MAX + count)
    this.#length(count)
    for (let i = 0; i < count; i++) this.#bytes[this.#at + i] = from[at + i]!
    this.#at += count
  }

  text(value: string | undefined): void {
    if (value === undefined) {
      this.null()
      return
    }
    this.#room(FIXED_CELL_BYTES_MAX + 3 * value.length)
    const written = this.#bytes.write(value, this.#at + 4, 'utf8')
    this.#view.setInt32(this.#at, written)
    this.#at += 4 + written
  }

  null(): void {
    this.#length(NULL_LENGTH)
  }

  /** The whole COPY stream so far; the buffer starts again empty. */
  take(): Uint8Array {
    this.#room(TRAILER_BYTES)
    this.#view.setInt16(this.#at, -1)
    const taken = this.#bytes.subarray(0, this.#at + TRAILER_BYTES)
    this.#bytes = Buffer.alloc(this.#bytes.length)
    this.#view = viewOf(this.#bytes)
    this.#bytes.set(HEADER)
    this.#at = HEADER.length
    this.#rows = 0
    return taken
  }

  #length(bytes: number): void {
    this.#room(FIXED_CELL_BYTES_MAX)
    this.#view.setInt32(this.#at, bytes)
    this.#at += 4
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return
    const larger = Buffer.alloc(2 * this.#bytes.length + bytes)
    larger.set(this.#bytes)
    this.#bytes = larger
    this.#view = viewOf(larger)
  }
}

/** Rows made while this many buffers wait would only fill memory. */
const WAITING_MAX = 2

/** Sends buffers in order, one statement at a time, while the caller makes the next. */
export class CopyQueue {
  readonly #session: StoreSession
  #last: Promise<void> = Promise.resolve()
  #waiting = 0

  constructor(session: StoreSession) {
    this.#session = session
  }

  /** Resolves as soon as more rows may be made; a failure surfaces here or in `finish`. */
  async send(buffer: RowBuffer): Promise<void> {
    if (buffer.rows === 0) return
    const { target } = buffer
    const bytes = buffer.take()
    const before = this.#last
    this.#waiting++
    this.#last = before.then(() => this.#session.copyIn(target, bytes)).finally(() => this.#waiting--)
    // Reported by whoever awaits the chain; until then it is not unhandled.
    this.#last.catch(() => {})
    if (this.#waiting > WAITING_MAX) await before
  }

  finish(): Promise<void> {
    return this.#last
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
}
