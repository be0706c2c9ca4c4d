// SHA-256 of many short messages of one length: four at a time in WebAssembly, one after another where that is missing. Every
// batch is spot-checked against the other code (`sha256Into`), so that a processor or compiler that errs is no matter of trust.
import { HASH_BYTES, sha256Into } from './sha256.ts'
import { emitLaneModule, LANE_TABLES_END } from './sha256-lanes-module.ts'

const LANES = 4
const BLOCK_BYTES = 64
/** What stands behind a message at least: one bit, and its length as u64. */
const PADDING_BYTES_MIN = 9
const PAGE_BYTES = 65_536
/** Small enough for a processor's own memory, large enough that a batch is mostly full. */
const PAGES = 4
export const DIGEST_WORDS = HASH_BYTES / 4
const PAD = 0x80
/** Smaller batches are the ends of larger work. */
const CHECKED_FROM = 64

/** Blocks that a message of so many bytes takes with its padding. */
export function blocksOf(messageBytes: number): number {
  return Math.ceil((messageBytes + PADDING_BYTES_MIN) / BLOCK_BYTES)
}

/**
 * Room for messages of `blocks` blocks each, whose padding their writer writes. Byte 0 of message i is at `firstByte + i *
 * strideBytes` of `bytes`; byte `aligned` of each is the first of a word of `words`. It serves one caller at a time.
 */
export class MessageLanes {
  readonly capacity: number
  readonly firstByte: number
  readonly strideBytes: number
  readonly bytes: Uint8Array
  readonly words: Uint32Array
  /** Of message i: the eight words from 8 · i, their bytes in the order of the digest. Whole until the next `hash`. */
  readonly digests: Uint32Array
  readonly #digestsAt: number
  readonly #blocks: number
  readonly #hashLanes: LaneHash | undefined
  readonly #check = new Uint8Array(HASH_BYTES)
  #checked = 0

  constructor(blocks: number, aligned = 0) {
    this.#blocks = blocks
    this.strideBytes = blocks * BLOCK_BYTES
    this.firstByte = LANE_TABLES_END + ((4 - (aligned % 4)) % 4)
    const room = PAGES * PAGE_BYTES - this.firstByte - 4
    this.capacity = LANES * Math.floor(room / LANES / (this.strideBytes + HASH_BYTES))
    if (this.capacity === 0) throw new Error('messages of so many blocks are for another hasher')
    const { memory, hash } = openLanes()
    this.#hashLanes = hash
    this.bytes = new Uint8Array(memory)
    this.words = new Uint32Array(memory)
    this.#digestsAt = PAGES * PAGE_BYTES - HASH_BYTES * this.capacity
    this.digests = new Uint32Array(memory, this.#digestsAt)
  }

  /** Hashes the first `count` messages. */
  hash(count: number): void {
    if (!(count <= this.capacity)) throw new Error('more messages than there is room for')
    if (this.#hashLanes === undefined) {
      for (let i = 0; i < count; i++)
        sha256Into(this.#message(i), this.bytes, this.#digestsAt + HASH_BYTES * i)
      return
    }
    if (count === 0) return
    this.#hashLanes(this.firstByte, this.strideBytes, this.#blocks, Math.ceil(count / LANES), this.#digestsAt)
    if (count >= CHECKED_FROM) this.#checkOne(this.#checked++ % count)
  }

  /** Without its padding, which says how long it is. */
  #message(index: number): Uint8Array {
    const at = this.firstByte + this.strideBytes * index
    const lengthAt = at + this.strideBytes - 4
    const bits = new DataView(this.bytes.buffer, lengthAt).getUint32(0)
    return this.bytes.subarray(at, at + bits / 8)
  }

  #checkOne(index: number): void {
    sha256Into(this.#message(index), this.#check, 0)
    const at = this.#digestsAt + HASH_BYTES * index
    for (let i = 0; i < HASH_BYTES; i++)
      if (this.bytes[at + i] !== this.#check[i]) throw new Error('two codes gave one message two digests')
  }
}

/** Ends a message of `length` bytes at `at` that takes `blocks` blocks. */
export function writePadding(bytes: Uint8Array, at: number, length: number, blocks: number): void {
  const end = at + blocks * BLOCK_BYTES
  bytes[at + length] = PAD
  bytes.fill(0, at + length + 1, end - 4)
  const bits = 8 * length
  for (let i = 0; i < 4; i++) bytes[end - 1 - i] = bits >>> (8 * i)
}

/** Messages that are `prefix` ‖ so many bytes of data: prefix and padding are there already. */
export class LaneHasher {
  readonly lanes: MessageLanes
  /** Word of `lanes.words` where the data of message 0 begins; that of the next is `strideWords` on. */
  readonly firstWord: number
  readonly strideWords: number
  readonly #dataWords: number

  constructor(prefix: Uint8Array, dataBytes: number) {
    const length = prefix.length + dataBytes
    const blocks = blocksOf(length)
    this.lanes = new MessageLanes(blocks, prefix.length)
    const { bytes, firstByte, strideBytes, capacity } = this.lanes
    this.firstWord = (firstByte + prefix.length) / 4
    this.strideWords = strideBytes / 4
    this.#dataWords = dataBytes >>> 2
    for (let i = 0; i < capacity; i++) {
      bytes.set(prefix, firstByte + strideBytes * i)
      writePadding(bytes, firstByte + strideBytes * i, length, blocks)
    }
  }

  get capacity(): number {
    return this.lanes.capacity
  }

  /** Digests of the first `count` data that stand end to end from word `at` of `data`, all of them of whole words. */
  hashWords(data: Uint32Array, at: number, count: number): Uint32Array {
    const { words, digests } = this.lanes
    const length = this.#dataWords
    for (let i = 0; i < count; i++) {
      const from = at + length * i
      const to = this.firstWord + this.strideWords * i
      for (let word = 0; word < length; word++) words[to + word] = data[from + word]!
    }
    this.lanes.hash(count)
    return digests
  }
}

/** Bytes as words for copying; what is copied word by word must begin at a word. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2)
}

type LaneHash = (
  messages: number,
  strideBytes: number,
  blocks: number,
  groups: number,
  digests: number,
) => void

type LaneExports = { memory: { buffer: ArrayBuffer }; hash: LaneHash }

declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object
  Instance: new (module: object) => { exports: LaneExports }
}

/** undefined: not made yet; false: not to be had here. */
let laneModule: object | false | undefined

/** No WebAssembly, none with vectors, a page that forbids it, no room for one more: all the same, slower. */
function openLanes(): { memory: ArrayBuffer; hash?: LaneHash } {
  try {
    laneModule ??= typeof WebAssembly === 'undefined' ? false : new WebAssembly.Module(emitLaneModule(PAGES))
    if (laneModule !== false) {
      const { memory, hash } = new WebAssembly.Instance(laneModule).exports
      return { memory: memory.buffer, hash }
    }
  } catch {
    laneModule = false
  }
  return { memory: new ArrayBuffer(PAGES * PAGE_BYTES) }
}
