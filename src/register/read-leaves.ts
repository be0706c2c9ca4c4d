// The leaves of the log as the register holds them: every entry, hashed twice by different code.

import { equalBytes } from '../log/bytes.ts'
import type { TreeHead } from '../log/checkpoint.ts'
import { leafHash, type MerkleRoot } from '../log/merkle.ts'
import { Problem } from '../model/problem.ts'
import type { StoreSession } from './store.ts'

/** A multiple of a bundle's width. */
const SLICE = 4096

export type Leaves = { first: number; entries: Uint8Array[]; leafHashes: Uint8Array[] }

/**
 * Leaves `from` … `to` - 1 in slices. One flipped bit in a published hash would spoil a log for ever, so the database
 * computes every leaf hash as well; throws `register.corrupt` where the two differ, or a batch is missing.
 */
export async function* readLeaves(
  session: Pick<StoreSession, 'query'>,
  from: number,
  to: number,
): AsyncGenerator<Leaves> {
  for (let first = from; first < to; first += SLICE) {
    const rows = await session.query<{ position: number; entry: Uint8Array; hash: Uint8Array }>(
      `select position, entry, sha256('\\x00'::bytea || entry) as hash
         from register.batch where position > $1 and position <= $2 order by position`,
      [first, Math.min(first + SLICE, to)],
    )
    const leafHashes = rows.map(({ position, entry, hash }, index) => {
      if (position !== first + index + 1) throw missing(first + index + 1)
      const ours = leafHash(entry)
      if (!equalBytes(ours, hash))
        throw new Problem('register.corrupt', `two computations of the hash of batch ${position} differ`)
      return ours
    })
    if (rows.length < Math.min(SLICE, to - first)) throw missing(first + rows.length + 1)
    yield { first, entries: rows.map(({ entry }) => entry), leafHashes }
  }
}

/** Of `trees`, none smaller than `tree`, the first that the register's batches do not lead to, going on from `tree`. */
export async function firstDifference(
  session: Pick<StoreSession, 'query'>,
  tree: MerkleRoot,
  trees: readonly TreeHead[],
): Promise<TreeHead | undefined> {
  const waiting = [...trees].sort((one, other) => one.size - other.size)
  const difference = () => {
    while (waiting[0]?.size === tree.size) {
      if (!equalBytes(waiting[0].root, tree.root())) return waiting[0]
      waiting.shift()
    }
    return undefined
  }
  if (difference() !== undefined) return waiting[0]
  for await (const { leafHashes } of readLeaves(session, tree.size, waiting.at(-1)?.size ?? 0))
    for (const hash of leafHashes) {
      tree.addLeafHash(hash)
      if (difference() !== undefined) return waiting[0]
    }
  return undefined
}

function missing(position: number): Problem {
  return new Problem('register.corrupt', `batch ${position} is missing`)
}
