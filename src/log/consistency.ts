// Consistency of two RFC 6962 trees: the newer one begins with all the leaves of the older one.
import { equalBytes } from './bytes.ts'
import { half, isPowerOfTwo, type LeafRange, largestPowerBelow } from './inclusion.ts'
import { nodeHash } from './merkle.ts'
import { HASH_BYTES } from './sha256.ts'

/** The subtrees whose roots prove that a tree of `newer` leaves goes on from one of `older` (RFC 6962 §2.1.2, PROOF). */
export function consistencyRanges(older: number, newer: number): LeafRange[] {
  if (!(Number.isSafeInteger(older) && Number.isSafeInteger(newer) && older > 0 && older <= newer))
    throw new Error('a proof leads from a tree with leaves to one at least as large')
  const ranges: LeafRange[] = []
  let start = 0
  let end = newer
  while (end > older) {
    const middle = start + largestPowerBelow(end - start)
    if (older <= middle) {
      ranges.unshift({ start: middle, end })
      end = middle
    } else {
      ranges.unshift({ start, end: middle })
      start = middle
    }
  }
  // The older tree's own root is known to whoever verifies, if it is the whole of it.
  return start === 0 ? ranges : [{ start, end }, ...ranges]
}

/**
 * Whether `proof` shows that the newer root goes on from the older one (RFC 9162 §2.1.4.2). Every tree goes on from the
 * empty one, which proves nothing: asked for that it says false, as the published vectors do.
 */
export function verifyConsistency(
  older: { size: number; root: Uint8Array },
  newer: { size: number; root: Uint8Array },
  proof: readonly Uint8Array[],
): boolean {
  if (!Number.isSafeInteger(older.size) || !Number.isSafeInteger(newer.size)) return false
  if (older.size < 1 || older.size > newer.size) return false
  if ([older.root, newer.root, ...proof].some((hash) => hash.length !== HASH_BYTES)) return false
  if (older.size === newer.size) return proof.length === 0 && equalBytes(older.root, newer.root)
  const path = isPowerOfTwo(older.size) ? [older.root, ...proof] : [...proof]
  return proof.length > 0 && leadsToBoth(older, newer, path)
}

function leadsToBoth(
  older: { size: number; root: Uint8Array },
  newer: { size: number; root: Uint8Array },
  path: readonly Uint8Array[],
): boolean {
  let node = older.size - 1
  let last = newer.size - 1
  while (node % 2 === 1) {
    node = half(node)
    last = half(last)
  }
  const [first, ...rest] = path
  let oldHash = first!
  let newHash = first!
  for (const sibling of rest) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      oldHash = nodeHash(sibling, oldHash)
      newHash = nodeHash(sibling, newHash)
      while (node % 2 === 0 && node !== 0) {
        node = half(node)
        last = half(last)
      }
    } else {
      newHash = nodeHash(newHash, sibling)
    }
    node = half(node)
    last = half(last)
  }
  return last === 0 && equalBytes(oldHash, older.root) && equalBytes(newHash, newer.root)
}
