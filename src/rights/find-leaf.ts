// Whether a prefix tree has a key: the proof, and of a key that is there its commitment too, which a proof leaves out.
import { KEY_BYTES, type PrefixProof } from '../log/prefix-proof.ts'
import type { PrefixTreeFile } from '../log/prefix-tree.ts'

/** A commitment is there when the tree holds the key. */
export type FoundLeaf = { commitment?: Uint8Array; proof: PrefixProof }

/**
 * The path of a key that differs in the last bit alone ends at the leaf of the key itself, if there is one: what proves
 * the absence of the one names the leaf of the other, and the way to it.
 */
export async function findLeaf(tree: PrefixTreeFile, key: Uint8Array): Promise<FoundLeaf> {
  const beside = Uint8Array.from(key)
  beside[KEY_BYTES - 1]! ^= 1
  const { leaf, depth, copath } = await tree.prove(beside)
  if (leaf === undefined || Buffer.compare(leaf.key, key) !== 0) return { proof: await tree.prove(key) }
  return { commitment: leaf.commitment, proof: { result: 'inclusion', depth, copath } }
}
