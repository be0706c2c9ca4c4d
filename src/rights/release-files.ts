// The port to what a release leaves outside the register and a receipt needs: its two trees, and the verdicts.

/** A file of `openPrefixTree`; close it. */
export type TreeFile = {
  sizeBytes: number
  readAt(offset: number, length: number): Promise<Uint8Array>
  close(): Promise<void>
}

/** As D commits to it (src/log/release-leaves.ts). */
export type Verdict = { outcome: number; fields: number; masks: readonly number[] }

export type ReleaseFiles = {
  /** Undefined when it is not kept, or not any more. */
  openTree(release: string, tree: 'released' | 'decided'): Promise<TreeFile | undefined>
  /** What the file of verdicts says of each row of the person, in file order; undefined when the file is gone. */
  readVerdicts(artefact: { file: string }, subject: number): Promise<Verdict[] | undefined>
}
