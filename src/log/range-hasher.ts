// The hash of any part of a prefix tree, from the sorted leaves below it, in one pass and without recursion:
//
//   no leaf       32 zero bytes
//   one leaf      SHA-256(0x02 ‖ key ‖ commitment), at whatever depth it is alone
//   two or more   SHA-256(0x03 ‖ left ‖ right), by the next bit of the keys
import { DEPTH_MAX, LEAF_PREFIX, PARENT_PREFIX } from './prefix-proof.ts'
import { HASH_BYTES, sha256Into } from './sha256.ts'
import { LEAF_BYTES, sharedBits } from './sort-leaves.ts'

const LEFT_AT = 1
const RIGHT_AT = 1 + HASH_BYTES

/** Reuses its buffers, so it serves one caller at a time. */
export class RangeHasher {
  readonly #leaf = new Uint8Array(1 + LEAF_BYTES)
  readonly #parent = new Uint8Array(1 + 2 * HASH_BYTES)
  /** Left children that wait for what is to their right, at growing depths. */
  readonly #waiting = new Uint8Array((DEPTH_MAX + 1) * HASH_BYTES)
  readonly #waitingDepths = new Uint16Array(DEPTH_MAX + 1)
  #waitingCount = 0

  constructor() {
    this.#leaf[0] = LEAF_PREFIX
    this.#parent[0] = PARENT_PREFIX
  }

  /**
   * Writes the hash of the node at `depth` whose leaves are those from `from` to before `to`. Throws unless their keys
   * grow from leaf to leaf and agree in the first `depth` bits: in any other order a tree comes out, and it is a wrong one.
   */
  hashRange(
    leaves: Uint8Array,
    from: number,
    to: number,
    depth: number,
    into: Uint8Array,
    offset: number,
  ): void {
    if (from === to) {
      into.fill(0, offset, offset + HASH_BYTES)
      return
    }
    const view = new DataView(leaves.buffer, leaves.byteOffset, leaves.length)
    this.#waitingCount = 0
    let before = depth - 1
    for (let i = from; i < to; i++) {
      const after = i + 1 === to ? depth - 1 : sharedBits(view, i, depth)
      this.#addLeaf(leaves, i, Math.max(before, after, -1) + 1, after + 1)
      before = after
    }
    into.set(this.#waiting.subarray(0, HASH_BYTES), offset)
  }

  /** A leaf stands at `depth`; of the nodes above it, those down to `top` have all their leaves now. */
  #addLeaf(leaves: Uint8Array, index: number, depth: number, top: number): void {
    const key = LEAF_BYTES * index
    for (let i = 0; i < LEAF_BYTES; i++) this.#leaf[1 + i] = leaves[key + i]!
    let bit = this.#keep(this.#leaf, leaves, key, depth, top)
    for (let at = depth; at > top; at--) {
      if (bit === 1) this.#takeLeft(at)
      else this.#parent.fill(0, RIGHT_AT)
      bit = this.#keep(this.#parent, leaves, key, at - 1, top)
    }
  }

  /** Hashes a node at `depth` to where it is needed: into its parent, or among those that wait. Gives its side. */
  #keep(node: Uint8Array, leaves: Uint8Array, key: number, depth: number, top: number): number {
    if (depth > top) {
      const bit = (leaves[key + ((depth - 1) >>> 3)]! >>> (7 - ((depth - 1) & 7))) & 1
      sha256Into(node, this.#parent, bit === 0 ? LEFT_AT : RIGHT_AT)
      return bit
    }
    sha256Into(node, this.#waiting, this.#waitingCount * HASH_BYTES)
    this.#waitingDepths[this.#waitingCount++] = depth
    return 0
  }

  /** Whoever waits last, at the same depth, is the left sibling; otherwise there is none. */
  #takeLeft(depth: number): void {
    const last = this.#waitingCount - 1
    if (last >= 0 && this.#waitingDepths[last] === depth) {
      this.#waitingCount = last
      const at = last * HASH_BYTES
      for (let i = 0; i < HASH_BYTES; i++) this.#parent[LEFT_AT + i] = this.#waiting[at + i]!
    } else {
      this.#parent.fill(0, LEFT_AT, RIGHT_AT)
    }
  }
}
