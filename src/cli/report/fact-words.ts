// A fact's value in words, and what would have to be otherwise about it, made of what the facts mean.
import type { Comparison, Literal, Operand, Value } from '../../decide/expression.ts'
import type { Change } from '../../decide/what-would-change.ts'
import { dateToIso, type Instant } from '../../model/instant.ts'
import { factNames } from '../../packs/fact-names.ts'
import type { ExplainedFact } from '../../release/explain-reason.ts'
import { local } from './history-lines.ts'
import { listed } from './readable.ts'

export function factValue({ name, value, notice }: ExplainedFact, zone: string): string {
  if (name === 'notice') return notice ?? 'none'
  return valueWords(name, value, zone)
}

/** A sentence that would have to be true for the rule to be silent. */
export function changeWords(change: Change, facts: readonly ExplainedFact[], zone: string): string {
  const { condition, toBe } = change
  const means = (operand: Operand) => meaning(operand, facts)
  switch (condition.op) {
    case 'holds':
      return `It would have to be ${toBe ? 'so' : 'otherwise'}: ${means(condition.of)}.`
    case 'unknown':
      return `There would have to be ${toBe ? 'nothing on record as' : 'an answer to'}: ${means(condition.of)}.`
    case 'in': {
      const words = condition.set.map((literal) => literalWords(literal, condition.of, zone))
      return `It would have to be ${toBe ? '' : 'none of '}${listed(words, toBe ? 'or' : 'and')}: ${means(condition.of)}.`
    }
    case 'constant':
      throw new Error('a constant cannot change')
    default: {
      const { left, right, op } = condition
      const ordered = isMoment(left) ? moments : numbers
      return `It would have to be ${ordered[toBe ? op : opposite[op]]} ${otherSide(right, left, facts, zone)}: ${means(left)}.`
    }
  }
}

/** 2018-05-01T10:00:00+01:00, as the clocks of the zone showed it. */
export function instantWords(instant: Instant, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'longOffset' })
    .formatToParts(Math.floor(instant / 1000))
    .find(({ type }) => type === 'timeZoneName')?.value
  return `${local(instant, zone).replace(' ', 'T')}${parts?.replace('GMT', '') || '+00:00'}`
}

function valueWords(name: string, value: Value, zone: string): string {
  if (value === undefined) return 'not known'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  const fact = factNames.get(name)
  const word = Object.entries(fact?.vocabulary ?? {}).find(([, number]) => number === value)?.[0]
  if (word !== undefined) return word
  if (fact?.type === 'instant') return instantWords(value, zone)
  return fact?.type === 'date' ? dateToIso(value) : String(value)
}

function meaning(operand: Operand, facts: readonly ExplainedFact[]): string {
  if ('literal' in operand) return String(operand.literal)
  const fact = facts.find(({ name }) => name === operand.fact)
  if (fact === undefined) throw new Error(`the rule did not read ${operand.fact}`)
  return fact.means
}

function otherSide(right: Operand, left: Operand, facts: readonly ExplainedFact[], zone: string): string {
  if ('literal' in right) return literalWords(right.literal, left, zone)
  const fact = facts.find(({ name }) => name === right.fact)
  if (fact?.value === undefined) return `what is not known (${meaning(right, facts)})`
  return `${factValue(fact, zone)} (${fact.means})`
}

function literalWords(literal: Literal, beside: Operand, zone: string): string {
  return 'fact' in beside ? valueWords(beside.fact, literal, zone) : String(literal)
}

function isMoment(operand: Operand): boolean {
  const type = 'fact' in operand ? factNames.get(operand.fact)?.type : undefined
  return type === 'instant' || type === 'date'
}

const moments: Readonly<Record<Comparison, string>> = {
  '=': 'exactly',
  '<>': 'other than',
  '<': 'before',
  '<=': 'no later than',
  '>': 'after',
  '>=': 'no earlier than',
}

const numbers: Readonly<Record<Comparison, string>> = {
  '=': 'exactly',
  '<>': 'other than',
  '<': 'less than',
  '<=': 'at most',
  '>': 'more than',
  '>=': 'at least',
}

const opposite: Readonly<Record<Comparison, Comparison>> = {
  '=': '<>',
  '<>': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
}
