// Plan → one SQL statement: a row per record with its facts, its reasons as bits, its outcome. Rules that depend on the
// notice alone are decided once per notice version here and arrive as a number; the rest are asked of each row. The same
// rules run over facts that are gathered, and over facts that were kept when a decision was made.
import { type ReasonCode, reasons } from '../model/reason.ts'
import { compileExpression, sqlLiteral, sqlName } from './compile-expression.ts'
import { compileFacts, firstSaid, settledInFiles } from './compile-facts.ts'
import { compileMask, type OpenRule } from './compile-mask.ts'
import type { CompiledFacts } from './compiled-facts.ts'
import { factsRead } from './expression.ts'
import { interpret } from './interpret.ts'
import { type NoticeFactName, noticeFacts } from './plain-facts.ts'
import { bitsPerWord, type DecisionPlan, type PlannedNotice, recordCodes } from './plan.ts'
import { simplify } from './simplify.ts'
import { subjectFacts } from './subject-facts.ts'

export type CompiledDecision = {
  /**
   * ordinal, subject, notice, masks, outcome: all that counting and releasing need. Where people have other enrolments
   * also open_<w>, the codes that weigh, and fields: with one enrolment both follow from the notice.
   */
  verdicts: string
  /** The same with every fact and the fields kept, for the artefact. Wide, so three times as long to write. */
  artefact: string
  /** Facts in the artefact, in column order; what no rule asks for is left out. */
  facts: readonly string[]
  clusters: boolean
}

/** Facts as an earlier decision kept them: columns of a relation that has one row per record. */
export type KeptFacts = { relation: string; facts: readonly string[]; clusters: boolean }

export type CompiledReplay = {
  /** Facts that a rule asks for and nobody kept: without them the statement would not run. */
  missing: readonly string[]
  /** Everything an artefact holds and counting needs. */
  verdicts: string
  /** Columns of the artefact, in order. */
  columns: readonly string[]
}

export type CompileOptions = {
  /** Whether someone in the dataset has another enrolment; where nobody has, nothing asks for one. */
  clusters?: boolean
}

export const wordCount = Math.ceil(recordCodes.length / bitsPerWord)
const words = range(wordCount)

/** Outcome numbers in the result: they order as the outcomes do. */
export const outcomeNumbers = { deny: 0, review: 1, transform: 2, allow: 3 } as const

export function compileDecision(
  plan: DecisionPlan,
  datasetTable: string,
  { clusters = false }: CompileOptions = {},
): CompiledDecision {
  const settled = settleRules(plan)
  const needed = factsNeeded(settled)
  const gathered = compileFacts(needed, plan, datasetTable)
  const facts = subjectFacts
    .map(({ name }) => name)
    .filter((name) => gathered.columns.has(name) || gathered.derived.has(name))
  const judged = judgedColumns(plan, settled, gathered)
  const tables = [
    noticeValues(plan, settled.settled, noticeFactsIn(needed), gathered.firstSaid),
    ...gathered.tables,
    ...part('', 'd.subject', { plan, datasetTable, gathered, judged }),
    ...(clusters ? mateTables(part('mate_', 'm.mate', { plan, datasetTable, gathered, judged })) : []),
  ]
  const ofAll = clusters ? [...openColumns, 'fields'] : []
  return {
    verdicts: statement(plan, { tables, clusters }, [
      'ordinal',
      'subject',
      'notice',
      ...maskColumns,
      ...ofAll,
    ]),
    artefact: statement(plan, { tables, clusters }, artefactColumns(facts, clusters)),
    facts,
    clusters,
  }
}

/** The same rules over facts that were kept; what a person's other enrolments say is a fact here, too. */
export function compileReplay(plan: DecisionPlan, kept: KeptFacts): CompiledReplay {
  const { relation, facts, clusters } = kept
  const settled = settleRules(plan)
  const needed = factsNeeded(settled)
  const read: CompiledFacts = {
    ...{ tables: [], joins: [], derived: new Map(), firstSaid: new Map(), sparse: [] },
    columns: new Map(facts.map((name) => [name, sqlName(name)])),
  }
  const columns = artefactColumns(facts, clusters)
  const tables = [
    noticeValues(plan, settled.settled, noticeFactsIn(needed), read.firstSaid),
    `fact as (select ${['ordinal', 'subject', ...facts.map(sqlName)].join(', ')} from ${relation})`,
    judgedTable('', judgedColumns(plan, settled, read)),
    ...(clusters ? [`mates as (select ${['ordinal', ...mateColumns].join(', ')} from ${relation})`] : []),
  ]
  return {
    missing: subjectFacts.map(({ name }) => name).filter((name) => needed.has(name) && !facts.includes(name)),
    verdicts: statement(plan, { tables, clusters }, [...columns, ...(clusters ? openColumns : [])]),
    columns: [...columns, 'outcome'],
  }
}

