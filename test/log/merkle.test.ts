// The tree against published roots and against RFC 6962's own recursive definition.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { leafHash, MerkleRoot, merkleRoot } from '../../src/log/merkle.ts'

/** The leaves and roots of the Certificate Transparency reference implementation. */
const leaves = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
]
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

test('gives the published roots of the first nine trees', () => {
  const tree = new MerkleRoot()
  expect(hex(tree.root())).toBe(roots[0])
  leaves.forEach((leaf, index) => {
    tree.addLeafHash(leafHash(Buffer.from(leaf, 'hex')))
    expect(tree.size).toBe(index + 1)
    expect(hex(tree.root())).toBe(roots[index + 1])
  })
})

test('many leaves at once give the root that RFC 6962 defines, for every size up to 130', () => {
  for (let count = 0; count <= 130; count++) {
    const data = Array.from({ length: count }, (_, n) => createHash('sha256').update(`leaf ${n}`).digest())
    expect(hex(merkleRoot(Buffer.concat(data)))).toBe(hex(definedRoot(data)))
  }
})

test('leaves in two portions give the same root as in one', () => {
  const data = createHash('shake256', { outputLength: 32 * 1_000 })
    .update('leaves')
    .digest()
  const tree = new MerkleRoot()
  tree.addLeaves(data.subarray(0, 32 * 333))
  tree.addLeaves(data.subarray(32 * 333))
  expect(hex(tree.root())).toBe(hex(merkleRoot(data)))
})

test('portions of any size give the root of leaf after leaf, where whole subtrees are hashed at once too', () => {
  const data = createHash('shake256', { outputLength: 32 * 9_000 })
    .update('subtrees')
    .digest()
  const oneByOne = new MerkleRoot()
  const roots = new Map<number, string>()
  for (let size = 0; size < 9_000; size++) {
    if (size % 613 === 0 || size < 400) roots.set(size, hex(oneByOne.root()))
    oneByOne.addLeafHash(leafHash(data.subarray(32 * size, 32 * (size + 1))))
  }
  for (const [size, root] of roots) {
    expect(hex(merkleRoot(data.subarray(0, 32 * size)))).toBe(root)
    // From an odd place, so that a subtree must wait until it may begin.
    const tree = new MerkleRoot()
    tree.addLeaves(data.subarray(0, 32 * (size % 77)))
    tree.addLeaves(data.subarray(32 * (size % 77), 32 * size))
    expect(hex(tree.root())).toBe(root)
  }
})

test('a tree that goes on from an edge is the tree that was never interrupted', () => {
  const data = createHash('shake256', { outputLength: 32 * 600 })
    .update('leaves')
    .digest()
  for (let cut = 0; cut <= 600; cut += 7) {
    const before = new MerkleRoot()
    before.addLeaves(data.subarray(0, 32 * cut))
    const edge = before.edge()
    const after = MerkleRoot.fromEdge(edge, cut)
    expect(hex(after.root())).toBe(hex(before.root()))
    after.addLeaves(data.subarray(32 * cut))
    expect(after.size).toBe(600)
    expect(hex(after.root())).toBe(hex(merkleRoot(data)))
    // A copy: neither tree has changed it.
    before.addLeaves(data.subarray(0, 32))
    expect(hex(MerkleRoot.fromEdge(edge, cut).edge())).toBe(hex(edge))
  }
})

test('an edge has one hash for each bit of the size, above 2^32 too', () => {
  expect(MerkleRoot.fromEdge(new Uint8Array(64), 2 ** 40 + 1).edge()).toHaveLength(64)
  for (const [bytes, size] of [
    [32, 0],
    [0, 1],
    [32, 3],
    [33, 1],
    [32, 2 ** 40 + 1],
    [32, -1],
    [32, 1.5],
  ] as const)
    expect(() => MerkleRoot.fromEdge(new Uint8Array(bytes), size)).toThrow()
})

/** RFC 6962 §2.1, word by word. */
function definedRoot(data: readonly Buffer[]): Buffer {
  const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
  if (data.length === 0) return sha256()
  if (data.length === 1) return sha256(Uint8Array.of(0), data[0]!)
  let split = 1
  while (split * 2 < data.length) split *= 2
  return sha256(Uint8Array.of(1), definedRoot(data.slice(0, split)), definedRoot(data.slice(split)))
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
