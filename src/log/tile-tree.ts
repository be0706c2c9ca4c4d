// A tree read from its tiles: the root at any size, and proofs, from a few tiles each.
import { consistencyRanges } from './consistency.ts'
import { inclusionRanges, isPowerOfTwo, type LeafRange, largestPowerBelow } from './inclusion.ts'
import { LogError } from './log-error.ts'
import { nodeHash } from './merkle.ts'
import { HASH_BYTES, sha256 } from './sha256.ts'
import { hashesRoot, type ReadTile } from './tile-growth.ts'
import { hashesAt, TILE_WIDTH, tilePath, tileWidth } from './tiles.ts'

export type TileTree = {
  size: number
  /** The root of the first `size` leaves. */
  root(size?: number): Promise<Uint8Array>
  inclusionProof(index: number): Promise<Uint8Array[]>
  /** From the tree of the first `older` leaves to this one. */
  consistencyProof(older: number): Promise<Uint8Array[]>
}

/** Every tile is read once. What comes out is as true as the tiles: verify it against a signed root. */
export function tileTree(size: number, readTile: ReadTile): TileTree {
  const tiles = new Map<string, Promise<Uint8Array>>()
  const tile = (level: number, index: number): Promise<Uint8Array> => {
    const path = tilePath(level, index)
    const known = tiles.get(path) ?? readTile(level, index, tileWidth(level, index, size))
    tiles.set(path, known)
    return known
  }
  const rangeRoot = async ({ start, end }: LeafRange): Promise<Uint8Array> => {
    const count = end - start
    if (count === 0) return sha256(new Uint8Array(0))
    if (isPowerOfTwo(count)) return subtreeRoot(tile, start, count)
    const middle = start + largestPowerBelow(count)
    return nodeHash(await rangeRoot({ start, end: middle }), await rangeRoot({ start: middle, end }))
  }
  return {
    size,
    root: (of = size) => rangeRoot({ start: 0, end: of }),
    inclusionProof: (index) => Promise.all(inclusionRanges(index, size).map(rangeRoot)),
    consistencyProof: (older) => Promise.all(consistencyRanges(older, size).map(rangeRoot)),
  }
}

/** A reader of tiles over a reader of files; where a partial tile is gone, the full one holds its hashes too. */
export function tileReader(read: (path: string) => Promise<Uint8Array | undefined>): ReadTile {
  return async (level, index, width) => {
    const path = tilePath(level, index, width)
    const partial = await read(path)
    const bytes = partial ?? (width < TILE_WIDTH ? await read(tilePath(level, index)) : undefined)
    if (bytes === undefined) throw new LogError('tile.missing', path)
    if (bytes.length !== (partial === undefined ? TILE_WIDTH : width) * HASH_BYTES)
      throw new LogError('tile.malformed', path)
    return bytes.subarray(0, width * HASH_BYTES)
  }
}

/** The root of a perfect subtree: one hash of a tile, or the root over 2, 4 … 128 hashes of one. */
async function subtreeRoot(
  tile: (level: number, index: number) => Promise<Uint8Array>,
  start: number,
  count: number,
): Promise<Uint8Array> {
  let level = 0
  while (TILE_WIDTH ** (level + 1) <= count) level++
  const first = hashesAt(level, start)
  const offset = (first % TILE_WIDTH) * HASH_BYTES
  const hashes = await tile(level, Math.floor(first / TILE_WIDTH))
  return hashesRoot(hashes.subarray(offset, offset + hashesAt(level, count) * HASH_BYTES))
}
