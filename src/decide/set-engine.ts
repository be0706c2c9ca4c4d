// The port to an engine that decides sets: SQL over integer columns. DuckDB today; a second dialect comes with Trino.

export type SetEngine = {
  /** One or more statements whose rows nobody needs. */
  run(sql: string): Promise<void>
  /** A small result as objects; integers of any width arrive as numbers. */
  rows<R extends Record<string, unknown>>(sql: string): Promise<R[]>
  /** A result of whole numbers, one array per column of it, all as long as it has rows; NULL is 0. For millions of rows. */
  columns(sql: string): Promise<Float64Array[]>
  /** Loads COPY text format (tab separated, \N for null) into these columns of a table, in order. */
  load(
    table: string,
    columns: readonly string[],
    chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  ): Promise<void>
  /** Runs `work` when all work handed over before is done: a decision is several statements over shared tables. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
  /** Writes a result as Parquet, durable and whole under its final name when this resolves. */
  writeParquet(sql: string, path: string): Promise<{ sha256: string; sizeBytes: number }>
  /** What `writeParquet` would write, as its hash; of the file nothing stays. */
  hashParquet(sql: string): Promise<{ sha256: string; sizeBytes: number }>
  close(): Promise<void>
}
