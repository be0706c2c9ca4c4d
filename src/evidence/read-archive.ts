// An archive as an evidence pack is one: a ZIP so plain that any two programs find the same files with the same bytes in it.
//
// Whoever made it may want a reader to write outside of its folder, to fill the memory, or to show two people two contents.
// So every byte has to be of an entry in its place: entries end to end, then their directory in the same order, then the
// end record. What another program might read in another way is refused, with the entry and what is wrong.
import { Inflate } from 'fflate'
import { NotHeld } from './check.ts'
import { crc32 } from './crc32.ts'
import { FILE_BYTES_MAX, FILES_MAX, PACK_BYTES_MAX, type PackFiles } from './pack-files.ts'
import { clashingPath, pathFault, shownPath } from './pack-paths.ts'

/** Whether these are the first bytes of a ZIP file that is not empty. */
export function looksLikeArchive(bytes: Uint8Array): boolean {
  return bytes.length >= LOCAL_BYTES && u32(bytes, 0) === LOCAL
}

/** `file` names the archive in places. Nothing is inflated before it is read, and then no further than declared. */
export function readArchive(bytes: Uint8Array, file = 'archive'): PackFiles {
  const refuse: Refuse = (at, found) => new NotHeld(file, at, found)
  const entries = readDirectory(bytes, refuse)
  checkNames(entries, refuse)
  checkSizes(entries, refuse)
  const starts = checkLayout(bytes, entries, refuse)
  /** What was read once has nothing behind its stream: that costs as much as unpacking. */
  const sound = new Set<string>()
  const places = new Map(entries.map((entry, index) => [entry.path, { entry, start: starts[index]! }]))
  return {
    paths: entries.map(({ path }) => path),
    async read(path) {
      const place = places.get(path)
      if (place === undefined) throw new NotHeld(path, undefined, 'is not there')
      const content = contentOf(bytes, place.entry, place.start, refuse, sound.has(path))
      sound.add(path)
      return content
    },
  }
}

// --- what the directory says -------------------------------------------------------------------------------------

type Refuse = (at: string | undefined, found: string) => NotHeld

type Entry = {
  path: string
  flags: number
  method: number
  time: number
  crc: number
  packedBytes: number
  sizeBytes: number
  localAt: number
}

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const DESCRIPTOR = 0x08074b50
const END = 0x06054b50
const LOCAL_BYTES = 30
const CENTRAL_BYTES = 46
const DESCRIPTOR_BYTES = 16
const END_BYTES = 22
const STORED = 0
const DEFLATED = 8
/** Sizes and CRC stand behind the data. */
const FLAG_DESCRIPTOR = 1 << 3
const FLAG_UTF8 = 1 << 11
const FLAG_ENCRYPTED = 1
/** What fields hold whose value is in a ZIP64 record. */
const U16_MAX = 0xffff
const U32_MAX = 0xffff_ffff
/** DEFLATE makes of one byte 1032 at most. */
const RATIO_MAX = 1032

/** The end record has no comment, so it is the last 22 bytes, and there is one place only where the directory may begin. */
function readDirectory(bytes: Uint8Array, refuse: Refuse): Entry[] {
  const endAt = bytes.length - END_BYTES
  if (endAt < 0 || u32(bytes, endAt) !== END)
    throw refuse('in its last 22 bytes', 'is not the end of an archive, or something stands behind it')
  const [disk, directoryDisk, onDisk, count] = [4, 6, 8, 10].map((offset) => u16(bytes, endAt + offset))
  const directoryBytes = u32(bytes, endAt + 12)
  const directoryAt = u32(bytes, endAt + 16)
  if (count === U16_MAX || directoryBytes === U32_MAX || directoryAt === U32_MAX)
    throw refuse('in its end record', 'is a ZIP64 archive')
  if (disk !== 0 || directoryDisk !== 0 || onDisk !== count)
    throw refuse('in its end record', 'is one part of several')
  if (u16(bytes, endAt + 20) !== 0) throw refuse('in its end record', 'has a comment')
  if (directoryAt + directoryBytes !== endAt)
    throw refuse('in its end record', 'has something between its directory and its end')
  if (count! > FILES_MAX) throw refuse('in its end record', `has more than ${FILES_MAX} files`)
  return entriesFrom(bytes, { at: directoryAt, endAt, count: count! }, refuse)
}

