// A workbook as large as one can be, nearly, written and read back cell by cell, beside CSV with the same rows.
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { openDelivered } from '../../src/adapters/files/open-delivered.ts'
import { xlsxEncoder } from '../../src/adapters/xlsx/xlsx-encoder.ts'
import type { RecordsFormat } from '../../src/model/release.ts'
import { csvEncoder } from '../../src/release/shape/csv-encoder.ts'
import type { RowEncoder } from '../../src/release/shape/row-encoder.ts'
import { type Figure, secondsOf, timed } from '../figure.ts'
import type { StepContext } from '../step-context.ts'

const ROWS_MAX = 1_000_000
const columns = ['fairshare_ref', 'first_name', 'last_name', 'email', 'street', 'town', 'postcode', 'born_on']

/** One round: each takes long enough to be told apart. */
export async function readWriteXlsx({ folder, people }: StepContext): Promise<Figure[]> {
  const rows = Math.min(people, ROWS_MAX)
  const written = {
    csv: await writeRows(join(folder, 'rows.csv'), csvEncoder(columns), rows),
    xlsx: await writeRows(join(folder, 'rows.xlsx'), xlsxEncoder(columns), rows),
  }
  const csv = await readRows(join(folder, 'rows.csv'), 'csv', rows)
  const xlsx = await readRows(join(folder, 'rows.xlsx'), 'xlsx', rows)
  const figure = (did: string, seconds: number) =>
    timed(`${rows.toLocaleString('en')} rows of 8 columns ${did}`, rows, 'rows', [seconds])
  return [
    figure('written as CSV', written.csv),
    {
      ...figure('written as XLSX', written.xlsx),
      against: { ratio: written.xlsx / written.csv, what: 'CSV' },
    },
    figure('read back from CSV', csv),
    { ...figure('read back from XLSX', xlsx), against: { ratio: xlsx / csv, what: 'CSV' } },
  ]
}

function writeRows(path: string, encoder: RowEncoder, rows: number): Promise<number> {
  function* chunks() {
    for (let row = 0; row < rows; row++) {
      encoder.add(cellsOf(row))
      const bytes = encoder.take()
      if (bytes !== undefined) yield bytes
    }
    yield encoder.end() ?? new Uint8Array(0)
  }
  return secondsOf(() => pipeline(chunks, createWriteStream(path)))
}

function cellsOf(row: number): string[] {
  const day = String(1 + (row % 28)).padStart(2, '0')
  const name = `last${row % 5011}`
  const postcode = `ZZ${1 + (row % 99)} ${row % 10}AA`
  return [
    ...[String(row).padStart(16, '0'), `first${row % 977}`, name, `${name}.${row}@example.org`],
    ...[`${1 + (row % 200)} High Street`, `Town ${row % 300}`, postcode, `1985-03-${day}`],
  ]
}

function readRows(path: string, format: RecordsFormat, rows: number): Promise<number> {
  return secondsOf(async () => {
    const table = await openDelivered(path, format)
    let read = 0
    for await (const { count, columns: cells } of table.rows()) {
      const expected = cellsOf(read)
      if (cells.some((column, at) => column[0] !== expected[at])) throw new Error(`another row ${read}`)
      read += count
    }
    if (read !== rows) throw new Error(`${read} rows of ${rows}`)
  })
}
