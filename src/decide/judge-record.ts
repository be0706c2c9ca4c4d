// Reasons → verdict, the same for one person and for a histogram of masks: deny > review > transform > allow.

import type { RegisterEvent } from '../model/event.ts'
import { type ReasonCode, reasons } from '../model/reason.ts'
import type { FieldTreatment, Outcome, RecordVerdict } from '../model/verdict.ts'
import type { DatasetColumns, SubjectFacts } from './gather.ts'
import { gather } from './gather.ts'
import type { Facts } from './interpret.ts'
import { type DecisionPlan, fires, type PlannedNotice, recordCodes } from './plan.ts'

export type JudgedRecord = { facts: SubjectFacts; verdict: RecordVerdict; notice: PlannedNotice }

/** The reference decision on one record: gather, then interpret every rule in full, nothing settled beforehand. */
export function judgeRecord(
  plan: DecisionPlan,
  events: readonly RegisterEvent[],
  columns: DatasetColumns,
): JudgedRecord {
  const facts = gather(events, columns, plan)
  const notice = plan.notices.get(Number(facts.notice)) ?? plan.notices.get(0)!
  const known: Facts = { ...plan.requestFacts, ...notice.facts, ...facts }
  const codes = new Set<ReasonCode>(notice.fields.flatMap((field) => field.codes))
  for (const rule of plan.recordRules) if (fires(rule, known)) codes.add(rule.code)
  return { facts, notice, verdict: verdictOf(codes, notice) }
}

/** All reasons stay listed; those a determination answered no longer weigh. */
export function verdictOf(codes: ReadonlySet<ReasonCode>, notice: PlannedNotice): RecordVerdict {
  const ordered = recordCodes.filter((code) => codes.has(code))
  const weighing = ordered.filter((code) => !notice.cleared.has(code))
  const fields: Record<string, FieldTreatment> = {}
  for (const field of notice.fields) fields[field.name] = field.treatment
  return { outcome: outcomeOf(weighing), reasons: ordered, primary: weighing[0], fields }
}

export function outcomeOf(codes: readonly ReasonCode[]): Outcome {
  for (const effect of ['deny', 'review', 'transform'] as const) {
    if (codes.some((code) => reasons[code].effect === effect)) return effect
  }
  return 'allow'
}
