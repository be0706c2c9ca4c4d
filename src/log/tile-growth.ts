// Growing a tiled log: leaf hashes go in, full tiles come out as they fill, and at the end the partial ones.
import { concatBytes } from './bytes.ts'
import { MerkleRoot } from './merkle.ts'
import { HASH_BYTES } from './sha256.ts'
import { hashesAt, TILE_WIDTH, tileWidth } from './tiles.ts'

export type Tile = { level: number; index: number; width: number; hashes: Uint8Array }

/** Reads a tile of exactly this width; throws when it is not there. */
export type ReadTile = (level: number, index: number, width: number) => Promise<Uint8Array>

/** Takes leaf hashes in any portions. It holds one unfinished tile per level. */
export class TileGrowth {
  readonly #levels: Level[] = []
  #size = 0

  /** Goes on from a tree of `size` leaves, of which it reads the rightmost tiles. */
  static async resume(size: number, readTile: ReadTile): Promise<TileGrowth> {
    const growth = new TileGrowth()
    growth.#size = size
    for (let level = 0; hashesAt(level, size) > 0; level++) {
      const index = Math.floor(hashesAt(level, size) / TILE_WIDTH)
      const width = tileWidth(level, index, size)
      growth
        .#level(level)
        .resume(index, width === 0 ? new Uint8Array(0) : await readTile(level, index, width))
    }
    return growth
  }

  get size(): number {
    return this.#size
  }

  /** Hashes of 32 bytes each, end to end; returns the tiles they fill, children before parents. */
  add(leafHashes: Uint8Array): Tile[] {
    const filled: Tile[] = []
    for (let at = 0; at < leafHashes.length; at += HASH_BYTES) {
      this.#push(0, leafHashes.subarray(at, at + HASH_BYTES), filled)
      this.#size++
    }
    return filled
  }

  /** The tiles at the right edge that are not full. */
  partials(): Tile[] {
    return this.#levels.flatMap((level, height) => (level.width === 0 ? [] : [level.tile(height)]))
  }

  /** Frontier of the tree, as `MerkleRoot` takes it. */
  edge(): Uint8Array {
    const parts = this.#levels.map((level) => tileEdge(level.hashes()))
    return concatBytes(parts.reverse())
  }

  root(): Uint8Array {
    return MerkleRoot.fromEdge(this.edge(), this.#size).root()
  }

  #push(height: number, hash: Uint8Array, filled: Tile[]): void {
    const level = this.#level(height)
    level.push(hash)
    if (level.width < TILE_WIDTH) return
    const tile = level.take(height)
    filled.push(tile)
    this.#push(height + 1, hashesRoot(tile.hashes), filled)
  }

  #level(height: number): Level {
    while (this.#levels.length <= height) this.#levels.push(new Level())
    return this.#levels[height]!
  }
}

/** The root over consecutive hashes of one level. */
export function hashesRoot(hashes: Uint8Array): Uint8Array {
  const tree = new MerkleRoot()
  for (let at = 0; at < hashes.length; at += HASH_BYTES)
    tree.addLeafHash(hashes.subarray(at, at + HASH_BYTES))
  return tree.root()
}

function tileEdge(hashes: Uint8Array): Uint8Array {
  const tree = new MerkleRoot()
  for (let at = 0; at < hashes.length; at += HASH_BYTES)
    tree.addLeafHash(hashes.subarray(at, at + HASH_BYTES))
  return tree.edge()
}

/** The unfinished tile of one level. */
class Level {
  readonly #hashes = new Uint8Array(TILE_WIDTH * HASH_BYTES)
  #index = 0
  width = 0

  resume(index: number, hashes: Uint8Array): void {
    this.#index = index
    this.#hashes.set(hashes)
    this.width = hashes.length / HASH_BYTES
  }

  push(hash: Uint8Array): void {
    this.#hashes.set(hash, this.width * HASH_BYTES)
    this.width++
  }

  hashes(): Uint8Array {
    return this.#hashes.slice(0, this.width * HASH_BYTES)
  }

  tile(level: number): Tile {
    return { level, index: this.#index, width: this.width, hashes: this.hashes() }
  }

  /** The full tile; the next one begins empty. */
  take(level: number): Tile {
    const tile = this.tile(level)
    this.#index++
    this.width = 0
    return tile
  }
}
