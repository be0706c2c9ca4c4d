// The prefix tree over the leaves of a release: built once, kept as a file, and asked for proofs without reading it whole.
// The path of a leaf is the bits of its key, which leaves a builder no choice where to put it (draft-ietf-keytrans-protocol,
// prefix tree; frozen in docs/spec/release-trees.md).
//
// The file, integers big-endian:
//
//   "fairshare-tree-1" ‖ count u32 ‖ bits u32 ‖ root ‖ 8 zero bytes
//   2^bits + 1 × u32    by the first `bits` bits of a key: where its cell begins among the leaves; last, count
//   2^bits × 32         the hash of each cell: the node at depth `bits`; a lone leaf's if the cell has one leaf
//   count × 64          key ‖ commitment, by growing key
//
// `bits` follows from count, so that a cell has about a hundred leaves: a proof reads one cell and hashes that again.

import { equalBytes, utf8 } from './bytes.ts'
import { hashCells } from './prefix-levels.ts'
import {
  bitOf,
  DEPTH_MAX,
  KEY_BYTES,
  PARENT_PREFIX,
  type PrefixLeaf,
  type PrefixProof,
  verifyPrefixProof,
} from './prefix-proof.ts'
import { RangeHasher } from './range-hasher.ts'
import { HASH_BYTES, sha256Into } from './sha256.ts'
import { LEAF_BYTES, sortLeaves } from './sort-leaves.ts'

const CELL_LEAVES_LOG2 = 7
/** Buckets that are sorted are so many times smaller than a cell; of 8 to 16 leaves, that is fastest. */
const BUCKETS_PER_CELL_LOG2 = 4
const COUNT_MAX = 2 ** 31
const magic = utf8('fairshare-tree-1')
const HEADER_BYTES = 64
const ROOT_AT = 24
const ROOT_END = ROOT_AT + HASH_BYTES

export type PrefixTree = {
  root: Uint8Array
  count: number
  /** That the key is in the tree, or that it is not: which, the tree decides. */
  prove(key: Uint8Array): PrefixProof
  /** What `openPrefixTree` reads, to be written piece after piece. */
  toBytes(): readonly Uint8Array[]
}

export type PrefixTreeFile = { root: Uint8Array; count: number; prove(key: Uint8Array): Promise<PrefixProof> }

/** `leaves` begins with `count` leaves, key ‖ commitment, in any order; it stays as it is. Throws if two keys are equal. */
export function buildPrefixTree(leaves: Uint8Array, count: number): PrefixTree {
  if (!(count >= 0 && count < COUNT_MAX && LEAF_BYTES * count <= leaves.length))
    throw new Error('fewer leaves than were counted')
  const bits = cellBits(count)
  const sorted = sortLeaves(leaves, count, bits + BUCKETS_PER_CELL_LOG2)
  const starts = new Uint32Array(2 ** bits + 1).map((_, i) => sorted.starts[i << BUCKETS_PER_CELL_LOG2]!)
  const hashes = new Uint8Array(HASH_BYTES * 2 ** bits)
  hashCells(sorted.leaves, starts, bits, hashes)
  const upper = new UpperTree(bits, starts, hashes)
  return {
    root: upper.root(),
    count,
    prove: (key) => {
      const path = upper.descend(key)
      return finishProof(upper.root(), key, path, leavesBetween(sorted.leaves, path.from, path.to))
    },
    toBytes: () => [headerBytes(count, bits, upper.root()), startsBytes(starts), hashes, sorted.leaves],
  }
}

/** Reads all but the leaves, and checks it against the root; leaves are read, and checked, when they are needed. */
export async function openPrefixTree(
  size: number,
  readAt: (offset: number, length: number) => Promise<Uint8Array>,
): Promise<PrefixTreeFile> {
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const bytes = offset + length <= size ? await readAt(offset, length) : new Uint8Array(0)
    if (bytes.length !== length) throw new Error('a prefix tree file ends too early')
    return bytes
  }
  const { count, bits, root } = readHeader(await read(0, HEADER_BYTES))
  const startsLength = 4 * (2 ** bits + 1)
  const leavesAt = HEADER_BYTES + startsLength + HASH_BYTES * 2 ** bits
  if (size !== leavesAt + LEAF_BYTES * count) throw new Error('a prefix tree file has not the size it says')
  const starts = readStarts(await read(HEADER_BYTES, startsLength), count)
  const upper = new UpperTree(bits, starts, await read(HEADER_BYTES + startsLength, HASH_BYTES * 2 ** bits))
  if (!equalBytes(upper.root(), root)) throw new Error('a prefix tree file does not have the root it says')
  return {
    root,
    count,
    prove: async (key) => {
      const path = upper.descend(key)
      const length = LEAF_BYTES * (path.to - path.from)
      return finishProof(root, key, path, await read(leavesAt + LEAF_BYTES * path.from, length))
    },
  }
}

/** The way down from the root as far as the upper tree goes: what stands beside it, root first, and the leaves it leads to. */
type Path = { beside: Uint8Array[]; from: number; to: number }

/** The levels above the cells, whose hashes are its last. */
class UpperTree {
  readonly #bits: number
  readonly #starts: Uint32Array
  /** The root is node 1, the children of node n are 2n and 2n + 1. */
  readonly #nodes: Uint8Array

  constructor(bits: number, starts: Uint32Array, cells: Uint8Array) {
    this.#bits = bits
    this.#starts = starts
    this.#nodes = new Uint8Array(2 * cells.length)
    this.#nodes.set(cells, cells.length)
    const parent = new Uint8Array(1 + 2 * HASH_BYTES)
    parent[0] = PARENT_PREFIX
    for (let depth = bits - 1; depth >= 0; depth--)
      for (let index = 0; index < 2 ** depth; index++) this.#hashNode(depth, index, parent)
  }

