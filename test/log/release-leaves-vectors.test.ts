// The published vectors of docs/spec/release-trees.md, recomputed by this code; test/verifiers has Python recompute them.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  decodePrefixProof,
  encodePrefixProof,
  type PrefixProofJson,
  verifyPrefixProof,
} from '../../src/log/prefix-proof.ts'
import { buildPrefixTree, type PrefixTree } from '../../src/log/prefix-tree.ts'
import { ReleaseLeaves, RowCommitter, refOf, verdictBytes } from '../../src/log/release-leaves.ts'
import { fromHex, toHex } from './prefix-tree-reference.ts'

type Keys = { secret: string; ordinal: number; opening: string; releasedKey: string; decidedKey: string }
type Decided = {
  outcome: number
  fields: number
  masks: number[]
  verdict: string
  decidedCommitment: string
}
type Released = { cells?: (string | null)[]; releasedCommitment?: string }
type Case = { key: string; commitment: string | null; proof: PrefixProofJson }
type Release = {
  register: string
  release: string
  columns: string[]
  records: (Keys & Decided & Released)[]
  strangers: Keys[]
  released: { count: number; root: string }
  decided: { count: number; root: string }
  proofs: (Case & { tree: 'released' | 'decided' })[]
}
type Vectors = {
  releases: Release[]
  trees: { what: string; leaves: { key: string; commitment: string }[]; root: string; proofs: Case[] }[]
  refused: { why: string; root: string; key: string; commitment: string | null; proof: unknown }[]
}

const path = new URL('../../docs/spec/vectors/release-tree.json', import.meta.url)
const vectors: Vectors = JSON.parse(readFileSync(path, 'utf8'))

test.each(vectors.releases)(
  'the release "$release" has the openings, keys, commitments, references, roots and proofs',
  (release) => {
    expect(release.records.length).toBeGreaterThan(0)
    for (const keys of [...release.records, ...release.strangers]) expect(keysOf(release, keys)).toEqual(keys)
    for (const record of release.records) expect(commitmentsOf(release, record)).toEqual(record)
    const released = treeOf(
      release.records.flatMap(({ releasedKey, releasedCommitment }) =>
        releasedCommitment === undefined ? [] : [releasedKey, releasedCommitment],
      ),
    )
    const decided = treeOf(release.records.flatMap((record) => [record.decidedKey, record.decidedCommitment]))
    expect({ count: released.count, root: toHex(released.root) }).toEqual(release.released)
    expect({ count: decided.count, root: toHex(decided.root) }).toEqual(release.decided)
    for (const proof of release.proofs) expectProof(proof.tree === 'released' ? released : decided, proof)
  },
)

test.each(vectors.trees)('the tree of $what has the root and the proofs', ({ leaves, root, proofs }) => {
  const tree = treeOf(leaves.flatMap(({ key, commitment }) => [key, commitment]))
  expect(toHex(tree.root)).toBe(root)
  for (const proof of proofs) expectProof(tree, proof)
})

test.each(vectors.refused)('refused: $why', ({ root, key, commitment, proof }) => {
  expect(verifies(fromHex(root), key, commitment, proof)).toBe(false)
})

test('the vectors have every kind of proof, and every kind of refusal', () => {
  const results = vectors.releases.flatMap(({ proofs }) => proofs.map(({ proof }) => proof.result))
  expect(new Set(results).size).toBe(3)
  expect(vectors.refused.length).toBeGreaterThan(15)
})

function keysOf<T extends Keys>({ register, release }: Release, keys: T): T {
  const leaves = new ReleaseLeaves(register, release)
  const secret = fromHex(keys.secret)
  const opening = Buffer.alloc(32)
  leaves.rowOpening(secret, 0, keys.ordinal, opening, 0)
  return {
    ...keys,
    opening: toHex(opening),
    releasedKey: made((into) => leaves.releasedKey(opening, 0, into, 0)),
    decidedKey: made((into) => leaves.decidedKey(secret, 0, keys.ordinal, into, 0)),
  }
}

function commitmentsOf({ register, release, columns }: Release, record: Keys & Decided & Released) {
  const verdict = verdictBytes(record.outcome, record.fields, record.masks)
  const decided = {
    ...record,
    verdict: toHex(verdict),
    decidedCommitment: made((into) =>
      new ReleaseLeaves(register, release).decidedCommitment(
        fromHex(record.secret),
        0,
        record.ordinal,
        verdict,
        into,
        0,
      ),
    ),
  }
  if (record.cells === undefined) return decided
  const cells = [refOf(fromHex(record.releasedKey)), ...record.cells.slice(1)]
  const releasedCommitment = made((into) =>
    new RowCommitter(register, columns).commit(cells, fromHex(record.opening), 0, into, 0),
  )
  return { ...decided, cells, releasedCommitment }
}

function made(write: (into: Buffer) => void): string {
  const into = Buffer.alloc(32)
  write(into)
  return toHex(into)
}

function treeOf(leaves: readonly string[]): PrefixTree {
  return buildPrefixTree(Buffer.from(leaves.join(''), 'hex'), leaves.length / 2)
}

function expectProof(tree: PrefixTree, { key, commitment, proof }: Case): void {
  expect(encodePrefixProof(tree.prove(fromHex(key)))).toEqual(proof)
  expect(verifies(tree.root, key, commitment, proof)).toBe(true)
}

function verifies(root: Uint8Array, key: string, commitment: string | null, proof: unknown): boolean {
  const decoded = decodePrefixProof(proof)
  const under = commitment === null ? undefined : fromHex(commitment)
  return decoded !== undefined && verifyPrefixProof(root, fromHex(key), under, decoded)
}
