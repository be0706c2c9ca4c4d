// One reason for one reader: the words, the facts it was found by with the events behind them, and what would change it.
import { evidenceBehind } from '../decide/evidence-behind.ts'
import { type Expression, factsRead, type Value } from '../decide/expression.ts'
import type { SubjectFact } from '../decide/fact.ts'
import type { Facts } from '../decide/interpret.ts'
import type { PersonRecord } from '../decide/person-record.ts'
import { noticeFacts, requestFacts } from '../decide/plain-facts.ts'
import { type DecisionPlan, fires, type PlannedNotice } from '../decide/plan.ts'
import type { Authority, Question, Rule } from '../decide/rule.ts'
import { type SubjectFactName, subjectFacts } from '../decide/subject-facts.ts'
import { type Change, whatWouldChange } from '../decide/what-would-change.ts'
import { type Whose, whoCanChange, whoseChange } from '../decide/who-can-change.ts'
import type { RegisterEvent } from '../model/event.ts'
import { type ReasonCode, type ReasonEffect, type ReasonLevel, reasons } from '../model/reason.ts'
import type { NamedEvent } from '../register/name-events.ts'
import { isHidden, isHiddenFact, maskedWords, type Reader } from './masked-reason.ts'

export type Evidence = Omit<NamedEvent, 'actor'> & {
  /** Whole days from when it happened at the latest until it was recorded; undefined where it has no date. */
  lagDays: number | undefined
  /** Recorded when an enquiry was open already: what is written down then is no witness. */
  afterEnquiry: boolean
}

export type ExplainedFact = {
  name: string
  means: string
  value: Value
  /** Of a fact that is a notice: its id. */
  notice: string | undefined
  evidence: readonly Evidence[]
  /** What carries it was said under somebody else's record. */
  elsewhere: boolean
}

/** Where a reason was found: under this enrolment, or under another one of the same person. */
export type Ground = {
  record: 'this' | 'other'
  /** The other enrolment's number, for a regulator. */
  subject: number | undefined
  /** Of a reason against fields: which. */
  fields: readonly string[]
  facts: readonly ExplainedFact[]
  changes: readonly (Change & { by: Whose })[]
}

export type ExplainedReason = {
  /** Absent, like all but words and remedy, where the ground is not the reader's to know. */
  code: ReasonCode | undefined
  slug: string | undefined
  question: Question | undefined
  effect: ReasonEffect
  words: string
  remedy: string
  law: string | undefined
  authority: Authority | undefined
  /** False: the pack cites this from memory; check the source before relying on it. */
  verified: boolean | undefined
  /** A determination has answered this question for this notice, recipient and purpose. */
  cleared: boolean
  /** The condition as the rule states it; absent where it reads a fact that is not the reader's. */
  when: Expression | undefined
  /** Whose it is to change; a person's "no" is nobody else's. */
  by: Whose | undefined
  grounds: readonly Ground[]
}

/** One enrolment, or the request as a whole, with the facts it was judged by and the codes found. */
export type GroundGiven = {
  codes: ReadonlySet<ReasonCode>
  facts: Facts
  cleared: ReadonlySet<ReasonCode>
  notice: PlannedNotice | undefined
  /** Absent: the request as a whole. */
  record: PersonRecord | undefined
  other: boolean
}

export type Telling = {
  plan: DecisionPlan
  reader: Reader
  evidenceOf(event: RegisterEvent): Evidence
}

/** What is masked comes first, as one; what a determination answered of it weighs no more and would tell its kind. */
export function explainReasons(
  codes: readonly ReasonCode[],
  given: readonly GroundGiven[],
  telling: Telling,
): ExplainedReason[] {
  const { reader } = telling
  const hidden = new Set(
    codes
      .filter((code) => isHidden(code, reader) && !isCleared(code, given))
      .map((code) => reasons[code].level),
  )
  return [
    ...(['record', 'file', 'field'] as const)
      .filter((level) => hidden.has(level))
      .map((level) => maskedReason(level, reader)),
    ...codes.filter((code) => !isHidden(code, reader)).map((code) => explainReason(code, given, telling)),
  ]
}

/** Answered for every part it was found in. */
export function isCleared(code: ReasonCode, given: readonly GroundGiven[]): boolean {
  return given.every(({ codes, cleared }) => !codes.has(code) || cleared.has(code))
}

/** The rule as the newest pack in play states it. */
function ruleFor(code: ReasonCode, plan: DecisionPlan): Rule {
  const planned = [...plan.recordRules, ...plan.fileRules].find((rule) => rule.code === code)
  const pack = plan.packs.release.at(-1) ?? plan.packs.collection.at(-1)
  const rule = planned?.sources.at(-1)?.rule ?? pack?.rules.find((candidate) => candidate.code === code)
  if (rule === undefined) throw new Error(`no pack in play has a rule for ${code}`)
  return rule
}

