// A register in a PostgreSQL server: a pool of connections behind the store port.
import { pipeline } from 'node:stream/promises'
import { Pool, type PoolClient, types } from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import { type RegisterStore, type Row, type StoreSession, storeError } from '../../register/store.ts'

export type PostgresOptions = {
  /** postgres://user:password@host:port/database */
  url: string
  /** Connections kept at most; transactions beyond them wait. */
  connectionsMax?: number
}

const COPY_CHUNK_BYTES = 1 << 18

const BYTEA_OID = 17
const INT8_OID = 20
/** Positions and instants are below 2^53 by construction. */
const parsers = new Map<number, (text: string) => unknown>([
  [INT8_OID, Number],
  [BYTEA_OID, (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'))],
])
const getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  parsers.get(oid) ?? types.getTypeParser(oid, format ?? 'text')

export async function openPostgresStore({
  url,
  connectionsMax = 10,
}: PostgresOptions): Promise<RegisterStore> {
  const pool = new Pool({
    connectionString: url,
    max: connectionsMax,
    application_name: 'fairshare',
    types: { getTypeParser: getTypeParser as typeof types.getTypeParser },
  })
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {})
  const withClient = async <T>(work: (client: PoolClient) => Promise<T>): Promise<T> => {
    const client = await pool.connect().catch(refuse)
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
  try {
    await withClient((client) => client.query('select 1').catch(refuse))
  } catch (error) {
    await pool.end()
    throw error
  }
  return {
    query: (sql, parameters) => withClient((client) => new PostgresSession(client).query(sql, parameters)),
    script: (sql) => withClient((client) => new PostgresSession(client).script(sql)),
    transaction: (work) => withClient((client) => transact(client, work)),
    copyOut: (sql) => copyOut(pool, sql),
    close: () => pool.end(),
  }
}

async function transact<T>(client: PoolClient, work: (session: StoreSession) => Promise<T>): Promise<T> {
  const session = new PostgresSession(client)
  await session.script('begin')
  const result = await work(session)
  if (session.failure !== undefined) throw session.failure
  await session.script('commit')
  return result
}

class PostgresSession implements StoreSession {
  /** The first failed statement: PostgreSQL would answer the commit with a silent rollback. */
  failure: unknown
  readonly #client: PoolClient

  constructor(client: PoolClient) {
    this.#client = client
  }

  async query<R extends Row>(sql: string, parameters: readonly unknown[] = []): Promise<R[]> {
    const result = await this.#watch(this.#client.query<R>(sql, [...parameters]))
    return result.rows
  }

  async script(sql: string): Promise<void> {
    await this.#watch(this.#client.query(sql))
  }

  async copyIn(target: string, bytes: Uint8Array): Promise<void> {
    const stream = this.#client.query(copyFrom(`copy ${target} from stdin with (format binary)`))
    await this.#watch(pipeline(slices(bytes), stream))
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

async function* copyOut(pool: Pool, sql: string): AsyncGenerator<Uint8Array> {
  const client = await pool.connect().catch(refuse)
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

function asStoreError(error: unknown): Error {
  const { message, code, constraint } = error as Error & { code?: string; constraint?: string }
  return storeError({ message, code, constraint })
}
