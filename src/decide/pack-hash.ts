// What names a pack exactly: an id and dates alone would not show that a word or a number in it was changed.
import { canonicalHash } from '../model/canonical.ts'
import type { Pack } from './rule.ts'

export function packHash(pack: Pack): string {
  const known = hashes.get(pack)
  if (known !== undefined) return known
  const hash = canonicalHash(pack)
  hashes.set(pack, hash)
  return hash
}

/** A pack is read once and never changed; writing all of them out canonically takes 26 ms, at every check and every commit. */
const hashes = new WeakMap<Pack, string>()

/** By id, of every pack in play. */
export function packHashes(packs: readonly Pack[]): Record<string, string> {
  return Object.fromEntries(packs.map((pack) => [pack.id, packHash(pack)]))
}
