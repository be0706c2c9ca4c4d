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
  /** What then left, and what the recipient found; absent when nothing might leave. */
  release?: CaseRelease
  /** Lines called back after this beat from releases before it. */
  recalls: readonly CaseRecall[]
}

/** A delivery, as the register and the recipient's own receipt state it. */
export type CaseRelease = {
  release: string
  /** Legal name. */
  recipient: string
  /** Who approved it, and the rule that let that person. */
  approvedBy: string
  approvalRule: 'second-person' | 'sole-person'
  rows: number
  columns: readonly string[]
  folder: string
  /** Of the sealed records. */
  sizeBytes: number
  /** Roots of the two trees, hex. */
  roots: { released: string; decided: string }
  /** What the recipient counted and computed from what arrived, with its own key. */
  opened: { rows: number; released: string; agrees: boolean }
  seconds: { commit: number; shapeAndSeal: number; proof: number; deliver: number; open: number }
  /** Made by an earlier run. */
  reused: boolean
}

export type CaseRecall = {
  /** The release the lines were in, and the beat that made it. */
  release: string
  beat: string
  recipient: string
  asked: number
  /** Lines the recipient says it found and took out. */
  removed: number
  /** Its signed receipt is on record. */
  acknowledged: boolean
  /** ISO date by which they had to go. */
  dueOn: string
}

/** Beat 6: nobody has to trust us. */
export type CaseTrust = {
  /** Whole and untouched, checked offline: the log, a release, a person's receipt. */
  checks: readonly { says: string; holds: boolean }[]
  /** One byte changed: what, and where the check found it. */
  trials: readonly { says: string; refused: boolean; place: string }[]
  /** What one of the people is told when she asks who has her data. */
  whoHas: { name: string; memberNo: string; lines: readonly string[] }
  /** One sentence on what none of this proves. */
  limits: string
  /** Files to check oneself, with the command. */
  commands: readonly { path: string; what: string; command: string }[]
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
  trust: CaseTrust
  persons: readonly CasePerson[]
  /** Imports, projection, dataset reading, decisions, in order. */
  timings: readonly { step: string; records: number; seconds: number; reused: boolean }[]
  totalSeconds: number
  peakRssBytes: number
  /** Files made, with what each is. */
  made: readonly { path: string; what: string }[]
  madeOn: string
}