function entriesFrom(
  bytes: Uint8Array,
  { at: from, endAt, count }: { at: number; endAt: number; count: number },
  refuse: Refuse,
): Entry[] {
  const entries: Entry[] = []
  let at = from
  while (entries.length < count) {
    const nth = `entry ${entries.length + 1} of its directory`
    if (at + CENTRAL_BYTES > endAt || u32(bytes, at) !== CENTRAL) throw refuse(nth, 'is none')
    const end = at + CENTRAL_BYTES + u16(bytes, at + 28)
    if (end > endAt) throw refuse(nth, 'goes beyond the directory')
    const entry = entryAt(bytes, at, end)
    const fault = entryFault(bytes, at, entry)
    if (fault !== undefined) throw refuse(`${nth}, ${shownPath(entry.path)}`, fault)
    entries.push(entry)
    at = end
  }
  if (at !== endAt) throw refuse('in its directory', 'has more entries than it says')
  if (entries.length === 0) throw refuse('in its directory', 'has no files')
  return entries
}

function entryAt(bytes: Uint8Array, at: number, end: number): Entry {
  return {
    path: latin1(bytes.subarray(at + CENTRAL_BYTES, end)),
    flags: u16(bytes, at + 8),
    method: u16(bytes, at + 10),
    time: u32(bytes, at + 12),
    crc: u32(bytes, at + 16),
    packedBytes: u32(bytes, at + 20),
    sizeBytes: u32(bytes, at + 24),
    localAt: u32(bytes, at + 42),
  }
}

function entryFault(bytes: Uint8Array, at: number, entry: Entry): string | undefined {
  if ((entry.flags & FLAG_ENCRYPTED) !== 0) return 'is encrypted'
  if ((entry.flags & ~(FLAG_DESCRIPTOR | FLAG_UTF8)) !== 0) return 'has flags that change how it is read'
  if (entry.method !== STORED && entry.method !== DEFLATED) return 'is packed in a way no pack is'
  if ([entry.packedBytes, entry.sizeBytes, entry.localAt].includes(U32_MAX))
    return 'has its sizes in a ZIP64 record'
  if (u16(bytes, at + 30) !== 0) return 'has extra fields'
  if (u16(bytes, at + 32) !== 0) return 'has a comment'
  if (u16(bytes, at + 34) !== 0) return 'is on another disk'
  return kindFault(u32(bytes, at + 38))
}

/** The upper half is the Unix mode, the lower what DOS makes of it; a link would be followed by whoever unpacks it. */
function kindFault(attributes: number): string | undefined {
  const unixKind = (attributes >>> 28) & 0xf
  if (unixKind === 0xa) return 'is a link'
  if (unixKind === 0x4 || (attributes & 0x10) !== 0) return 'is a folder'
  return unixKind === 0 || unixKind === 0x8 ? undefined : 'is neither file nor folder'
}

function checkNames(entries: readonly Entry[], refuse: Refuse): void {
  for (const [index, { path }] of entries.entries()) {
    const fault = pathFault(path)
    if (fault !== undefined) throw refuse(`entry ${index + 1} of its directory, ${shownPath(path)}`, fault)
  }
  const clash = clashingPath(entries.map(({ path }) => path))
  if (clash !== undefined) throw refuse(shownPath(clash.path), clash.fault)
}

/** Before a byte is inflated: a file of a few kilobytes that declares gigabytes is not even begun. */
function checkSizes(entries: readonly Entry[], refuse: Refuse): void {
  let all = 0
  for (const { path, method, sizeBytes, packedBytes } of entries) {
    if (sizeBytes > FILE_BYTES_MAX) throw refuse(path, `declares more than ${FILE_BYTES_MAX} bytes`)
    if (method === STORED && packedBytes !== sizeBytes)
      throw refuse(path, 'is stored, and declares another size than it has')
    if (sizeBytes > packedBytes * RATIO_MAX) throw refuse(path, 'declares more bytes than its data can hold')
    all += sizeBytes
  }
  if (all > PACK_BYTES_MAX) throw refuse(undefined, `declares more than ${PACK_BYTES_MAX} bytes in all`)
}

// --- where the entries lie ---------------------------------------------------------------------------------------

