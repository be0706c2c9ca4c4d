// Files of people by their format: CSV here, workbooks beside it, Parquet and JSON through DuckDB.
import type { TableReader } from '../../intake/table-reader.ts'
import { openParquetOrJson } from '../duckdb/parquet-json-reader.ts'
import { openXlsx } from '../xlsx/xlsx-reader.ts'
import { openCsv } from './csv-reader.ts'

/** `temporaryFolder`: where DuckDB may spill; it makes it only when it does. */
export function fileTableReader(options: { temporaryFolder: string }): TableReader {
  return {
    open(file) {
      if (file.format === 'csv') return openCsv(file)
      return file.format === 'xlsx' ? openXlsx(file) : openParquetOrJson(file, options.temporaryFolder)
    },
  }
}
