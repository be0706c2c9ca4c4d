// Plan → one SQL statement: a row per record with its facts, its reasons as bits, its outcome. Rules that depend on the
// notice alone are decided once per notice version here and arrive as a number; the rest are asked of each row.
import { type ReasonCode, reasons } from '../model/reason.ts'
import { compileExpression, sqlLiteral, sqlName } from './compile-expression.ts'
import { compileFacts } from './compile-facts.ts'
import { compileMask, type OpenRule } from './compile-mask.ts'
import { factsRead } from './expression.ts'
import { noticeFacts, subjectFacts } from './fact.ts'
import { interpret } from './interpret.ts'
import { bitsPerWord, type DecisionPlan, type PlannedNotice, recordCodes } from './plan.ts'
import { simplify } from './simplify.ts'

export type CompiledDecision = {
  /** ordinal, subject, notice, masks, outcome: all that counting and releasing need. */
  verdicts: string
  /** The same with every fact and the fields kept, for the artefact. Wide, so three times as long to write. */
  artefact: string
  /** Facts in the artefact, in column order; what no rule asks for is left out. */
  facts: readonly string[]
}

export const wordCount = Math.ceil(recordCodes.length / bitsPerWord)

/** Outcome numbers in the result: they order as the outcomes do. */
export const outcomeNumbers = { deny: 0, review: 1, transform: 2, allow: 3 } as const

export function compileDecision(plan: DecisionPlan, datasetTable: string): CompiledDecision {
  const { open, settled } = settleRules(plan)
  const needed = new Set(open.flatMap(({ when }) => [...factsRead(when)]).concat('notice'))
  const gathered = compileFacts(needed, plan)
  const facts = subjectFacts.map(({ name }) => name).filter((name) => gathered.columns.has(name))
  const noticeColumns = Object.keys(noticeFacts).filter((name) => needed.has(name))
  const words = range(wordCount)

  const rows = [
    'd.ordinal',
    'd.subject',
    ...gathered.sparse.map(({ table, present }) => `(${table}.subject is not null) as ${sqlName(present)}`),
    ...facts.map((name) => `${gathered.columns.get(name)} as ${sqlName(name)}`),
  ]
  const judged = [
    'fact.*',
    `coalesce(n.fields, ${keptFields(plan.notices.get(0)!)}) as fields`,
    ...words.map((word) => `coalesce(n.cleared_${word}, 0) as cleared_${word}`),
    // A notice number the plan does not know, which publishing cannot produce, is treated as "no notice shown".
    ...words.map(
      (word) =>
        `(coalesce(n.mask_${word}, ${bitsOf(settled.get(0)!, word)})${compileMask(word, open, gathered.sparse)})::bigint as mask_${word}`,
    ),
  ]
  const tables = [
    noticeValues(plan, settled, noticeColumns),
    ...gathered.tables,
    `fact as (select ${rows.join(', ')} from ${datasetTable} d ${gathered.joins.join(' ')}${whereSelected(plan)})`,
    `judged as (select ${judged.join(', ')} from fact left join notice_said n on n.number = fact.notice)`,
  ]
  const masks = words.map((word) => `mask_${word}`)
  const statement = (columns: readonly string[]) =>
    `with ${tables.join(',\n')}\nselect ${columns.join(', ')}, ${outcomeSql()} as outcome from judged`
  return {
    verdicts: statement(['ordinal', 'subject', 'notice', ...masks]),
    artefact: statement(['ordinal', 'subject', ...facts.map(sqlName), 'fields', ...masks]),
    facts,
  }
}

function whereSelected({ select }: DecisionPlan): string {
  if (select === undefined) return ''
  return ` where ${compileExpression(select, (name) => `d.${sqlName(`f_${name}`)}`)}`
}

/** By notice number, the codes that fire for everyone under it; and the rules that have to be asked of each person. */
type Settled = { open: OpenRule[]; settled: Map<number, Set<ReasonCode>> }

function settleRules(plan: DecisionPlan): Settled {
  const settled = new Map([...plan.notices.keys()].map((number) => [number, new Set<ReasonCode>()]))
  const open: OpenRule[] = []
  for (const rule of plan.recordRules) settle(rule, plan, settled, open)
  for (const notice of plan.notices.values()) {
    for (const field of notice.fields) for (const code of field.codes) settled.get(notice.number)?.add(code)
  }
  return { open, settled }
}

/**
 * Puts in what is known; what comes out the same for all people under a notice becomes that notice's bit. An OR is settled
 * part by part: it fires if and only if one of its parts does, an unknown part included.
 */
function settle(
  rule: DecisionPlan['recordRules'][number],
  plan: DecisionPlan,
  settled: Map<number, Set<ReasonCode>>,
  open: OpenRule[],
): void {
  const forRequest = simplify(rule.when, plan.requestFacts)
  for (const when of forRequest.op === 'or' ? forRequest.of : [forRequest]) {
    const perNotice = [...plan.notices.values()].map((notice) => ({
      notice,
      when: simplify(when, notice.facts),
    }))
    if (perNotice.some((found) => found.when.op !== 'constant')) {
      open.push({ code: rule.code, when, unknown: rule.unknown })
      continue
    }
    for (const found of perNotice) {
      if (interpret(found.when, {}) ?? rule.unknown === 'fires')
        settled.get(found.notice.number)?.add(rule.code)
    }
  }
}

/** One row per notice version: what it settles by itself, what a determination cleared, which fields it keeps. */
function noticeValues(
  plan: DecisionPlan,
  settled: Map<number, Set<ReasonCode>>,
  columns: readonly string[],
): string {
  const rows = [...plan.notices.values()].map((notice) => {
    const values = [
      notice.number,
      keptFields(notice),
      ...range(wordCount).map((word) => bitsOf(settled.get(notice.number)!, word)),
      ...range(wordCount).map((word) => bitsOf(notice.cleared, word)),
      ...columns.map((name) => {
        const value = notice.facts[name as keyof typeof notice.facts]
        return value === undefined ? 'null' : sqlLiteral(value)
      }),
    ]
    return `(${values.join(', ')})`
  })
  const names = [
    'number',
    'fields',
    ...range(wordCount).map((word) => `mask_${word}`),
    ...range(wordCount).map((word) => `cleared_${word}`),
    ...columns.map(sqlName),
  ]
  return `notice_said(${names.join(', ')}) as (values ${rows.join(', ')})`
}

function outcomeSql(): string {
  const touches = (effect: string, cleared: boolean) =>
    range(wordCount)
      .map((word) => {
        const bits = bitsOf(new Set(recordCodes.filter((code) => reasons[code].effect === effect)), word)
        return `(mask_${word} & ${cleared ? `~cleared_${word} & ` : ''}${bits}) <> 0`
      })
      .join(' or ')
  return `(case when ${touches('deny', true)} then ${outcomeNumbers.deny} when ${touches('review', true)} then ${outcomeNumbers.review} when ${touches('transform', false)} then ${outcomeNumbers.transform} else ${outcomeNumbers.allow} end)::utinyint`
}

/** Bit i = field i of the request is kept. */
export function keptFields(notice: PlannedNotice): number {
  return notice.fields.reduce(
    (bits, field, index) => (field.codes.length === 0 ? bits + 2 ** index : bits),
    0,
  )
}

export function bitsOf(codes: ReadonlySet<ReasonCode>, word: number): string {
  let bits = 0n
  for (const code of codes) {
    const index = recordCodes.indexOf(code)
    if (Math.floor(index / bitsPerWord) === word) bits |= 1n << BigInt(index % bitsPerWord)
  }
  return String(bits)
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
