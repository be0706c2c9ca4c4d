// What a proof must not get past whoever verifies it.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import {
  decodePrefixProof,
  encodePrefixProof,
  type PrefixProof,
  verifyPrefixProof,
} from '../../src/log/prefix-proof.ts'
import { buildPrefixTree } from '../../src/log/prefix-tree.ts'
import { flipBit, fromHex, type Leaves, leafBytes, manyLeaves, slowTree } from './prefix-tree-reference.ts'

const sha256 = (...parts: Uint8Array[]) =>
  new Uint8Array(createHash('sha256').update(Buffer.concat(parts)).digest())
const leafOf = (key: Uint8Array, commitment: Uint8Array) => sha256(Buffer.of(2), key, commitment)
const parentOf = (left: Uint8Array, right: Uint8Array) => sha256(Buffer.of(3), left, right)
const nothing = new Uint8Array(32)

// Keys that begin 0000…, 0001…, 01…: below 001 there is nobody.
const leaves: Leaves = new Map(
  ['00', '10', '40', '41', 'c0'].map((start, i) => [start.padEnd(64, '3'), `0${i}`.repeat(32)]),
)
const { root, prove } = buildPrefixTree(leafBytes(leaves), leaves.size)
const cases = [
  { what: 'inclusion', key: '40'.padEnd(64, '3') },
  { what: 'non-inclusion-leaf', key: '04'.padEnd(64, '3') },
  { what: 'non-inclusion-parent', key: '20'.padEnd(64, '3') },
].map(({ what, key }) => {
  const commitment = leaves.get(key)
  return {
    what,
    key: fromHex(key),
    commitment: commitment === undefined ? undefined : fromHex(commitment),
    proof: prove(fromHex(key)),
  }
})

describe.each(cases)('a proof of $what', ({ what, key, commitment, proof }) => {
  test('verifies', () => {
    expect(proof.result).toBe(what)
    expect(verifyPrefixProof(root, key, commitment, proof)).toBe(true)
  })

  test('fails if any bit of root, commitment, co-path or leaf is another', () => {
    const altered: [Uint8Array, Uint8Array | undefined, PrefixProof][] = []
    for (let bit = 0; bit < 256; bit++) {
      altered.push([flipBit(root, bit), commitment, proof])
      if (commitment !== undefined) altered.push([root, flipBit(commitment, bit), proof])
      for (const at of proof.copath.keys())
        altered.push([
          root,
          commitment,
          { ...proof, copath: proof.copath.with(at, flipBit(proof.copath[at]!, bit)) },
        ])
      if (proof.leaf === undefined) continue
      const leaf = proof.leaf
      altered.push([root, commitment, { ...proof, leaf: { ...leaf, key: flipBit(leaf.key, bit) } }])
      altered.push([
        root,
        commitment,
        { ...proof, leaf: { ...leaf, commitment: flipBit(leaf.commitment, bit) } },
      ])
    }
    expect(altered.length).toBeGreaterThan(256 * proof.depth)
    for (const [from, under, changed] of altered)
      expect(verifyPrefixProof(from, key, under, changed)).toBe(false)
  })

  test('fails for any key it does not speak of', () => {
    for (let bit = 0; bit < 256; bit++) {
      const other = flipBit(key, bit)
      // An absence holds for every key on the same path, but for the leaf at its end.
      const sameAbsence = commitment === undefined && bit >= proof.depth
      const present = leaves.has(Buffer.from(other).toString('hex'))
      expect(verifyPrefixProof(root, other, commitment, proof)).toBe(sameAbsence && !present)
    }
  })

  test('fails with another result, depth, or number of hashes', () => {
    const { copath, depth } = proof
    for (const changed of [
      ...cases
        .filter((other) => other.what !== what)
        .map((other) => ({ ...proof, result: other.proof.result })),
      { ...proof, depth: depth - 1 },
      { ...proof, depth: depth + 1 },
      { ...proof, depth: depth - 1, copath: copath.slice(1) },
      { ...proof, depth: depth - 1, copath: copath.slice(0, -1) },
      { ...proof, depth: depth + 1, copath: [nothing, ...copath] },
      { ...proof, depth: depth + 1, copath: [...copath, nothing] },
      { ...proof, copath: copath.toReversed() },
      { ...proof, copath: copath.with(0, copath[0]!.subarray(1)) },
    ])
      expect(verifyPrefixProof(root, key, commitment, changed)).toBe(false)
    expect(verifyPrefixProof(root.subarray(1), key, commitment, proof)).toBe(false)
    expect(verifyPrefixProof(root, key.subarray(1), commitment, proof)).toBe(false)
  })

  test('survives JSON, and any change to its shape is refused', () => {
    const json = encodePrefixProof(proof)
    expect(decodePrefixProof(JSON.parse(JSON.stringify(json)))).toEqual(proof)
    const hash = json.copath[0]!
    const { copath: _, ...withoutPath } = json
    for (const changed of [
      undefined,
      null,
      'proof',
      [json],
      withoutPath,
      { ...json, more: 1 },
      { ...json, result: 'exclusion' },
      { ...json, result: 1 },
      { ...json, depth: String(json.depth) },
      { ...json, depth: json.depth + 1 },
      { ...json, depth: json.depth + 0.5 },
      { ...json, depth: -1, copath: [] },
      { ...json, copath: { ...json.copath } },
      { ...json, copath: [hash.slice(2), ...json.copath.slice(1)] },
      { ...json, copath: ['AB'.repeat(32), ...json.copath.slice(1)] },
      { ...json, copath: [`${hash}\n`, ...json.copath.slice(1)] },
      { ...json, copath: [null, ...json.copath.slice(1)] },
      { ...json, copath: ['00'.repeat(32), ...json.copath.slice(1)] },
      { ...json, leaf: { key: hash } },
      { ...json, leaf: { key: hash, commitment: hash, more: 1 } },
      { ...json, leaf: null },
      { ...json, leaf: what === 'non-inclusion-leaf' ? undefined : { key: hash, commitment: hash } },
    ])
      expect(decodePrefixProof(changed)).toBeUndefined()
  })
})

