// Publishing the log: the batches since the last time become entries and tiles, and a checkpoint is signed over them.
//
// What is durable before what, and why a crash between any two writes is healed by the next publication:
//   1. bundles and tiles    no checkpoint speaks of them yet; the next run writes the same bytes again
//   2. the second place     says: this tree may have been signed. The next run must reach a tree that goes on from it
//   3. the checkpoint       the moment of publication. After it nobody may ever be shown another tree of this size
// The register is the source of all of it: files that are lost or damaged are made again from its batches.

import { equalBytes } from '../log/bytes.ts'
import { openCheckpoint, signCheckpoint, type TreeHead } from '../log/checkpoint.ts'
import { LogError } from '../log/log-error.ts'
import { MerkleRoot } from '../log/merkle.ts'
import { encodeVerifierKey, keyId, type NoteVerifier, parseVerifierKey } from '../log/signed-note.ts'
import { type ReadTile, type Tile, TileGrowth } from '../log/tile-growth.ts'
import { tileReader } from '../log/tile-tree.ts'
import { bundlePath, CHECKPOINT_PATH, encodeBundle, TILE_WIDTH, tilePath } from '../log/tiles.ts'
import { type KeyRotatedBody, rotationPath } from '../model/key-rotation.ts'
import { isProblem, Problem } from '../model/problem.ts'
import type { LogPlaces, LogStore, SignedTree } from './log-store.ts'
import { firstDifference, readLeaves } from './read-leaves.ts'
import type { Register } from './register.ts'
import { readRotations, settleSigningKey } from './signing-key.ts'
import type { RegisterStore, StoreSession } from './store.ts'

export type PublishedLog = {
  size: number
  /** Hex. */
  root: string
  /** The signed note. */
  checkpoint: string
  /** The second place was not there although the log had been published: it was started anew from the checkpoint. */
  startedAnew?: true
}

/** The moments between its writes, in the order they are passed: a crash at any of them is healed by the next publication. */
export const publicationPoints = [
  'before-files',
  'files-written',
  'second-place-written',
  'checkpoint-written',
] as const
export type PublicationPoint = (typeof publicationPoints)[number]
export type PublishOptions = { rebuild?: boolean; at?: (point: PublicationPoint) => void | Promise<void> }

/** Any constant of ours: processes that share a database publish one after the other. */
const PUBLISH_LOCK = 7_205_759_404

/**
 * Publishes everything appended so far; `rebuild` makes every file again instead of going on from those there are.
 * Throws `log.forked` when the register does not go on from what was signed, `register.corrupt` when its batches do not
 * lead to its own root.
 */
export function publishLog(
  register: Register,
  places: LogPlaces,
  options: PublishOptions = {},
): Promise<PublishedLog> {
  return inTurn(register.store, () =>
    register.store.transaction(async (session) => {
      await session.query('select pg_advisory_xact_lock($1::int8)', [PUBLISH_LOCK])
      return publish(register, session, places, options)
    }),
  )
}

/** Signs and writes nothing; throws as `publishLog` would. */
export function checkGoesOn(register: Register, { store, signed }: LogPlaces): Promise<void> {
  return register.store.transaction(async (session) => {
    const keys = keysSoFar(register, await readRotations(session))
    const head = await readHead(session)
    const published = await readCheckpoint(register, store, keys)
    const earlier = [published, await signed.read()].filter((tree) => tree !== undefined)
    for (const { size } of earlier) if (size > head.size) throw forked(size, head.size)
    await checkFromTheBeginning(session, earlier, head)
  })
}

/** The key that signs this register's checkpoints, as those who verify know it. */
export function logVerifier({ logOrigin, keys }: Register): NoteVerifier {
  const { publicKey } = keys.signer
  return { name: logOrigin, keyId: keyId(logOrigin, publicKey), publicKey }
}

/** The same as people hand it to one another: name+id+key. */
export function logVerifierKey({ logOrigin, keys }: Register): string {
  return encodeVerifierKey(logOrigin, keys.signer.publicKey)
}

