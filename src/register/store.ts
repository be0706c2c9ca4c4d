// The port behind which a register lives: SQL that PGlite and PostgreSQL both run. One contract suite covers every adapter.
import { Problem } from '../model/problem.ts'

/** Column name → value. int2, int4 and int8 arrive as numbers, bytea as Uint8Array, uuid and text as strings. */
export type Row = Record<string, unknown>

export type StoreSession = {
  /** One statement with $1, $2 … parameters: numbers, texts, Uint8Arrays, null, and plain arrays of the first two. */
  query<R extends Row = Row>(sql: string, parameters?: readonly unknown[]): Promise<R[]>
  /** Several statements without parameters, as migrations need. */
  script(sql: string): Promise<void>
  /**
   * COPY … FROM in PostgreSQL's binary format: `target` is "schema.table (column, …)";
   * `bytes` holds header, tuples and trailer, and is the caller's again when this resolves.
   */
  copyIn(target: string, bytes: Uint8Array): Promise<void>
}

export type RegisterStore = {
  /** A statement by itself; durable when it resolves. */
  query: StoreSession['query']
  /** Several statements without parameters. */
  script: StoreSession['script']
  /**
   * Runs `work` in one transaction. Resolves only when the commit is durable: what was acknowledged survives
   * a crash and a power cut. Throws what `work` threw, after rolling back; once a statement failed the
   * transaction fails, even if `work` swallowed the error. Inside `work` use the session only: an embedded
   * store runs one transaction at a time, so asking the store itself would wait for ever.
   */
  transaction<T>(work: (session: StoreSession) => Promise<T>): Promise<T>
  /**
   * Rows of a query in COPY text format (tab separated, \N for null), in chunks that may end inside a row.
   * One snapshot; leaving the loop early ends the query.
   */
  copyOut(sql: string): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

/** What a database says when it refuses a statement, as both drivers report it. */
export type DatabaseRefusal = {
  message: string
  code?: string | undefined
  constraint?: string | undefined
}

/** A statement the database refused: a rule of the schema at work, or a bug of ours. */
export class StatementRefused extends Error {
  readonly sqlState: string
  readonly constraint: string | undefined

  constructor(refusal: DatabaseRefusal) {
    super(`the database refused a statement (${describe(refusal)})`)
    this.name = 'StatementRefused'
    this.sqlState = refusal.code ?? ''
    this.constraint = refusal.constraint
  }
}

/** As opposed to a code of the operating system, of which EPIPE has five letters too. */
const SQLSTATE = /^([0-9][0-9A-Z]|F0|HV|P0|XX)[0-9A-Z]{3}$/
/** Connection lost, no such login or database, resources, operator, system: the database, not the statement. */
const UNAVAILABLE = /^(08|28|3D|53|57|58)/
const CORRUPT = /^XX00[12]/
const DISK_FULL = '53100'

/** The error an adapter throws for a database's refusal; without an SQLSTATE nobody answered. */
export function storeError(refusal: DatabaseRefusal): Problem | StatementRefused {
  const { code } = refusal
  if (code !== undefined && CORRUPT.test(code))
    return new Problem('register.corrupt', 'the database reports damaged data', {
      cause: new StatementRefused(refusal),
    })
  if (code === DISK_FULL)
    return new Problem('disk.full', 'the register could not be written', {
      cause: new StatementRefused(refusal),
    })
  if (code === undefined || !SQLSTATE.test(code) || UNAVAILABLE.test(code))
    return new Problem('register.unavailable', `the database gave up (${describe(refusal)})`, {
      cause: refusal,
    })
  return new StatementRefused(refusal)
}

/**
 * The database's own words may quote a value out of a row, so only those are repeated that cannot:
 * errors in our SQL (class 42) and what our triggers raise (23000).
 */
function describe(refusal: DatabaseRefusal): string {
  const code = refusal.code ?? 'no answer'
  if (/^(42|23000)/.test(code)) return `${code}: ${refusal.message}`
  return refusal.constraint === undefined ? code : `${code}: ${refusal.constraint}`
}
