// The inclusion path of one leaf among the leaves of a batch, which are all at hand.
import { inclusionRanges } from './inclusion.ts'
import { merkleRoot } from './merkle.ts'
import { HASH_BYTES } from './sha256.ts'

/** `leaves` of 32 bytes each, laid end to end; the path goes from the leaf's sibling up. */
export function leafPath(leaves: Uint8Array, index: number): Uint8Array[] {
  return inclusionRanges(index, leaves.length / HASH_BYTES).map(({ start, end }) =>
    merkleRoot(leaves.subarray(start * HASH_BYTES, end * HASH_BYTES)),
  )
}
