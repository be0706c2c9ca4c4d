// Rules → the bits of a mask. Most rules can only fire for people with some mark against them or some consent on record,
// and those are few: their conditions stand inside a CASE, which the engine evaluates for these people alone.
import type { ReasonCode } from '../model/reason.ts'
import { compileExpression, sqlName } from './compile-expression.ts'
import type { Expression, Value } from './expression.ts'
import { bitsPerWord, recordCodes } from './plan.ts'
import { simplify } from './simplify.ts'

/** A rule that is still open after request and notice facts are put in. */
export type OpenRule = { code: ReasonCode; when: Expression; unknown: 'fires' | 'silent' }

/**
 * A part of the facts that most people have nothing in: the column that says otherwise, and what is known of whoever has
 * nothing, in as many cases as there are.
 */
export type SparseFacts = { present: string; absent: readonly Readonly<Record<string, Value>>[] }

/** What a mask is made of: the rules still open, the parts few people have, and the SQL that stands for a fact. */
export type OpenRules = {
  rules: readonly OpenRule[]
  sparse: readonly SparseFacts[]
  column: (fact: string) => string
}

/** SQL to be or-ed to what the notice settled: ` | (…) | (…)`, empty when no rule of this word is open. */
export function compileMask(word: number, { rules: open, sparse, column }: OpenRules): string {
  const rules = open.filter(({ code }) => Math.floor(recordCodes.indexOf(code) / bitsPerWord) === word)
  const needs = (rule: OpenRule) => sparse.find(({ absent }) => isSilent(rule, absent))
  const always = rules.filter((rule) => needs(rule) === undefined).map((rule) => bitSql(rule, column))
  const cases = sparse.flatMap((part) => {
    const bits = rules.filter((rule) => needs(rule) === part).map((rule) => bitSql(rule, column))
    return bits.length === 0
      ? []
      : [` | (case when ${sqlName(part.present)} then 0${bits.join('')} else 0 end)`]
  })
  return [...always, ...cases].join('')
}

/** Whether a rule cannot fire for someone without any of these facts, whatever else is known of them. */
function isSilent(rule: OpenRule, absent: SparseFacts['absent']): boolean {
  return absent.every((known) => {
    const rest = simplify(rule.when, known)
    return (
      rest.op === 'constant' &&
      (rest.value === false || (rest.value === undefined && rule.unknown === 'silent'))
    )
  })
}

/** `is not false` fires on true and on unknown; `is true` on true alone. */
function bitSql({ code, when, unknown }: OpenRule, column: OpenRules['column']): string {
  const test = unknown === 'fires' ? 'is not false' : 'is true'
  const bit = 2 ** (recordCodes.indexOf(code) % bitsPerWord)
  return ` | (case when ${compileExpression(when, column)} ${test} then ${bit} else 0 end)`
}
