// The parts of a ZIP file on the disk, found by its central directory and inflated as streams. A size, a checksum or a ratio that is
// not what it should be refuses the file. Names of parts are keys of a map and never paths: nothing is written anywhere.
// Own code: fflate's streaming reader believes the headers inside the file, knows no checksums, and so reads another file than Excel does.
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import type { Refuse } from './unreadable.ts'

export type ZipPart = {
  name: string
  method: number
  crc: number
  packedBytes: number
  sizeBytes: number
  /** Offset of the local header. */
  headerAt: number
}

export type ZipParts = {
  /** In whatever letter case, as the packaging rules of Office say. */
  find(name: string): ZipPart | undefined
  names(): IterableIterator<string>
  /** The part's content; more than `bytesMax` of it is refused before it is read. */
  stream(part: ZipPart, bytesMax: number): AsyncIterable<Buffer>
}

export async function openZip(path: string, sizeBytes: number, refuse: Refuse): Promise<ZipParts> {
  const handle = await open(path)
  try {
    const directory = await readDirectory(handle, sizeBytes, refuse)
    const parts = new Map<string, ZipPart>()
    for (const part of partsOf(directory, refuse)) {
      const key = part.name.toLowerCase()
      if (parts.has(key)) throw refuse('is a ZIP file with two parts of one name')
      parts.set(key, part)
    }
    return {
      find: (name) => parts.get(name.toLowerCase()),
      names: () => parts.keys(),
      stream: (part, bytesMax) => content(path, part, bytesMax, refuse),
    }
  } finally {
    await handle.close()
  }
}

const damaged = 'is not a complete workbook: it is cut off or damaged'

// --- the directory -----------------------------------------------------------------------------------------------

const END_BYTES = 22
const COMMENT_BYTES_MAX = 0xffff
const LOCATOR_BYTES = 20
const END64_BYTES = 56
/** A workbook has some dozens of parts. */
const DIRECTORY_BYTES_MAX = 4 << 20

type Extent = { entries: number; at: number; bytes: number }

async function readDirectory(
  handle: FileHandle,
  sizeBytes: number,
  refuse: Refuse,
): Promise<{ bytes: Buffer; entries: number }> {
  const tailBytes = Math.min(sizeBytes, END_BYTES + COMMENT_BYTES_MAX)
  const tail = await bytesAt(handle, sizeBytes - tailBytes, tailBytes)
  const end = endRecordAt(tail)
  if (end === undefined) throw refuse(damaged)
  const extent =
    (await extent64(handle, sizeBytes - tailBytes + end - LOCATOR_BYTES)) ?? shortExtent(tail, end)
  if (extent.bytes > DIRECTORY_BYTES_MAX) throw refuse('has too many parts for a workbook')
  if (!(extent.at + extent.bytes <= sizeBytes)) throw refuse(damaged)
  return { bytes: await bytesAt(handle, extent.at, extent.bytes), entries: extent.entries }
}

/** The last one whose comment ends where the file does. */
function endRecordAt(tail: Buffer): number | undefined {
  for (let at = tail.length - END_BYTES; at >= 0; at--) {
    if (tail.readUInt32LE(at) === 0x06054b50 && at + END_BYTES + tail.readUInt16LE(at + 20) === tail.length)
      return at
  }
  return undefined
}

function shortExtent(tail: Buffer, end: number): Extent {
  return {
    entries: tail.readUInt16LE(end + 10),
    bytes: tail.readUInt32LE(end + 12),
    at: tail.readUInt32LE(end + 16),
  }
}

/** ZIP64: its locator stands right before the ordinary end record. */
async function extent64(handle: FileHandle, locatorAt: number): Promise<Extent | undefined> {
  if (locatorAt < 0) return undefined
  const locator = await bytesAt(handle, locatorAt, LOCATOR_BYTES)
  if (locator.length < LOCATOR_BYTES || locator.readUInt32LE(0) !== 0x07064b50) return undefined
  const end = await bytesAt(handle, Number(locator.readBigUInt64LE(8)), END64_BYTES)
  if (end.length < END64_BYTES || end.readUInt32LE(0) !== 0x06064b50) return undefined
  return {
    entries: Number(end.readBigUInt64LE(32)),
    bytes: Number(end.readBigUInt64LE(40)),
    at: Number(end.readBigUInt64LE(48)),
  }
}

