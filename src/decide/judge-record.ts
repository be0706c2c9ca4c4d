// Reasons → verdict, the same for one person and for a histogram of masks: deny > review > transform > allow.

import { type ReasonCode, reasons } from '../model/reason.ts'
import type { FieldTreatment, Outcome, RecordVerdict } from '../model/verdict.ts'
import type { SubjectFacts } from './gather.ts'
import { gather } from './gather.ts'
import type { Facts } from './interpret.ts'
import type { Enrolment, PersonRecord } from './person-record.ts'
import { type DecisionPlan, fires, type PlannedNotice, recordCodes } from './plan.ts'

export type JudgedRecord = { facts: SubjectFacts; verdict: RecordVerdict; notice: PlannedNotice }

/** One enrolment's reasons, and under which notice. */
export type JudgedPart = { facts: SubjectFacts; codes: Set<ReasonCode>; notice: PlannedNotice }

/**
 * The reference decision on one record: gather, then interpret every rule in full, nothing settled beforehand. A person
 * with several enrolments is refused what any of them is refused; facts and notice are the record's own.
 */
export function judgeRecord(plan: DecisionPlan, record: PersonRecord): JudgedRecord {
  const parts = judgeParts(plan, record)
  const [own] = parts
  return { facts: own.facts, notice: own.notice, verdict: verdictOfParts(parts) }
}

/** The record's own enrolment, then its mates in their order, each judged for itself. */
export function judgeParts(plan: DecisionPlan, record: PersonRecord): [JudgedPart, ...JudgedPart[]] {
  const own = judgePart(plan, record)
  const mates = record.mates.map((mate) => judgePart(plan, partOf(record, mate)))
  if (keepNothingTogether(plan, [own, ...mates])) own.codes.add('F907')
  return [own, ...mates]
}

/** Another enrolment of the person: what the register holds of it, with what the file says of the record. */
export function partOf(record: PersonRecord, mate: Enrolment): PersonRecord {
  return { ...record, ...mate }
}

function judgePart(plan: DecisionPlan, record: PersonRecord): JudgedPart {
  const facts = gather(record, plan)
  const notice = plan.notices.get(Number(facts.notice)) ?? plan.notices.get(0)!
  const known: Facts = { ...plan.requestFacts, ...notice.facts, ...facts }
  const codes = new Set<ReasonCode>(notice.fields.flatMap((field) => field.codes))
  for (const rule of plan.recordRules) if (fires(rule, known)) codes.add(rule.code)
  return { facts, notice, codes }
}

/** Each part may keep a field and all of them together none: F907 where a pack in play has it. */
function keepNothingTogether(plan: DecisionPlan, parts: readonly JudgedPart[]): boolean {
  const keptByAll = (index: number) => parts.every(({ notice }) => notice.fields[index]!.codes.length === 0)
  return (
    parts.length > 1 &&
    plan.recordRules.some(({ code }) => code === 'F907') &&
    !plan.request.fields.some((_, index) => keptByAll(index))
  )
}

/** The verdict on an enrolment whose person has no other. */
export function verdictOf(codes: ReadonlySet<ReasonCode>, notice: PlannedNotice): RecordVerdict {
  return verdictOfParts([{ codes, notice }])
}

/** All reasons stay listed; those a determination answered, for the notice it was made for, no longer weigh. */
export function verdictOfParts(
  parts: readonly { codes: ReadonlySet<ReasonCode>; notice: PlannedNotice }[],
): RecordVerdict {
  const listed = recordCodes.filter((code) => parts.some(({ codes }) => codes.has(code)))
  const weighing = recordCodes.filter((code) =>
    parts.some(({ codes, notice }) => codes.has(code) && !notice.cleared.has(code)),
  )
  const fields: Record<string, FieldTreatment> = {}
  for (const { notice } of parts) {
    for (const { name, treatment } of notice.fields) {
      if (fields[name] !== 'drop') fields[name] = treatment
    }
  }
  return { outcome: outcomeOf(weighing), reasons: listed, primary: weighing[0], fields }
}

export function outcomeOf(codes: readonly ReasonCode[]): Outcome {
  for (const effect of ['deny', 'review', 'transform'] as const) {
    if (codes.some((code) => reasons[code].effect === effect)) return effect
  }
  return 'allow'
}
