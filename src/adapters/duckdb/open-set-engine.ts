// The set engine on DuckDB: one database file, whose lock also keeps a second process out of the data folder.
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { SetEngine } from '../../decide/set-engine.ts'
import { Problem } from '../../model/problem.ts'
import { onDisk } from '../files/disk-full.ts'
import { hashFile } from '../files/hash-file.ts'

export type DuckDbOptions = {
  /** Database file; ':memory:' for a throw-away engine. */
  file: string
  /** For spilled results and loads in progress; made 0700 and emptied at open and close. */
  temporaryFolder: string
  threads?: number
  /** e.g. 320MB: enough for a million people with their facts; beyond it, results spill to `temporaryFolder`. */
  memoryLimit?: string
}

/** Files this process has open: DuckDB's lock keeps other processes out, this keeps ourselves out. */
const openFiles = new Set<string>()

/** Throws `register.locked`, naming the process that holds the file, when another one has it open. */
export async function openSetEngine(options: DuckDbOptions): Promise<SetEngine> {
  const shared = options.file !== ':memory:'
  if (shared && openFiles.has(options.file)) {
    throw new Problem('register.locked', `this process (${process.pid}) has the data folder open already`)
  }
  // The lock first: what lies in the temporary folder may be another process's work in progress.
  const instance = await createInstance(options)
  const { temporaryFolder } = options
  await onDisk(temporaryFolder, async () => {
    await rm(temporaryFolder, { recursive: true, force: true })
    await mkdir(temporaryFolder, { recursive: true, mode: 0o700 })
  }).catch((error: unknown) => {
    instance.closeSync()
    throw error
  })
  if (shared) openFiles.add(options.file)
  const connection = await instance.connect()
  let files = 0
  let turn: Promise<unknown> = Promise.resolve()

  const told = <T>(work: Promise<T>): Promise<T> =>
    work.catch((cause: unknown) => {
      throw engineProblem(cause, options)
    })
  const run = (sql: string) => told(connection.run(sql).then(() => {}))

  const engine: SetEngine = {
    run,
    rows: (sql) => told(rowsOf(connection, sql)),
    columns: (sql) => told(columnsOf(connection, sql)),
    async load(table, columns, chunks) {
      const path = join(options.temporaryFolder, `load-${++files}.tsv`)
      try {
        await writeChunks(path, chunks)
        await run(
          `copy ${table} (${columns.join(', ')}) from ${sqlText(path)} (format csv, delimiter '\t', header false, nullstr '\\N', quote '', escape '', auto_detect false)`,
        )
      } finally {
        await rm(path, { force: true })
      }
    },
    inTurn(work) {
      const mine = turn.then(work)
      turn = mine.catch(() => {})
      return mine
    },
    async writeParquet(sql, path) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      const part = `${path}.part`
      await run(copyToParquet(sql, part))
      // Bytes first, then the name, then the folder that holds the name: a crash leaves the old state or the whole new one.
      await syncPath(part)
      await rename(part, path)
      await syncPath(dirname(path))
      return hashFile(path)
    },
    async hashParquet(sql) {
      const path = join(options.temporaryFolder, `hashed-${++files}.parquet`)
      try {
        await run(copyToParquet(sql, path))
        return await hashFile(path)
      } finally {
        await rm(path, { force: true })
      }
    },
    async close() {
      connection.closeSync()
      instance.closeSync()
      openFiles.delete(options.file)
      await rm(options.temporaryFolder, { recursive: true, force: true })
    },
  }
  return {
    ...engine,
    load: (table, columns, chunks) => onDisk(table, () => engine.load(table, columns, chunks)),
    writeParquet: (sql, path) => onDisk(path, () => engine.writeParquet(sql, path)),
    hashParquet: (sql) => onDisk(temporaryFolder, () => engine.hashParquet(sql)),
    close: () => onDisk(temporaryFolder, () => engine.close()),
  }
}

/** What DuckDB says of memory and disks it says in words only. */
function engineProblem(cause: unknown, { memoryLimit, file }: DuckDbOptions): unknown {
  const words = String(cause)
  if (/out of memory/i.test(words))
    return new Problem('engine.memory', `${memoryLimit ?? 'its limit'} did not suffice`, { cause })
  if (/No space left|Disk quota|File too large/i.test(words)) return new Problem('disk.full', file, { cause })
  if (/IO Error|Input\/output error|Read-only file system/i.test(words))
    return new Problem('disk.failed', file, { cause })
  // After an error that it takes for fatal it answers nothing more; the file is made anew from the register.
  if (/database has been invalidated/i.test(words)) return new Problem('projection.behind', file, { cause })
  return cause
}

async function createInstance(options: DuckDbOptions): Promise<DuckDBInstance> {
  try {
    return await DuckDBInstance.create(options.file, {
      threads: String(options.threads ?? 2),
      memory_limit: options.memoryLimit ?? '320MB',
      temp_directory: options.temporaryFolder,
      preserve_insertion_order: 'false',
      autoinstall_known_extensions: 'false',
    })
  } catch (cause) {
    const holder = /Could not set lock[\s\S]*PID (\d+)/.exec(String(cause))?.[1]
    if (holder !== undefined) {
      throw new Problem('register.locked', `process ${holder} has the data folder open`, { cause })
    }
    if (isUnwritable(cause)) {
      throw new Problem('register.unavailable', `${options.file} cannot be written`, { cause })
    }
    throw new Problem('projection.behind', 'the projection file cannot be opened', { cause })
  }
}

function isUnwritable(cause: unknown): boolean {
  return /Permission denied|Read-only file system/.test(String(cause))
}

async function rowsOf<R extends Record<string, unknown>>(
  connection: DuckDBConnection,
  sql: string,
): Promise<R[]> {
  const reader = await connection.runAndReadAll(sql)
  const names = reader.columnNames()
  return reader
    .getRows()
    .map((row) => Object.fromEntries(names.map((name, index) => [name, plain(row[index])])) as R)
}

/** Chunk by chunk into arrays of doubles: whole numbers below 2^53 arrive exactly, and no row becomes an object. */
async function columnsOf(connection: DuckDBConnection, sql: string): Promise<Float64Array[]> {
  const result = await connection.stream(sql)
  const parts: Float64Array[][] = Array.from({ length: result.columnCount }, () => [])
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) break
    for (let column = 0; column < parts.length; column++) {
      const values = chunk.getColumnValues(column)
      parts[column]!.push(Float64Array.from(values, (value) => Number(value ?? 0)))
    }
  }
  return parts.map(joined)
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function plain(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value
}

async function writeChunks(
  path: string,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    for await (const chunk of chunks) await file.writeFile(chunk)
  } finally {
    await file.close()
  }
}

function copyToParquet(sql: string, path: string): string {
  return `copy (${sql}) to ${sqlText(path)} (format parquet, compression zstd)`
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
