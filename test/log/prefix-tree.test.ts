// The fast prefix tree against the slow one, and builders and files that are not honest.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type PrefixProof, verifyPrefixProof } from '../../src/log/prefix-proof.ts'
import { buildPrefixTree, openPrefixTree } from '../../src/log/prefix-tree.ts'
import { RangeHasher } from '../../src/log/range-hasher.ts'
import {
  clusteredLeaves,
  flipBit,
  fromHex,
  type Leaves,
  leafBytes,
  manyLeaves,
  slowTree,
  toHex,
} from './prefix-tree-reference.ts'

const build = (leaves: Leaves) => buildPrefixTree(leafBytes(leaves), leaves.size)
const fileOf = (leaves: Leaves) => Buffer.concat(build(leaves).toBytes())
const open = (file: Buffer) =>
  openPrefixTree(file.length, async (offset, length) => file.subarray(offset, offset + length))

test('a tree has the root the specification says, whatever bits its keys share', () => {
  fc.assert(
    fc.property(clusteredLeaves(40), (leaves) => {
      expect(build(leaves).root).toEqual(slowTree(leaves).root)
    }),
    { numRuns: 200 },
  )
})

test.each([
  ['no leaves', 0, 0],
  ['one leaf', 1, 0],
  ['as many leaves as are one cell', 255, 0],
  ['two cells', 256, 0],
  ['sixteen cells', 2100, 0],
  ['cells of which nearly all are empty or hold one leaf', 1100, 16],
  ['one crowded cell beside common ones', 1100, 7],
])(
  'of %s, root and proofs are those of the specification, from memory and from a file',
  async (_, count, together) => {
    const leaves = manyLeaves(count, together)
    // Two strangers, so that the crowded tree has cells with one leaf.
    if (together === 16) for (const [key, commitment] of manyLeaves(2, 0)) leaves.set(key, commitment)
    const tree = build(leaves)
    const slow = slowTree(leaves)
    const file = await open(Buffer.concat(tree.toBytes()))
    expect([tree.root, file.root]).toEqual([slow.root, slow.root])
    expect([tree.count, file.count]).toEqual([leaves.size, leaves.size])
    const present = [...leaves.keys()].filter((_, i) => i % 211 === 0 || i > leaves.size - 3)
    const absent = present.flatMap((key) =>
      [0, 1, 5, 9, 13, 20, 255].map((bit) => toHex(flipBit(fromHex(key), bit))),
    )
    for (const key of [...present, ...absent, '00'.repeat(32), 'ff'.repeat(32)]) {
      const proof = slow.proof(key)
      expect(tree.prove(fromHex(key))).toEqual(proof)
      expect(await file.prove(fromHex(key))).toEqual(proof)
    }
  },
)

test('every key gets the proof of the specification, which verifies, and one of the opposite never does', () => {
  const results = new Set<string>()
  fc.assert(
    fc.property(clusteredLeaves(24), fc.nat(255), (leaves, bit) => {
      const tree = build(leaves)
      const slow = slowTree(leaves)
      const present = [...leaves.keys()]
      const absent = [...present.map((key) => toHex(flipBit(fromHex(key), bit))), '5a'.repeat(32)]
      for (const key of [...present, ...absent]) {
        const commitment = leaves.get(key)
        const proof = tree.prove(fromHex(key))
        results.add(proof.result)
        expect(proof).toEqual(slow.proof(key))
        expect(verifies(tree.root, key, commitment, proof)).toBe(true)
        expect(verifies(tree.root, key, commitment === undefined ? '00'.repeat(32) : undefined, proof)).toBe(
          false,
        )
      }
    }),
    { numRuns: 25 },
  )
  expect([...results].sort()).toEqual(['inclusion', 'non-inclusion-leaf', 'non-inclusion-parent'])
})

test('the order in which leaves come does not matter, and they stay as they are', () => {
  const leaves = manyLeaves(1500, 3)
  const backwards = leafBytes(new Map([...leaves].reverse()))
  const before = Buffer.from(backwards)
  // One byte in, so that no word of a leaf is aligned.
  const shifted = Buffer.concat([Buffer.alloc(1), backwards]).subarray(1)
  expect(buildPrefixTree(backwards, leaves.size).root).toEqual(build(leaves).root)
  expect(buildPrefixTree(shifted, leaves.size).root).toEqual(build(leaves).root)
  expect(backwards).toEqual(before)
})

test('only the leaves that are counted are in the tree', () => {
  const leaves = manyLeaves(30, 0)
  const first = new Map([...leaves].slice(0, 20))
  expect(buildPrefixTree(leafBytes(leaves), 20).root).toEqual(slowTree(first).root)
  expect(() => buildPrefixTree(leafBytes(leaves), 31)).toThrow('fewer leaves')
})

