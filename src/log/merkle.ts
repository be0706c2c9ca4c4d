// The RFC 6962 Merkle tree: leaf and node hashes, and the root of any number of leaves in O(log n) memory.
import { HASH_BYTES, sha256, sha256Into } from './sha256.ts'
import { LaneHasher, wordsOf } from './sha256-lanes.ts'

/** Separates leaves from nodes, so that no node can be passed off as a leaf (RFC 6962 §2.1). */
const LEAF_PREFIX = 0x00
const NODE_PREFIX = 0x01
/** 2^53 leaves are more than a number counts. */
const HEIGHT_MAX = 54
/** Leaves of the perfect subtrees that are hashed level by level; fewer are sooner hashed one after another. */
const SUBTREE_LEAVES_MIN = 64
const SUBTREE_LEAVES_MAX = 2048

export function leafHash(data: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + data.length)
  input[0] = LEAF_PREFIX
  input.set(data, 1)
  return sha256(input)
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const input = new Uint8Array(1 + 2 * HASH_BYTES)
  input[0] = NODE_PREFIX
  input.set(left, 1)
  input.set(right, 1 + HASH_BYTES)
  return sha256(input)
}

/** Takes leaves one after another or many at once, and gives the root of those taken so far. */
export class MerkleRoot {
  /** Roots of the perfect subtrees so far, one per set bit of `size`, largest first: the "frontier". */
  readonly #frontier = new Uint8Array(HEIGHT_MAX * HASH_BYTES)
  readonly #leaf = new Uint8Array(1 + HASH_BYTES)
  readonly #node = new Uint8Array(1 + 2 * HASH_BYTES)
  #depth = 0
  #size = 0

  constructor() {
    this.#leaf[0] = LEAF_PREFIX
    this.#node[0] = NODE_PREFIX
  }

  /** A tree that goes on from `edge()` of one of `size` leaves. */
  static fromEdge(edge: Uint8Array, size: number): MerkleRoot {
    if (!Number.isSafeInteger(size) || size < 0) throw new Error('a tree has a whole number of leaves')
    if (edge.length !== edgeBytes(size)) throw new Error('the edge is not that of a tree of this size')
    const tree = new MerkleRoot()
    tree.#frontier.set(edge)
    tree.#depth = edge.length / HASH_BYTES
    tree.#size = size
    return tree
  }

  get size(): number {
    return this.#size
  }

  /** A copy of the frontier: 32 bytes per set bit of `size`. */
  edge(): Uint8Array {
    return new Uint8Array(this.#frontier.subarray(0, this.#depth * HASH_BYTES))
  }

  /** Leaves of 32 bytes each, laid end to end. */
  addLeaves(leaves: Uint8Array): void {
    if (leaves.length % HASH_BYTES !== 0) throw new Error('leaves are 32 bytes each')
    for (let at = 0; at < leaves.length; ) {
      const count = subtreeLeaves(this.#size, (leaves.length - at) / HASH_BYTES)
      const end = at + count * HASH_BYTES
      if (count > 1) hashSubtree(leaves.subarray(at, end), this.#frontier, this.#depth * HASH_BYTES)
      else {
        for (let i = 0; i < HASH_BYTES; i++) this.#leaf[1 + i] = leaves[at + i]!
        sha256Into(this.#leaf, this.#frontier, this.#depth * HASH_BYTES)
      }
      this.#carry(count)
      at = end
    }
  }

  addLeafHash(hash: Uint8Array): void {
    this.#frontier.set(hash, this.#depth * HASH_BYTES)
    this.#carry(1)
  }

  /** The root; of no leaves it is SHA-256 of nothing. */
  root(): Uint8Array {
    if (this.#depth === 0) return sha256(new Uint8Array(0))
    let root = new Uint8Array(
      this.#frontier.subarray((this.#depth - 1) * HASH_BYTES, this.#depth * HASH_BYTES),
    )
    for (let level = this.#depth - 2; level >= 0; level--)
      root = new Uint8Array(
        nodeHash(this.#frontier.subarray(level * HASH_BYTES, (level + 1) * HASH_BYTES), root),
      )
    return root
  }

  /** As a binary counter carries: every subtree that the new one, of `leaves` leaves, completes becomes one node. */
  #carry(leaves: number): void {
    let before = this.#size / leaves
    this.#size += leaves
    while (before % 2 === 1) {
      before = (before - 1) / 2
      this.#depth--
      const left = this.#depth * HASH_BYTES
      for (let i = 0; i < 2 * HASH_BYTES; i++) this.#node[1 + i] = this.#frontier[left + i]!
      sha256Into(this.#node, this.#frontier, left)
    }
    this.#depth++
  }
}

/** The largest perfect subtree that may come next: as a whole at its place, and worth it. */
function subtreeLeaves(size: number, count: number): number {
  if (count < SUBTREE_LEAVES_MIN) return 1
  let leaves = SUBTREE_LEAVES_MAX
  while (leaves > count || size % leaves !== 0) leaves /= 2
  return leaves < SUBTREE_LEAVES_MIN ? 1 : leaves
}

let hashers: { leaf: LaneHasher; node: LaneHasher; aligned: Uint8Array } | undefined

/** Writes the root over a power of two of leaves into `into` at `offset`: their hashes, then level by level half as many nodes. */
function hashSubtree(leaves: Uint8Array, into: Uint8Array, offset: number): void {
  hashers ??= {
    leaf: new LaneHasher(Uint8Array.of(LEAF_PREFIX), HASH_BYTES),
    node: new LaneHasher(Uint8Array.of(NODE_PREFIX), 2 * HASH_BYTES),
    aligned: new Uint8Array(SUBTREE_LEAVES_MAX * HASH_BYTES),
  }
  const { leaf, node, aligned } = hashers
  aligned.set(leaves)
  let count = leaves.length / HASH_BYTES
  let digests = leaf.hashWords(wordsOf(aligned), 0, count)
  while (count > 1) {
    count /= 2
    digests = node.hashWords(digests, 0, count)
  }
  into.set(new Uint8Array(digests.buffer, digests.byteOffset, HASH_BYTES), offset)
}

function edgeBytes(size: number): number {
  let bits = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2
  return bits * HASH_BYTES
}

/** The root over leaves of 32 bytes each, laid end to end. */
export function merkleRoot(leaves: Uint8Array): Uint8Array {
  const tree = new MerkleRoot()
  tree.addLeaves(leaves)
  return tree.root()
}
