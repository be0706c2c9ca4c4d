// The thread in which PGlite runs: it blocks while PostgreSQL works, and takes one request at a time.
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import type { DatabaseRefusal, Row } from '../../register/store.ts'
import { DurableFolder, durableStart, EMSCRIPTEN_EIO, fsyncPath, ROWS_DEVICE } from './durable-folder.ts'
import {
  FLOW_CHUNKS_MAX,
  FLOW_STATE,
  FLOW_UNTAKEN,
  flowStates,
  type WorkerReply,
  type WorkerRequest,
  type WorkerStart,
  type WorkerTask,
} from './worker-messages.ts'

const CHUNK_BYTES = 1 << 20
/** A standalone backend never checkpoints by itself; unreplayed WAL beyond this would make opening slow. */
const WAL_BYTES_MAX = 512 << 20
/** How much may happen between two looks at the size of the WAL. */
const TRANSACTIONS_BETWEEN_LOOKS = 2_000
const COPIED_BYTES_BETWEEN_LOOKS = 64 << 20
const BYTEA_OID = 17
const INT8_OID = 20
const INSUFFICIENT_PRIVILEGE = '42501'
const IO_ERROR = '58030'

const port = parentPort
if (port === null) throw new Error('this file runs as a worker')
const send = (reply: WorkerReply, transfer: ArrayBuffer[] = []) => port.postMessage(reply, transfer)

// --- the rows device ---------------------------------------------------------------------------------------------

const nothing = new Uint8Array(0)
const incoming: { bytes: Uint8Array; taken: number } = { bytes: nothing, taken: 0 }
const outgoing: { id: number; flow: Int32Array; chunk: Uint8Array<ArrayBuffer>; filled: number } = {
  id: 0,
  flow: new Int32Array(2),
  chunk: nothing,
  filled: 0,
}

const rowsDevice = {
  read(_stream: object, buffer: Uint8Array, offset: number, length: number): number {
    const part = incoming.bytes.subarray(incoming.taken, incoming.taken + length)
    buffer.set(part, offset)
    incoming.taken += part.length
    return part.length
  },
  write(_stream: object, buffer: Uint8Array, offset: number, length: number): number {
    if (Atomics.load(outgoing.flow, FLOW_STATE) === flowStates.abandoned) throw new ReaderLeft()
    let written = 0
    while (written < length) {
      if (outgoing.chunk.length === 0) outgoing.chunk = new Uint8Array(CHUNK_BYTES)
      const part = buffer.subarray(
        offset + written,
        offset + Math.min(length, written + CHUNK_BYTES - outgoing.filled),
      )
      outgoing.chunk.set(part, outgoing.filled)
      outgoing.filled += part.length
      written += part.length
      if (outgoing.filled === CHUNK_BYTES) sendChunk()
    }
    return length
  },
}

/** Emscripten turns exactly this shape into an I/O error, on which PostgreSQL ends the query. */
class ReaderLeft extends Error {
  override readonly name = 'ErrnoError'
  readonly errno = EMSCRIPTEN_EIO
}

function sendChunk(): void {
  const { id, flow, chunk, filled } = outgoing
  if (filled === 0) return
  const full = chunk.subarray(0, filled)
  outgoing.chunk = nothing
  outgoing.filled = 0
  send({ id, chunk: full }, [full.buffer])
  let untaken = Atomics.add(flow, FLOW_UNTAKEN, 1) + 1
  while (untaken >= FLOW_CHUNKS_MAX && Atomics.load(flow, FLOW_STATE) === flowStates.bounded) {
    Atomics.wait(flow, FLOW_UNTAKEN, untaken, 100)
    untaken = Atomics.load(flow, FLOW_UNTAKEN)
  }
}

// --- opening -----------------------------------------------------------------------------------------------------

/**
 * A new folder is made beside its place and renamed when it is whole and on disk: a crash in between leaves
 * something that holds no acknowledged row and is swept by the next start.
 */
async function openDatabase({ folder, template }: WorkerStart): Promise<PGlite> {
  if (!existsSync(join(folder, 'PG_VERSION'))) {
    const growing = `${folder}.growing`
    rmSync(growing, { recursive: true, force: true })
    mkdirSync(dirname(folder), { recursive: true })
    if (template !== undefined) cpSync(template, growing, { recursive: true })
    else await (await start(growing)).close()
    fsyncTree(growing)
    renameSync(growing, folder)
    fsyncPath(dirname(folder))
  }
  return start(folder)
}

