// The port behind which a register lives: SQL that PGlite and PostgreSQL both run. One contract suite covers every adapter.
import { isProblem, Problem } from '../model/problem.ts'

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
  /**
   * The same database without the narrower role the register works under: for migrating, and for what a server lets
   * nobody but its administrator do. Absent where there is no such role to lay down.
   */
  asLogin?: Pick<RegisterStore, 'query' | 'script' | 'transaction'>
  close(): Promise<void>
}

/** What a database says when it refuses a statement, as both drivers report it. */
export type DatabaseRefusal = {
  message: string
  code?: string | undefined
  constraint?: string | undefined
  /** Nobody answered because the connection broke, not because there is nobody to ask. */
  connectionLost?: boolean
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
/**
 * Connection lost, a server that only reads, a transaction that stood still for too long, no such login or database,
 * resources, operator, system: the database, not the statement.
 */
const UNAVAILABLE = /^(08|25006|25P0[34]|28|3D|53|57|58)/
/** What goes by: two that could not be ordered, a deadlock, too many connections, a server that stops or starts. */
const PASSING = /^(08|25P0[34]|40001|40P01|53300|57P0[123])/
const LOCK_NOT_AVAILABLE = '55P03'
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
  if (code === LOCK_NOT_AVAILABLE)
    return new Problem('register.busy', 'its lock was not given up in time', {
      cause: new StatementRefused(refusal),
    })
  if (code === undefined || !SQLSTATE.test(code) || UNAVAILABLE.test(code))
    return new Problem('register.unavailable', `the database gave up (${describe(refusal)})`, {
      cause: refusal,
    })
  return new StatementRefused(refusal)
}

/** Waited before the second, third and last try: a server that is restarted is back within seconds. */
const PAUSES_MS = [50, 400, 1_500]

/** Only for work that leaves nothing behind when it fails, or finds what it left. */
export async function tryAgain<T>(work: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES_MS) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error)) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, pause))
  }
  return work()
}

/** The same may succeed in a moment. Says nothing of whether it has been done: an answer to a commit may be lost. */
export function isPassing(error: unknown): boolean {
  if (error instanceof StatementRefused) return PASSING.test(error.sqlState)
  if (!isProblem(error) || error.code !== 'register.unavailable') return false
  const { code, connectionLost } = (error.cause ?? {}) as DatabaseRefusal
  return connectionLost === true || (code !== undefined && SQLSTATE.test(code) && PASSING.test(code))
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
