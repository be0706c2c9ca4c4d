// The port behind which a register lives: SQL that PGlite and PostgreSQL both run. One contract suite covers every adapter.

/** Column name → value. int2, int4 and int8 arrive as numbers, bytea as Uint8Array, uuid and text as strings. */
export type Row = Record<string, unknown>

export type StoreSession = {
  /** One statement with $1, $2 … parameters. */
  query<R extends Row = Row>(sql: string, parameters?: readonly unknown[]): Promise<R[]>
  /**
   * COPY … FROM in PostgreSQL's binary format: `target` is "schema.table (column, …)";
   * `bytes` holds header, tuples and trailer.
   */
  copyIn(target: string, bytes: Uint8Array): Promise<void>
}

export type RegisterStore = {
  /** A statement by itself; durable when it resolves. */
  query: StoreSession['query']
  /** Several statements without parameters, as migrations need. */
  script(sql: string): Promise<void>
  /**
   * Runs `work` in one transaction. Resolves only when the commit is durable: what was acknowledged survives
   * a crash and a power cut. Throws what `work` threw, after rolling back.
   */
  transaction<T>(work: (session: StoreSession) => Promise<T>): Promise<T>
  /** Rows of a query in COPY text format (tab separated, \N for null), in chunks that may end inside a row. */
  copyOut(sql: string): AsyncIterable<Uint8Array>
  close(): Promise<void>
}