function maskedReason(level: ReasonLevel, reader: Reader): ExplainedReason {
  if (reader === 'regulator') throw new Error('a regulator sees every ground')
  return {
    ...{ code: undefined, slug: undefined, question: undefined },
    effect: maskedEffects[level],
    ...maskedWords(level, reader),
    ...{ law: undefined, authority: undefined, verified: undefined, cleared: false },
    ...{ when: undefined, by: undefined, grounds: [] },
  }
}

/** One effect for each level, as some masked reasons wait for a person and most do not. */
const maskedEffects = { record: 'deny', file: 'review', field: 'transform' } as const

function explainReason(code: ReasonCode, given: readonly GroundGiven[], telling: Telling): ExplainedReason {
  const { plan, reader } = telling
  const rule = ruleFor(code, plan)
  const planned = [...plan.recordRules, ...plan.fileRules].find((candidate) => candidate.code === code)
  const asked = { when: planned?.when ?? rule.when, unknown: planned?.unknown ?? rule.unknown }
  const found = given.filter(({ codes }) => codes.has(code))
  const changes = found.flatMap(({ facts }) => waysOut(asked, facts, plan))
  return {
    code,
    slug: reasons[code].slug,
    question: rule.question,
    effect: reasons[code].effect,
    words: rule.explain[reader],
    remedy: rule.remedy,
    law: rule.law,
    authority: rule.authority,
    verified: rule.verified,
    cleared: isCleared(code, given),
    when: [...factsRead(asked.when)].some((name) => isHiddenFact(name, reader)) ? undefined : asked.when,
    by: whoCanChange({ code, question: rule.question, when: asked.when }, changes),
    grounds: found.map((part) => groundOf(code, asked, part, telling)),
  }
}

function groundOf(
  code: ReasonCode,
  rule: Pick<Rule, 'when' | 'unknown'>,
  part: GroundGiven,
  telling: Telling,
): Ground {
  const { reader } = telling
  const isField = reasons[code].level === 'field'
  const shown = (name: string) => !isHiddenFact(name, reader)
  const read = [...factsRead(rule.when)].filter(shown)
  return {
    record: part.other ? 'other' : 'this',
    subject: part.other && reader === 'regulator' ? part.record?.subject : undefined,
    fields: (isField ? (part.notice?.fields ?? []) : [])
      .filter(({ codes }) => codes.includes(code))
      .map(({ name }) => name),
    // What a field is found by differs from field to field.
    facts: isField ? [] : read.map((name) => explainFact(name, part, telling)),
    changes: (isField ? [] : waysOut(rule, part.facts, telling.plan))
      .filter(({ condition }) => [...factsRead(condition)].every(shown))
      .map((change) => ({ ...change, by: whoseChange(change) })),
  }
}

/** Without those that only trade the reason for another: had nothing been shown, nobody was told. */
function waysOut(rule: Pick<Rule, 'when' | 'unknown'>, facts: Facts, plan: DecisionPlan): Change[] {
  const rules = [...plan.recordRules, ...plan.fileRules]
  const trades = ({ condition, toBe }: Change) => {
    if (condition.op !== 'holds' || !('fact' in condition.of)) return false
    const changed = { ...facts, [condition.of.fact]: toBe }
    return rules.some((other) => fires(other, changed) && !fires(other, facts))
  }
  return whatWouldChange(rule, facts).filter((change) => !trades(change))
}

function explainFact(name: string, part: GroundGiven, { plan, reader, evidenceOf }: Telling): ExplainedFact {
  const { record, facts, notice } = part
  const behind = record !== undefined && isSubjectFact(name) ? evidenceBehind(name, record, plan) : []
  const elsewhere = record !== undefined && behind.some(({ subject }) => subject !== record.subject)
  return {
    name,
    means: meaningOf(name),
    value: facts[name],
    notice: name === 'notice' ? notice?.id : undefined,
    // Somebody else's word is somebody else's data.
    evidence: elsewhere && reader !== 'regulator' ? [] : behind.map(evidenceOf),
    elsewhere,
  }
}

function isSubjectFact(name: string): name is SubjectFactName {
  return subjectFacts.some((fact: SubjectFact) => fact.name === name)
}

function meaningOf(name: string): string {
  const subject = subjectFacts.find((fact: SubjectFact) => fact.name === name)
  const plain: Readonly<Record<string, { means: string }>> = { ...noticeFacts, ...requestFacts }
  const means = subject?.means ?? plain[name]?.means
  if (means === undefined) throw new Error(`no fact is called ${name}`)
  return means
}
