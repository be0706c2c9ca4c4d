// The hashes of a prefix tree's cells, many nodes at once: what stands at one height over its leaves is hashed together, over
// as many cells as make large batches. The same hashes as range-hasher.ts gives, which goes from leaf to leaf, and against
// which tests hold it.
import { DEPTH_MAX, LEAF_PREFIX, PARENT_PREFIX } from './prefix-proof.ts'
import { HASH_BYTES } from './sha256.ts'
import { DIGEST_WORDS, LaneHasher, wordsOf } from './sha256-lanes.ts'
import { LEAF_BYTES, sharedBits } from './sort-leaves.ts'

const LEAF_WORDS = LEAF_BYTES / 4
/** Of so many leaves, hashes and nodes stay within a processor's own memory. */
const GROUP_LEAVES = 4096
/** The node that is not there: 32 zero bytes. */
const ABSENT = 0

let hashers: { leaf: LaneHasher; parent: LaneHasher } | undefined

/**
 * Writes the hash of each cell into `into`, 32 bytes each: of the node at depth `bits` whose leaves are those from one of
 * `starts` to before the next. `leaves` begin at a word. Throws unless keys grow from leaf to leaf and agree in `bits`.
 */
export function hashCells(leaves: Uint8Array, starts: Uint32Array, bits: number, into: Uint8Array): void {
  const cells = starts.length - 1
  const group = new CellGroup(leaves, wordsOf(into))
  for (let first = 0; first < cells; ) {
    let end = first + 1
    while (end < cells && starts[end + 1]! - starts[first]! <= GROUP_LEAVES) end++
    group.hash(starts, first, end, bits)
    first = end
  }
}

/** Nodes have numbers: `ABSENT`, the leaves of the group from 1, then parents as they are found. */
class CellGroup {
  readonly #leafWords: Uint32Array
  readonly #view: DataView
  readonly #into: Uint32Array
  readonly #hashers: { leaf: LaneHasher; parent: LaneHasher }
  #hashes = new Uint32Array(0)
  #left = new Uint32Array(0)
  #right = new Uint32Array(0)
  /** Of leaves 0, of parents one more than of the higher child. */
  #heights = new Uint16Array(0)
  #nodes = 0
  /** Left children that wait for what is to their right, at growing depths. */
  readonly #waiting = new Uint32Array(DEPTH_MAX + 1)
  readonly #waitingDepths = new Uint16Array(DEPTH_MAX + 1)
  #waitingCount = 0

  constructor(leaves: Uint8Array, into: Uint32Array) {
    this.#leafWords = wordsOf(leaves)
    this.#view = new DataView(leaves.buffer, leaves.byteOffset, leaves.length)
    this.#into = into
    hashers ??= {
      leaf: new LaneHasher(Uint8Array.of(LEAF_PREFIX), LEAF_BYTES),
      parent: new LaneHasher(Uint8Array.of(PARENT_PREFIX), 2 * HASH_BYTES),
    }
    this.#hashers = hashers
  }

  /** The cells from `first` to before `end`. */
  hash(starts: Uint32Array, first: number, end: number, bits: number): void {
    const from = starts[first]!
    const count = starts[end]! - from
    this.#nodes = 1 + count
    this.#makeRoom()
    this.#heights.fill(0, 0, this.#nodes)
    const roots = new Uint32Array(end - first)
    for (let cell = first; cell < end; cell++)
      roots[cell - first] = this.#findParents(starts[cell]!, starts[cell + 1]!, bits, 1 - from)
    this.#hashLeaves(from, count)
    this.#hashParents(1 + count)
    roots.forEach((root, i) => {
      copyDigest(this.#hashes, root, this.#into, first + i)
    })
  }

  /** Gives the root of the leaves from `from` to before `to`, of which leaf i is node `i + shift`. */
  #findParents(from: number, to: number, depth: number, shift: number): number {
    if (from === to) return ABSENT
    this.#waitingCount = 0
    let before = depth - 1
    for (let i = from; i < to; i++) {
      const after = i + 1 === to ? depth - 1 : sharedBits(this.#view, i, depth)
      this.#addLeaf(i, i + shift, Math.max(before, after, -1) + 1, after + 1)
      before = after
    }
    return this.#waiting[0]!
  }

  /** A leaf stands at `depth`; of the nodes above it, those down to `top` have all their leaves now. */
  #addLeaf(index: number, node: number, depth: number, top: number): void {
    let root = node
    for (let at = depth; at > top; at--) {
      const byte = this.#view.getUint8(LEAF_BYTES * index + ((at - 1) >>> 3))
      const isRight = ((byte >>> (7 - ((at - 1) & 7))) & 1) === 1
      root = isRight ? this.#addParent(this.#takeLeft(at), root) : this.#addParent(root, ABSENT)
    }
    this.#waiting[this.#waitingCount] = root
    this.#waitingDepths[this.#waitingCount++] = top
  }