function statement(
  plan: DecisionPlan,
  { tables, clusters }: { tables: readonly string[]; clusters: boolean },
  columns: readonly string[],
): string {
  const open = (word: number) => (clusters ? `open_${word}` : `(mask_${word} & ~cleared_${word})`)
  const from = clusters ? togetherTable(plan) : 'judged'
  return `with ${tables.join(',\n')}\nselect ${columns.join(', ')}, ${outcomeSql(open)} as outcome from ${from}`
}

/** All but the outcome, which comes last. */
function artefactColumns(facts: readonly string[], clusters: boolean): string[] {
  return [
    ...['ordinal', 'subject', ...facts.map(sqlName), 'fields'],
    ...maskColumns,
    ...(clusters ? mateColumns : []),
  ]
}

const maskColumns = words.map((word) => `mask_${word}`)
const openColumns = words.map((word) => `open_${word}`)

function factsNeeded({ open }: Settled): Set<string> {
  return new Set(open.flatMap(({ when }) => [...factsRead(when)]).concat('notice'))
}

function noticeFactsIn(needed: ReadonlySet<string>): string[] {
  return Object.keys(noticeFacts).filter((name) => needed.has(name))
}

/** Facts and masks of enrolments: the records' own, or those of their mates. */
function part(
  prefix: '' | 'mate_',
  enrolment: 'd.subject' | 'm.mate',
  {
    plan,
    datasetTable,
    gathered,
    judged,
  }: {
    plan: DecisionPlan
    datasetTable: string
    gathered: CompiledFacts
    judged: readonly string[]
  },
): string[] {
  const rows = [
    'd.ordinal',
    'd.subject',
    ...gathered.sparse.map(
      ({ table, present }) =>
        // A row of the record's own table is known by its ordinal, one of an enrolment by its subject.
        `(${table}.${gathered.joins.find((join) => join.table === table)?.by === 'record' ? 'ordinal' : 'subject'} is not null) as ${sqlName(present)}`,
    ),
    ...[...gathered.columns].map(([name, sql]) => `${sql} as ${sqlName(name)}`),
  ]
  const mates = prefix === '' ? '' : ' join person_mate m on m.subject = d.subject'
  const joins = gathered.joins.map(({ table, by }) =>
    by === 'record'
      ? ` left join ${table} on ${table}.ordinal = d.ordinal`
      : ` left join ${table} on ${table}.subject = ${enrolment}`,
  )
  return [
    `${prefix}fact as (select ${rows.join(', ')} from ${datasetTable} d${mates}${joins.join('')}${whereSelected(plan)})`,
    judgedTable(prefix, judged),
  ]
}

function judgedTable(prefix: '' | 'mate_', judged: readonly string[]): string {
  return `${prefix}judged as (select ${judged.join(', ')} from ${prefix}fact fact left join notice_said n on n.number = fact.notice)`
}

function judgedColumns(plan: DecisionPlan, { open, settled }: Settled, gathered: CompiledFacts): string[] {
  const { derived, sparse } = gathered
  const noNotice = plan.notices.get(0)!
  // A notice number the plan does not know, which publishing cannot produce, is treated as "no notice shown".
  const column = (fact: string) => {
    const otherwise = isNoticeFact(fact) ? noNotice.facts[fact] : undefined
    if (otherwise !== undefined) return `coalesce(n.${sqlName(fact)}, ${sqlLiteral(otherwise)})`
    return derived.get(fact) ?? sqlName(fact)
  }
  return [
    'fact.*',
    ...[...derived].map(([name, sql]) => `${sql} as ${sqlName(name)}`),
    `coalesce(n.fields, ${keptFields(noNotice)}) as fields`,
    ...words.map((word) => `coalesce(n.cleared_${word}, 0) as cleared_${word}`),
    ...words.map(
      (word) =>
        `(coalesce(n.mask_${word}, ${bitsOf(settled.get(0)!, word)})${compileMask(word, { rules: open, sparse, column })})::bigint as mask_${word}`,
    ),
  ]
}

