// SHA-256 of messages of many lengths, one given after another: each waits until enough that take as many blocks have come.
import { HASH_BYTES, sha256Into } from './sha256.ts'
import { blocksOf, DIGEST_WORDS, MessageLanes, wordsOf, writePadding } from './sha256-lanes.ts'

const BLOCK_WORDS = 16
/** Longer messages are rare, and hashed at once. */
const BLOCKS_MAX = 8

/** Those that wait, and at which word of what the queue writes into each digest is to stand. */
type Waiting = { lanes: MessageLanes; places: Uint32Array; count: number }

/** Writes digests into `into`, which begins at a word; all of them are there when `finish` returns, and not before. */
export class HashQueue {
  readonly #into: Uint8Array
  readonly #intoWords: Uint32Array
  readonly #waiting: (Waiting | undefined)[] = []

  constructor(into: Uint8Array) {
    this.#into = into
    this.#intoWords = wordsOf(into)
  }

  /** The first `length` bytes of `message`, whose bytes behind them are overwritten; `offset` is at a word. */
  add(message: PaddedMessage, length: number, offset: number): void {
    if (!(offset % 4 === 0 && offset >= 0 && offset + HASH_BYTES <= this.#into.length))
      throw new Error('no room for a digest')
    const blocks = blocksOf(length)
    if (blocks > BLOCKS_MAX) {
      sha256Into(message.bytes.subarray(0, length), this.#into, offset)
      return
    }
    writePadding(message.bytes, 0, length, blocks)
    this.#waiting[blocks] ??= waitingFor(blocks)
    const waiting = this.#waiting[blocks]
    const { words, firstByte, strideBytes, capacity } = waiting.lanes
    const to = (firstByte + strideBytes * waiting.count) / 4
    for (let word = 0; word < BLOCK_WORDS * blocks; word++) words[to + word] = message.words[word]!
    waiting.places[waiting.count++] = offset / 4
    if (waiting.count === capacity) this.#hash(waiting)
  }

  finish(): void {
    for (const waiting of this.#waiting) if (waiting !== undefined) this.#hash(waiting)
  }

  #hash(waiting: Waiting): void {
    const { lanes, places, count } = waiting
    lanes.hash(count)
    for (let i = 0; i < count; i++)
      for (let word = 0; word < DIGEST_WORDS; word++)
        this.#intoWords[places[i]! + word] = lanes.digests[DIGEST_WORDS * i + word]!
    waiting.count = 0
  }
}

/** Bytes to write a message into, and the same bytes as words. */
export type PaddedMessage = { bytes: Uint8Array; words: Uint32Array }

/** With room for the padding of a message of up to `bytesMax`. */
export function roomForMessage(bytesMax: number): PaddedMessage {
  const words = new Uint32Array(BLOCK_WORDS * blocksOf(bytesMax))
  return { bytes: new Uint8Array(words.buffer), words }
}

function waitingFor(blocks: number): Waiting {
  const lanes = new MessageLanes(blocks)
  return { lanes, places: new Uint32Array(lanes.capacity), count: 0 }
}