test('an empty tree proves the absence of every key, and nothing else', () => {
  const empty = buildPrefixTree(Buffer.alloc(0), 0)
  const proof = empty.prove(cases[0]!.key)
  expect(empty.root).toEqual(nothing)
  expect(proof).toEqual({ result: 'non-inclusion-parent', depth: 0, copath: [] })
  expect(verifyPrefixProof(nothing, cases[0]!.key, undefined, proof)).toBe(true)
  expect(verifyPrefixProof(root, cases[0]!.key, undefined, proof)).toBe(false)
  expect(verifyPrefixProof(nothing, cases[0]!.key, nothing, proof)).toBe(false)
})

test('two keys that differ in the last bit only are proved at depth 256, and no proof is longer', () => {
  const twins: Leaves = new Map([
    [`${'77'.repeat(31)}76`, '01'.repeat(32)],
    [`${'77'.repeat(31)}77`, '02'.repeat(32)],
  ])
  const tree = buildPrefixTree(leafBytes(twins), 2)
  const [key, commitment] = [fromHex(`${'77'.repeat(31)}77`), fromHex('02'.repeat(32))]
  const proof = tree.prove(key)
  expect(proof.depth).toBe(256)
  expect(verifyPrefixProof(tree.root, key, commitment, proof)).toBe(true)
  // One step below the last bit, as a builder might go who reads zeros behind the end of the key.
  const beside = fromHex('99'.repeat(32))
  const longer: PrefixProof = { result: 'inclusion', depth: 257, copath: new Array(257).fill(beside) }
  let lie = parentOf(leafOf(key, commitment), beside)
  for (let i = 255; i >= 0; i--)
    lie = ((key[i >> 3]! >> (7 - (i & 7))) & 1) === 0 ? parentOf(lie, beside) : parentOf(beside, lie)
  expect(verifyPrefixProof(lie, key, commitment, longer)).toBe(false)
  expect(decodePrefixProof(encodePrefixProof(longer))).toBeUndefined()
})

describe('a builder that lies', () => {
  const [key, commitment] = [fromHex('40'.padEnd(64, '3')), fromHex('02'.repeat(32))]
  const other = { key: fromHex('c0'.padEnd(64, '3')), commitment: fromHex('04'.repeat(32)) }

  test('cannot call the own leaf of a key a stranger', () => {
    const included = prove(key)
    const denied: PrefixProof = { ...included, result: 'non-inclusion-leaf', leaf: { key, commitment } }
    expect(verifyPrefixProof(root, key, undefined, denied)).toBe(false)
  })

  test('cannot hide a key behind a leaf put on the wrong side', () => {
    // The leaf of c0… stands on the left, where 40… should be, which stands on the right.
    const [here, there] = [leafOf(other.key, other.commitment), leafOf(key, commitment)]
    const lie = parentOf(here, there)
    const proof: PrefixProof = { result: 'non-inclusion-leaf', depth: 1, copath: [there], leaf: other }
    expect(verifyPrefixProof(lie, key, undefined, proof)).toBe(false)
    const inclusion: PrefixProof = { result: 'inclusion', depth: 1, copath: [here] }
    expect(verifyPrefixProof(lie, key, commitment, inclusion)).toBe(false)
  })

  test('cannot put a leaf deeper than where it is alone', () => {
    const alone = leafOf(key, commitment)
    const deeper = parentOf(alone, nothing)
    const proof: PrefixProof = { result: 'inclusion', depth: 1, copath: [nothing] }
    expect(verifyPrefixProof(deeper, key, commitment, proof)).toBe(false)
    const stranger = fromHex('41'.padEnd(64, '3'))
    const absence: PrefixProof = { ...proof, result: 'non-inclusion-leaf', leaf: { key, commitment } }
    expect(verifyPrefixProof(deeper, stranger, undefined, absence)).toBe(false)
    expect(verifyPrefixProof(alone, key, commitment, { result: 'inclusion', depth: 0, copath: [] })).toBe(
      true,
    )
  })

  test('cannot show an empty place with an empty place beside it', () => {
    const proof: PrefixProof = { result: 'non-inclusion-parent', depth: 1, copath: [nothing] }
    expect(verifyPrefixProof(parentOf(nothing, nothing), key, undefined, proof)).toBe(false)
  })

  test('cannot pass a parent off as a leaf', () => {
    const [left, right] = [leafOf(key, commitment), leafOf(other.key, other.commitment)]
    const proof: PrefixProof = { result: 'inclusion', depth: 0, copath: [] }
    expect(verifyPrefixProof(parentOf(left, right), left, right, proof)).toBe(false)
  })
})

test('a proof from a tree of a thousand is under three kilobytes of JSON', () => {
  const many = manyLeaves(1000, 0)
  const slow = slowTree(many)
  for (const key of [[...many.keys()][0]!, 'ab'.repeat(32)]) {
    const proof = slow.proof(key)
    expect(JSON.stringify(encodePrefixProof(proof)).length).toBeLessThan(3000)
  }
})
