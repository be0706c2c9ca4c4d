// What a worked case has to show: the numbers of each beat, in groups that add up, and the people who carry the story.
import type { CheckResult } from '../../release/check-request.ts'

export type CaseGroup = {
  id: string
  /** In words a non-engineer reads: "shown a notice that names no party". */
  says: string
  people: number
  mayLeave: boolean
}

export type CaseBeat = {
  id: string
  /** "5 May 2017: a broker asks for the party, by post" */
  title: string
  /** Two or three sentences: who asks for what, and what the answer means. */
  story: string
  result: CheckResult
  /** How many may leave now: allow + transform after the file's own reasons. */
  released: number
  groups: readonly CaseGroup[]
  /** The quotas' arithmetic, done without the engine, says the same. */
  asExpected: boolean
  seconds: number
}

export type CasePerson = {
  name: string
  memberNo: string
  /** Who she is, in one sentence. */
  card: string
  /** Per beat: whether her record may leave and, in plain words, why not. Masked where the ground is not the reader's. */
  beats: readonly { beat: string; mayLeave: boolean; words: string; codes: readonly string[] }[]
}

export type CaseReport = {
  title: string
  people: number
  joiners: number
  events: number
  /** Without Fairshare: the bare export. */
  bareExport: { rows: number; columns: number; seconds: number; sizeBytes: number }
  /** What publishing said, in order: the diff in words and the impact. */
  publications: readonly { title: string; lines: readonly string[]; impact: readonly string[] }[]
  beats: readonly CaseBeat[]
  persons: readonly CasePerson[]
  /** Imports, projection, dataset reading, decisions, in order. */
  timings: readonly { step: string; records: number; seconds: number; reused: boolean }[]
  totalSeconds: number
  peakRssBytes: number
  /** Files made, with what each is. */
  made: readonly { path: string; what: string }[]
  madeOn: string
}
