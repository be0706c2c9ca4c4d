// The pack that somebody was given before naming a seed: what the one with the sample says of each record stood in it already,
// so that no line was written with the seed in sight.
import { toHex } from '../log/bytes.ts'
import type { NoteVerifier } from '../log/signed-note.ts'
import { tileReader, tileTree } from '../log/tile-tree.ts'
import type { PackManifest } from '../model/evidence-pack.ts'
import { NotHeld, placeText } from './check.ts'
import type { PackFiles } from './pack-files.ts'
import type { PackLog } from './verify-pack-log.ts'
import { type OpenedPack, openManifest } from './verify-pack-manifest.ts'

/** `name` is what it is called in places. `open` throws `NotHeld` for what is no pack. */
export type PackBefore = { name: string; open(): PackFiles | Promise<PackFiles> }

/** `lists`: how many files people.csv are the same. */
export type BeforeCompared = { name: string; recordedAt: string; lists: number }

/** Its manifest is enough: it is signed, and has the hash of each file. `keys` as for checkpoints that were kept. */
export async function checkBefore(
  { manifest }: OpenedPack,
  log: PackLog,
  before: PackBefore,
  keys: readonly NoteVerifier[],
): Promise<BeforeCompared> {
  const { name } = before
  const { register, asOf, sample, files } = await manifestBefore(before, keys)
  if (register.id !== manifest.register.id) throw new NotHeld(name, 'register.id', 'is another register')
  if (sample !== undefined && sample.seed === manifest.sample?.seed)
    throw new NotHeld(name, 'sample.seed', 'is the same: it was made by somebody who knew the seed')
  if (asOf.size > log.size) throw new NotHeld(name, 'asOf.size', 'is of a longer log: it was not made before')
  const root = toHex(await tileTree(log.size, tileReader(log.read)).root(asOf.size))
  if (root !== asOf.root)
    throw new NotHeld(name, 'asOf.root', 'is of another history: the operator keeps two')
  const had = new Map(files.map(({ path, sha256 }) => [path, sha256]))
  const lists = manifest.files.filter(({ path }) => path.endsWith('/people.csv'))
  for (const { path, sha256 } of lists)
    if (had.get(path) !== sha256)
      throw new NotHeld(path, undefined, `is ${had.has(path) ? 'another than' : 'not'} in ${name}`)
  return { name, recordedAt: asOf.recordedAt, lists: lists.length }
}

/** Under the first of these keys that signed it. */
async function manifestBefore(
  { name, open }: PackBefore,
  keys: readonly NoteVerifier[],
): Promise<PackManifest> {
  let found: NotHeld | undefined
  for (const key of keys) {
    try {
      return (await openManifest(await open(), key)).manifest
    } catch (error) {
      if (!(error instanceof NotHeld)) throw error
      found ??= error
    }
  }
  if (found === undefined) throw new Error('no key to open the pack before with')
  throw new NotHeld(name, `in ${placeText(found.place)}`, found.message)
}
