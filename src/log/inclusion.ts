// Inclusion in an RFC 6962 tree: which subtrees a proof names, and whether one leads from a leaf to a root.
import { equalBytes } from './bytes.ts'
import { nodeHash } from './merkle.ts'
import { HASH_BYTES } from './sha256.ts'

/** The leaves start … end - 1 of a tree. */
export type LeafRange = { start: number; end: number }

/** The subtrees whose roots prove leaf `index` in a tree of `size`, from the leaf's sibling up (RFC 6962 §2.1.1, PATH). */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  if (!isLeafOf(index, size)) throw new Error('no such leaf in a tree of this size')
  const ranges: LeafRange[] = []
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + largestPowerBelow(end - start)
    if (index < middle) {
      ranges.unshift({ start: middle, end })
      end = middle
    } else {
      ranges.unshift({ start, end: middle })
      start = middle
    }
  }
  return ranges
}

/** Whether `proof` leads from this leaf hash at `index` to the root of a tree of `size` (RFC 9162 §2.1.3.2). */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isLeafOf(index, size) || leaf.length !== HASH_BYTES || root.length !== HASH_BYTES) return false
  let node = index
  let last = size - 1
  let hash = leaf
  for (const sibling of proof) {
    if (last === 0 || sibling.length !== HASH_BYTES) return false
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash)
      // A rightmost node has no sibling at the levels where the tree is ragged.
      while (node % 2 === 0 && node !== 0) {
        node = half(node)
        last = half(last)
      }
    } else {
      hash = nodeHash(hash, sibling)
    }
    node = half(node)
    last = half(last)
  }
  return last === 0 && equalBytes(hash, root)
}

/** The largest power of two below `count`, which is 2 or more: where RFC 6962 parts a tree. */
export function largestPowerBelow(count: number): number {
  let power = 1
  while (power * 2 < count) power *= 2
  return power
}

export function isPowerOfTwo(count: number): boolean {
  return count === 1 || (count > 1 && largestPowerBelow(count) * 2 === count)
}

/** Whole numbers below 2^53 only: `>>` would cut at 2^32. */
export function half(number: number): number {
  return Math.floor(number / 2)
}

function isLeafOf(index: number, size: number): boolean {
  return Number.isSafeInteger(index) && Number.isSafeInteger(size) && index >= 0 && index < size
}
