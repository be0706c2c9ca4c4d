// What is different between two packs: codes that come and go, law, conditions and words that change, numbers that move.
import type { Pack, Parameter, Rule } from '../decide/rule.ts'
import { type ReasonCode, reasonCodes } from '../model/reason.ts'
import { parameterNames } from './pack-shapes.ts'
import { writeExpression } from './write-expression.ts'

export type Change = { part: string; before: string | undefined; after: string | undefined }
export type PackDiff = {
  frame: Change[]
  added: ReasonCode[]
  removed: ReasonCode[]
  changed: { code: ReasonCode; changes: Change[] }[]
  parameters: { name: string; changes: Change[] }[]
}

export function diffPacks(before: Pack, after: Pack): PackDiff {
  const ruleOf = (pack: Pack, code: ReasonCode) => pack.rules.find((rule) => rule.code === code)
  const inBoth = reasonCodes.flatMap((code) => {
    const [old, now] = [ruleOf(before, code), ruleOf(after, code)]
    return old === undefined || now === undefined
      ? []
      : [{ code, changes: changesOf(wordsOf(old), wordsOf(now)) }]
  })
  return {
    frame: changesOf(frameOf(before), frameOf(after)),
    added: reasonCodes.filter((code) => !ruleOf(before, code) && ruleOf(after, code)),
    removed: reasonCodes.filter((code) => ruleOf(before, code) && !ruleOf(after, code)),
    changed: inBoth.filter(({ changes }) => changes.length > 0),
    parameters: parameterNames
      .map((name) => ({
        name,
        changes: changesOf(parameterWords(before.parameters[name]), parameterWords(after.parameters[name])),
      }))
      .filter(({ changes }) => changes.length > 0),
  }
}

type Words = Readonly<Record<string, string>>

function changesOf(before: Words, after: Words): Change[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((part) => before[part] !== after[part])
    .map((part) => ({ part, before: before[part], after: after[part] }))
}

/** Dates and ids differ between any two packs: they are the question, not the answer. */
function frameOf({ jurisdiction, zone }: Pack): Words {
  return { jurisdiction, zone }
}

/** Everything a rule says, as texts. */
export function wordsOf({ explain, ...rule }: Rule): Words {
  const { question, moment, when, unknown, law, authority, verified, remedy } = rule
  return {
    law,
    authority,
    verified: String(verified),
    question,
    moment,
    when: writeExpression(when),
    unknown,
    remedy,
    marketer: explain.marketer,
    person: explain.person,
    regulator: explain.regulator,
  }
}

export function parameterWords({ value, source, authority, verified }: Parameter<unknown>): Words {
  return { value: writeValue(value), source, authority, verified: String(verified) }
}

export function writeValue(value: unknown): string {
  if (Array.isArray(value)) return value.join(', ')
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([key, part]) => `${key}: ${writeValue(part) || 'nothing'}`)
    .join('; ')
}