  /** Whoever waits last, at the same depth, is the left sibling; otherwise there is none. */
  #takeLeft(depth: number): number {
    const last = this.#waitingCount - 1
    if (last < 0 || this.#waitingDepths[last] !== depth) return ABSENT
    this.#waitingCount = last
    return this.#waiting[last]!
  }

  #addParent(left: number, right: number): number {
    if (this.#nodes === this.#heights.length) this.#makeRoom()
    const node = this.#nodes++
    this.#left[node] = left
    this.#right[node] = right
    this.#heights[node] = 1 + Math.max(this.#heights[left]!, this.#heights[right]!)
    return node
  }

  #makeRoom(): void {
    if (this.#nodes < this.#heights.length) return
    const room = 3 * this.#nodes
    this.#hashes = new Uint32Array(DIGEST_WORDS * room)
    this.#left = enlarged(this.#left, new Uint32Array(room))
    this.#right = enlarged(this.#right, new Uint32Array(room))
    this.#heights = enlarged(this.#heights, new Uint16Array(room))
  }

  #hashLeaves(from: number, count: number): void {
    const { leaf } = this.#hashers
    for (let done = 0; done < count; ) {
      const batch = Math.min(leaf.capacity, count - done)
      const digests = leaf.hashWords(this.#leafWords, LEAF_WORDS * (from + done), batch)
      this.#hashes.set(digests.subarray(0, DIGEST_WORDS * batch), DIGEST_WORDS * (1 + done))
      done += batch
    }
  }

  /** Parents are the nodes from `first` on. */
  #hashParents(first: number): void {
    const { order, starts } = byHeight(this.#heights, first, this.#nodes)
    const { capacity } = this.#hashers.parent
    for (let height = 0; height + 1 < starts.length; height++)
      for (let at = starts[height]!; at < starts[height + 1]!; at += capacity)
        this.#hashBatch(order.subarray(at, Math.min(at + capacity, starts[height + 1]!)))
  }

  #hashBatch(parents: Uint32Array): void {
    const { lanes, firstWord, strideWords } = this.#hashers.parent
    const { words, digests } = lanes
    const hashes = this.#hashes
    for (let i = 0; i < parents.length; i++) {
      const left = DIGEST_WORDS * this.#left[parents[i]!]!
      const right = DIGEST_WORDS * this.#right[parents[i]!]!
      const to = firstWord + strideWords * i
      for (let word = 0; word < DIGEST_WORDS; word++) {
        words[to + word] = hashes[left + word]!
        words[to + DIGEST_WORDS + word] = hashes[right + word]!
      }
    }
    lanes.hash(parents.length)
    for (let i = 0; i < parents.length; i++) copyDigest(digests, i, hashes, parents[i]!)
  }
}

/** The nodes from `first` to before `end`, lowest first, and where each height begins among them. */
function byHeight(heights: Uint16Array, first: number, end: number) {
  const starts = new Uint32Array(DEPTH_MAX + 2)
  for (let node = first; node < end; node++) starts[heights[node]! + 1]!++
  for (let height = 1; height < starts.length; height++) starts[height]! += starts[height - 1]!
  const next = starts.slice()
  const order = new Uint32Array(end - first)
  for (let node = first; node < end; node++) order[next[heights[node]!]!++] = node
  return { order, starts }
}

function copyDigest(from: Uint32Array, index: number, to: Uint32Array, place: number): void {
  for (let word = 0; word < DIGEST_WORDS; word++)
    to[DIGEST_WORDS * place + word] = from[DIGEST_WORDS * index + word]!
}

function enlarged<T extends Uint32Array | Uint16Array>(from: T, to: T): T {
  to.set(from)
  return to
}
