// Delivered records as the recipient reads them back, and Parquet or a workbook as it writes what is left of them.
import type { RowBlock } from '../../evidence/recompute-released.ts'
import type { DeliveredTables } from '../../recipient/delivered-tables.ts'
import { parquetEncoder } from '../parquet/parquet-encoder.ts'
import { xlsxEncoder } from '../xlsx/xlsx-encoder.ts'
import { openDelivered } from './open-delivered.ts'

export const deliveredTables: DeliveredTables = {
  open: openDelivered,
  encode,
}

async function* encode(
  format: 'parquet' | 'xlsx',
  columns: readonly string[],
  rows: AsyncIterable<RowBlock>,
): AsyncGenerator<Uint8Array> {
  const encoder = format === 'parquet' ? parquetEncoder(columns) : xlsxEncoder(columns)
  for await (const block of rows) {
    for (let row = 0; row < block.count; row++) {
      encoder.add(block.columns.map((cells) => cells[row] ?? null))
      const bytes = encoder.take()
      if (bytes !== undefined) yield bytes
    }
  }
  const end = encoder.end()
  if (end !== undefined) yield end
}
