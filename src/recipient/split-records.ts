// A CSV file as the bytes of its records, so that lines can be taken out and all others stay as they were written,
// whatever a spreadsheet did to them: comma, semicolon or tab; CRLF or LF; quotes as in RFC 4180.

const LF = 0x0a
const CR = 0x0d
const QUOTE = 0x22
/** Somebody's unclosed quote would otherwise pull the whole file into memory. */
const RECORD_BYTES_MAX = 1 << 24

/** Finds where records begin and end, chunk by chunk. */
export class RecordSplitter {
  #rest: Buffer = Buffer.alloc(0)
  #quoted = false
  /** How far `#rest` was looked at already. */
  #seen = 0

  /** Calls back for each record that ended, with its place in `bytes`. */
  push(chunk: Uint8Array, onRecord: (bytes: Buffer, start: number, end: number) => void): void {
    const bytes = this.#rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#rest, chunk])
    let start = 0
    for (let at = this.#seen; at < bytes.length; at++) {
      const byte = bytes[at]
      if (byte === QUOTE) this.#quoted = !this.#quoted
      else if (byte === LF && !this.#quoted) {
        onRecord(bytes, start, at + 1)
        start = at + 1
      }
    }
    this.#rest = bytes.subarray(start)
    this.#seen = this.#rest.length
  }

  /** A last record without a line end. */
  end(onRecord: (bytes: Buffer, start: number, end: number) => void): 'whole' | 'unclosed' {
    if (this.#quoted) return 'unclosed'
    if (this.#rest.length > 0) onRecord(this.#rest, 0, this.#rest.length)
    return 'whole'
  }

  /** What does not end is not read on. */
  get tooLong(): boolean {
    return this.#rest.length > RECORD_BYTES_MAX
  }
}

export type CellPlace = { index: number; delimiter: number }

/** Where the column stands, by the header; undefined when it has none of this name, or two. */
export function findColumn(header: Uint8Array, name: string): CellPlace | undefined {
  const bytes = Buffer.from(header)
  const from = bytes.subarray(0, 3).equals(Buffer.of(0xef, 0xbb, 0xbf)) ? 3 : 0
  const places = [',', ';', '\t'].flatMap((character) => {
    const delimiter = character.charCodeAt(0)
    return cellsOf(bytes, from, bytes.length, delimiter).flatMap((cell, index) =>
      cell === name ? [{ index, delimiter }] : [],
    )
  })
  // A lone column reads the same under every delimiter.
  const distinct = new Set(places.map(({ index }) => index))
  return distinct.size === 1 && places.length <= 3 ? places[0] : undefined
}

/** The text of one cell of a record. */
export function cellAt(
  bytes: Buffer,
  start: number,
  end: number,
  { index, delimiter }: CellPlace,
): string | undefined {
  // Nearly always the first, and without quotes.
  if (index === 0 && bytes[start] !== QUOTE) {
    const next = bytes.indexOf(delimiter, start)
    return bytes.toString('latin1', start, next < 0 || next >= end ? contentEnd(bytes, start, end) : next)
  }
  return cellsOf(bytes, start, end, delimiter)[index]
}

function cellsOf(bytes: Buffer, start: number, end: number, delimiter: number): string[] {
  const cells: string[] = []
  const stop = contentEnd(bytes, start, end)
  let from = start
  let quoted = false
  for (let at = start; at <= stop; at++) {
    if (at < stop && bytes[at] === QUOTE) quoted = !quoted
    if (at < stop && (quoted || bytes[at] !== delimiter)) continue
    cells.push(unquoted(bytes.toString('utf8', from, at)))
    from = at + 1
  }
  return cells
}

function unquoted(cell: string): string {
  return cell.startsWith('"') && cell.endsWith('"') && cell.length > 1
    ? cell.slice(1, -1).replaceAll('""', '"')
    : cell
}

function contentEnd(bytes: Buffer, start: number, end: number): number {
  let stop = end
  if (stop > start && bytes[stop - 1] === LF) stop--
  if (stop > start && bytes[stop - 1] === CR) stop--
  return stop
}
