// Records of a Parquet file, their cells strung together by DuckDB and split here: a cell taken out of DuckDB by itself costs ten
// times as much. Whatever does not come apart again as it was put together is read cell by cell.
import type { RowBatch } from '../../intake/table-reader.ts'
import { Problem } from '../../model/problem.ts'

export type SliceSource = {
  /** Names the file in Problems. */
  path: string
  /** SQL of `read_parquet`, with `file_row_number`. */
  relation: string
  /** SQL of each column wanted, as text. */
  texts: readonly string[]
  records: number
  sizeBytes: number
  /** What to throw when the file holds other records than it did. */
  changed: () => Problem
  /** Rows of a query on a connection that has one thread: in the order of the file. Fails with a Problem for the file's faults. */
  query: (sql: string) => Promise<unknown[][]>
}

type Cell = string | null

export async function* readSlices(source: SliceSource): AsyncIterable<RowBatch> {
  const sliceRows = sliceRowsOf(source)
  // DuckDB works on the next slice while this one is taken apart.
  let next = ahead(source, 0, sliceRows)
  try {
    for (let from = 0; from < source.records; from += sliceRows) {
      const packed = await next
      next = ahead(source, from + sliceRows, from + 2 * sliceRows)
      for (let group = 0; from + group * GROUP_ROWS < endOf(source, from + sliceRows); group++) {
        const first = from + group * GROUP_ROWS
        const count = endOf(source, first + GROUP_ROWS) - first
        const columns = unpacked(source, packed?.[group], first, count)
        if (columns !== undefined) yield batchOf(columns, first, count, source.records)
        else yield* plainly(source, first, count)
      }
    }
  } finally {
    // The connection must not be closed under a running query, however this ends.
    await next.catch(() => {})
  }
}

/** It may fail before anybody waits for it: that is told when its turn comes. */
function ahead(source: SliceSource, from: number, to: number): ReturnType<typeof packedSlice> {
  const slice = packedSlice(source, from, to)
  slice.catch(() => {})
  return slice
}

/** Rows of a batch, and of what is strung into one value. */
const GROUP_ROWS = 8192
/** A slice is held whole in memory, about three times; compressed it is a fraction of that. */
const SLICE_BYTES = 4 << 20
const SLICE_GROUPS_MAX = 16

function sliceRowsOf({ sizeBytes, records }: SliceSource): number {
  const groups = Math.floor((SLICE_BYTES / sizeBytes) * (records / GROUP_ROWS))
  return GROUP_ROWS * Math.max(1, Math.min(SLICE_GROUPS_MAX, groups))
}

function endOf({ records }: SliceSource, row: number): number {
  return Math.min(row, records)
}

/** What a CSV file may have of a cell and a record, and what is held as one batch: a few kilobytes of Parquet can stand for terabytes. */
const CELL_BYTES_MAX = 1 << 20
const RECORD_BYTES_MAX = 8 << 20
const BATCH_BYTES_MAX = 64 << 20

/** Between cells; a cell that holds it makes more pieces than there are rows. */
const SEPARATOR = '\x1f'

/** Row numbers modulo a prime, a sign each: any two blocks that changed places would show. */
const MODULUS = 61
const FIRST_SIGN = 48
const signs = Array.from({ length: MODULUS }, (_, sign) => String.fromCharCode(FIRST_SIGN + sign)).join('')
const inOrder = signs.repeat(Math.ceil(GROUP_ROWS / MODULUS) + 1)

