// The tree D from columns: what a thread can be handed, and grow by itself.
import { buildPrefixTree, type PrefixTree } from './prefix-tree.ts'
import { ReleaseLeaves, type SubjectRows } from './release-leaves.ts'
import { LEAF_BYTES } from './sort-leaves.ts'

/** The records that were considered; of record i, `verdicts[kinds[i]]` became. */
export type DecidedRows = SubjectRows & {
  registerId: string
  release: string
  verdicts: readonly Uint8Array[]
  kinds: Uint32Array
}

export function growDecided(rows: DecidedRows): PrefixTree {
  const leaves = new Uint8Array(LEAF_BYTES * rows.count)
  new ReleaseLeaves(rows.registerId, rows.release).decidedLeaves(rows, rows.verdicts, rows.kinds, leaves)
  return buildPrefixTree(leaves, rows.count)
}
