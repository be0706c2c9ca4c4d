// What the lines of a release add up to: outcomes, notices, how good the evidence is and how late it was written down.
import { canonicalJson } from '../model/canonical.ts'
import { isMasked, type ReasonCode, reasons } from '../model/reason.ts'
import type { DecisionBody } from '../model/release.ts'
import { type EvidenceGrade, grades } from '../model/vocabulary.ts'
import { dayWriter } from './people-csv.ts'
import { type LineOutcome, lineOutcomes, type PeopleTable } from './people-table.ts'

export type GradeCounts = Record<EvidenceGrade, number>

/** Whole days from the showing, at the latest, to its entry in the register. */
export type LagCounts = {
  /** Entered before it is said to have happened. */
  ahead: number
  sameDay: number
  within7: number
  within30: number
  within365: number
  later: number
}

export type NoticeFigures = {
  /** name@version */
  notice: string
  sha256: string
  lines: number
  released: number
  grades: GradeCounts
  /** Dates, UTC. */
  shownFrom: string
  shownTo: string
}

/** Exact where five or more: fewer might be somebody. */
export type MaskedCount = number | 'fewer than 5'

export type ReleaseFigures = {
  release: string
  considered: number
  outcomes: Record<LineOutcome, number>
  /** Records touched; in the order of the decision. Without those whose ground is masked. */
  reasons: { code: ReasonCode; slug: string; count: number }[]
  masked: { record?: MaskedCount; field?: MaskedCount }
  notices: NoticeFigures[]
  /** Of the showings that the decision went by; absent where the people are not there to be counted. */
  evidence?: { lag: LagCounts; afterRequest: number; noNotice: number }
}

export const MASKED_COUNT_MIN = 5

/** summary.json */
export function figuresText(figures: ReleaseFigures): string {
  return canonicalJson(figures)
}

/** Without a table: of a release that nobody left in, or whose verdicts are not kept, what the decision itself says. */
export function releaseFigures(
  release: string,
  decision: DecisionBody,
  people: PeopleTable | undefined,
  noticeOf: (number: number) => { id: string; sha256: string },
): ReleaseFigures {
  const counted = people === undefined ? { ...decision.outcomes, removed: 0 } : countOutcomes(people)
  return {
    release,
    considered: decision.considered,
    outcomes: counted,
    reasons: decision.reasons
      .filter(({ code }) => !isMasked(code))
      .map(({ code, count }) => ({ code, slug: reasons[code].slug, count })),
    masked: people === undefined ? {} : maskedCounts(people.masked),
    notices: people === undefined ? [] : noticeFigures(people, noticeOf),
    ...(people && { evidence: evidenceFigures(people) }),
  }
}

function countOutcomes({ outcomes }: PeopleTable): Record<LineOutcome, number> {
  const counts = { deny: 0, review: 0, transform: 0, allow: 0, removed: 0 }
  for (const outcome of outcomes) counts[lineOutcomes[outcome]!]++
  return counts
}

function maskedCounts({ record, field }: PeopleTable['masked']): ReleaseFigures['masked'] {
  const shown = (count: number): MaskedCount => (count < MASKED_COUNT_MIN ? 'fewer than 5' : count)
  return {
    ...(record !== undefined && { record: shown(record) }),
    ...(field !== undefined && { field: shown(field) }),
  }
}

function noticeFigures(
  { count, notices, shown, grades: gradesOf, outcomes }: PeopleTable,
  noticeOf: (number: number) => { id: string; sha256: string },
): NoticeFigures[] {
  const day = dayWriter()
  const byNotice = new Map<
    number,
    { lines: number; released: number; grades: number[]; from: number; to: number }
  >()
  for (let line = 0; line < count; line++) {
    const notice = notices[line]!
    if (notice === 0) continue
    const known = byNotice.get(notice)
    const figures = known ?? {
      lines: 0,
      released: 0,
      grades: [0, 0, 0, 0],
      from: shown[line]!,
      to: shown[line]!,
    }
    if (known === undefined) byNotice.set(notice, figures)
    figures.lines++
    if (hasLeft(outcomes[line]!)) figures.released++
    figures.grades[gradesOf[line]!]!++
    figures.from = Math.min(figures.from, shown[line]!)
    figures.to = Math.max(figures.to, shown[line]!)
  }
  return [...byNotice]
    .sort(([one], [other]) => one - other)
    .map(([number, { lines, released, grades: counted, from, to }]) => {
      const { id, sha256 } = noticeOf(number)
      return {
        ...{ notice: id, sha256, lines, released, grades: gradeCounts(counted) },
        ...{ shownFrom: day(from), shownTo: day(to) },
      }
    })
}

function gradeCounts(counted: readonly number[]): GradeCounts {
  const of = (grade: EvidenceGrade) => counted[grades[grade]] ?? 0
  return { A: of('A'), B: of('B'), C: of('C') }
}

export function hasLeft(outcome: number): boolean {
  const name = lineOutcomes[outcome]
  return name === 'transform' || name === 'allow'
}

function evidenceFigures({ count, notices, shown, recorded, afterRequest }: PeopleTable) {
  const lag: LagCounts = { ahead: 0, sameDay: 0, within7: 0, within30: 0, within365: 0, later: 0 }
  let noNotice = 0
  for (let line = 0; line < count; line++) {
    if (notices[line] === 0) noNotice++
    else lag[lagOf(recorded[line]! - shown[line]!)]++
  }
  return { lag, afterRequest, noNotice }
}

function lagOf(days: number): keyof LagCounts {
  // What is known by the day ends at midnight, and so may bear the next date.
  if (days < -1) return 'ahead'
  if (days <= 0) return 'sameDay'
  if (days <= 7) return 'within7'
  if (days <= 30) return 'within30'
  return days <= 365 ? 'within365' : 'later'
}

/** A: captured when it happened … in the words of the page and of the certificate. */
export const gradeWords: Record<EvidenceGrade, string> = {
  A: 'captured when it happened',
  B: 'attributed by a documented rule',
  C: 'asserted afterwards',
}
