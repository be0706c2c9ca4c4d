// Tiles: the specification's example, growth in random steps against trees built from scratch, and proofs from tiles.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { verifyConsistency } from '../../src/log/consistency.ts'
import { verifyInclusion } from '../../src/log/inclusion.ts'
import { LogError } from '../../src/log/log-error.ts'
import { MerkleRoot } from '../../src/log/merkle.ts'
import { hashesRoot, TileGrowth } from '../../src/log/tile-growth.ts'
import { tileReader, tileTree } from '../../src/log/tile-tree.ts'
import { bundlePath, decodeBundle, encodeBundle, parseLogPath, tilePath } from '../../src/log/tiles.ts'

const LEAVES_MAX = 70_000
const leaves = createHash('shake256', { outputLength: 32 * LEAVES_MAX })
  .update('leaf hashes')
  .digest()

type Files = Map<string, Uint8Array>

describe('70,000 leaves', () => {
  const files: Files = new Map()
  grow(new TileGrowth(), leaves, files)
  const partial = [...files].filter(([path]) => path.includes('.p/'))

  test('are 273 full tiles and one of 112 at level 0, then 1 and 17, then 1, as the specification counts', () => {
    const full = (level: number) =>
      [...files.keys()].filter((path) => path.startsWith(`tile/${level}/`) && !path.includes('.p/'))
    expect([full(0).length, full(1).length, full(2).length]).toEqual([273, 1, 0])
    expect(partial.map(([path, bytes]) => [path, bytes.length / 32])).toEqual([
      ['tile/0/273.p/112', 112],
      ['tile/1/001.p/17', 17],
      ['tile/2/000.p/1', 1],
    ])
  })

  test('have the root that hashing them one after the other gives, from any size of their tiles', async () => {
    const tree = tileTree(LEAVES_MAX, readerOf(files))
    for (const size of [0, 1, 2, 255, 256, 257, 511, 65_535, 65_536, 65_537, 69_999, 70_000])
      expect(hex(await tree.root(size)), `${size}`).toBe(hex(rootOf(size)))
  })
})

test('256 leaves are a full tile and, above it, a partial one of width 1', () => {
  const files: Files = new Map()
  grow(new TileGrowth(), leaves.subarray(0, 256 * 32), files)
  expect([...files.keys()]).toEqual(['tile/0/000', 'tile/1/000.p/1'])
})

test('growing in any steps, resumed from files each time, leaves the files a growth from scratch leaves', async () => {
  const steps = fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(steps, async (widths) => {
      const files: Files = new Map()
      let size = 0
      for (const width of widths) {
        const growth = await TileGrowth.resume(size, readerOf(files))
        expect(hex(growth.root())).toBe(hex(rootOf(size)))
        grow(growth, leaves.subarray(size * 32, (size + width) * 32), files)
        size += width
        expect(growth.size).toBe(size)
        const scratch: Files = new Map()
        grow(new TileGrowth(), leaves.subarray(0, size * 32), scratch)
        for (const [path, bytes] of scratch) expect(hex(files.get(path)!), path).toBe(hex(bytes))
        expect(hex(await tileTree(size, readerOf(scratch)).root())).toBe(hex(rootOf(size)))
      }
    }),
    { numRuns: 30 },
  )
})

