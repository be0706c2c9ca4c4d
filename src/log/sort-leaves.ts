// Puts the leaves of a prefix tree in the order of their keys: counted into buckets by their first bits, then sorted in each; and
// says, of two that follow one another, where they part.
export const LEAF_BYTES = 64

const LEAF_WORDS = LEAF_BYTES / 4
/** Keys are hashes, so buckets are small and an insertion sort is the fastest; a longer one means keys that are not. */
const INSERTION_MAX = 128
/** A million leaves are 256 parts of a few hundred kilobytes, which a processor keeps at hand. */
const PART_BITS = 8

export type SortedLeaves = {
  leaves: Uint8Array
  /** By the first `bits` bits of a key: where the leaves that begin with them begin, and last the number of leaves. */
  starts: Uint32Array
}

/** `leaves` are key ‖ commitment, 64 bytes each, and stay as they are; `bits` is 1 to 31. Equal keys stay side by side: the builder refuses them. */
export function sortLeaves(leaves: Uint8Array, count: number, bits: number): SortedLeaves {
  const starts = countBuckets(new DataView(leaves.buffer, leaves.byteOffset, LEAF_BYTES * count), count, bits)
  const partBits = Math.min(bits, PART_BITS)
  const parted = partLeaves(leaves, count, partBits)
  const parts = new PartSorter(parted, starts, bits)
  const step = 2 ** (bits - partBits)
  for (let bucket = 0; bucket < 2 ** bits; bucket += step) parts.sort(bucket, bucket + step)
  return { leaves: new Uint8Array(parted.buffer), starts }
}

function countBuckets(view: DataView, count: number, bits: number): Uint32Array {
  const starts = new Uint32Array((1 << bits) + 1)
  for (let i = 0; i < count; i++) {
    const next = (view.getUint32(LEAF_BYTES * i) >>> (32 - bits)) + 1
    starts[next] = starts[next]! + 1
  }
  for (let bucket = 1; bucket < starts.length; bucket++)
    starts[bucket] = starts[bucket]! + starts[bucket - 1]!
  return starts
}

/** The leaves by their first bits, a copy: what is read and written to and fro after this lies close together. */
function partLeaves(leaves: Uint8Array, count: number, partBits: number): Uint32Array {
  const aligned = leaves.byteOffset % 4 === 0 ? leaves : new Uint8Array(leaves)
  const from = new Uint32Array(aligned.buffer, aligned.byteOffset, LEAF_WORDS * count)
  const to = new Uint32Array(LEAF_WORDS * count)
  const view = new DataView(aligned.buffer, aligned.byteOffset, LEAF_BYTES * count)
  const next = countBuckets(view, count, partBits)
  for (let i = 0; i < count; i++)
    copyLeaf(from, i, to, next[view.getUint32(LEAF_BYTES * i) >>> (32 - partBits)]!++)
  return to
}

/** Sorts parts of the leaves where they stand, one after another. */
class PartSorter {
  readonly #leaves: Uint32Array
  readonly #view: DataView
  readonly #bits: number
  readonly #starts: Uint32Array
  readonly #next: Uint32Array
  /** Of the part, leaf by leaf as buckets have them: which it is, and the 32 bits after those that chose the bucket. */
  #order = new Uint32Array(0)
  #nextBits = new Uint32Array(0)
  #sorted = new Uint32Array(0)

  constructor(leaves: Uint32Array, starts: Uint32Array, bits: number) {
    this.#leaves = leaves
    this.#view = new DataView(leaves.buffer)
    this.#bits = bits
    this.#starts = starts
    this.#next = starts.slice()
  }

  /** The buckets from `first` to before `end`. */
  sort(first: number, end: number): void {
    const from = this.#starts[first]!
    const count = this.#starts[end]! - from
    this.#fillBuckets(from, count)
    for (let bucket = first; bucket < end; bucket++)
      sortBucket(
        this.#view,
        this.#order,
        this.#nextBits,
        this.#starts[bucket]! - from,
        this.#starts[bucket + 1]! - from,
      )
    for (let i = 0; i < count; i++) copyLeaf(this.#leaves, this.#order[i]!, this.#sorted, i)
    this.#leaves.set(this.#sorted.subarray(0, LEAF_WORDS * count), LEAF_WORDS * from)
  }

  #fillBuckets(from: number, count: number): void {
    if (count > this.#order.length) {
      this.#order = new Uint32Array(count)
      this.#nextBits = new Uint32Array(count)
      this.#sorted = new Uint32Array(LEAF_WORDS * count)
    }
    const bits = this.#bits
    for (let i = from; i < from + count; i++) {
      const bits32 = this.#view.getUint32(LEAF_BYTES * i)
      const place = this.#next[bits32 >>> (32 - bits)]!++ - from
      this.#order[place] = i
      this.#nextBits[place] = (bits32 << bits) | (this.#view.getUint32(LEAF_BYTES * i + 4) >>> (32 - bits))
    }
  }
}

function sortBucket(
  view: DataView,
  order: Uint32Array,
  nextBits: Uint32Array,
  from: number,
  to: number,
): void {
  if (to - from > INSERTION_MAX) {
    order.subarray(from, to).sort((a, b) => compareKeys(view, a, b))
    return
  }
  for (let i = from + 1; i < to; i++) {
    const leaf = order[i]!
    const bits = nextBits[i]!
    let at = i
    while (at > from && isBefore(view, bits, leaf, nextBits[at - 1]!, order[at - 1]!)) {
      order[at] = order[at - 1]!
      nextBits[at] = nextBits[at - 1]!
      at--
    }
    order[at] = leaf
    nextBits[at] = bits
  }
}

function isBefore(view: DataView, bits: number, leaf: number, otherBits: number, other: number): boolean {
  return bits === otherBits ? compareKeys(view, leaf, other) < 0 : bits < otherBits
}

function compareKeys(view: DataView, a: number, b: number): number {
  for (let word = 0; word < LEAF_BYTES / 2; word += 4) {
    const difference = view.getUint32(LEAF_BYTES * a + word) - view.getUint32(LEAF_BYTES * b + word)
    if (difference !== 0) return difference
  }
  return 0
}

/** Word by word: for 64 bytes, `copy` and `set` take twice as long. */
function copyLeaf(from: Uint32Array, index: number, to: Uint32Array, place: number): void {
  for (let word = 0; word < LEAF_WORDS; word++)
    to[LEAF_WORDS * place + word] = from[LEAF_WORDS * index + word]!
}

/** How many first bits leaf `index` of sorted leaves and the next have in common; throws unless the next key is greater and shares `depth`. */
export function sharedBits(view: DataView, index: number, depth: number): number {
  const at = LEAF_BYTES * index
  for (let word = 0; word < LEAF_BYTES / 2; word += 4) {
    const key = view.getUint32(at + word)
    const next = view.getUint32(at + LEAF_BYTES + word)
    if (key === next) continue
    const bits = 8 * word + Math.clz32(key ^ next)
    if (key < next && bits >= depth) return bits
    throw new Error('the leaves of a prefix tree are out of order')
  }
  throw new Error('two leaves of a prefix tree have one key')
}
