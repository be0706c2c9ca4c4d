// The port through which files of people arrive: text cells in file order, whatever the format.
import type { Dataset } from '../model/policy.ts'

export type TableFormat = 'csv' | 'parquet' | 'json' | 'xlsx'

/**
 * `json` is an array of objects or one object per line. The CSV delimiter is found in the header unless given; the sheet of a
 * workbook is the only one that is not hidden, unless named.
 */
export type TableFile = {
  path: string
  format: TableFormat
  delimiter?: ',' | ';' | '\t'
  sheet?: string
}

/** The file of a dataset, where it lies, read as declared. */
export function datasetFile({ format, sheet }: Pick<Dataset, 'format' | 'sheet'>, path: string): TableFile {
  return { path, format, ...(sheet !== undefined && { sheet }) }
}

/** Rows in file order, column by column; cells are text as written, null where the file has none or an empty one. */
export type RowBatch = {
  count: number
  /**
   * One array per column asked for, in that order. In Parquet dates and timestamps arrive as ISO text,
   * booleans as true/false, whole-numbered floats without a point; in a workbook too, as far as the cell shows them.
   */
  columns: (string | null)[][]
  /** Number of each row among the file's records, from 1; spoiled records are counted, so numbers may skip. */
  recordNumbers: Float64Array
  /** Physical line where each record starts (CSV), row of the sheet (XLSX); record number elsewhere. */
  lines: Float64Array
  /** How much of the file lies behind this batch, 0 to 1. */
  done: number
}

/** A record the file itself spoils (wrong number of cells, unclosed quote, not UTF-8, a formula). `reason` holds no cell content. */
export type RejectedRecord = { line: number; reason: string }

export type OpenTable = {
  columns: string[]
  /** SHA-256 of the file's bytes, lower-case hex. */
  sha256: string
  sizeBytes: number
  /**
   * Streams the named columns. A missing column is a `mapping.invalid` Problem before the first batch; a file whose
   * bytes are no longer those of `sha256` is `file.unreadable` after the last. Which records are rejected does not
   * depend on the columns asked for.
   */
  read(columns: readonly string[], onReject: (rejected: RejectedRecord) => void): AsyncIterable<RowBatch>
}

export type TableReader = {
  /** Throws `file.missing` or `file.unreadable`; a header with a nameless or repeated column is unreadable. */
  open(file: TableFile): Promise<OpenTable>
}
