// A set decided: the compiled statement run once, then a histogram of its masks turned into counts and reasons.
import { isSystematic, type ReasonCode, reasons } from '../model/reason.ts'
import type { Outcome, OutcomeCounts, ReasonCount } from '../model/verdict.ts'
import {
  type CompiledDecision,
  compileDecision,
  keptFields,
  outcomeNumbers,
  wordCount,
} from './compile-decision.ts'
import { outcomeOf } from './judge-record.ts'
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
  /** Bit i = field i of the request may travel. */
  fields: number
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
  /** Whether a person's other enrolments were asked as well: the decided table says of each row which fields it keeps. */
  clusters: boolean
}

/** What only a counted file can be asked. */
export type CountedFacts = { systematicPercent: number; recordsLeft: number }

/**
 * The decision as statements over what the engine holds: where somebody in the file has another enrolment, it is asked of
 * as well. `person_mate` and the dataset must be as the decision will find them.
 */
export async function compileFor(
  engine: SetEngine,
  plan: DecisionPlan,
  datasetTable: string,
): Promise<CompiledDecision> {
  const [found] = await engine.rows<{ clusters: boolean }>(
    `select exists(select 1 from ${datasetTable} d join person_mate m on m.subject = d.subject) as clusters`,
  )
  return compileDecision(plan, datasetTable, { clusters: found!.clusters })
}

/** Decides every row of a dataset table into `target` (see `CompiledDecision.verdicts`) and counts. */
export async function decideSet(
  engine: SetEngine,
  plan: DecisionPlan,
  datasetTable: string,
  target: string,
): Promise<SetDecision> {
  const { verdicts, clusters } = await compileFor(engine, plan, datasetTable)
  await engine.run(`create or replace temp table ${target} as ${verdicts}`)
  return countDecision(engine, plan, { target, clusters })
}

/** The counts of a decided table. */
export async function countDecision(
  engine: SetEngine,
  plan: DecisionPlan,
  { target, clusters }: { target: string; clusters: boolean },
): Promise<SetDecision> {
  const words = Array.from({ length: wordCount }, (_, word) => word)
  const columns = [
    'notice',
    'outcome',
    ...words.map((word) => `mask_${word}`),
    ...(clusters ? [...words.map((word) => `open_${word}`), 'fields'] : []),
  ]
  const rows = await engine.rows<Record<string, number>>(
    `select ${columns.join(', ')}, count(*)::bigint as count from ${target} group by all order by all`,
  )
  return summarise(
    plan,
    rows.map((row) => groupOf(row, plan, clusters)),
    clusters,
  )
}

function groupOf(row: Record<string, number>, plan: DecisionPlan, clusters: boolean): ReasonGroup {
  const notice = plan.notices.get(row.notice!) ?? plan.notices.get(0)!
  const codesIn = (column: 'mask' | 'open') =>
    Array.from({ length: wordCount }, (_, word) => codesOf(row[`${column}_${word}`]!, word)).flat()
  const codes = codesIn('mask')
  const weighing = clusters ? codesIn('open') : codes.filter((code) => !notice.cleared.has(code))
  const outcome = outcomeOf(weighing)
  if (outcomeNumbers[outcome] !== row.outcome) {
    throw new Error('the outcome in SQL and the outcome of the same reasons in TypeScript differ')
  }
  const fields = clusters ? row.fields! : keptFields(notice)
  return { notice: notice.id, codes, weighing, primary: weighing[0], outcome, fields, count: row.count! }
}

export function codesOf(mask: number, word: number): ReasonCode[] {
  const bits = BigInt(mask)
  return recordCodes.filter(
    (_, index) => Math.floor(index / bitsPerWord) === word && (bits >> BigInt(index % bitsPerWord)) & 1n,
  )
}

function summarise(plan: DecisionPlan, groups: readonly ReasonGroup[], clusters: boolean): SetDecision {
  const considered = sum(groups)
  const recordOutcomes = noOutcomes()
  for (const { outcome, count } of groups) recordOutcomes[outcome] += count
  const systematic = sum(groups.filter(({ weighing }) => weighing.some(isSystematic)))
  const systematicPercent = considered === 0 ? 0 : (100 * systematic) / considered
  const recordsLeft = recordOutcomes.allow + recordOutcomes.transform
  const file = fileReasons(plan, { systematicPercent, recordsLeft })
  return {
    considered,
    outcomes: weighFile(recordOutcomes, file),
    recordOutcomes,
    file,
    reasons: countReasons(groups),
    groups,
    systematicPercent,
    clusters,
  }
}

/** File rules, with the facts only a counted file has; without them they say what is known of the request alone. */
export function fileReasons(plan: DecisionPlan, counted: CountedFacts | undefined): FileReason[] {
  const facts = {
    ...plan.requestFacts,
    ...(counted && { ...counted, systematicPercent: Math.floor(counted.systematicPercent * 1000) / 1000 }),
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
