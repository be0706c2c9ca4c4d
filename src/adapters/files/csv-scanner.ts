// RFC 4180 over bytes as they arrive: finds records and cells, refuses spoiled records one by one, holds at most one record.
// Own code: csv-parse replaces invalid UTF-8 in silence, drops the rest of a chunk after an oversized record and quotes
// cells in its messages. It remains the oracle in the tests.
import { isUtf8 } from 'node:buffer'
import type { RejectedRecord, RowBatch } from '../../intake/table-reader.ts'

export type CsvLimits = { cellBytes: number; recordBytes: number; batchRows: number }
export const csvLimits: CsvLimits = { cellBytes: 1 << 20, recordBytes: 8 << 20, batchRows: 8192 }

const LF = 10
const CR = 13
const QUOTE = 34

// Classes of bytes; everything that needs no thought is 0, so that the inner loop is one look-up.
const ORDINARY = 0
const DELIMITER = 1
const LINE_FEED = 2
const CARRIAGE_RETURN = 3
const STRAY_QUOTE = 4
const NUL = 5
const HIGH = 6

// Forms of a cell.
const PLAIN = 0
const QUOTED = 1
const DOUBLED = 2

const INCOMPLETE = -1

/** Where a record too large to hold has got to. */
type Skip = { state: 'cell-start' | 'plain' | 'quoted' | 'quote-in-quoted'; breaks: number }

export type CsvLayout = {
  delimiter: number
  columnCount: number
  wanted: readonly number[]
  firstLine: number
}

export class CsvScanner {
  private readonly layout: CsvLayout
  private readonly limits: CsvLimits
  private readonly onReject: (rejected: RejectedRecord) => void
  private readonly classOf: Uint8Array
  private readonly starts: Int32Array
  private readonly ends: Int32Array
  private readonly forms: Uint8Array

  private bytes: Buffer = Buffer.alloc(0)
  /** The same bytes, one character each: slicing it costs a tenth of decoding bytes cell by cell. */
  private text = ''
  private at = 0
  private ended = false
  private line: number
  private recordNumber = 0
  private skip: Skip | undefined

  private cells = 0
  private high = false
  private breaks = 0
  private spoiled: string | undefined
  private terminated = true

  private batch: RowBatch

  constructor(layout: CsvLayout, limits: CsvLimits, onReject: (rejected: RejectedRecord) => void) {
    this.layout = layout
    this.limits = limits
    this.onReject = onReject
    this.line = layout.firstLine
    this.starts = new Int32Array(layout.columnCount)
    this.ends = new Int32Array(layout.columnCount)
    this.forms = new Uint8Array(layout.columnCount)
    this.classOf = new Uint8Array(256).fill(HIGH, 128)
    this.classOf[0] = NUL
    this.classOf[LF] = LINE_FEED
    this.classOf[CR] = CARRIAGE_RETURN
    this.classOf[QUOTE] = STRAY_QUOTE
    this.classOf[layout.delimiter] = DELIMITER
    this.batch = this.emptyBatch()
  }

  /** Give bytes only after `next` has said undefined. */
  push(chunk: Buffer): void {
    const rest = this.bytes.subarray(this.at)
    this.bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    this.text = this.bytes.toString('latin1')
    this.at = 0
  }

  /** No more bytes will come; `next` then yields the rest. */
  end(): void {
    this.ended = true
  }

  /** A batch, or undefined when more bytes are needed or, after `end`, when there is nothing left. */
  next(): RowBatch | undefined {
    while (this.batch.count < this.limits.batchRows) {
      if (this.skip !== undefined) {
        if (!this.skipOn(this.skip)) break
        continue
      }
      if (this.at >= this.bytes.length) break
      const recordEnd = this.scanRecord()
      if (recordEnd === INCOMPLETE) {
        if (this.bytes.length - this.at <= this.limits.recordBytes) return undefined
        this.skip = { state: 'cell-start', breaks: 0 }
        continue
      }
      this.takeRecord(recordEnd)
    }
    if (this.batch.count === 0 || (this.batch.count < this.limits.batchRows && !this.ended)) return undefined
    const full = this.batch
    this.batch = this.emptyBatch()
    return full
  }

  /** Finds the cells of the record at `at`; its end, or INCOMPLETE. */
  private scanRecord(): number {
    const { bytes, classOf } = this
    const length = bytes.length
    this.spoiled = undefined
    this.high = false
    this.breaks = 0
    this.cells = 0
    let i = this.at
    for (;;) {
      let start = i
      let end = INCOMPLETE
      let form = PLAIN
      if (bytes[i] === QUOTE) {
        start = i + 1
        const close = this.closingQuote(start)
        if (close === INCOMPLETE) return this.ended ? this.unclosed() : INCOMPLETE
        form = this.lookInside(start, close)
        end = close
        i = close + 1
        if (i < length && !isCellEnd(classOf[bytes[i]!]!))
          this.spoiled ??= 'there is text after a closing quote'
      }
      for (; i < length; i++) {
        const kind = classOf[bytes[i]!]!
        if (kind === ORDINARY) continue
        if (kind <= LINE_FEED) break
        if (kind === HIGH) this.high = true
        else if (kind === NUL) this.spoiled ??= 'it holds a NUL byte'
        else if (kind === STRAY_QUOTE)
          this.spoiled ??= 'a quote stands inside a cell that does not start with one'
        else {
          if (i + 1 === length && !this.ended) return INCOMPLETE
          if (i + 1 === length || bytes[i + 1] === LF) break
          this.spoiled ??= 'a carriage return stands alone outside quotes'
        }
      }
      if (i === length && !this.ended) return INCOMPLETE
      this.keepCell(start, end === INCOMPLETE ? i : end, form)
      if (i < length && bytes[i] === this.layout.delimiter) {
        i++
        continue
      }
      this.terminated = i < length
      return bytes[i] === CR ? Math.min(i + 2, length) : Math.min(i + 1, length)
    }
  }

