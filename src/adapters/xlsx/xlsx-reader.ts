// Workbooks as tables: one sheet, its first row that holds something names the columns, every cell the text somebody sees there.
// The sheet is inflated once before a row of it is given, so that what is cut off, swollen or merged refuses the file and not its end.
import type { OpenTable, RejectedRecord, RowBatch, TableFile } from '../../intake/table-reader.ts'
import { checkColumns, placesOf } from '../files/check-columns.ts'
import { changedWhileRead, hashFile } from '../files/hash-file.ts'
import { refuseOtherContainers } from './container.ts'
import { type SheetRow, sheetReader } from './sheet-rows.ts'
import { type Refuse, refuserOf } from './unreadable.ts'
import { readWorkbook, sheetBytesMax, type Workbook } from './workbook.ts'
import { openZip, type ZipParts } from './zip-parts.ts'

const BATCH_ROWS = 8192

export type OpenSheet = OpenTable & {
  /** Sheets of any kind, hidden ones among them. */
  sheetCount: number
}

export async function openXlsx(file: TableFile): Promise<OpenSheet> {
  const { path } = file
  const refuse = refuserOf(path)
  const { sha256, sizeBytes } = await hashFile(path)
  if (sizeBytes === 0) throw refuse('is empty')
  await refuseOtherContainers(path, refuse)
  const parts = await openZip(path, sizeBytes, refuse)
  const book = await readWorkbook(parts, file.sheet, refuse)
  await refuseMerged(parts, book, refuse)
  const { columns, line } = await readHeader(parts, book, path, refuse)
  return {
    columns,
    sha256,
    sizeBytes,
    sheetCount: book.sheetCount,
    read(wanted, onReject) {
      const places = placesOf(wanted, columns)
      const width = columns.length
      return readRecords(sheetRows(parts, book, refuse), {
        path,
        sha256,
        header: line,
        width,
        places,
        onReject,
      })
    },
  }
}

// --- before the first row ----------------------------------------------------------------------------------------

const mergedCell = /<(?:[^\s<>:]{1,20}:)?mergeCell[\s/>]/
/** More than the pattern can take. */
const CARRIED_BYTES = 40

/** One value over several rows is nobody's or everybody's. The list of merged cells stands behind all rows. */
async function refuseMerged(parts: ZipParts, { sheet }: Workbook, refuse: Refuse): Promise<void> {
  let carried: Uint8Array = Buffer.alloc(0)
  for await (const chunk of parts.stream(sheet, sheetBytesMax)) {
    const bytes = Buffer.concat([carried, chunk])
    if (bytes.includes('mergeCell') && mergedCell.test(bytes.toString('latin1')))
      throw refuse('has merged cells: take them apart')
    carried = bytes.subarray(-CARRIED_BYTES)
  }
}

async function readHeader(
  parts: ZipParts,
  book: Workbook,
  path: string,
  refuse: Refuse,
): Promise<{ columns: string[]; line: number }> {
  const sheet = sheetReader(book, refuse)
  for await (const chunk of parts.stream(book.sheet, sheetBytesMax)) {
    sheet.write(chunk)
    const [header] = sheet.take()
    if (header === undefined) continue
    const { line, cells, fault } = header
    if (fault !== undefined) throw refuse(`has no usable column names: in line ${line} ${fault}`)
    const columns = cells.map((cell) => cell?.trim() ?? '')
    checkColumns(columns, path)
    const hidden = columns.find((_, at) => sheet.hiddenColumns.some(([from, to]) => at >= from && at <= to))
    if (hidden !== undefined) throw refuse(`has a hidden column, ${hidden}: show it, or delete it`)
    return { columns, line }
  }
  throw refuse('has no column names: its sheet is empty')
}

// --- rows --------------------------------------------------------------------------------------------------------

async function* sheetRows(
  parts: ZipParts,
  book: Workbook,
  refuse: Refuse,
): AsyncGenerator<{ rows: SheetRow[]; done: number }> {
  const sheet = sheetReader(book, refuse)
  let readBytes = 0
  for await (const chunk of parts.stream(book.sheet, sheetBytesMax)) {
    readBytes += chunk.length
    sheet.write(chunk)
    yield { rows: sheet.take(), done: Math.min(1, readBytes / book.sheet.sizeBytes) }
  }
  sheet.end()
}

type Reading = {
  path: string
  sha256: string
  /** Line of the column names. */
  header: number
  width: number
  places: readonly number[]
  onReject: (rejected: RejectedRecord) => void
}

async function* readRecords(
  blocks: AsyncIterable<{ rows: SheetRow[]; done: number }>,
  { path, sha256, header, width, places, onReject }: Reading,
): AsyncIterable<RowBatch> {
  let batch = new Batch(places)
  let recordNumber = 0
  for await (const { rows, done } of blocks) {
    for (const row of rows) {
      if (row.line <= header) continue
      recordNumber++
      const reason = row.fault ?? strayCell(row, width)
      if (reason !== undefined) {
        onReject({ line: row.line, reason })
        continue
      }
      batch.add(row, recordNumber)
      if (batch.count < BATCH_ROWS) continue
      yield batch.rows(done)
      batch = new Batch(places)
    }
  }
  if (batch.count > 0) yield batch.rows(1)
  if ((await hashFile(path)).sha256 !== sha256) throw changedWhileRead(path)
}

function strayCell({ cells }: SheetRow, width: number): string | undefined {
  return cells.length > width ? `it has ${cells.length} cells, the header has ${width}` : undefined
}

class Batch {
  count = 0
  readonly #places: readonly number[]
  readonly #columns: (string | null)[][]
  readonly #recordNumbers = new Float64Array(BATCH_ROWS)
  readonly #lines = new Float64Array(BATCH_ROWS)

  constructor(places: readonly number[]) {
    this.#places = places
    this.#columns = places.map(() => [])
  }

  add({ cells, line }: SheetRow, recordNumber: number): void {
    for (const [index, place] of this.#places.entries()) this.#columns[index]!.push(cells[place] ?? null)
    this.#recordNumbers[this.count] = recordNumber
    this.#lines[this.count++] = line
  }

  rows(done: number): RowBatch {
    const { count } = this
    return {
      count,
      columns: this.#columns,
      recordNumbers: this.#recordNumbers.subarray(0, count),
      lines: this.#lines.subarray(0, count),
      done,
    }
  }
}
