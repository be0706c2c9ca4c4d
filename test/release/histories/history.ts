// A history: what was recorded of one release, and of those before it whose copies are still out, while people spoke. What
// the clients saw, what the register says, what the recipient opened, and what the reference evaluator makes of it.

/** A moment of the process that records, counted up whenever something is noted. */
export type Tick = number

/** What one client said, and what it was told. */
export type Operation = {
  client: string
  /** The word for it, as in `sayings`. */
  says: string
  /** The register's kind of it. */
  kind: string
  people: readonly number[]
  invoked: Tick
  acknowledged?: { at: Tick; position: number }
}

/** What stands in the register at one position about people: an event, or a link between two. */
export type Entry = { position: number; recordedAt: number; kind: string; people: readonly number[] }

/** By the reference: whether a person may leave, may not, or has said something that calls her back. */
export type Standing = 'may' | 'refused' | 'vetoed'

/** A person's standing from each position on, ascending; the first is where the decision stood. */
export type Timeline = readonly { from: number; standing: Standing }[]

/** Marks on the way of a release: everything acknowledged before `at` has a position before `position`. */
export type Mark = { at: Tick; position: number }

export type LeftRelease = {
  release: string
  request: string
  /** Positions: the register as the decision saw it, and the point after which whoever says stop is recalled. */
  decidedAt: number
  pointAt: number
  marks: readonly Mark[]
  /** Kinds of its documents in the order of their positions. */
  documents: readonly string[]
  /** Folders of it that are visible, in all places together. */
  folders: number
  /** People by the rows that the recipient opened, in the order of the file; 0 for one nobody can be found by. */
  rows: readonly number[]
  /** People that each removal names, opened by the recipient too. */
  removals: readonly (readonly number[])[]
  /** Recalled before this history began. */
  recalledBefore: readonly number[]
  /** Everything up to here has been followed up. */
  followedUpTo: number
  /** By the decision, which counts what was recorded before it; left out of one that an earlier history was about. */
  atDecision?: ReadonlyMap<number, Standing>
  /** For the instant of the release, from the decision to the point; left out likewise. */
  leaving?: ReadonlyMap<number, Timeline>
  /** Of whoever is in it, for now, from the point on. */
  staying: ReadonlyMap<number, Timeline>
}

export type History = {
  operations: readonly Operation[]
  register: readonly Entry[]
  left: readonly LeftRelease[]
}
