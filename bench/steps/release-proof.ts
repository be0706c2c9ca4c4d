// The two trees of a release as large as the case: openings, keys and commitments of made-up rows, sorting, hashing, proofs.
import { createHash } from 'node:crypto'
import { buildPrefixTree, type PrefixTree } from '../../src/log/prefix-tree.ts'
import { ReleaseLeaves, RowCommitter, refOf, verdictBytes } from '../../src/log/release-leaves.ts'
import { HASH_BYTES } from '../../src/log/sha256.ts'
import { LEAF_BYTES, sortLeaves } from '../../src/log/sort-leaves.ts'
import { caseSize, type Figure, secondsOf, spread, timed } from '../figure.ts'
import type { StepContext } from '../step-context.ts'

const registerId = '3f2b8c1e-5d47-4a60-9c0f-1b2a3c4d5e6f'
const columns = ['fairshare_ref', 'name', 'address']
const aimSeconds = 4
const proofs = 1000

export async function measureReleaseProof(context: StepContext): Promise<Figure[]> {
  const rows = context.people
  const release = makeRelease(rows)
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

type Release = ReturnType<typeof makeRelease>

function makeRelease(rows: number) {
  const secrets = Buffer.alloc(HASH_BYTES * rows)
  const seed = createHash('sha256').update('secrets').digest()
  for (let i = 0; i < rows; i++) {
    seed.writeUInt32BE(i)
    createHash('sha256')
      .update(seed)
      .digest()
      .copy(secrets, HASH_BYTES * i)
  }
  return {
    secrets,
    openings: Buffer.alloc(HASH_BYTES * rows),
    released: Buffer.alloc(LEAF_BYTES * rows),
    decided: Buffer.alloc(LEAF_BYTES * rows),
    cells: Array.from({ length: rows }, (_, i) => [
      '',
      `Person ${i}`,
      flat(`${i} Example Street, Town ${i % 977}`),
    ]),
    trees: [] as PrefixTree[],
  }
}

/** As a reader would give it: not a string that is still to be put together. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}

type Part = { did: string; work: () => void; within?: string }

function partsOf({ secrets, openings, released, decided, cells, trees }: Release, rows: number): Part[] {
  const leaves = new ReleaseLeaves(registerId, 'release')
  const committer = new RowCommitter(registerId, columns)
  const verdict = verdictBytes(3, 7, [5, 2 ** 50])
  const each = (work: (row: number) => void) => (): void => {
    for (let row = 0; row < rows; row++) work(row)
  }
  return [
    { did: 'row openings', work: each((i) => leaves.rowOpening(secrets, 32 * i, 0, openings, 32 * i)) },
    { did: 'keys in R', work: each((i) => leaves.releasedKey(openings, 32 * i, released, LEAF_BYTES * i)) },
    {
      did: 'references',
      work: each((i) => {
        cells[i]![0] = refOf(released, LEAF_BYTES * i)
      }),
    },
    {
      did: 'commitments in R',
      work: each((i) => committer.commit(cells[i]!, openings, 32 * i, released, LEAF_BYTES * i + 32)),
    },
    { did: 'keys in D', work: each((i) => leaves.decidedKey(secrets, 32 * i, 0, decided, LEAF_BYTES * i)) },
    {
      did: 'commitments in D',
      work: each((i) => leaves.decidedCommitment(secrets, 32 * i, 0, verdict, decided, LEAF_BYTES * i + 32)),
    },
    {
      did: 'tree R, sorted and hashed',
      work: () => {
        trees[0] = buildPrefixTree(released, rows)
      },
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

async function proofRounds({ released, trees }: Release, rows: number, rounds: number): Promise<number[]> {
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
