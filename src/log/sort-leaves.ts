// Puts the leaves of a prefix tree in the order of their keys: counted into buckets by their first bits, then sorted in each.
export const LEAF_BYTES = 64

const LEAF_WORDS = LEAF_BYTES / 4
/** Keys are hashes, so buckets are small and an insertion sort is the fastest; a longer one means keys that are not. */
const INSERTION_MAX = 128

export type SortedLeaves = {
  leaves: Buffer
  /** By the first `bits` bits of a key: where the leaves that begin with them begin, and last the number of leaves. */
  starts: Uint32Array
}

/** `leaves` are key ‖ commitment, 64 bytes each, and stay as they are; `bits` is 1 to 31. Equal keys stay side by side: the builder refuses them. */
export function sortLeaves(leaves: Buffer, count: number, bits: number): SortedLeaves {
  const view = new DataView(leaves.buffer, leaves.byteOffset, LEAF_BYTES * count)
  const starts = countBuckets(view, count, bits)
  const { order, nextBits } = fillBuckets(view, count, bits, starts)
  for (let bucket = 0; bucket < 1 << bits; bucket++)
    sortBucket(view, order, nextBits, starts[bucket]!, starts[bucket + 1]!)
  return { leaves: gather(leaves, order), starts }
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

/** The leaves by bucket, and of each the 32 bits after those that chose the bucket. */
function fillBuckets(view: DataView, count: number, bits: number, starts: Uint32Array) {
  const next = starts.slice()
  const order = new Uint32Array(count)
  const nextBits = new Uint32Array(count)
  for (let i = 0; i < count; i++) {
    const at = LEAF_BYTES * i
    const bits32 = view.getUint32(at)
    const bucket = bits32 >>> (32 - bits)
    const place = next[bucket]!
    next[bucket] = place + 1
    order[place] = i
    nextBits[place] = (bits32 << bits) | (view.getUint32(at + 4) >>> (32 - bits))
  }
  return { order, nextBits }
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
function gather(leaves: Buffer, order: Uint32Array): Buffer {
  const aligned = leaves.byteOffset % 4 === 0 ? leaves : Buffer.from(new Uint8Array(leaves).buffer)
  const from = new Uint32Array(aligned.buffer, aligned.byteOffset, LEAF_WORDS * order.length)
  const to = new Uint32Array(LEAF_WORDS * order.length)
  for (let i = 0; i < order.length; i++) {
    const source = LEAF_WORDS * order[i]!
    const target = LEAF_WORDS * i
    for (let word = 0; word < LEAF_WORDS; word++) to[target + word] = from[source + word]!
  }
  return Buffer.from(to.buffer)
}