  private keepCell(start: number, end: number, form: number): void {
    const cell = this.cells++
    if (cell >= this.layout.columnCount) return
    this.starts[cell] = start
    this.ends[cell] = end
    this.forms[cell] = form
  }

  private closingQuote(from: number): number {
    const { bytes } = this
    let close = bytes.indexOf(QUOTE, from)
    while (close >= 0) {
      if (close + 1 === bytes.length) return this.ended ? close : INCOMPLETE
      if (bytes[close + 1] !== QUOTE) return close
      close = bytes.indexOf(QUOTE, close + 2)
    }
    return INCOMPLETE
  }

  private lookInside(start: number, end: number): number {
    const { bytes, classOf } = this
    let form = QUOTED
    for (let i = start; i < end; i++) {
      const kind = classOf[bytes[i]!]!
      if (kind === LINE_FEED) this.breaks++
      else if (kind === HIGH) this.high = true
      else if (kind === STRAY_QUOTE) form = DOUBLED
      else if (kind === NUL) this.spoiled ??= 'it holds a NUL byte'
    }
    return form
  }

  /** Nothing after an open quote can be trusted to be a record: it may be the inside of a cell. */
  private unclosed(): number {
    const { bytes } = this
    for (let i = this.at; i < bytes.length - 1; i++) if (bytes[i] === LF) this.breaks++
    this.spoiled = unclosedReason(this.line, this.breaks)
    return bytes.length
  }

  private takeRecord(recordEnd: number): void {
    const start = this.at
    const line = this.line
    this.at = recordEnd
    this.line += this.breaks + 1
    // A line without a single character carries no record.
    if (
      this.cells === 1 &&
      this.spoiled === undefined &&
      this.forms[0] === PLAIN &&
      this.starts[0] === this.ends[0]
    )
      return
    this.recordNumber++
    const reason = this.spoiled ?? this.fault(start, recordEnd)
    if (reason === undefined) this.keepRow(line)
    else this.onReject({ line, reason })
  }

  private fault(start: number, end: number): string | undefined {
    const { columnCount } = this.layout
    if (this.cells !== columnCount) {
      const cut = this.terminated ? '' : ' and does not end with a line break: the file may be truncated'
      return `it has ${this.cells} ${this.cells === 1 ? 'cell' : 'cells'}, the header has ${columnCount}${cut}`
    }
    if (end - start > this.limits.cellBytes && this.hasLargeCell())
      return `a cell is larger than ${this.limits.cellBytes} bytes`
    if (this.high && !isUtf8(this.bytes.subarray(start, end))) return 'it is not valid UTF-8'
    return undefined
  }

  private hasLargeCell(): boolean {
    return this.starts.some((start, cell) => this.ends[cell]! - start > this.limits.cellBytes)
  }

  private keepRow(line: number): void {
    const { batch, text, bytes, starts, ends, forms, high } = this
    const { wanted } = this.layout
    const row = batch.count++
    for (let w = 0; w < wanted.length; w++) {
      const cell = wanted[w]!
      const start = starts[cell]!
      const end = ends[cell]!
      let value = high ? bytes.toString('utf8', start, end) : text.slice(start, end)
      if (forms[cell] === DOUBLED) value = value.replaceAll('""', '"')
      batch.columns[w]![row] = value === '' ? null : value
    }
    batch.recordNumbers[row] = this.recordNumber
    batch.lines[row] = line
  }

  /** Passes over a record too large to hold; false when more bytes are needed. */
  private skipOn(skip: Skip): boolean {
    const { bytes } = this
    const { delimiter } = this.layout
    for (let i = this.at; i < bytes.length; i++) {
      const byte = bytes[i]
      if (byte === LF && skip.state !== 'quoted') {
        this.at = i + 1
        this.finishSkip(skip, `it, or a cell of it, is larger than ${this.limits.cellBytes} bytes`)
        return true
      }
      if (byte === LF) skip.breaks++
      if (skip.state === 'quoted') {
        if (byte === QUOTE) skip.state = 'quote-in-quoted'
      } else if (byte === QUOTE && skip.state !== 'plain') skip.state = 'quoted'
      else skip.state = byte === delimiter ? 'cell-start' : 'plain'
    }
    this.at = bytes.length
    if (!this.ended) return false
    this.finishSkip(
      skip,
      skip.state === 'quoted'
        ? unclosedReason(this.line, skip.breaks)
        : `it, or a cell of it, is larger than ${this.limits.cellBytes} bytes`,
    )
    return true
  }

  private finishSkip(skip: Skip, reason: string): void {
    this.recordNumber++
    this.onReject({ line: this.line, reason })
    this.line += skip.breaks + 1
    this.skip = undefined
  }

  private emptyBatch(): RowBatch {
    const { batchRows } = this.limits
    return {
      count: 0,
      columns: this.layout.wanted.map(() => []),
      recordNumbers: new Float64Array(batchRows),
      lines: new Float64Array(batchRows),
      done: 0,
    }
  }
}

function isCellEnd(kind: number): boolean {
  return kind === DELIMITER || kind === LINE_FEED || kind === CARRIAGE_RETURN
}

function unclosedReason(line: number, breaks: number): string {
  return `a quote is opened and never closed: lines ${line} to ${line + breaks} were not read, the file may be truncated`
}
