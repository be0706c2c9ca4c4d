// The records of a release as the recipient reads them back: rows in file order, null for an empty cell, memory flat.

import type { OpenTable } from '../../intake/table-reader.ts'
import { Problem } from '../../model/problem.ts'
import type { RecordsFormat } from '../../model/release.ts'
import { parquetColumns, readParquetFile } from '../parquet/read-parquet.ts'
import { openXlsx } from '../xlsx/xlsx-reader.ts'
import { openCsv } from './csv-reader.ts'

export type DeliveredRows = { count: number; columns: (string | null)[][] }
export type Delivered = {
  columns: string[]
  /** To be read once or more; a record that cannot be read is `file.unreadable`. */
  rows(): AsyncIterable<DeliveredRows>
}

export async function openDelivered(path: string, format: RecordsFormat): Promise<Delivered> {
  if (format === 'csv') return deliveredCsv(path)
  return format === 'parquet' ? deliveredParquet(path) : deliveredXlsx(path)
}

async function deliveredParquet(path: string): Promise<Delivered> {
  const columns = await parquetColumns(path)
  return { columns, rows: () => parquetRows(path) }
}

async function* parquetRows(path: string): AsyncIterable<DeliveredRows> {
  for await (const columns of readParquetFile(path)) yield { count: columns[0]?.length ?? 0, columns }
}

async function deliveredCsv(path: string): Promise<Delivered> {
  const table = await openCsv({ path, format: 'csv', delimiter: ',' }, DELIVERED_LIMITS)
  return whole(table, path)
}

/** Written anew, a workbook has one sheet: another one in it would be lost. */
async function deliveredXlsx(path: string): Promise<Delivered> {
  const table = await openXlsx({ path, format: 'xlsx' })
  if (table.sheetCount > 1) throw new Problem('file.unreadable', `${path} has more sheets than its records`)
  return whole(table, path)
}

function whole(table: OpenTable, path: string): Delivered {
  const refuse = ({ line, reason }: { line: number; reason: string }) => {
    throw new Problem('file.unreadable', `${path}, line ${line}: ${reason}`)
  }
  return { columns: table.columns, rows: () => table.read(table.columns, refuse) }
}

/** What left may be as large as what a database holds; a batch of short rows stays as short as elsewhere. */
const DELIVERED_LIMITS = { cellBytes: 1 << 26, recordBytes: 1 << 28, batchRows: 8192 }
