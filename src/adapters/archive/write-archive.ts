// A ZIP in its plainest form, the same bytes for the same files: entries in the order of their paths, all of one instant,
// no extra fields, sizes and CRC in the local header, which is written again when they are known.
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import { Deflate } from 'fflate'
import { Problem } from '../../model/problem.ts'
import { diskProblem } from '../files/disk-full.ts'
import { makeFolder, syncFolder } from '../files/durable-folder.ts'
import { hashFile } from '../files/hash-file.ts'

export type ArchivedFile = {
  /** Printable ASCII, parts between slashes. */
  path: string
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const LOCAL_BYTES = 30
const CENTRAL_BYTES = 46
const END_BYTES = 22
/** ZIP 2.0, as DEFLATE needs; made by nobody's system in particular. */
const VERSION = 20
const DEFLATE = 8
const LEVEL = 6
/** 1 January 1980, midnight: the first instant ZIP can write. */
const DOS_DATE = 0x0021
/** The compressor sees pieces of one length, however its input is cut: another cut may make other bytes. */
const PIECE_BYTES = 1 << 16
const WRITE_BYTES = 1 << 20
/** What the plain form can count; beyond it readers differ. */
const BYTES_MAX = 0xffffffff
const FILES_MAX = 0xffff

/**
 * Under `path` it is there whole and durable or not at all, its owner's alone. Memory: some pieces, whatever the size, and a
 * line for each file.
 */
export async function writeArchive(
  path: string,
  files: AsyncIterable<ArchivedFile> | Iterable<ArchivedFile>,
): Promise<{ sha256: string; sizeBytes: number }> {
  const part = `${path}.part`
  try {
    await makeFolder(dirname(path))
    // A link that somebody put there first would be written through.
    await rm(part, { force: true })
    const file = await open(part, 'wx', 0o600)
    try {
      await writeAll(new Writer(file), files)
      await file.sync()
    } finally {
      await file.close()
    }
    const written = await hashFile(part)
    await rename(part, path)
    await syncFolder(dirname(path))
    return written
  } catch (error) {
    await rm(part, { force: true })
    throw diskProblem(error, `writing ${path}`)
  }
}

type Entry = { name: Buffer; crc: number; packed: number; plain: number; offset: number }

async function writeAll(writer: Writer, files: AsyncIterable<ArchivedFile> | Iterable<ArchivedFile>) {
  const entries: Entry[] = []
  let before = ''
  for await (const { path, chunks } of files) {
    if (!/^[\x21-\x7e]+$/.test(path) || path <= before)
      throw new Error('files of an archive come in the order of their paths, each once')
    before = path
    entries.push(await writeEntry(writer, path, chunks))
    if (entries.length > FILES_MAX) throw tooLarge()
  }
  const start = writer.position
  for (const entry of entries) await writer.write(centralHeader(entry))
  await writer.write(endRecord(entries.length, start, writer.position - start))
  await writer.flush()
}

async function writeEntry(writer: Writer, path: string, chunks: ArchivedFile['chunks']): Promise<Entry> {
  const entry: Entry = {
    name: Buffer.from(path, 'latin1'),
    crc: 0,
    packed: 0,
    plain: 0,
    offset: writer.position,
  }
  await writer.write(localHeader(entry))
  const packedFrom = writer.position
  const waiting: Uint8Array[] = []
  const deflate = new Deflate({ level: LEVEL }, (chunk) => waiting.push(chunk))
  const take = async (piece: Uint8Array, last: boolean) => {
    entry.crc = crc32(piece, entry.crc)
    entry.plain += piece.length
    deflate.push(piece, last)
    for (const packed of waiting.splice(0)) await writer.write(packed)
  }
  for await (const { piece, last } of pieces(chunks)) await take(piece, last)
  entry.packed = writer.position - packedFrom
  if (entry.plain > BYTES_MAX || writer.position > BYTES_MAX) throw tooLarge()
  await writer.patch(entry.offset, localHeader(entry))
  return entry
}

/** Cut anew; the last one may be empty. Each is a copy: what made the chunk may use it again. */
async function* pieces(chunks: ArchivedFile['chunks']): AsyncGenerator<{ piece: Uint8Array; last: boolean }> {
  let piece = new Uint8Array(PIECE_BYTES)
  let filled = 0
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      if (filled === PIECE_BYTES) {
        yield { piece, last: false }
        piece = new Uint8Array(PIECE_BYTES)
        filled = 0
      }
      const some = chunk.subarray(at, at + PIECE_BYTES - filled)
      piece.set(some, filled)
      filled += some.length
      at += some.length
    }
  }
  yield { piece: piece.subarray(0, filled), last: true }
}

// --- headers -----------------------------------------------------------------------------------------------------

function localHeader(entry: Entry): Buffer {
  const header = Buffer.alloc(LOCAL_BYTES)
  header.writeUInt32LE(LOCAL, 0)
  header.writeUInt16LE(VERSION, 4)
  writeCommon(header, 8, entry)
  return Buffer.concat([header, entry.name])
}

function centralHeader(entry: Entry): Buffer {
  const header = Buffer.alloc(CENTRAL_BYTES)
  header.writeUInt32LE(CENTRAL, 0)
  header.writeUInt16LE(VERSION, 4)
  header.writeUInt16LE(VERSION, 6)
  writeCommon(header, 10, entry)
  header.writeUInt32LE(entry.offset, 42)
  return Buffer.concat([header, entry.name])
}

/** Method, time, date, CRC, sizes, length of the name: the same in both headers. */
function writeCommon(header: Buffer, at: number, { name, crc, packed, plain }: Entry): void {
  header.writeUInt16LE(DEFLATE, at)
  header.writeUInt16LE(DOS_DATE, at + 4)
  header.writeUInt32LE(crc, at + 6)
  // An entry that grew too large is refused once its size is known; until then any number will do.
  header.writeUInt32LE(Math.min(packed, BYTES_MAX), at + 10)
  header.writeUInt32LE(Math.min(plain, BYTES_MAX), at + 14)
  header.writeUInt16LE(name.length, at + 18)
}

function endRecord(count: number, start: number, bytes: number): Buffer {
  if (start + bytes > BYTES_MAX) throw tooLarge()
  const record = Buffer.alloc(END_BYTES)
  record.writeUInt32LE(END, 0)
  record.writeUInt16LE(count, 8)
  record.writeUInt16LE(count, 10)
  record.writeUInt32LE(bytes, 12)
  record.writeUInt32LE(start, 16)
  return record
}

function tooLarge(): Problem {
  return new Problem(
    'value.invalid',
    'this is more than 4 GB or 65,535 files: ask for less at a time, a shorter period or one release',
  )
}

// --- bytes to disk -----------------------------------------------------------------------------------------------

/** Gathers small writes; `patch` writes over what went before. */
class Writer {
  readonly #file: FileHandle
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  position = 0

  constructor(file: FileHandle) {
    this.#file = file
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.length
    this.position += bytes.length
    if (this.#waitingBytes >= WRITE_BYTES) await this.flush()
  }

  async patch(at: number, bytes: Uint8Array): Promise<void> {
    await this.flush()
    await writeAt(this.#file, bytes, at)
  }

  async flush(): Promise<void> {
    if (this.#waitingBytes === 0) return
    await writeAt(this.#file, Buffer.concat(this.#waiting), this.position - this.#waitingBytes)
    this.#waiting = []
    this.#waitingBytes = 0
  }
}

async function writeAt(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, at + written)
    written += bytesWritten
  }
}
