// Our two verifiers against the 196 published cases of transparency-dev/merkle, most of which have to be refused.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { verifyConsistency } from '../../src/log/consistency.ts'
import { verifyInclusion } from '../../src/log/inclusion.ts'

type Case = { file: string; desc: string; wantErr: boolean; proof: string[] | null }
type InclusionCase = Case & { leafIdx: number; treeSize: number; root: string; leafHash: string }
type ConsistencyCase = Case & { size1: number; size2: number; root1: string; root2: string }

function readCases<T>(name: string): T[] {
  return JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), 'utf8')).cases
}

/** Its roots are twelve bytes of text; we take nothing for a hash that is not 32 bytes. */
const rootIsNoHash = 'consistency/additional/sizes-are-equal-one-and-proof-is-empty.json'

const bytes = (text: string | null) => Buffer.from(text ?? '', 'base64')
const inclusion = readCases<InclusionCase>('inclusion')
const consistency = readCases<ConsistencyCase>('consistency')

test('there are 98 cases of each, and some of them hold', () => {
  expect([inclusion.length, consistency.length]).toEqual([98, 98])
  expect(inclusion.filter(({ wantErr }) => !wantErr).length).toBe(6)
  expect(consistency.filter(({ wantErr }) => !wantErr).length).toBe(6)
})

test.each(inclusion)('inclusion: $file', ({ leafIdx, treeSize, leafHash, proof, root, wantErr }) => {
  const holds = verifyInclusion(leafIdx, treeSize, bytes(leafHash), (proof ?? []).map(bytes), bytes(root))
  expect(holds).toBe(!wantErr)
})

test.each(consistency)('consistency: $file', ({ file, size1, root1, size2, root2, proof, wantErr }) => {
  const older = { size: size1, root: bytes(root1) }
  const newer = { size: size2, root: bytes(root2) }
  expect(verifyConsistency(older, newer, (proof ?? []).map(bytes))).toBe(!wantErr && file !== rootIsNoHash)
})
