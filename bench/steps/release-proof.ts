// The two trees of a release as large as the case: openings, keys and commitments of made-up rows, sorting, hashing, proofs.
import { buildPrefixTree } from '../../src/log/prefix-tree.ts'
import { HASH_BYTES } from '../../src/log/sha256.ts'
import { LEAF_BYTES, sortLeaves } from '../../src/log/sort-leaves.ts'
import { caseSize, type Figure, secondsOf, spread, timed } from '../figure.ts'
import { growReleased, type MadeUpRelease, makeUpRelease } from '../made-up-release.ts'
import type { StepContext } from '../step-context.ts'

const aimSeconds = 4
const proofs = 1000

export async function measureReleaseProof(context: StepContext): Promise<Figure[]> {
  const rows = context.people
  const release = makeUpRelease(rows)
  const parts = partsOf(release, rows)
  const seconds = new Map(parts.map(({ did }) => [did, [] as number[]]))
  for (let round = 0; round < context.rounds; round++)
    for (const { did, work } of parts) seconds.get(did)!.push(await secondsOf(work))
  const counted = parts.filter(({ within }) => within === undefined)
  const all = Array.from({ length: context.rounds }, (_, round) =>
    counted.reduce((sum, { did }) => sum + seconds.get(did)![round]!, 0),
  )
  const total = timed('both trees of a release, all of it', rows, 'rows', all)
  if (rows === caseSize)
    total.aim = { says: `at most ${aimSeconds} s`, met: spread(all).median <= aimSeconds }
  return [
    ...parts.map(({ did, within }) =>
      timed(within === undefined ? did : `${did} (part of ${within})`, rows, 'rows', seconds.get(did)!),
    ),
    total,
    timed('proofs from a tree in memory', proofs, 'proofs', await proofRounds(release, rows, context.rounds)),
  ]
}

type Part = { did: string; work: () => void; within?: string }

function partsOf(release: MadeUpRelease, rows: number): Part[] {
  const { leaves, decidedRows, released, decided, trees } = release
  return [
    ...growReleased(release),
    {
      did: 'leaves of D',
      work: () => leaves.decidedLeaves(decidedRows, decidedRows.verdicts, decidedRows.kinds, decided),
    },
    {
      did: 'tree D, sorted and hashed',
      work: () => {
        trees[1] = buildPrefixTree(decided, rows)
      },
    },
    { did: 'sorting', within: 'a tree', work: () => sortLeaves(released, rows, 17) },
  ]
}

async function proofRounds(
  { released, trees }: MadeUpRelease,
  rows: number,
  rounds: number,
): Promise<number[]> {
  const seconds: number[] = []
  for (let round = 0; round < rounds; round++)
    seconds.push(
      await secondsOf(() => {
        for (let i = 0; i < proofs; i++) {
          const at = LEAF_BYTES * ((i * 7919) % rows)
          trees[0]!.prove(released.subarray(at, at + HASH_BYTES))
        }
      }),
    )
  return seconds
}
