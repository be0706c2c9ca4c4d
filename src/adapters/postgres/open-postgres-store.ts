// A register in a PostgreSQL server: a pool of connections behind the store port.
import { pipeline } from 'node:stream/promises'
import { Pool, type PoolClient, type QueryResult, types } from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { isProblem } from '../../model/problem.ts'
import {
  type RegisterStore,
  type Row,
  type StoreSession,
  storeError,
  tryAgain,
} from '../../register/store.ts'
import { copyAtOnce } from './copy-at-once.ts'
import { prepareSession, refuseOldServer } from './prepare-session.ts'

export type PostgresOptions = {
  /** postgres://user:password@host:port/database */
  url: string
  /** Connections kept at most; transactions beyond them wait. */
  connectionsMax?: number
}

const COPY_CHUNK_BYTES = 1 << 18
/** A connection nobody speaks on is asked whether it still stands: a cut cable says nothing by itself. */
const KEEP_ALIVE_AFTER_MS = 10_000

const BYTEA_OID = 17
const INT8_OID = 20
/** Positions and instants are below 2^53 by construction. */
const parsers = new Map<number, (text: string) => unknown>([
  [INT8_OID, Number],
  [BYTEA_OID, (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'))],
])
const getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  parsers.get(oid) ?? types.getTypeParser(oid, format ?? 'text')

/** A statement that reads, by itself, and so may be asked again when the connection breaks. */
const READS = /^\s*select\b/i

export async function openPostgresStore({
  url,
  connectionsMax = 10,
}: PostgresOptions): Promise<RegisterStore> {
  const pool = new Pool({
    connectionString: url,
    max: connectionsMax,
    application_name: 'fairshare',
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    types: { getTypeParser: getTypeParser as typeof types.getTypeParser },
  })
  // A connection that breaks is replaced by the pool, idle or not; without listeners either would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const connections = new Connections(pool)
  try {
    await connections.use((client) => refuseOldServer(client).catch(refuse))
  } catch (error) {
    await pool.end()
    throw error
  }
  return {
    query: <R extends Row>(sql: string, parameters?: readonly unknown[]) => {
      const ask = () => connections.use((client) => new PostgresSession(client).query<R>(sql, parameters))
      return READS.test(sql) ? tryAgain(ask) : ask()
    },
    script: (sql) => connections.use((client) => new PostgresSession(client).script(sql)),
    transaction: (work) => connections.use((client) => transact(client, work)),
    copyOut: (sql) => copyOut(connections, sql),
    asLogin: {
      query: (sql, parameters) =>
        connections.useAsLogin((client) => new PostgresSession(client).query(sql, parameters)),
      script: (sql) => connections.useAsLogin((client) => new PostgresSession(client).script(sql)),
      transaction: (work) => connections.useAsLogin((client) => transact(client, work)),
    },
    close: () => pool.end(),
  }
}

/** The pool's connections, each under the register's role and timeouts before anybody gets it. */
class Connections {
  readonly #pool: Pool
  /** A connection from before the first migration is looked at again: there was no role for it yet. */
  readonly #prepared = new WeakSet<PoolClient>()

  constructor(pool: Pool) {
    this.#pool = pool
  }

  async take(): Promise<PoolClient> {
    const client = await this.#pool.connect().catch(refuse)
    try {
      if (!this.#prepared.has(client) && (await prepareSession(client).catch(refuse)))
        this.#prepared.add(client)
    } catch (error) {
      client.release(true)
      throw error
    }
    return client
  }

  async use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.take()
    try {
      const result = await work(client)
      client.release()
      return result
    } catch (error) {
      // Outside a transaction a rollback does nothing; a connection that cannot even do that leaves the pool.
      const sound = await client.query('rollback').then(
        () => true,
        () => false,
      )
      client.release(!sound)
      throw error
    }
  }

  useAsLogin<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.use(async (client) => {
      // Forgotten first: whatever happens now, it gets its role again before the next one uses it.
      this.#prepared.delete(client)
      await client.query('reset role').catch(refuse)
      return work(client)
    })
  }
}

async function transact<T>(client: PoolClient, work: (session: StoreSession) => Promise<T>): Promise<T> {
  const session = new PostgresSession(client, 'begin;')
  const result = await work(session)
  if (session.failure !== undefined) throw session.failure
  await session.script('commit')
  return result
}

class PostgresSession implements StoreSession {
  /** The first failed statement: PostgreSQL would answer the commit with a silent rollback. */
  failure: unknown
  readonly #client: PoolClient
  /** Goes with the first statement, so that it costs no way of its own there and back. */
  #opening: string

  constructor(client: PoolClient, opening = '') {
    this.#client = client
    this.#opening = opening
  }

  async query<R extends Row>(sql: string, parameters: readonly unknown[] = []): Promise<R[]> {
    if (parameters.length > 0) {
      const [, result] = await Promise.all([
        this.#open(),
        this.#watch(this.#client.query<R>(sql, [...parameters])),
      ])
      return result.rows
    }
    const results = await this.#watch(this.#client.query<R>(this.#take() + sql))
    return lastOf(results).rows
  }

  async script(sql: string): Promise<void> {
    await this.#watch(this.#client.query(this.#take() + sql))
  }

  async copyIn(target: string, bytes: Uint8Array): Promise<void> {
    await this.#open()
    if (bytes.length <= COPY_CHUNK_BYTES) return this.#watch(copyAtOnce(this.#client, target, bytes))
    const stream = this.#client.query(copyFrom(`copy ${target} from stdin with (format binary)`))
    await this.#watch(pipeline(slices(bytes), stream))
  }

  /** The driver keeps statements in order: what is asked next may be asked at once. */
  async #open(): Promise<void> {
    const opening = this.#take()
    if (opening !== '') await this.#watch(this.#client.query(opening))
  }

  #take(): string {
    const opening = this.#opening
    this.#opening = ''
    return opening
  }

  async #watch<T>(statement: Promise<T>): Promise<T> {
    try {
      return await statement
    } catch (error) {
      const failure = asStoreError(error)
      this.failure ??= failure
      throw failure
    }
  }
}

/** Of several statements sent as one the driver gives a list. */
function lastOf<R extends Row>(results: QueryResult<R>): QueryResult<R> {
  return Array.isArray(results) ? results.at(-1) : results
}

/** Not asked again when it breaks: whoever reads has had rows of it. */
async function* copyOut(connections: Connections, sql: string): AsyncGenerator<Uint8Array> {
  const client = await connections.take()
  let whole = false
  try {
    const stream = client.query(copyTo(`copy (${sql}) to stdout`))
    for await (const chunk of stream) yield chunk as Uint8Array
    whole = true
  } catch (error) {
    throw asStoreError(error)
  } finally {
    // A reader who left early leaves rows on the wire: close the connection rather than drain it.
    client.release(!whole)
  }
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += COPY_CHUNK_BYTES) yield bytes.subarray(at, at + COPY_CHUNK_BYTES)
}

function refuse(error: unknown): never {
  throw asStoreError(error)
}

/** A socket that broke; and in the words of the driver, which has no code for it. */
const LOST = /^(ECONNRESET|ECONNREFUSED|EPIPE|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/
const LOST_WORDS =
  /^(Connection terminated|Connection ended|Client has encountered a connection error|Client was closed)/

function asStoreError(error: unknown): Error {
  if (isProblem(error)) return error
  const { message, code, constraint } = error as Error & { code?: string; constraint?: string }
  const connectionLost = code === undefined ? LOST_WORDS.test(message) : LOST.test(code)
  return storeError({ message, code, constraint, connectionLost })
}