/** Where the data of each entry begins, once entries and directory have been found to take up the file without a gap. */
function checkLayout(bytes: Uint8Array, entries: readonly Entry[], refuse: Refuse): number[] {
  let at = 0
  const starts = entries.map((entry) => {
    if (entry.localAt !== at)
      throw refuse(
        entry.path,
        entry.localAt < at ? 'overlaps the entry before it' : 'has something before it',
      )
    const fault = localFault(bytes, entry)
    if (fault !== undefined) throw refuse(entry.path, fault)
    const start = at + LOCAL_BYTES + entry.path.length
    at = start + entry.packedBytes
    if ((entry.flags & FLAG_DESCRIPTOR) !== 0) {
      if (!describes(bytes, at, entry)) throw refuse(entry.path, 'is described otherwise behind its data')
      at += DESCRIPTOR_BYTES
    }
    return start
  })
  if (at !== directoryStart(bytes)) throw refuse('before its directory', 'has something of no entry')
  return starts
}

/** Another program reads the local header only: what it says has to be what the directory says. */
function localFault(bytes: Uint8Array, entry: Entry): string | undefined {
  const { localAt: at, path, flags, method, time, crc, packedBytes, sizeBytes } = entry
  if (at + LOCAL_BYTES + path.length > bytes.length || u32(bytes, at) !== LOCAL) return 'has no header'
  if (u16(bytes, at + 28) !== 0) return 'has extra fields in its header'
  if (u16(bytes, at + 26) !== path.length) return 'has another name in its header'
  const name = latin1(bytes.subarray(at + LOCAL_BYTES, at + LOCAL_BYTES + path.length))
  if (name !== path) return 'has another name in its header'
  if (u16(bytes, at + 6) !== flags || u16(bytes, at + 8) !== method || u32(bytes, at + 10) !== time)
    return 'has another header than the directory says'
  const [localCrc, localPacked, localSize] = [14, 18, 22].map((offset) => u32(bytes, at + offset))
  const later = (flags & FLAG_DESCRIPTOR) !== 0 && localCrc === 0 && localPacked === 0 && localSize === 0
  if (!later && (localCrc !== crc || localPacked !== packedBytes || localSize !== sizeBytes))
    return 'has another size or checksum in its header than in the directory'
  return undefined
}

function describes(bytes: Uint8Array, at: number, { crc, packedBytes, sizeBytes }: Entry): boolean {
  if (at + DESCRIPTOR_BYTES > bytes.length) return false
  const [signature, ...values] = [0, 4, 8, 12].map((offset) => u32(bytes, at + offset))
  return signature === DESCRIPTOR && values.join() === [crc, packedBytes, sizeBytes].join()
}

function directoryStart(bytes: Uint8Array): number {
  return u32(bytes, bytes.length - END_BYTES + 16)
}

// --- what is in them ---------------------------------------------------------------------------------------------

function contentOf(
  bytes: Uint8Array,
  entry: Entry,
  start: number,
  refuse: Refuse,
  isSound: boolean,
): Uint8Array {
  const { path, method, sizeBytes, packedBytes, crc } = entry
  const packed = bytes.subarray(start, start + packedBytes)
  const content = method === STORED ? packed.slice() : inflateExactly(packed, sizeBytes, isSound)
  if (content === undefined) throw refuse(path, 'does not unpack to the size it declares')
  if (crc32(content) !== crc) throw refuse(path, 'has another checksum than it declares')
  return content
}

const CHUNK = 1 << 16

/** Undefined unless the data are one DEFLATE stream of so many bytes, with nothing behind it. */
function inflateExactly(packed: Uint8Array, sizeBytes: number, isSound: boolean): Uint8Array | undefined {
  const content = new Uint8Array(sizeBytes)
  let length = 0
  const whole = inflates(packed, (chunk) => {
    if (length + chunk.length > sizeBytes) return false
    content.set(chunk, length)
    length += chunk.length
    return true
  })
  if (!whole || length !== sizeBytes) return undefined
  // The library passes over what follows the end of a stream; a stream that needs its last byte has nothing behind it.
  return !isSound && inflates(packed.subarray(0, -1), () => true) ? undefined : content
}

/** Whether these bytes begin with a whole stream; `take` says whether it wants to go on. */
function inflates(packed: Uint8Array, take: (chunk: Uint8Array) => boolean): boolean {
  let wanted = true
  const stream = new Inflate((chunk) => {
    wanted = wanted && take(chunk)
  })
  try {
    for (let at = 0; wanted && (at === 0 || at < packed.length); at += CHUNK)
      stream.push(packed.subarray(at, at + CHUNK), at + CHUNK >= packed.length)
  } catch {
    return false
  }
  return wanted
}

function u16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8)
}

function u32(bytes: Uint8Array, at: number): number {
  return (u16(bytes, at) | (u16(bytes, at + 2) << 16)) >>> 0
}

/** One character a byte: what is not ASCII stays so, and is refused as a name. */
function latin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}