async function start(folder: string): Promise<PGlite> {
  const fs = new DurableFolder(folder, rowsDevice)
  const database = await PGlite.create({
    fs,
    startParams: durableStart,
    parsers: {
      [INT8_OID]: Number,
      // PGlite's own goes digit by digit, ten times slower.
      [BYTEA_OID]: (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex')),
    },
  })
  // Should another PGlite stop passing fsync on, acknowledged rows would be lost silently: refuse to run instead.
  if (fs.syncs === 0) throw new Error('this PGlite does not write durably')
  return database
}

/** initdb and the copying of a template write without fsync. */
function fsyncTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile() || entry.isDirectory()) fsyncPath(join(entry.parentPath, entry.name))
  fsyncPath(folder)
}

// --- requests ----------------------------------------------------------------------------------------------------

const sinceLook = { transactions: 0, copiedBytes: 0 }

async function perform(database: PGlite, id: number, task: WorkerTask): Promise<Row[]> {
  switch (task.do) {
    case 'query':
      return (await database.query<Row>(task.sql, [...task.parameters])).rows
    case 'script':
      await database.exec(task.sql)
      return []
    case 'copyIn':
      return copyIn(database, task.target, task.bytes)
    case 'copyOut':
      return copyOut(database, id, task.sql, task.flow)
    case 'close':
      await database.close()
      return []
  }
}

async function copyIn(database: PGlite, target: string, bytes: Uint8Array): Promise<Row[]> {
  incoming.bytes = bytes
  incoming.taken = 0
  try {
    await database.exec(`copy ${target} from '${ROWS_DEVICE}' with (format binary)`)
  } finally {
    incoming.bytes = nothing
  }
  sinceLook.copiedBytes += bytes.length
  return []
}

async function copyOut(database: PGlite, id: number, sql: string, flow: SharedArrayBuffer): Promise<Row[]> {
  outgoing.id = id
  outgoing.flow = new Int32Array(flow)
  outgoing.filled = 0
  try {
    await database.exec(`copy (${sql}) to '${ROWS_DEVICE}'`)
    sendChunk()
  } finally {
    outgoing.chunk = nothing
  }
  return []
}

async function boundWal(database: PGlite): Promise<void> {
  sinceLook.transactions++
  if (
    sinceLook.transactions < TRANSACTIONS_BETWEEN_LOOKS &&
    sinceLook.copiedBytes < COPIED_BYTES_BETWEEN_LOOKS
  )
    return
  sinceLook.transactions = 0
  sinceLook.copiedBytes = 0
  const looked = await database.query<{ bytes: number }>(
    'select pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::int8 as bytes from pg_control_checkpoint()',
  )
  if (looked.rows[0]!.bytes > WAL_BYTES_MAX) await database.exec('checkpoint')
}

function refusalOf(error: unknown): DatabaseRefusal {
  if (!(error instanceof Error)) return { message: 'PGlite threw something that is no error' }
  const { code, constraint } = error as Error & { code?: string; constraint?: string }
  // Of a file that may not be opened PostgreSQL says what it says of a table that may not be read.
  const isFile = code === INSUFFICIENT_PRIVILEGE && /^could not \w+ (file|directory)/.test(error.message)
  return { message: error.message, code: isFile ? IO_ERROR : code, constraint }
}

/** What a WebAssembly trap and Emscripten's exit are called. */
function diedOf(error: unknown): boolean {
  return error instanceof Error && (error.name === 'RuntimeError' || error.name === 'ExitStatus')
}

// Messages that arrive while PostgreSQL works wait in the port; the chain keeps their order.
let last: Promise<void> = Promise.resolve()

async function answer(opening: Promise<PGlite>, { id, task }: WorkerRequest): Promise<void> {
  try {
    const database = await opening
    send({ id, rows: await perform(database, id, task) })
    // After the answer: it waits for nobody, and a failing checkpoint takes back nothing that was acknowledged.
    if (task.do === 'script' && !database.isInTransaction()) await boundWal(database).catch(() => {})
  } catch (error) {
    send({ id, refusal: refusalOf(error) })
    // PostgreSQL itself died (a PANIC, memory exhausted): what is on disk is sound, what is in memory is not.
    if (diedOf(error)) process.exit(1)
  }
  if (task.do === 'close') port!.close()
}

const database = openDatabase(workerData as WorkerStart)
database.then(
  () => send({ id: 0, rows: [] }),
  (error: unknown) => send({ id: 0, refusal: refusalOf(error) }),
)
port.on('message', (request: WorkerRequest) => {
  last = last.then(() => answer(database, request))
})
