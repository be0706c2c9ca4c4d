// How shaped rows become the bytes of a file, whatever its format; nothing of it is ever whole in memory.
import type { RecordsFormat } from '../../model/release.ts'

/** What a sheet of a workbook takes: records below the names of its columns, and characters in a cell. */
export const sheetLimits = { records: 1_048_575, cellLength: 32_767 } as const

export type RowEncoder = {
  /** Takes a row; the array is the caller's to use again. */
  add(cells: readonly (string | null)[]): void
  /** Bytes that are due, undefined while they are few. To be asked after every row. */
  take(): Uint8Array | undefined
  /** What is left. */
  end(): Uint8Array | undefined
}

/** Makes the encoder of each format but CSV, which needs no library. */
export type RowEncoders = Readonly<
  Record<Exclude<RecordsFormat, 'csv'>, (columns: readonly string[]) => RowEncoder>
>
