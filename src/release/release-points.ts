// The moments between which a crash must leave a release whole or absent, numbered in the order they are passed.
// Tests kill the process at each of them and start again.

export const releasePoints = [
  'before-commit',
  'committed',
  'staged',
  'records-sealed',
  'proof-sealed',
  'manifest-written',
  'before-gate',
  'sealed',
  'checkpoint-signed',
  'renamed',
  'delivered',
] as const
export type ReleasePoint = (typeof releasePoints)[number]

/** Called as each point is passed; at `renamed` under the head's lock, so that waiting for a statement there waits for ever. */
export type AtPoint = (point: ReleasePoint) => void | Promise<void>
