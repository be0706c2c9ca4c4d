// What names a pack exactly: an id and dates alone would not show that a word or a number in it was changed.
import { canonicalHash } from '../model/canonical.ts'
import type { Pack } from './rule.ts'

export function packHash(pack: Pack): string {
  return canonicalHash(pack)
}

/** By id, of every pack in play. */
export function packHashes(packs: readonly Pack[]): Record<string, string> {
  return Object.fromEntries(packs.map((pack) => [pack.id, packHash(pack)]))
}
