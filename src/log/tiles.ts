// The static files of a log (C2SP tlog-tiles): their paths, and the two contents, 256 hashes or 256 entries to a file.
import { LogError } from './log-error.ts'

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256
export const CHECKPOINT_PATH = 'checkpoint'

const LEVEL_MAX = 63
const ENTRY_BYTES_MAX = 0xffff

/** Path of the tile at `level` and `index`, `width` hashes wide: tile/0/x001/x234/067, partial ones with .p/112. */
export function tilePath(level: number, index: number, width = TILE_WIDTH): string {
  if (!Number.isInteger(level) || level < 0 || level > LEVEL_MAX) throw new Error('no such level')
  return `tile/${level}/${indexPath(index, width)}`
}

export function bundlePath(index: number, width = TILE_WIDTH): string {
  return `tile/entries/${indexPath(index, width)}`
}

export type LogFile =
  | { kind: 'checkpoint' }
  | { kind: 'key-note' }
  | { kind: 'tile' | 'entries'; full: boolean }

const FILE =
  /^tile\/(?:(entries)|[0-9]|[1-5][0-9]|6[0-3])\/(?:(?!x000)x[0-9]{3}\/(?:x[0-9]{3}\/)*)?[0-9]{3}(\.p\/([1-9][0-9]{0,2}))?$/

/** What a path is of, letter for letter as these files are named; undefined for any other. */
export function parseLogPath(path: string): LogFile | undefined {
  if (path === CHECKPOINT_PATH) return { kind: 'checkpoint' }
  // Beside what C2SP names: how its key was changed, as signed notes.
  if (/^keys\/rotation-[1-9][0-9]{0,8}\.note$/.test(path)) return { kind: 'key-note' }
  const [found, entries, partial, width] = FILE.exec(path) ?? []
  if (found === undefined || Number(width ?? 0) >= TILE_WIDTH) return undefined
  return { kind: entries === undefined ? 'tile' : 'entries', full: partial === undefined }
}

/** How wide the tile is in a tree of `size`: 256, less at the right edge, 0 beyond it. */
export function tileWidth(level: number, index: number, size: number): number {
  const hashes = hashesAt(level, size)
  return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH))
}

/** How many hashes level `level` of a tree of `size` has: one per complete subtree of 256^level leaves. */
export function hashesAt(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level)
}

/** Entries one after the other, each after its length in two bytes. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  const bundle = new Uint8Array(entries.reduce((sum, entry) => sum + 2 + entry.length, 0))
  const view = new DataView(bundle.buffer)
  let at = 0
  for (const entry of entries) {
    if (entry.length > ENTRY_BYTES_MAX) throw new Error('an entry of the log has 65,535 bytes at most')
    view.setUint16(at, entry.length)
    bundle.set(entry, at + 2)
    at += 2 + entry.length
  }
  return bundle
}

/** Throws `tile.malformed` at `path` unless the bytes are `width` entries and nothing else. */
export function decodeBundle(bundle: Uint8Array, width: number, path: string): Uint8Array[] {
  const view = new DataView(bundle.buffer, bundle.byteOffset, bundle.length)
  const entries: Uint8Array[] = []
  let at = 0
  while (at + 2 <= bundle.length && entries.length < width) {
    const end = at + 2 + view.getUint16(at)
    if (end > bundle.length) break
    entries.push(bundle.subarray(at + 2, end))
    at = end
  }
  if (at !== bundle.length || entries.length !== width) throw new LogError('tile.malformed', path)
  return entries
}

/** 1234067 → x001/x234/067 */
function indexPath(index: number, width: number): string {
  if (!Number.isSafeInteger(index) || index < 0) throw new Error('no such tile')
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH) throw new Error('no such width')
  const groups = [String(index % 1000).padStart(3, '0')]
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`)
  return groups.join('/') + (width === TILE_WIDTH ? '' : `.p/${width}`)
}
