// Where a verdict is not the one expected: who, what was expected, what came, and which rule said so from which facts.

import type { FileReason } from '../../src/decide/decide-set.ts'
import { factsRead } from '../../src/decide/expression.ts'
import type { DecisionPlan } from '../../src/decide/plan.ts'
import type { PlannedRule } from '../../src/decide/rules-in-play.ts'
import { type ReasonCode, reasons } from '../../src/model/reason.ts'
import { writeExpression } from '../../src/packs/write-expression.ts'
import type { Expectation } from './case-shapes.ts'
import type { Found } from './decide-case.ts'

type Expected = Expectation['people'][string]

export type Told = { plan: DecisionPlan; facts: Readonly<Record<string, unknown>> }

/** Lines for a reader who knows the law and not the program; none where the two agree. */
export function tellPerson(name: string, expected: Expected, found: Found | undefined, told: Told): string[] {
  if (found === undefined) return [`${name}: the selection passes over this record; nothing was decided`]
  const fields = Object.entries(found.fields).filter(
    ([field, treatment]) => treatment !== (expected.fields[field] ?? 'keep'),
  )
  const same = expected.outcome === found.outcome && sameCodes(expected.reasons, found.reasons)
  if (same && fields.length === 0) return []
  return [
    `${name}: expected ${inWords(expected)}`,
    `${' '.repeat(name.length)}  got      ${inWords(found)}`,
    ...tellCodes(expected.reasons, found.reasons, told),
    ...fields.map(
      ([field, treatment]) =>
        `  field ${field}: expected ${expected.fields[field] ?? 'keep'}, got ${treatment}`,
    ),
  ]
}

export function tellFile(expected: Expectation, found: readonly FileReason[], told: Told): string[] {
  const codes = found.map(({ code }) => code)
  const cleared = found.flatMap(({ code, cleared }) => (cleared ? [code] : []))
  const answers = sameCodes(expected.cleared, cleared)
    ? []
    : [
        `the file: expected to be answered by a determination: ${listed(expected.cleared)}; it is ${listed(cleared)}`,
      ]
  if (sameCodes(expected.file, codes)) return answers
  return [
    `the file: expected ${listed(expected.file)}`,
    `          got      ${listed(codes)}`,
    ...tellCodes(expected.file, codes, told),
    ...answers,
  ]
}

export function tellPrimary(name: string, expected: Expected, primary: ReasonCode | undefined): string[] {
  if (expected.primary === undefined || expected.primary === primary) return []
  return [
    `${name}: the first thing to say was expected to be ${expected.primary}, it is ${primary ?? 'nothing'}`,
  ]
}

function tellCodes(expected: readonly ReasonCode[], found: readonly ReasonCode[], told: Told): string[] {
  const extra = found.filter((code) => !expected.includes(code))
  const missing = expected.filter((code) => !found.includes(code))
  if (extra.length === 0 && missing.length === 0 && expected.length > 0 && !sameCodes(expected, found))
    return [`  the same reasons in another order; the order of precedence is ${listed(found)}`]
  return [
    ...extra.flatMap((code) => tellRule(code, 'was not expected and fired', told)),
    ...missing.flatMap((code) => tellRule(code, 'was expected and did not fire', told)),
  ]
}

function tellRule(code: ReasonCode, what: string, { plan, facts }: Told): string[] {
  const head = `  ${code} ${reasons[code].slug} ${what}`
  const rule = [...plan.fileRules, ...plan.recordRules].find((candidate) => candidate.code === code)
  if (rule === undefined)
    return [
      reasons[code].level === 'field'
        ? `${head}: a rule about fields; see packs/rules/`
        : `${head}: no pack in force on that day has a rule for it`,
    ]
  return [head, ...tellText(rule), `    facts: ${tellFacts(rule, facts)}`]
}

function tellText({ when, sources, unknown }: PlannedRule): string[] {
  return [
    `    fires when: ${writeExpression(when)}${unknown === 'fires' ? ', or this cannot be decided' : ''}`,
    ...sources.map(
      ({ pack, rule }) => `    ${pack.id}: ${rule.explain.regulator} [${rule.authority}: ${rule.law}]`,
    ),
  ]
}

function tellFacts({ when }: PlannedRule, facts: Readonly<Record<string, unknown>>): string {
  return [...factsRead(when)].map((name) => `${name} = ${facts[name] ?? 'unknown'}`).join(', ')
}

function inWords({ outcome, reasons: codes }: Pick<Found, 'outcome' | 'reasons'>): string {
  return codes.length === 0 ? outcome : `${outcome}: ${listed(codes)}`
}

function listed(codes: readonly ReasonCode[]): string {
  return codes.length === 0 ? 'no reason' : codes.map((code) => `${code} ${reasons[code].slug}`).join(', ')
}

function sameCodes(a: readonly ReasonCode[], b: readonly ReasonCode[]): boolean {
  return a.length === b.length && a.every((code, index) => code === b[index])
}
