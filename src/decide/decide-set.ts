// A set decided: the compiled statement run once, then a histogram of its masks turned into counts and reasons.
import { isSystematic, type ReasonCode, reasons } from '../model/reason.ts'
import type { Outcome, OutcomeCounts, ReasonCount } from '../model/verdict.ts'
import { compileDecision, outcomeNumbers, wordCount } from './compile-decision.ts'
import { verdictOf } from './judge-record.ts'
import { bitsPerWord, type DecisionPlan, fileCodes, fires, recordCodes } from './plan.ts'
import type { SetEngine } from './set-engine.ts'

export type FileReason = { code: ReasonCode; slug: string; effect: 'deny' | 'review'; cleared: boolean }

/** People under one notice whose reasons are the same. */
export type ReasonGroup = {
  notice: string | undefined
  codes: readonly ReasonCode[]
  /** Codes that still weigh: those no determination has answered. */
  weighing: readonly ReasonCode[]
  primary: ReasonCode | undefined
  outcome: Outcome
  count: number
}

export type SetDecision = {
  considered: number
  /** What may happen to each record once the file's own reasons are weighed in. */
  outcomes: OutcomeCounts
  /** What the records' own reasons say, file reasons apart. */
  recordOutcomes: OutcomeCounts
  file: readonly FileReason[]
  reasons: readonly ReasonCount[]
  groups: readonly ReasonGroup[]
  systematicPercent: number
}

/** Decides every row of a dataset table into `target` (ordinal, subject, notice, masks, outcome) and counts. */
export async function decideSet(
  engine: SetEngine,
  plan: DecisionPlan,
  datasetTable: string,
  target: string,
): Promise<SetDecision> {
  const { verdicts } = compileDecision(plan, datasetTable)
  await engine.run(`create or replace temp table ${target} as ${verdicts}`)
  return countDecision(engine, plan, target)
}

/** The counts of a decided table. */
export async function countDecision(
  engine: SetEngine,
  plan: DecisionPlan,
  target: string,
): Promise<SetDecision> {
  const words = Array.from({ length: wordCount }, (_, word) => `mask_${word}`)
  const rows = await engine.rows<Record<string, number>>(
    `select notice, outcome, ${words.join(', ')}, count(*)::bigint as count from ${target} group by all order by all`,
  )
  const groups = rows.map((row): ReasonGroup => {
    const notice = plan.notices.get(row.notice!) ?? plan.notices.get(0)!
    const codes = new Set(words.flatMap((word, index) => codesOf(row[word]!, index)))
    const verdict = verdictOf(codes, notice)
    if (outcomeNumbers[verdict.outcome] !== row.outcome) {
      throw new Error('the outcome in SQL and the outcome of the same reasons in TypeScript differ')
    }
    return {
      notice: notice.id,
      codes: verdict.reasons,
      weighing: verdict.reasons.filter((code) => !notice.cleared.has(code)),
      primary: verdict.primary,
      outcome: verdict.outcome,
      count: row.count!,
    }
  })
  return summarise(plan, groups)
}

export function codesOf(mask: number, word: number): ReasonCode[] {
  const bits = BigInt(mask)
  return recordCodes.filter(
    (_, index) => Math.floor(index / bitsPerWord) === word && (bits >> BigInt(index % bitsPerWord)) & 1n,
  )
}

function summarise(plan: DecisionPlan, groups: readonly ReasonGroup[]): SetDecision {
  const considered = sum(groups)
  const recordOutcomes = noOutcomes()
  for (const { outcome, count } of groups) recordOutcomes[outcome] += count
  const systematic = sum(groups.filter(({ weighing }) => weighing.some(isSystematic)))
  const systematicPercent = considered === 0 ? 0 : (100 * systematic) / considered
  const file = fileReasons(plan, systematicPercent)
  return {
    considered,
    outcomes: weighFile(recordOutcomes, file),
    recordOutcomes,
    file,
    reasons: countReasons(groups),
    groups,
    systematicPercent,
  }
}

/** File rules, with the one fact only a counted file has; without it they say what is known of the request alone. */
export function fileReasons(plan: DecisionPlan, systematicPercent: number | undefined): FileReason[] {
  const facts = {
    ...plan.requestFacts,
    systematicPercent: systematicPercent && Math.floor(systematicPercent * 1000) / 1000,
  }
  const fired = new Set(plan.fileRules.filter((rule) => fires(rule, facts)).map(({ code }) => code))
  return fileCodes
    .filter((code) => fired.has(code))
    .map((code) => ({
      code,
      slug: reasons[code].slug,
      effect: reasons[code].effect === 'deny' ? 'deny' : 'review',
      cleared: plan.clearedFileCodes.has(code),
    }))
}

/** A file-level denial stops everything; a file-level review holds what would have gone. */
function weighFile(records: OutcomeCounts, file: readonly FileReason[]): OutcomeCounts {
  const weighing = file.filter(({ cleared }) => !cleared)
  const all = records.deny + records.review + records.transform + records.allow
  if (weighing.some(({ effect }) => effect === 'deny')) return { ...noOutcomes(), deny: all }
  if (weighing.length > 0) return { ...noOutcomes(), deny: records.deny, review: all - records.deny }
  return records
}

function countReasons(groups: readonly ReasonGroup[]): ReasonCount[] {
  return recordCodes.flatMap((code) => {
    const count = sum(groups.filter(({ codes }) => codes.includes(code)))
    const primary = sum(groups.filter((group) => group.primary === code))
    return count === 0 ? [] : [{ code, slug: reasons[code].slug, count, primary }]
  })
}

function sum(groups: readonly { count: number }[]): number {
  return groups.reduce((total, { count }) => total + count, 0)
}

function noOutcomes(): OutcomeCounts {
  return { deny: 0, review: 0, transform: 0, allow: 0 }
}