test.each([2, 100, 1500])('one key twice among %i leaves is refused, with whatever commitments', (count) => {
  const bytes = leafBytes(manyLeaves(count, 0))
  bytes.copy(bytes, 64, 0, 32)
  expect(() => buildPrefixTree(bytes, count)).toThrow('two leaves of a prefix tree have one key')
  bytes.copy(bytes, 64, 0, 64)
  expect(() => buildPrefixTree(bytes, count)).toThrow('two leaves of a prefix tree have one key')
})

test('leaves that are out of order, or of another part of the tree, are never hashed', () => {
  const into = Buffer.alloc(32)
  const [a, b, c] = ['10', '20', '80'].map((byte) => Buffer.concat([fromHex(byte), Buffer.alloc(63)]))
  const hash = (depth: number, ...leaves: Buffer[]) =>
    new RangeHasher().hashRange(Buffer.concat(leaves), 0, leaves.length, depth, into, 0)
  expect(() => hash(0, a!, b!, c!)).not.toThrow()
  expect(() => hash(0, b!, a!, c!)).toThrow('out of order')
  expect(() => hash(0, a!, c!, b!)).toThrow('out of order')
  expect(() => hash(1, a!, b!, c!)).toThrow('out of order')
})

test('a file in which two leaves changed places gives no proof from their cell', async () => {
  const leaves = manyLeaves(600, 0)
  const sorted = [...leaves.keys()].sort()
  const file = fileOf(leaves)
  const [first, second] = [file.length - 64 * 600, file.length - 64 * 599]
  const leaf = Buffer.from(file.subarray(first, second))
  file.copy(file, first, second, second + 64)
  leaf.copy(file, second)
  const opened = await open(file)
  await expect(opened.prove(fromHex(sorted[0]!))).rejects.toThrow()
  await expect(opened.prove(fromHex(sorted[1]!))).rejects.toThrow()
  expect((await opened.prove(fromHex(sorted[599]!))).result).toBe('inclusion')
})

test.each([2, 600])('no bit of a file of %i leaves can change and a proof still be wrong', async (count) => {
  const leaves = manyLeaves(count, 0)
  const root = slowTree(leaves).root
  const file = fileOf(leaves)
  const keys = [...leaves.keys()].slice(0, 4)
  // Bytes of header and index one by one, of leaves now and then: every bit of two leaves, some of six hundred.
  for (let byte = 0; byte < file.length; byte += byte < 220 || count === 2 ? 1 : 97) {
    const altered = Buffer.from(file)
    altered[byte] = altered[byte]! ^ (1 << (byte % 8))
    const opened = await open(altered).catch(() => undefined)
    if (opened === undefined) continue
    expect(opened.root).toEqual(root)
    for (const key of keys) {
      const proof = await opened.prove(fromHex(key)).catch(() => undefined)
      if (proof !== undefined) expect(verifies(root, key, leaves.get(key), proof)).toBe(true)
    }
  }
})

test('a file that was cut, or is none, is refused when it is opened', async () => {
  const file = fileOf(manyLeaves(300, 0))
  for (const size of [0, 63, 64, 100, file.length - 64, file.length - 1])
    await expect(open(file.subarray(0, size))).rejects.toThrow('prefix tree file')
  await expect(open(Buffer.concat([file, Buffer.alloc(64)]))).rejects.toThrow('size')
  await expect(open(Buffer.alloc(500))).rejects.toThrow('not a prefix tree file')
  const short = openPrefixTree(file.length, async () => new Uint8Array(3))
  await expect(short).rejects.toThrow('ends too early')
})

test('a proof from a file reads one cell and no other leaf', async () => {
  const leaves = manyLeaves(5000, 0)
  const file = fileOf(leaves)
  let bytesRead = 0
  const opened = await openPrefixTree(file.length, async (offset, length) => {
    bytesRead += length
    return file.subarray(offset, offset + length)
  })
  bytesRead = 0
  await opened.prove(fromHex([...leaves.keys()][7]!))
  expect(bytesRead).toBeLessThan(64 * 400)
})

test('a key of another length is no key', () => {
  expect(() => build(manyLeaves(3, 0)).prove(new Uint8Array(31))).toThrow('32 bytes')
})

function verifies(
  root: Uint8Array,
  key: string,
  commitment: string | undefined,
  proof: PrefixProof,
): boolean {
  return verifyPrefixProof(
    root,
    fromHex(key),
    commitment === undefined ? undefined : fromHex(commitment),
    proof,
  )
}