/** The checkpoint that stands in the folder; undefined when there is none that one of `keys` signed. */
export async function readCheckpoint(
  register: Register,
  store: LogStore,
  keys: readonly NoteVerifier[] = [logVerifier(register)],
): Promise<(TreeHead & { note: string }) | undefined> {
  const bytes = await store.read(CHECKPOINT_PATH)
  if (bytes === undefined) return undefined
  for (const key of keys) {
    try {
      return { ...openCheckpoint(bytes, key), note: new TextDecoder().decode(bytes) }
    } catch (error) {
      if (!(error instanceof LogError)) throw error
    }
  }
  return undefined
}

/** This register's key, and those before it: what they signed binds it too. Not one that was stolen. */
function keysSoFar(register: Register, rotations: readonly KeyRotatedBody[]): NoteVerifier[] {
  const stolen = new Set(
    rotations.flatMap(({ statement: { why, previous } }) => (why === 'stolen' ? [previous] : [])),
  )
  const named = rotations.flatMap(({ statement: { previous, next } }) => [next, previous])
  const former = named
    .filter((key) => key !== undefined && !stolen.has(key))
    .map((key) => parseVerifierKey(key!))
  return [...(hasSigner(register) ? [logVerifier(register)] : []), ...former]
}

function hasSigner({ keys }: Register): boolean {
  try {
    return keys.signer !== undefined
  } catch (error) {
    if (isProblem(error) && error.code === 'keys.unusable') return false
    throw error
  }
}

const turns = new WeakMap<RegisterStore, Promise<unknown>>()

/** One publisher at a time: the lock in the database would hold a connection for each that waits. */
function inTurn<T>(store: RegisterStore, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(store) ?? Promise.resolve()).then(work, work)
  turns.set(store, mine)
  return mine
}

async function publish(
  register: Register,
  session: StoreSession,
  { store, signed }: LogPlaces,
  { rebuild = false, at = () => {} }: PublishOptions,
): Promise<PublishedLog> {
  const rotations = await readRotations(session)
  settleSigningKey(register.keys, rotations)
  const head = await readHead(session)
  const published = await readCheckpoint(register, store, keysSoFar(register, rotations))
  const lastSigned = await signed.read()
  const earlier = [published, lastSigned].filter((tree) => tree !== undefined)
  for (const { size } of earlier) if (size > head.size) throw forked(size, head.size)

  const known = rebuild ? undefined : await resumeFrom(published, store)
  const start =
    known !== undefined && (await goesOn(session, known, earlier, head)) ? known : new TileGrowth()
  if (start !== known) await checkFromTheBeginning(session, earlier, head)

  await at('before-files')
  if (published === undefined || published.size < head.size || start !== known)
    await writeFiles(session, store, start, head)
  await writeRotations(store, rotations)
  const checkpoint = signCheckpoint(head, { name: register.logOrigin, ...register.keys.signer })
  await at('files-written')
  if (!isTree(lastSigned, head)) {
    await refuseGoingBack(session, head, () => signed.read())
    await signed.write({ size: head.size, root: head.root })
  }
  await at('second-place-written')
  if (published?.note !== checkpoint) {
    await refuseGoingBack(session, head, () =>
      readCheckpoint(register, store, keysSoFar(register, rotations)),
    )
    await store.write(CHECKPOINT_PATH, new TextEncoder().encode(checkpoint))
  }
  await at('checkpoint-written')
  const startedAnew = published !== undefined && lastSigned === undefined
  return {
    ...{ size: head.size, root: Buffer.from(head.root).toString('hex'), checkpoint },
    ...(startedAnew && { startedAnew }),
  }
}

/**
 * Directly before a place is written. Whoever stood still for too long has lost its session and with it the lock: the statement
 * fails. Somebody else has published more by then, and what stands there is looked at once more: neither place ever goes down.
 */
