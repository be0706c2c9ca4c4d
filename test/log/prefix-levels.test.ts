// Cells hashed level by level against the same cells hashed leaf by leaf.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashCells } from '../../src/log/prefix-levels.ts'
import { RangeHasher } from '../../src/log/range-hasher.ts'
import { sortLeaves } from '../../src/log/sort-leaves.ts'

const hashes = (seed: string, count: number) =>
  createHash('shake256', { outputLength: 32 * count })
    .update(seed)
    .digest()

/** Leaves with random keys; of every tenth the key shares all but its last byte with a tenth of them. */
function leavesOf(count: number, alike: number): Uint8Array {
  const bytes = Buffer.alloc(64 * count)
  const [keys, commitments] = [hashes('keys', count), hashes('commitments', count)]
  for (let i = 0; i < count; i++) {
    keys.copy(bytes, 64 * i, 32 * i, 32 * (i + 1))
    commitments.copy(bytes, 64 * i + 32, 32 * i, 32 * (i + 1))
    if (i % 10 === 0 && i < alike) keys.copy(bytes, 64 * i, 0, i % 3 === 0 ? 31 : 7)
    if (i % 10 === 0 && i < alike) bytes.writeUInt8(i / 10, 64 * i + 31)
  }
  return bytes
}

test.each([
  [0, 3, 0],
  [1, 3, 0],
  [50, 10, 0],
  [9_000, 0, 0],
  [20_000, 6, 2_000],
  [20_000, 12, 2_000],
])('of %i leaves in cells of %i bits', (count, bits, alike) => {
  const { leaves, starts } = sortLeaves(leavesOf(count, alike), count, Math.max(bits, 1))
  const cells = bits === 0 ? Uint32Array.of(0, count) : starts
  const made = new Uint8Array(32 * (cells.length - 1))
  hashCells(leaves, cells, bits, made)
  const hasher = new RangeHasher()
  const expected = new Uint8Array(made.length)
  for (let cell = 0; cell + 1 < cells.length; cell++)
    hasher.hashRange(leaves, cells[cell]!, cells[cell + 1]!, bits, expected, 32 * cell)
  expect(Buffer.from(made).equals(expected)).toBe(true)
  expect(made.every((byte) => byte === 0)).toBe(count === 0)
})

test('a path of 255 steps in one group of cells leaves nothing behind for the next', () => {
  // Keys that part in their last bit: the first two of one half, the last two of the other.
  const halves = [3_000, 3_255].map((count, bit) => {
    const leaves = leavesOf(count, 0)
    for (let i = 0; i < count; i++) leaves[64 * i] = (leaves[64 * i]! >>> 1) | (0x80 * bit)
    for (const [i, last] of [0, 1].entries())
      leaves.fill(0xff * bit, 64 * i, 64 * i + 31).fill((0xfe * bit) | last, 64 * i + 31, 64 * i + 32)
    return leaves
  })
  const count = 3_000 + 3_255
  const { leaves, starts } = sortLeaves(Buffer.concat(halves), count, 1)
  const [made, expected] = [new Uint8Array(64), new Uint8Array(64)]
  hashCells(leaves, starts, 1, made)
  const hasher = new RangeHasher()
  for (const cell of [0, 1])
    hasher.hashRange(leaves, starts[cell]!, starts[cell + 1]!, 1, expected, 32 * cell)
  expect(made).toEqual(expected)
})

test('leaves out of order, twice, or of another cell are never hashed', () => {
  const { leaves } = sortLeaves(leavesOf(100, 0), 100, 4)
  const into = new Uint8Array(64)
  const hash = (starts: number[], bits: number) => hashCells(leaves, Uint32Array.from(starts), bits, into)
  expect(() => hash([0, 100], 0)).not.toThrow()
  expect(() => hash([0, 100, 100], 1)).toThrow('out of order')
  const [first, second] = [leaves.slice(0, 64), leaves.slice(64, 128)]
  leaves.set(second, 0)
  expect(() => hash([0, 100], 0)).toThrow('one key')
  leaves.set(first, 64)
  expect(() => hash([0, 100], 0)).toThrow('out of order')
})
