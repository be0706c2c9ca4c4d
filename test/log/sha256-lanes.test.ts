// Four messages at a time against OpenSSL: every length, every place in a batch, and where there is no WebAssembly.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import * as browser from '../../src/log/sha256.browser.ts'
import * as node from '../../src/log/sha256.ts'

const openssl = (message: Uint8Array) => createHash('sha256').update(message).digest('hex')
const bytesOf = (seed: string, length: number) =>
  createHash('shake256', { outputLength: Math.max(1, length) })
    .update(seed)
    .digest()
    .subarray(0, length)

/** The codes as a program would load them anew, in the surroundings of this moment. */
async function load() {
  vi.resetModules()
  const lanes = await import('../../src/log/sha256-lanes.ts')
  const queue = await import('../../src/log/sha256-queue.ts')
  return { ...lanes, ...queue }
}

type Code = Awaited<ReturnType<typeof load>>

afterEach(() => {
  vi.unstubAllGlobals()
})

test('every length from 0 to 200, in batches of every remainder, with every length of prefix', async () => {
  const code = await load()
  for (let length = 0; length <= 200; length++)
    expect(hashesOf(code, length, (length * 7) % (length + 1), 1 + (length % 9))).toEqual([])
})

test('a full batch, and batches that use its room again', async () => {
  const code = await load()
  const hasher = new code.LaneHasher(Uint8Array.of(2), 64)
  const data = bytesOf('full', 64 * hasher.capacity)
  for (const count of [hasher.capacity, 1, hasher.capacity - 1, 0, 70]) {
    const digests = hasher.hashWords(code.wordsOf(new Uint8Array(data)), 0, count)
    for (let i = 0; i < count; i += 17)
      expect(hexOf(digests, i)).toBe(
        openssl(Buffer.concat([Buffer.of(2), data.subarray(64 * i, 64 * (i + 1))])),
      )
  }
  expect(() => hasher.lanes.hash(hasher.capacity + 1)).toThrow('more messages')
})

test('messages of all lengths one after another are each where they were to be, once all are hashed', async () => {
  const code = await load()
  fc.assert(
    fc.property(fc.array(fc.nat(700), { maxLength: 60 }), (lengths) => {
      const into = new Uint8Array(36 * lengths.length + 4)
      const queue = new code.HashQueue(into)
      const message = code.roomForMessage(700)
      lengths.forEach((length, i) => {
        message.bytes.set(bytesOf(`${i}`, length))
        queue.add(message, length, 36 * i)
      })
      queue.finish()
      lengths.forEach((length, i) => {
        const made = Buffer.from(into.subarray(36 * i, 36 * i + 32)).toString('hex')
        expect(made).toBe(openssl(bytesOf(`${i}`, length)))
      })
    }),
  )
})

test('a digest has its place before it is asked for', async () => {
  const code = await load()
  const queue = new code.HashQueue(new Uint8Array(40))
  for (const offset of [-4, 2, 12]) expect(() => queue.add(code.roomForMessage(9), 9, offset)).toThrow('room')
})

test.each([
  ['without WebAssembly', undefined],
  ['with WebAssembly that knows no vectors', { Module: refusing('no such instruction') }],
  ['with no room for a memory', { Module: class {}, Instance: refusing('out of memory') }],
])('%s the digests are the same', async (_, surroundings) => {
  vi.stubGlobal('WebAssembly', surroundings)
  const code = await load()
  for (const length of [0, 55, 56, 65, 119, 120, 200]) expect(hashesOf(code, length, 1, 70)).toEqual([])
})

test('a processor that errs is noticed', async () => {
  const memory = { buffer: new ArrayBuffer(4 << 16) }
  const exports = { memory, hash() {} }
  vi.stubGlobal('WebAssembly', {
    Module: class {},
    Instance: class {
      exports = exports
    },
  })
  const code = await load()
  const hasher = new code.LaneHasher(new Uint8Array(0), 32)
  expect(() => hasher.hashWords(new Uint32Array(8 * 100), 0, 100)).toThrow('two digests')
})

test('a browser gets the same hash', () => {
  for (let length = 0; length <= 200; length++) {
    const message = bytesOf('browser', length)
    const [one, other] = [new Uint8Array(40), new Uint8Array(40)]
    node.sha256Into(message, one, 3)
    browser.sha256Into(message, other, 3)
    expect(Buffer.from(one.subarray(3, 35)).toString('hex')).toBe(openssl(message))
    expect(other).toEqual(one)
    expect(browser.sha256(message)).toEqual(node.sha256(message))
  }
  for (const { sha256Into } of [node, browser])
    for (const offset of [-1, 9])
      expect(() => sha256Into(new Uint8Array(1), new Uint8Array(40), offset)).toThrow()
  expect(Object.keys(browser).sort()).toEqual(Object.keys(node).sort())
})

/** The numbers of those of `count` messages whose digest is not OpenSSL's. */
function hashesOf(code: Code, length: number, prefixBytes: number, count: number): number[] {
  const prefix = bytesOf('prefix', Math.min(prefixBytes, length))
  const hasher = new code.LaneHasher(prefix, length - prefix.length)
  const { bytes, firstByte, strideBytes, digests } = hasher.lanes
  const messages = Array.from({ length: count }, (_, i) =>
    Buffer.concat([prefix, bytesOf(`${length} ${i}`, length - prefix.length)]),
  )
  messages.forEach((message, i) => {
    bytes.set(message.subarray(prefix.length), firstByte + strideBytes * i + prefix.length)
  })
  hasher.lanes.hash(count)
  return messages.flatMap((message, i) => (hexOf(digests, i) === openssl(message) ? [] : [i]))
}

function hexOf(digests: Uint32Array, index: number): string {
  return Buffer.from(digests.buffer, digests.byteOffset + 32 * index, 32).toString('hex')
}

function refusing(why: string) {
  return class {
    constructor() {
      throw new Error(why)
    }
  }
}
