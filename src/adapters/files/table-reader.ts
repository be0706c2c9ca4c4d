// Files of people by their format: CSV here, Parquet and JSON through DuckDB.
import type { TableReader } from '../../intake/table-reader.ts'
import { openParquetOrJson } from '../duckdb/parquet-json-reader.ts'
import { openCsv } from './csv-reader.ts'

/** `temporaryFolder`: where DuckDB may spill; it makes it only when it does. */
export function fileTableReader(options: { temporaryFolder: string }): TableReader {
  return {
    open(file) {
      return file.format === 'csv' ? openCsv(file) : openParquetOrJson(file, options.temporaryFolder)
    },
  }
}
