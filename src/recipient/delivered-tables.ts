// The port through which delivered records are read as rows, and rows written as Parquet or a workbook.
import type { DeliveredTable, RowBlock } from '../evidence/recompute-released.ts'
import type { RecordsFormat } from '../model/release.ts'

export type DeliveredTables = {
  /** A file that is none of this format is `file.unreadable`. */
  open(path: string, format: RecordsFormat): Promise<DeliveredTable>
  /** The bytes of a file of text columns, piece by piece. */
  encode(
    format: Exclude<RecordsFormat, 'csv'>,
    columns: readonly string[],
    rows: AsyncIterable<RowBlock>,
  ): AsyncIterable<Uint8Array>
}
