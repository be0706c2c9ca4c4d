// packs/clocks.yaml → the numbers of the clocks; two lines of one rule that hold on the same day are refused.
import { dateFromIso } from '../model/instant.ts'
import type { ClockRule } from './clock.ts'
import { jurisdictions } from './clock-inputs.ts'
import { onlyKeys, readFileYaml, textAt, unreadable } from './read-file-yaml.ts'

export function readClockRules(file: string, text: string): ClockRule[] {
  const { clocks } = readFileYaml(file, text, ['clocks'])
  if (!Array.isArray(clocks)) throw unreadable(file, 'clocks is a list of rules')
  const rules = clocks.map((line) => readLine(file, line))
  for (const [index, rule] of rules.entries()) {
    const other = rules.slice(index + 1).find((later) => overlap(rule, later))
    if (other !== undefined)
      throw unreadable(file, `${rule.rule} (${rule.jurisdiction}) has two lines that hold on ${other.from}`)
  }
  return rules
}

const keys = [
  'rule',
  'jurisdiction',
  'value',
  'unit',
  'from',
  'to',
  'before',
  'law',
  'source',
  'authority',
  'verified',
]
const authorities = ['statute', 'case', 'guidance', 'industry', 'house'] as const
const units = ['hours', 'days', 'weeks', 'months', 'percent'] as const

function readLine(file: string, given: unknown): ClockRule {
  const line = onlyKeys(file, given, keys)
  const rule = textAt(line, 'rule', file)
  const word = <W extends string>(key: string, words: readonly W[]): W => {
    const found = words.find((known) => known === line[key])
    if (found === undefined) throw unreadable(file, `${key} of ${rule} is one of ${words.join(', ')}`)
    return found
  }
  const date = (key: string) => {
    const text = textAt(line, key, file)
    dateFromIso(text)
    return text
  }
  const { value, verified } = line
  if (typeof verified !== 'boolean') throw unreadable(file, `verified of ${rule} is true or false`)
  if (value !== undefined && !(Number.isSafeInteger(value) && Number(value) > 0))
    throw unreadable(file, `value of ${rule} is a whole number above 0`)
  if ((value === undefined) !== (line.unit === undefined))
    throw unreadable(file, `${rule}: a value has a unit`)
  return {
    rule,
    jurisdiction: word('jurisdiction', jurisdictions),
    ...(value !== undefined && { value: Number(value), unit: word('unit', units) }),
    from: date('from'),
    ...(line.to !== undefined && { to: date('to') }),
    ...(line.before !== undefined && { before: word('before', ['no-duty']) }),
    law: textAt(line, 'law', file),
    source: textAt(line, 'source', file),
    authority: word('authority', authorities),
    verified,
  }
}

function overlap(a: ClockRule, b: ClockRule): boolean {
  if (a.rule !== b.rule || a.jurisdiction !== b.jurisdiction) return false
  return (a.to === undefined || b.from < a.to) && (b.to === undefined || a.from < b.to)
}