describe('proofs from tiles', () => {
  const files: Files = new Map()
  // Every partial tile of every size: a proof may ask for any of them.
  const growth = new TileGrowth()
  for (let at = 0; at < 800; at++) grow(growth, leaves.subarray(at * 32, at * 32 + 32), files)
  const size = fc.integer({ min: 1, max: 800 })
  const flip = { at: fc.nat(), bit: fc.integer({ min: 0, max: 7 }) }

  test('of inclusion hold, and no flipped bit, other index or other size does', async () => {
    const cases = fc.record({ size, index: fc.nat(), ...flip })
    await fc.assert(
      fc.asyncProperty(cases, async ({ size, index, at, bit }) => {
        const leaf = index % size
        const hash = leaves.subarray(leaf * 32, leaf * 32 + 32)
        const proof = await tileTree(size, readerOf(files)).inclusionProof(leaf)
        const root = rootOf(size)
        expect(verifyInclusion(leaf, size, hash, proof, root)).toBe(true)
        const [wrongHash, wrongRoot, ...wrongProof] = flipOne([hash, root, ...proof], at, bit)
        expect(verifyInclusion(leaf, size, wrongHash!, wrongProof, wrongRoot!)).toBe(false)
        expect(verifyInclusion((leaf + 1) % size, size, hash, proof, root)).toBe(size === 1)
        expect(verifyInclusion(leaf, size, hash, [...proof, root], root)).toBe(false)
        if (proof.length > 0) expect(verifyInclusion(leaf, size, hash, proof.slice(0, -1), root)).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  test('of consistency hold, and no flipped bit does', async () => {
    const cases = fc.record({ size, older: fc.nat(), ...flip })
    await fc.assert(
      fc.asyncProperty(cases, async ({ size, older, at, bit }) => {
        const before = 1 + (older % size)
        const proof = await tileTree(size, readerOf(files)).consistencyProof(before)
        const roots = [rootOf(before), rootOf(size)] as const
        const verify = ([one, two, ...path]: readonly Uint8Array[]) =>
          verifyConsistency({ size: before, root: one! }, { size, root: two! }, path)
        expect(verify([...roots, ...proof])).toBe(true)
        expect(verify(flipOne([...roots, ...proof], at, bit))).toBe(false)
        expect(verify([...roots, ...proof, roots[0]])).toBe(false)
        if (proof.length > 0) expect(verify([...roots, ...proof.slice(0, -1)])).toBe(false)
      }),
      { numRuns: 300 },
    )
  })

  test('hold in trees too large for 32-bit arithmetic', () => {
    // All leaves equal: then a subtree's root depends on its height only, and a tree of 2^50 + 1 is quickly built.
    const size = 2 ** 50 + 1
    const leaf = leaves.subarray(0, 32)
    const heights: Uint8Array[] = [leaf]
    for (let height = 1; height <= 50; height++) {
      const below = heights[height - 1]!
      heights.push(hashesRoot(Buffer.concat([below, below])))
    }
    const root = hashesRoot(Buffer.concat([heights[50]!, leaf]))
    expect(verifyInclusion(2 ** 50, size, leaf, [heights[50]!], root)).toBe(true)
    expect(verifyInclusion(5, size, leaf, [...heights.slice(0, 50), leaf], root)).toBe(true)
    expect(verifyConsistency({ size: 2 ** 50, root: heights[50]! }, { size, root }, [leaf])).toBe(true)
  })
})

test('a lost partial tile is read from the full one that took its place; another loss has a name', async () => {
  const files: Files = new Map()
  grow(new TileGrowth(), leaves.subarray(0, 256 * 32), files)
  expect(hex(await tileTree(200, readerOf(files)).root())).toBe(hex(rootOf(200)))
  const place = await tileTree(700, readerOf(files))
    .root()
    .catch((error) => [error.code, error.place])
  expect(place).toEqual(['tile.missing', expect.stringMatching(/^tile\/\d\/00\d(\.p\/\d+)?$/)])
  const short = tileReader(async () => new Uint8Array(31))
  await expect(short(0, 0, 1)).rejects.toThrow(new LogError('tile.malformed', 'tile/0/000.p/1'))
})

describe('a path', () => {
  test.each([
    [tilePath(0, 1_234_067), 'tile/0/x001/x234/067'],
    [tilePath(0, 273, 112), 'tile/0/273.p/112'],
    [tilePath(63, 0, 1), 'tile/63/000.p/1'],
    [bundlePath(1000), 'tile/entries/x001/000'],
    [tilePath(2, 1_000_000), 'tile/2/x001/x000/000'],
  ])('is written as %s and read back', (path, expected) => {
    expect(path).toBe(expected)
    expect(parseLogPath(path)).toMatchObject({ full: !path.includes('.p/') })
  })

  test.each([
    'tile/64/000',
    'tile/00/000',
    'tile/0/0',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/012',
    'tile/0/x000/001',
    'tile/0/../000',
    'tile/0/000/',
    '/tile/0/000',
    'tile/entries/000.part',
    'checkpoint\n',
    'tile/0/000\n',
    '',
  ])('%j is of no file of a log', (path) => {
    expect(parseLogPath(path)).toBeUndefined()
  })
})

describe('a bundle', () => {
  test('holds its entries, and says so when a byte is missing or too many', () => {
    const entries = fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 })
    fc.assert(
      fc.property(entries, (list) => {
        const bundle = encodeBundle(list)
        expect(decodeBundle(bundle, list.length, 'here').map(hex)).toEqual(list.map(hex))
        for (const wrong of [bundle.subarray(1), bundle.subarray(0, -1), Buffer.concat([bundle, bundle])])
          expect(() => decodeBundle(wrong, list.length, 'here')).toThrow(
            new LogError('tile.malformed', 'here'),
          )
      }),
    )
  })

  test('holds no entry above 65,535 bytes', () => {
    expect(decodeBundle(encodeBundle([new Uint8Array(65_535)]), 1, '')).toHaveLength(1)
    expect(() => encodeBundle([new Uint8Array(65_536)])).toThrow('65,535')
  })
})

function grow(growth: TileGrowth, hashes: Uint8Array, files: Files): void {
  for (const { level, index, width, hashes: bytes } of [...growth.add(hashes), ...growth.partials()])
    files.set(tilePath(level, index, width), bytes)
}

function readerOf(files: Files) {
  return tileReader(async (path) => files.get(path))
}

function rootOf(size: number): Uint8Array {
  const tree = new MerkleRoot()
  for (let at = 0; at < size; at++) tree.addLeafHash(leaves.subarray(at * 32, at * 32 + 32))
  return tree.root()
}

function flipOne(parts: readonly Uint8Array[], at: number, bit: number): Uint8Array[] {
  const all = Buffer.concat(parts)
  all[at % all.length]! ^= 1 << bit
  return parts.map((_, index) => all.subarray(index * 32, index * 32 + 32))
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
