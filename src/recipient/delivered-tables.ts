// The port through which delivered records are read as rows, and rows written as Parquet.
import type { DeliveredTable, RowBlock } from '../evidence/recompute-released.ts'

export type DeliveredTables = {
  /** A file that is none of this format is `file.unreadable`. */
  open(path: string, format: 'csv' | 'parquet'): Promise<DeliveredTable>
  /** The bytes of a Parquet file of text columns, row group by row group. */
  encodeParquet(columns: readonly string[], rows: AsyncIterable<RowBlock>): AsyncIterable<Uint8Array>
}