/** As many of the bytes as the file has there. */
async function bytesAt(handle: FileHandle, at: number, count: number): Promise<Buffer> {
  if (!Number.isSafeInteger(at)) return Buffer.alloc(0)
  const bytes = Buffer.alloc(count)
  let filled = 0
  while (filled < count) {
    const { bytesRead } = await handle.read(bytes, filled, count - filled, at + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return bytes.subarray(0, filled)
}

const ENTRY_BYTES = 46

function* partsOf(
  { bytes, entries }: { bytes: Buffer; entries: number },
  refuse: Refuse,
): Generator<ZipPart> {
  let at = 0
  for (let entry = 0; entry < entries; entry++) {
    if (at + ENTRY_BYTES > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) throw refuse(damaged)
    const nameEnd = at + ENTRY_BYTES + bytes.readUInt16LE(at + 28)
    const extraEnd = nameEnd + bytes.readUInt16LE(at + 30)
    if (extraEnd > bytes.length) throw refuse(damaged)
    if ((bytes.readUInt16LE(at + 8) & 1) === 1)
      throw refuse('is protected with a password: save it without one')
    yield {
      name: bytes.toString('utf8', at + ENTRY_BYTES, nameEnd),
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      ...placeAndSizes(bytes, at, bytes.subarray(nameEnd, extraEnd)),
    }
    at = extraEnd + bytes.readUInt16LE(at + 32)
  }
}

const ALL_ONES = 0xffffffff

/** Numbers that do not fit into 32 bits stand in the extra field of ZIP64, in this order, those that do fit left out. */
function placeAndSizes(
  bytes: Buffer,
  at: number,
  extra: Buffer,
): Pick<ZipPart, 'sizeBytes' | 'packedBytes' | 'headerAt'> {
  const long = extra64(extra)
  let taken = 0
  const wide = (short: number): number => {
    if (short !== ALL_ONES) return short
    const from = 8 * taken++
    return from + 8 <= long.length ? Number(long.readBigUInt64LE(from)) : Number.NaN
  }
  const sizeBytes = wide(bytes.readUInt32LE(at + 24))
  const packedBytes = wide(bytes.readUInt32LE(at + 20))
  return { sizeBytes, packedBytes, headerAt: wide(bytes.readUInt32LE(at + 42)) }
}

function extra64(extra: Buffer): Buffer {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === 1) return extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2))
  }
  return Buffer.alloc(0)
}

// --- the content -------------------------------------------------------------------------------------------------

const STORED = 0
const DEFLATED = 8
const LOCAL_BYTES = 30
const CHUNK_BYTES = 1 << 18

/** Sheets of the same few words shrink to a fiftieth; deflate cannot do more than a thousandth. */
const RATIO_MAX = 250
const RATIO_COUNTS_FROM_BYTES = 16 << 20

async function* content(
  path: string,
  part: ZipPart,
  bytesMax: number,
  refuse: Refuse,
): AsyncGenerator<Buffer> {
  if (part.method !== STORED && part.method !== DEFLATED) throw refuse('is packed in a way no workbook is')
  if (!Number.isSafeInteger(part.headerAt + part.packedBytes + part.sizeBytes)) throw refuse(damaged)
  if (part.sizeBytes > bytesMax) throw refuse('unpacks to more than a workbook may hold')
  const start = await contentAt(path, part, refuse)
  let crc = 0
  let sizeBytes = 0
  for await (const chunk of unpacked(path, start, part, refuse)) {
    sizeBytes += chunk.length
    if (sizeBytes > part.sizeBytes) throw refuse(damaged)
    if (sizeBytes > RATIO_COUNTS_FROM_BYTES && sizeBytes > RATIO_MAX * part.packedBytes)
      throw refuse('unpacks to more than a workbook may hold')
    crc = crc32(chunk, crc)
    yield chunk
  }
  if (sizeBytes !== part.sizeBytes || crc !== part.crc) throw refuse(damaged)
}

/** The header inside the file has to be of the part that the directory leads to. */
async function contentAt(path: string, part: ZipPart, refuse: Refuse): Promise<number> {
  const handle = await open(path)
  try {
    const header = await bytesAt(handle, part.headerAt, LOCAL_BYTES)
    if (header.length < LOCAL_BYTES || header.readUInt32LE(0) !== 0x04034b50) throw refuse(damaged)
    const nameBytes = header.readUInt16LE(26)
    const name = await bytesAt(handle, part.headerAt + LOCAL_BYTES, nameBytes)
    if (name.toString('utf8') !== part.name) throw refuse(damaged)
    return part.headerAt + LOCAL_BYTES + nameBytes + header.readUInt16LE(28)
  } finally {
    await handle.close()
  }
}

async function* unpacked(
  path: string,
  start: number,
  { method, packedBytes }: ZipPart,
  refuse: Refuse,
): AsyncGenerator<Buffer> {
  if (packedBytes === 0) return
  const packed = createReadStream(path, { start, end: start + packedBytes - 1, highWaterMark: CHUNK_BYTES })
  if (method === STORED) return yield* packed
  const inflate = createInflateRaw({ chunkSize: CHUNK_BYTES })
  // Errors of either end come out of the loop below.
  pipeline(packed, inflate, () => {})
  try {
    yield* inflate
  } catch (error) {
    if (isZlibError(error)) throw refuse(damaged)
    throw error
  } finally {
    packed.destroy()
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('Z_')
}
