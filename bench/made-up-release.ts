// A release as large as the case, out of nothing: secrets, rows of three columns, and the parts of growing its trees.
import { createHash } from 'node:crypto'
import type { DecidedRows } from '../src/log/grow-decided.ts'
import { buildPrefixTree, type PrefixTree } from '../src/log/prefix-tree.ts'
import { ReleaseLeaves, RowCommitter, refOf, verdictBytes } from '../src/log/release-leaves.ts'
import { HASH_BYTES } from '../src/log/sha256.ts'
import { HashQueue } from '../src/log/sha256-queue.ts'
import { LEAF_BYTES } from '../src/log/sort-leaves.ts'

const registerId = '3f2b8c1e-5d47-4a60-9c0f-1b2a3c4d5e6f'
const release = 'release'
const columns = ['fairshare_ref', 'name', 'address']
/** Used again and again: a release streams its rows, and has no million of them for the collector to go through. */
const cellRows = 977

export type MadeUpRelease = ReturnType<typeof makeUpRelease>

export function makeUpRelease(rows: number) {
  const decidedRows: DecidedRows = {
    registerId,
    release,
    count: rows,
    secrets: secretsOf(rows),
    secretsAt: Uint32Array.from({ length: rows }, (_, i) => HASH_BYTES * i),
    ordinals: new Uint32Array(rows),
    verdicts: [verdictBytes(3, 7, [5, 2 ** 50])],
    kinds: new Uint32Array(rows),
  }
  return {
    decidedRows,
    leaves: new ReleaseLeaves(registerId, release),
    openings: new Uint8Array(HASH_BYTES * rows),
    released: new Uint8Array(LEAF_BYTES * rows),
    decided: new Uint8Array(LEAF_BYTES * rows),
    cells: Array.from({ length: cellRows }, (_, i) => [
      '',
      flat(`Person ${1_000 * i}`),
      flat(`${1_000 * i} Example Street, Town ${i}`),
    ]),
    /** R and D, when they are grown. */
    trees: [] as PrefixTree[],
  }
}

/** From secrets and cells to the tree R, part by part. */
export function growReleased(made: MadeUpRelease): { did: string; work: () => void }[] {
  const { decidedRows, leaves, openings, released, cells, trees } = made
  const rows = decidedRows.count
  const committer = new RowCommitter(registerId, columns)
  return [
    { did: 'row openings', work: () => leaves.rowOpenings(decidedRows, openings) },
    { did: 'keys in R', work: () => leaves.releasedKeys(openings, rows, released) },
    {
      did: 'references and commitments in R',
      work: () => {
        const queue = new HashQueue(released)
        for (let i = 0; i < rows; i++) {
          const row = cells[i % cellRows]!
          row[0] = refOf(released, LEAF_BYTES * i)
          committer.commitLater(row, openings, HASH_BYTES * i, queue, LEAF_BYTES * i + HASH_BYTES)
        }
        queue.finish()
      },
    },
    {
      did: 'tree R, sorted and hashed',
      work: () => {
        trees[0] = buildPrefixTree(released, rows)
      },
    },
  ]
}

function secretsOf(rows: number): Uint8Array {
  const secrets = Buffer.alloc(HASH_BYTES * rows)
  const seed = createHash('sha256').update('secrets').digest()
  for (let i = 0; i < rows; i++) {
    seed.writeUInt32BE(i)
    createHash('sha256')
      .update(seed)
      .digest()
      .copy(secrets, HASH_BYTES * i)
  }
  return secrets
}

/** As a reader would give it: not a string that is still to be put together. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
