// The port behind which the tree D is grown, while the rows of R are shaped and sealed.
import type { DecidedRows } from '../log/grow-decided.ts'

export type GrownTree = {
  root: Uint8Array
  /** The file of the tree, piece after piece. */
  bytes: readonly Uint8Array[]
}

/** The same tree wherever it is grown; whatever ends the growing without a tree rejects. */
export type TreeBuilder = (rows: DecidedRows) => Promise<GrownTree>
