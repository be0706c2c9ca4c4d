// Deriving a published log anew: every entry hashed again, every tile and the root made again, all compared; and what each
// entry says of itself, held against those before it.
import { concatBytes, equalBytes } from './bytes.ts'
import { openCheckpoint, type TreeHead } from './checkpoint.ts'
import { EntryOrder } from './entry-order.ts'
import { LogError } from './log-error.ts'
import { leafHash } from './merkle.ts'
import { HASH_BYTES } from './sha256.ts'
import type { NoteVerifier } from './signed-note.ts'
import { type Tile, TileGrowth } from './tile-growth.ts'
import { tileReader } from './tile-tree.ts'
import { bundlePath, CHECKPOINT_PATH, decodeBundle, TILE_WIDTH, tilePath, tileWidth } from './tiles.ts'

export type ReadFile = (path: string) => Promise<Uint8Array | undefined>

/**
 * The tree that the log's checkpoint signs, once everything in it has been found to lead there. Throws at the first
 * difference, with its place. `visit` sees each bundle's entries in order, the first of them being entry `first`.
 */
export async function fsckLog(
  read: ReadFile,
  log: NoteVerifier,
  visit?: (first: number, entries: readonly Uint8Array[]) => Promise<void>,
): Promise<TreeHead> {
  const head = await readHead(read, log)
  const growth = new TileGrowth()
  const order = new EntryOrder()
  while (growth.size < head.size) {
    const first = growth.size
    const { path, entries } = await readBundle(read, first / TILE_WIDTH, head.size)
    const leaves = entries.map(leafHash)
    await compareLeaves(read, first, head.size, path, leaves)
    await compareTiles(read, growth.add(concatBytes(leaves)))
    await visit?.(first, entries)
    for (const entry of entries) order.next(entry, path)
  }
  await compareTiles(read, growth.partials())
  if (!equalBytes(growth.root(), head.root))
    throw new LogError('tree.mismatch', `${CHECKPOINT_PATH}: its entries lead to another root`)
  return head
}

async function readHead(read: ReadFile, log: NoteVerifier): Promise<TreeHead> {
  const note = await read(CHECKPOINT_PATH)
  if (note === undefined) throw new LogError('tile.missing', CHECKPOINT_PATH)
  try {
    return openCheckpoint(note, log)
  } catch (error) {
    if (error instanceof LogError) throw new LogError(error.code, `${CHECKPOINT_PATH}: ${error.place}`)
    throw error
  }
}

/** A partial bundle may have gone once the full one is there. */
async function readBundle(
  read: ReadFile,
  index: number,
  size: number,
): Promise<{ path: string; entries: Uint8Array[] }> {
  const width = tileWidth(0, index, size)
  const path = bundlePath(index, width)
  const bundle = await read(path)
  if (bundle !== undefined) return { path, entries: decodeBundle(bundle, width, path) }
  const full = bundlePath(index)
  const whole = width < TILE_WIDTH ? await read(full) : undefined
  if (whole === undefined) throw new LogError('tile.missing', path)
  return { path: full, entries: decodeBundle(whole, TILE_WIDTH, full).slice(0, width) }
}

/** The tile of leaf hashes, compared entry by entry: either file may be the damaged one, so both are named. */
async function compareLeaves(
  read: ReadFile,
  first: number,
  size: number,
  bundle: string,
  leaves: readonly Uint8Array[],
): Promise<void> {
  const index = first / TILE_WIDTH
  const width = tileWidth(0, index, size)
  const stored = await tileReader(read)(0, index, width)
  const wrong = leaves.findIndex((leaf, at) => !equalBytes(leaf, hashAt(stored, at)))
  if (wrong >= 0)
    throw new LogError(
      'tree.mismatch',
      `entry ${first + wrong}: ${bundle} and ${tilePath(0, index, width)} differ`,
    )
}

async function compareTiles(read: ReadFile, tiles: readonly Tile[]): Promise<void> {
  for (const { level, index, width, hashes } of tiles) {
    const stored = await tileReader(read)(level, index, width)
    for (let at = 0; at < width; at++)
      if (!equalBytes(hashAt(stored, at), hashAt(hashes, at)))
        throw new LogError('tree.mismatch', `${tilePath(level, index, width)}: hash ${at}`)
  }
}

function hashAt(hashes: Uint8Array, index: number): Uint8Array {
  return hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)
}
