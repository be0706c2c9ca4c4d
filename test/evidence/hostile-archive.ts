// ZIP files as somebody writes them who wants two programs to read two things: every field can be made to lie.
import { crc32 } from 'node:zlib'
import { deflateSync } from 'fflate'

export type ArchiveEntry = {
  name: string
  content: Uint8Array
  stored?: boolean
  /** Behind the data, with sizes left out of the local header. */
  descriptor?: boolean
  flags?: number
  method?: number
  attributes?: number
  extra?: Uint8Array
  comment?: string
  /** What the directory says, where that is a lie. */
  central?: { name?: string; sizeBytes?: number; packedBytes?: number; crc?: number; offset?: number }
  /** What the header in front of the data says, where that is one. */
  local?: { name?: string; sizeBytes?: number; crc?: number; extra?: Uint8Array }
  /** Between this entry and the next. */
  after?: Uint8Array
  packed?: Uint8Array
}

export type ArchiveLies = {
  before?: Uint8Array
  beforeDirectory?: Uint8Array
  afterDirectory?: Uint8Array
  behind?: Uint8Array
  comment?: string
  count?: number
  directoryOrder?: (entries: readonly Uint8Array[]) => Uint8Array[]
}

export function archiveOf(entries: readonly ArchiveEntry[], lies: ArchiveLies = {}): Buffer {
  const parts: Uint8Array[] = [lies.before ?? new Uint8Array(0)]
  const directory: Uint8Array[] = []
  const length = () => parts.reduce((sum, part) => sum + part.length, 0)
  for (const entry of entries) {
    const packed = entry.packed ?? (entry.stored ? entry.content : deflateSync(entry.content, { level: 6 }))
    const offset = length()
    parts.push(localHeader(entry, packed), packed)
    if (entry.descriptor) parts.push(descriptor(entry, packed))
    if (entry.after) parts.push(entry.after)
    directory.push(centralHeader(entry, packed, offset))
  }
  if (lies.beforeDirectory) parts.push(lies.beforeDirectory)
  const start = length()
  const ordered = lies.directoryOrder?.(directory) ?? directory
  parts.push(...ordered)
  const bytes = length() - start
  if (lies.afterDirectory) parts.push(lies.afterDirectory)
  parts.push(endRecord(lies.count ?? entries.length, start, bytes, lies.comment ?? ''))
  if (lies.behind) parts.push(lies.behind)
  return Buffer.concat(parts)
}

function localHeader(entry: ArchiveEntry, packed: Uint8Array): Buffer {
  const name = Buffer.from(entry.local?.name ?? entry.name, 'latin1')
  const extra = entry.local?.extra ?? entry.extra ?? new Uint8Array(0)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(20, 4)
  header.writeUInt16LE(flagsOf(entry), 6)
  header.writeUInt16LE(methodOf(entry), 8)
  header.writeUInt16LE(0x0021, 12)
  if (!entry.descriptor) {
    header.writeUInt32LE(entry.local?.crc ?? crc32(entry.content), 14)
    header.writeUInt32LE(packed.length, 18)
    header.writeUInt32LE(entry.local?.sizeBytes ?? entry.content.length, 22)
  }
  header.writeUInt16LE(name.length, 26)
  header.writeUInt16LE(extra.length, 28)
  return Buffer.concat([header, name, extra])
}

function descriptor({ content }: ArchiveEntry, packed: Uint8Array): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeUInt32LE(0x08074b50, 0)
  bytes.writeUInt32LE(crc32(content), 4)
  bytes.writeUInt32LE(packed.length, 8)
  bytes.writeUInt32LE(content.length, 12)
  return bytes
}

function centralHeader(entry: ArchiveEntry, packed: Uint8Array, offset: number): Buffer {
  const { central = {} } = entry
  const name = Buffer.from(central.name ?? entry.name, 'latin1')
  const extra = entry.extra ?? new Uint8Array(0)
  const comment = Buffer.from(entry.comment ?? '', 'latin1')
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE(20, 4)
  header.writeUInt16LE(20, 6)
  header.writeUInt16LE(flagsOf(entry), 8)
  header.writeUInt16LE(methodOf(entry), 10)
  header.writeUInt16LE(0x0021, 14)
  header.writeUInt32LE(central.crc ?? crc32(entry.content), 16)
  header.writeUInt32LE(central.packedBytes ?? packed.length, 20)
  header.writeUInt32LE(central.sizeBytes ?? entry.content.length, 24)
  header.writeUInt16LE(name.length, 28)
  header.writeUInt16LE(extra.length, 30)
  header.writeUInt16LE(comment.length, 32)
  header.writeUInt32LE(entry.attributes ?? 0, 38)
  header.writeUInt32LE(central.offset ?? offset, 42)
  return Buffer.concat([header, name, extra, comment])
}

function endRecord(count: number, start: number, bytes: number, comment: string): Buffer {
  const record = Buffer.alloc(22)
  record.writeUInt32LE(0x06054b50, 0)
  record.writeUInt16LE(count, 8)
  record.writeUInt16LE(count, 10)
  record.writeUInt32LE(bytes, 12)
  record.writeUInt32LE(start, 16)
  record.writeUInt16LE(comment.length, 20)
  return Buffer.concat([record, Buffer.from(comment, 'latin1')])
}

function flagsOf({ flags = 0, descriptor = false }: ArchiveEntry): number {
  return flags | (descriptor ? 8 : 0)
}

function methodOf({ method, stored }: ArchiveEntry): number {
  return method ?? (stored ? 0 : 8)
}