/** Per group its rows, their signs and the columns as one text each; undefined when that is too much to be held. */
async function packedSlice(source: SliceSource, from: number, to: number): Promise<unknown[][] | undefined> {
  if (from >= source.records) return undefined
  if ((await sizesOf(source, from, to)).all > BATCH_BYTES_MAX) return undefined
  const strung = source.texts.map((text) => `string_agg('${SEPARATOR}' || coalesce(${text}, ''), '')`)
  const sign = `string_agg(chr((${FIRST_SIGN} + file_row_number % ${MODULUS})::INTEGER), '')`
  const group = `file_row_number // ${GROUP_ROWS}`
  try {
    return await source.query(
      `SELECT ${[sign, ...strung].join(', ')} FROM ${rowsBetween(source, from, to)} GROUP BY ${group} ORDER BY ${group}`,
    )
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

function rowsBetween({ relation }: SliceSource, from: number, to: number): string {
  return `${relation} WHERE file_row_number >= ${from} AND file_row_number < ${to}`
}

/** The cells of a group by column, or undefined when its text does not come apart into as many as there are rows. */
function unpacked(
  source: SliceSource,
  group: readonly unknown[] | undefined,
  first: number,
  count: number,
): Cell[][] | undefined {
  if (group === undefined) return undefined
  const start = first % MODULUS
  if (group[0] !== inOrder.slice(start, start + count)) {
    if (String(group[0]).length !== count) throw source.changed()
    throw new Error('DuckDB strung records together in another order than the file has')
  }
  const columns: Cell[][] = []
  for (let column = 0; column < source.texts.length; column++) {
    // Each cell has its separator in front: what a decoder may drop from the start of a text is never of a cell.
    const cells: Cell[] = String(group[column + 1]).split(SEPARATOR)
    if (cells.length !== count + 1) return undefined
    cells.shift()
    for (let row = 0; row < count; row++) if (cells[row] === '') cells[row] = null
    columns.push(cells)
  }
  return columns
}

/** A group cell by cell, in as many batches as its longest record asks for. */
async function* plainly(source: SliceSource, first: number, count: number): AsyncGenerator<RowBatch> {
  const { record, all } = await sizesOf(source, first, first + count)
  const step = all <= BATCH_BYTES_MAX ? count : Math.max(1, Math.floor(BATCH_BYTES_MAX / record))
  for (let at = first; at < first + count; at += step) {
    const some = Math.min(step, first + count - at)
    yield batchOf(await plain(source, at, some), at, some, source.records)
  }
}

type Sizes = { record: number; all: number }

/** Bytes of the longest record and of all of them, counted in DuckDB, where a cell that stands there often is held once. */
async function sizesOf(source: SliceSource, from: number, to: number): Promise<Sizes> {
  const lengths = source.texts.map((text) => `coalesce(strlen(${text}), 0)`)
  if (lengths.length === 0) return { record: 0, all: 0 }
  const record = lengths.join(' + ')
  const [sizes] = await source.query(
    `SELECT max(greatest(${lengths.join(', ')}, 0)), max(${record}), sum(${record}) FROM ${rowsBetween(source, from, to)}`,
  )
  const [cell = 0, longest = 0, all = 0] = (sizes ?? []).map(Number)
  if (cell > CELL_BYTES_MAX) throw tooLarge(source, from, to, `a cell of more than ${CELL_BYTES_MAX} bytes`)
  if (longest > RECORD_BYTES_MAX)
    throw tooLarge(source, from, to, `one of more than ${RECORD_BYTES_MAX} bytes`)
  return { record: longest, all }
}

function tooLarge({ path }: SliceSource, from: number, to: number, what: string): Problem {
  return new Problem('file.unreadable', `${path} has ${what} in its records ${from + 1} to ${to}`)
}

async function plain(source: SliceSource, first: number, count: number): Promise<Cell[][]> {
  const rows = await source.query(
    `SELECT ${['1', ...source.texts].join(', ')} FROM ${rowsBetween(source, first, first + count)}`,
  )
  if (rows.length !== count) throw source.changed()
  return source.texts.map((_, column) =>
    rows.map((row) => {
      const cell = row[column + 1]
      return typeof cell === 'string' ? cell : null
    }),
  )
}

function batchOf(columns: Cell[][], first: number, count: number, records: number): RowBatch {
  const numbers = new Float64Array(count)
  for (let row = 0; row < count; row++) numbers[row] = first + row + 1
  return { count, columns, recordNumbers: numbers, lines: numbers, done: (first + count) / records }
}
