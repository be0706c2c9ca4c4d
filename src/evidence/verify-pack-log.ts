// The log in an evidence pack: derived anew, every entry in its place and later than the one before, and the same history
// as every checkpoint that somebody kept.
import { equalBytes, toHex } from '../log/bytes.ts'
import { openCheckpoint, type TreeHead } from '../log/checkpoint.ts'
import { fsckLog, type ReadFile } from '../log/fsck.ts'
import { decodeEntry, type LogEntry } from '../log/log-entry.ts'
import { LogError } from '../log/log-error.ts'
import type { NoteVerifier } from '../log/signed-note.ts'
import { tileReader, tileTree } from '../log/tile-tree.ts'
import { bundlePath, CHECKPOINT_PATH, hashesAt, TILE_WIDTH, tilePath, tileWidth } from '../log/tiles.ts'
import { packPaths } from '../model/evidence-pack.ts'
import { instantToIso } from '../model/instant.ts'
import { NotHeld } from './check.ts'
import { dayOf } from './evidence-lag.ts'
import type { OpenedPack } from './verify-pack-manifest.ts'

/** What the checks after this one need of the log; `batches[i]` is position i + 1. */
export type PackLog = TreeHead & {
  read: ReadFile
  batches: Batch[]
  /** Entries of documents, by position. */
  documents: ReadonlyMap<number, { entry: LogEntry; text: string }>
  /** Events by the UTC date, yyyy-mm-dd, on which they were entered. */
  eventsOn: ReadonlyMap<string, number>
}

export type Batch = Pick<LogEntry, 'kind' | 'recordedAt' | 'events' | 'enrolled'>

/** Format of entries that this verifier knows. */
const FORMAT = 1

export async function checkLog(pack: OpenedPack): Promise<PackLog> {
  const { manifest, key } = pack
  const read: ReadFile = async (path) =>
    pack.has(packPaths.log + path) ? pack.read(packPaths.log + path) : undefined
  const batches: Batch[] = []
  const documents = new Map<number, { entry: LogEntry; text: string }>()
  const eventsOn = new Map<string, number>()
  const head = await fsckLog(read, key, async (_first, entries) => {
    for (const bytes of entries) {
      const { entry, text } = entryAt(bytes, batches, manifest.register.id)
      const { kind, recordedAt, events, enrolled } = entry
      batches.push({ kind, recordedAt, events, enrolled })
      if (entry.body !== undefined) documents.set(batches.length, { entry, text })
      if (events > 0) eventsOn.set(dayOf(recordedAt), (eventsOn.get(dayOf(recordedAt)) ?? 0) + events)
    }
  })
  compareHead(pack, head, batches)
  refuseOtherFiles(pack, head.size)
  return { ...head, read, batches, documents, eventsOn }
}

function entryAt(
  bytes: Uint8Array,
  before: readonly Batch[],
  registerId: string,
): { entry: LogEntry; text: string } {
  const file = packPaths.log + bundlePath(Math.floor(before.length / TILE_WIDTH))
  const at = `entry ${before.length}`
  const entry = decodeEntry(bytes)
  if (entry === undefined || entry.format !== FORMAT)
    throw new NotHeld(file, at, 'is not an entry of a log as this version knows it')
  if (entry.register !== registerId) throw new NotHeld(file, at, 'is of another register')
  // One entry twice, or one out of its turn, would be two proofs of one thing.
  if (entry.position !== before.length + 1)
    throw new NotHeld(file, at, `says that it is at position ${entry.position}`)
  const last = before.at(-1)
  if (last !== undefined && entry.recordedAt <= last.recordedAt)
    throw new NotHeld(file, at, 'is dated before the entry it comes after')
  return { entry, text: new TextDecoder().decode(bytes) }
}

function compareHead({ manifest }: OpenedPack, head: TreeHead, batches: readonly Batch[]): void {
  const { size, root, recordedAt } = manifest.asOf
  const file = packPaths.manifest
  if (size !== head.size) throw new NotHeld(file, 'asOf.size', 'is not the size of the log enclosed')
  if (root !== toHex(head.root)) throw new NotHeld(file, 'asOf.root', 'is not the root of the log enclosed')
  const last = batches.at(-1)
  if (last === undefined || recordedAt !== instantToIso(last.recordedAt))
    throw new NotHeld(file, 'asOf.recordedAt', 'is not when the last entry was recorded')
}

/** A tile that is of no use to this tree may be one of another. */
function refuseOtherFiles({ manifest }: OpenedPack, size: number): void {
  const used = new Set<string>([CHECKPOINT_PATH])
  for (let index = 0; index * TILE_WIDTH < size; index++)
    used.add(bundlePath(index, tileWidth(0, index, size)))
  for (let level = 0; hashesAt(level, size) > 0; level++)
    for (let index = 0; tileWidth(level, index, size) > 0; index++)
      used.add(tilePath(level, index, tileWidth(level, index, size)))
  const other = manifest.files.find(
    ({ path }) => path.startsWith(packPaths.log) && !used.has(path.slice(packPaths.log.length)),
  )
  if (other !== undefined) throw new NotHeld(other.path, undefined, `is no file of a log of ${size} entries`)
}

// --- checkpoints that somebody kept ------------------------------------------------------------------------------

export type KeptCheckpoint = { name: string; note: Uint8Array }

/** `larger`: it cannot be compared, as the log in the pack ends before it. */
export type KeptCompared = { name: string; size: number; larger: boolean }

/** `keys`: the trusted one, and those that planned rotations say came before it. */
export async function checkKept(
  log: Pick<PackLog, 'size' | 'read'>,
  { name, note }: KeptCheckpoint,
  keys: readonly NoteVerifier[],
): Promise<KeptCompared> {
  const { size, root } = openKept(name, note, keys)
  if (size > log.size) return { name, size, larger: true }
  const ours = await tileTree(log.size, tileReader(log.read)).root(size)
  if (!equalBytes(ours, root))
    throw new NotHeld(name, 'root', `is signed too, and the log enclosed has ${otherHistory(size, log.size)}`)
  return { name, size, larger: false }
}

function openKept(name: string, note: Uint8Array, keys: readonly NoteVerifier[]): TreeHead {
  for (const key of keys) {
    try {
      return openCheckpoint(note, key)
    } catch (error) {
      if (!(error instanceof LogError)) throw error
    }
  }
  throw new NotHeld(name, undefined, 'is no checkpoint that a key of this register signed')
}

function otherHistory(kept: number, ours: number): string {
  const same = kept === ours ? 'this size' : `its first ${kept} entries`
  return `another root at ${same}: the operator keeps two histories`
}