  root(): Uint8Array {
    return this.#hashAt(1)
  }

  descend(key: Uint8Array): Path {
    if (key.length !== KEY_BYTES) throw new Error('a key is 32 bytes')
    const beside: Uint8Array[] = []
    let index = 0
    let depth = 0
    for (; depth < this.#bits && this.#count(depth, index) > 1; depth++) {
      index = 2 * index + bitOf(key, depth)
      beside.push(this.#hashAt((2 ** (depth + 1) + index) ^ 1))
    }
    return { beside, from: this.#start(depth, index), to: this.#start(depth, index + 1) }
  }

  #hashNode(depth: number, index: number, parent: Uint8Array): void {
    const at = HASH_BYTES * (2 ** depth + index)
    const left = 2 * at
    const count = this.#count(depth, index)
    if (count === 0) return
    if (count > 1) {
      parent.set(this.#nodes.subarray(left, left + 2 * HASH_BYTES), 1)
      sha256Into(parent, this.#nodes, at)
      return
    }
    const child = this.#count(depth + 1, 2 * index) === 1 ? left : left + HASH_BYTES
    this.#nodes.copyWithin(at, child, child + HASH_BYTES)
  }

  #hashAt(node: number): Uint8Array {
    return new Uint8Array(this.#nodes.subarray(HASH_BYTES * node, HASH_BYTES * (node + 1)))
  }

  #count(depth: number, index: number): number {
    return this.#start(depth, index + 1) - this.#start(depth, index)
  }

  #start(depth: number, index: number): number {
    return this.#starts[index * 2 ** (this.#bits - depth)]!
  }
}

/**
 * From the leaves that the path leads to. A proof that does not verify is never given away, whatever is wrong with the file:
 * the root is what was published.
 */
function finishProof(root: Uint8Array, key: Uint8Array, path: Path, leaves: Uint8Array): PrefixProof {
  const hasher = new RangeHasher()
  const copath = [...path.beside]
  let from = 0
  let to = leaves.length / LEAF_BYTES
  while (to - from > 1 && copath.length < DEPTH_MAX) {
    const depth = copath.length
    const middle = firstWithBit(leaves, from, to, depth)
    const beside = new Uint8Array(HASH_BYTES)
    if (bitOf(key, depth) === 0) {
      hasher.hashRange(leaves, middle, to, depth + 1, beside, 0)
      to = middle
    } else {
      hasher.hashRange(leaves, from, middle, depth + 1, beside, 0)
      from = middle
    }
    copath.push(new Uint8Array(beside))
  }
  const leaf = to - from === 1 ? leafAt(leaves, from) : undefined
  const proof = endProof(key, copath.reverse(), leaf)
  const commitment = proof.result === 'inclusion' ? leaf?.commitment : undefined
  if (verifyPrefixProof(root, key, commitment, proof)) return proof
  throw new Error('the leaves of a prefix tree are not those of its root')
}

function endProof(key: Uint8Array, copath: Uint8Array[], leaf: PrefixLeaf | undefined): PrefixProof {
  const depth = copath.length
  if (leaf === undefined) return { result: 'non-inclusion-parent', depth, copath }
  if (equalBytes(leaf.key, key)) return { result: 'inclusion', depth, copath }
  return { result: 'non-inclusion-leaf', depth, copath, leaf }
}

/** The first of sorted leaves whose key has bit `index`, or `to`. */
function firstWithBit(leaves: Uint8Array, from: number, to: number, index: number): number {
  let at = from
  while (at < to && bitOf(leafAt(leaves, at).key, index) === 0) at++
  return at
}

function leafAt(leaves: Uint8Array, index: number): PrefixLeaf {
  const leaf = new Uint8Array(leavesBetween(leaves, index, index + 1))
  return { key: leaf.slice(0, KEY_BYTES), commitment: leaf.slice(KEY_BYTES) }
}

function leavesBetween(leaves: Uint8Array, from: number, to: number): Uint8Array {
  return leaves.subarray(LEAF_BYTES * from, LEAF_BYTES * to)
}

function cellBits(count: number): number {
  return count === 0 ? 0 : Math.max(0, 31 - Math.clz32(count) - CELL_LEAVES_LOG2)
}

function headerBytes(count: number, bits: number, root: Uint8Array): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES)
  const view = viewOf(header)
  header.set(magic)
  view.setUint32(magic.length, count)
  view.setUint32(magic.length + 4, bits)
  header.set(root, ROOT_AT)
  return header
}

function readHeader(header: Uint8Array): { count: number; bits: number; root: Uint8Array } {
  if (!equalBytes(header.subarray(0, magic.length), magic)) throw new Error('not a prefix tree file')
  const view = viewOf(header)
  const count = view.getUint32(magic.length)
  const bits = view.getUint32(magic.length + 4)
  if (count >= COUNT_MAX || bits !== cellBits(count) || header.subarray(ROOT_END).some((byte) => byte !== 0))
    throw new Error('a prefix tree file with a header that no builder writes')
  return { count, bits, root: new Uint8Array(header.subarray(ROOT_AT, ROOT_END)) }
}

function startsBytes(starts: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(4 * starts.length)
  const view = viewOf(bytes)
  starts.forEach((start, i) => {
    view.setUint32(4 * i, start)
  })
  return bytes
}

function readStarts(bytes: Uint8Array, count: number): Uint32Array {
  const view = viewOf(bytes)
  const starts = new Uint32Array(bytes.length / 4).map((_, i) => view.getUint32(4 * i))
  const grows = starts.every((start, i) => i === 0 || start >= starts[i - 1]!)
  if (grows && starts[0] === 0 && starts.at(-1) === count) return starts
  throw new Error('a prefix tree file whose cells do not add up')
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}
