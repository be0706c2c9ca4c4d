// The port through which files of people arrive: text cells in file order, whatever the format.

export type TableFormat = 'csv' | 'parquet' | 'json'

export type TableFile = { path: string; format: TableFormat }

/** Rows in file order, column by column; cells are text as written, null where the file has none. */
export type RowBatch = {
  count: number
  /** One array per column asked for, in that order. Dates and timestamps in Parquet arrive as ISO text, booleans as true/false. */
  columns: (string | null)[][]
  /** Number of the first row of this batch among the file's records, from 1, rejected ones counted. */
  recordNumbers: Float64Array
  /** Physical line where each record starts (CSV); record number elsewhere. */
  lines: Float64Array
}

/** A record the file itself spoils (wrong number of cells, unclosed quote, not UTF-8). `reason` holds no cell content. */
export type RejectedRecord = { line: number; reason: string }

export type OpenTable = {
  columns: string[]
  /** SHA-256 of the file's bytes, lower-case hex. */
  sha256: string
  sizeBytes: number
  /** Streams the named columns. A missing column is a `mapping.invalid` Problem before the first batch. */
  read(columns: readonly string[], onReject: (rejected: RejectedRecord) => void): AsyncIterable<RowBatch>
}

export type TableReader = {
  open(file: TableFile): Promise<OpenTable>
}
