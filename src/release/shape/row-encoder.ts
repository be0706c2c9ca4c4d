// How shaped rows become the bytes of a file, whatever its format; nothing of it is ever whole in memory.

export type RowEncoder = {
  /** Takes a row; the array is the caller's to use again. */
  add(cells: readonly (string | null)[]): void
  /** Bytes that are due, undefined while they are few. To be asked after every row. */
  take(): Uint8Array | undefined
  /** What is left. */
  end(): Uint8Array | undefined
}