async function refuseGoingBack(
  session: StoreSession,
  { size }: TreeHead,
  read: () => Promise<SignedTree | undefined>,
): Promise<void> {
  await session.query('select 1')
  const there = await read()
  if (there !== undefined && there.size > size)
    throw new Problem('register.unavailable', `another process has published ${there.size} entries meanwhile`)
}

/** Size and root as the register kept them while appending. */
export async function readHead(session: Pick<StoreSession, 'query'>): Promise<TreeHead> {
  const [row] = await session.query<{ position: number; edge: Uint8Array }>(
    'select position, edge from register.head',
  )
  return { size: row!.position, root: MerkleRoot.fromEdge(row!.edge, row!.position).root() }
}

/**
 * The tree up to the last full bundle of what is published, from its rightmost tiles; undefined when they are not there.
 * The leaves after it are read again: the bundle they stand in is not full.
 */
async function resumeFrom(published: TreeHead | undefined, store: LogStore): Promise<TileGrowth | undefined> {
  if (published === undefined) return undefined
  const whole = published.size - (published.size % TILE_WIDTH)
  const readTile: ReadTile = tileReader((path) => store.read(path))
  try {
    return await TileGrowth.resume(whole, readTile)
  } catch (error) {
    if (error instanceof LogError) return undefined
    throw error
  }
}

/** Whether tree and batches lead to every tree signed earlier and to the register's own root. Nothing is written. */
async function goesOn(
  session: StoreSession,
  start: TileGrowth,
  earlier: readonly TreeHead[],
  head: TreeHead,
): Promise<boolean> {
  if (earlier.some(({ size }) => size < start.size)) return false
  return (await firstDifference(session, treeOf(start), [...earlier, head])) === undefined
}

async function checkFromTheBeginning(
  session: StoreSession,
  earlier: readonly TreeHead[],
  head: TreeHead,
): Promise<void> {
  const difference = await firstDifference(session, new MerkleRoot(), [...earlier, head])
  if (difference === undefined) return
  if (difference === head) throw new Problem('register.corrupt', 'its batches do not lead to its root')
  throw forked(difference.size, head.size)
}

function treeOf(growth: TileGrowth): MerkleRoot {
  return MerkleRoot.fromEdge(growth.edge(), growth.size)
}

async function writeFiles(
  session: StoreSession,
  store: LogStore,
  growth: TileGrowth,
  head: TreeHead,
): Promise<void> {
  // Slices are whole bundles, so the tree ends where a bundle begins until the last one.
  for await (const { entries, leafHashes } of readLeaves(session, growth.size, head.size)) {
    for (let at = 0; at < entries.length; at += TILE_WIDTH) {
      const bundle = entries.slice(at, at + TILE_WIDTH)
      await store.write(bundlePath(growth.size / TILE_WIDTH, bundle.length), encodeBundle(bundle))
      await writeTiles(store, growth.add(Buffer.concat(leafHashes.slice(at, at + TILE_WIDTH))))
    }
  }
  await writeTiles(store, growth.partials())
  if (!isTree({ size: growth.size, root: growth.root() }, head))
    throw new Problem('register.corrupt', 'the tiles of its log do not lead to its root')
}

/** Before the first checkpoint under a new key, the note that leads to that key. */
async function writeRotations(store: LogStore, rotations: readonly KeyRotatedBody[]): Promise<void> {
  for (const { statement, note } of rotations) {
    const path = rotationPath(statement.rotation)
    if ((await store.read(path)) === undefined) await store.write(path, new TextEncoder().encode(note))
  }
}

async function writeTiles(store: LogStore, tiles: readonly Tile[]): Promise<void> {
  for (const { level, index, width, hashes } of tiles)
    await store.write(tilePath(level, index, width), hashes)
}

function isTree(one: TreeHead | undefined, other: TreeHead): boolean {
  return one !== undefined && one.size === other.size && equalBytes(one.root, other.root)
}

function forked(signed: number, position: number): Problem {
  return new Problem(
    'log.forked',
    `the tree of ${signed} entries was signed, and the register at position ${position} does not go on from it`,
  )
}