function isNoticeFact(name: string): name is NoticeFactName {
  return Object.hasOwn(noticeFacts, name)
}

/** What a person's other enrolments add to an artefact. */
export const mateColumns: readonly string[] = [
  ...words.map((word) => `mates_mask_${word}`),
  ...words.map((word) => `mates_open_${word}`),
  'mates_fields',
]

/** All that a person's other enrolments say, folded to one row per record. */
function mateTables(judged: readonly string[]): string[] {
  const folded = words.flatMap((word) => [
    `bit_or(mask_${word}) as mates_mask_${word}`,
    `bit_or(mask_${word} & ~cleared_${word}) as mates_open_${word}`,
  ])
  return [
    ...judged,
    `mates as (select ordinal, ${folded.join(', ')}, bit_and(fields)::bigint as mates_fields from mate_judged group by ordinal)`,
  ]
}

/** A person is refused what any enrolment is refused, and keeps the fields that all of them keep. */
function togetherTable(plan: DecisionPlan): string {
  const own = words.map((word) => `mask_${word} as own_${word}`)
  const known = mateColumns.map((name) => {
    const nothing = name === 'mates_fields' ? 'fields' : '0'
    return `coalesce(mates.${name}, ${nothing}) as ${name}`
  })
  const [code, none] = ['F907', '(fields & mates_fields) = 0'] as const
  const nothingLeft = (word: number) =>
    plan.recordRules.some((rule) => rule.code === code)
      ? ` | (case when ${none} then ${bitsOf(new Set([code]), word)} else 0 end)`
      : ''
  const together = words.flatMap((word) => [
    `(own_${word} | mates_mask_${word}${nothingLeft(word)}) as mask_${word}`,
    `((own_${word} & ~cleared_${word}) | mates_open_${word}${nothingLeft(word)}) as open_${word}`,
  ])
  return `(select * exclude (fields), fields & mates_fields as fields, ${together.join(', ')} from (select judged.* exclude (${maskColumns.join(', ')}), ${[...own, ...known].join(', ')} from judged left join mates on mates.ordinal = judged.ordinal))`
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
  const forRequest = simplify(rule.when, { ...plan.requestFacts, ...settledInFiles })
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
  first: CompiledFacts['firstSaid'],
): string {
  const rows = [...plan.notices.values()].map((notice) => {
    const values = [
      notice.number,
      keptFields(notice),
      ...words.map((word) => bitsOf(settled.get(notice.number)!, word)),
      ...words.map((word) => bitsOf(notice.cleared, word)),
      ...columns.map((name) => {
        const value = notice.facts[name as keyof typeof notice.facts]
        return value === undefined ? 'null' : sqlLiteral(value)
      }),
      ...[...first.values()].map((pick) => {
        const value = firstSaid(notice, pick)
        return value === undefined ? 'null' : sqlLiteral(value)
      }),
    ]
    return `(${values.join(', ')})`
  })
  const names = [
    'number',
    'fields',
    ...words.map((word) => `mask_${word}`),
    ...words.map((word) => `cleared_${word}`),
    ...columns.map(sqlName),
    ...first.keys(),
  ]
  return `notice_said(${names.join(', ')}) as (values ${rows.join(', ')})`
}

/** Which outcome the codes that weigh make; a code that transforms is never cleared. */
function outcomeSql(open: (word: number) => string): string {
  const touches = (effect: string) =>
    words
      .flatMap((word) => {
        const bits = bitsOf(new Set(recordCodes.filter((code) => reasons[code].effect === effect)), word)
        return bits === '0' ? [] : [`(${open(word)} & ${bits}) <> 0`]
      })
      .join(' or ')
  return `(case when ${touches('deny')} then ${outcomeNumbers.deny} when ${touches('review')} then ${outcomeNumbers.review} when ${touches('transform')} then ${outcomeNumbers.transform} else ${outcomeNumbers.allow} end)::utinyint`
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
