// Facts → SQL over the projection: the same combinators as `gather.ts`, a set at a time. Only facts some rule still asks
// for are gathered. Vetoes of all kinds are few: they share one pass and one join.
import { sqlName } from './compile-expression.ts'
import type { SparseFacts } from './compile-mask.ts'
import type { Value } from './expression.ts'
import {
  type Combinator,
  type EventMatch,
  type LegAggregate,
  type SubjectFact,
  subjectFacts,
} from './fact.ts'
import type { DecisionPlan } from './plan.ts'
import { type Condition, type Leg, type ResolvedMatch, resolveMatch } from './resolve-match.ts'

export type CompiledFacts = {
  /** `name as (…)` entries of a WITH clause. */
  tables: string[]
  /** Joins to the dataset row `d`. */
  joins: string[]
  /** Fact name → SQL over those joins. */
  columns: Map<string, string>
  /** Joined tables most people are not in, under the name their presence gets. */
  sparse: (SparseFacts & { table: string })[]
}

/** Newest first; recorded later wins a tie: the order of `latestOf` in gather. */
const newestFirst = 'order by latest desc, earliest desc, position desc, ord desc'

export function compileFacts(needed: ReadonlySet<string>, plan: DecisionPlan): CompiledFacts {
  const compiled: CompiledFacts = { tables: [], joins: [], columns: new Map(), sparse: [] }
  const facts: readonly SubjectFact[] = subjectFacts.filter(({ name }) => needed.has(name))
  compileLatest(facts, plan, compiled)
  compileMarks(facts, plan, compiled)
  compileLegs(facts, plan, compiled)
  for (const { name, from } of facts) {
    if (from.combinator === 'column') {
      const column = `d.${from.column}`
      compiled.columns.set(name, from.column === 'duplicate' ? `(${column} = 1)` : column)
    }
  }
  return compiled
}

/** One table per distinct event match; every fact picked from the latest event shares it. */
function compileLatest(facts: readonly SubjectFact[], plan: DecisionPlan, compiled: CompiledFacts): void {
  const groups = new Map<string, { alias: string; event: EventMatch }>()
  for (const { name, from } of facts) {
    if (from.combinator !== 'latest') continue
    const key = JSON.stringify(from.event)
    const group = groups.get(key) ?? { alias: `latest_${groups.size}`, event: from.event }
    groups.set(key, group)
    const column = `${group.alias}.${from.pick}`
    compiled.columns.set(name, from.pick === 'notice' ? `coalesce(${column}, 0)` : column)
  }
  for (const { alias, event } of groups.values()) {
    compiled.tables.push(`${alias} as (${newestPerSubject(resolveMatch(event, plan.scope))})`)
    compiled.joins.push(`left join ${alias} on ${alias}.subject = d.subject`)
  }
}

function newestPerSubject(match: ResolvedMatch): string {
  return `select subject, notice, earliest, latest, grade from ${match.kind} where ${matchSql(match)} qualify row_number() over (partition by subject ${newestFirst}) = 1`
}

/** `exists` and `greatest` facts: tagged rows of all their events, folded to one row per person. */
function compileMarks(facts: readonly SubjectFact[], plan: DecisionPlan, compiled: CompiledFacts): void {
  const marks = facts.filter(
    (fact): fact is SubjectFact & { from: Extract<Combinator, { combinator: 'exists' | 'greatest' }> } =>
      fact.from.combinator === 'exists' || fact.from.combinator === 'greatest',
  )
  if (marks.length === 0) return
  const rows = marks.map(({ from }, index) => {
    const match = resolveMatch(from.event, plan.scope)
    const value = from.combinator === 'greatest' ? from.pick : 'earliest'
    return `select subject, ${index} as mark, ${value} as value from ${match.kind} where ${matchSql(match)}`
  })
  // All `exists` facts travel through the joins as the bits of one number.
  const greatest = marks.flatMap(({ name, from }, index) =>
    from.combinator === 'greatest' ? [`max(value) filter (mark = ${index}) as ${sqlName(name)}`] : [],
  )
  const columns = ['subject', 'bit_or(1::bigint << mark) as flags', ...greatest]
  compiled.tables.push(`mark as (${rows.join(' union all ')})`)
  compiled.tables.push(`marks as (select ${columns.join(', ')} from mark group by subject)`)
  compiled.joins.push('left join marks on marks.subject = d.subject')
  compiled.sparse.push({
    table: 'marks',
    present: 'marked',
    absent: Object.fromEntries(
      marks.map(({ name, from }) => [name, from.combinator === 'exists' ? false : undefined]),
    ),
  })
  marks.forEach(({ name, from }, index) => {
    const flag = `coalesce((marks.flags & ${2 ** index}) <> 0, false)`
    compiled.columns.set(name, from.combinator === 'exists' ? flag : `marks.${sqlName(name)}`)
  })
}

/** Consents: the newest grant and the newest veto of each leg, all legs joined, the weakest kept. */
function compileLegs(facts: readonly SubjectFact[], plan: DecisionPlan, compiled: CompiledFacts): void {
  const found = facts.find(({ from }) => from.combinator === 'weakest-leg')
  if (found?.from.combinator !== 'weakest-leg') return
  const { grant, vetoes } = found.from
  plan.legs.forEach((leg, index) => {
    const vetoRows = vetoes
      .map((veto) => resolveMatch(veto, plan.scope, leg))
      .map((match) => `select subject, latest from ${match.kind} where ${matchSql(match)}`)
    compiled.tables.push(`grant_${index} as (${newestPerSubject(resolveMatch(grant, plan.scope, leg))})`)
    compiled.tables.push(
      `veto_${index} as (select subject, max(latest) as latest from (${vetoRows.join(' union all ')}) group by subject)`,
    )
    compiled.tables.push(
      `leg_${index} as (select g.subject, g.earliest, g.latest, g.grade, coalesce(v.latest >= g.earliest, false) as vetoed, ${perNotice(plan, leg, 'precision')} as "precision", ${perNotice(plan, leg, 'form')} as form from grant_${index} g left join veto_${index} v on v.subject = g.subject)`,
    )
  })
  const aliases = plan.legs.map((_, index) => `leg_${index}`)
  const [first, ...rest] = aliases
  if (first === undefined) throw new Error('a request has at least one leg')
  const weakest = (column: string, fold: string) =>
    aliases.length === 1
      ? `${first}.${column}`
      : `${fold}(${aliases.map((alias) => `${alias}.${column}`).join(', ')})`
  const every = (column: string, word: string) =>
    aliases.map((alias) => `${alias}.${column}`).join(` ${word} `)
  compiled.tables.push(
    `legs as (select ${first}.subject, (${every('vetoed', 'or')}) as vetoed, ${weakest('earliest', 'least')} as earliest, ${weakest('latest', 'least')} as latest, ${weakest('grade', 'greatest')} as grade, ${weakest('"precision"', 'least')} as "precision", (${every('form', 'and')}) as form from ${first}${rest.map((alias) => ` join ${alias} on ${alias}.subject = ${first}.subject`).join('')})`,
  )
  compiled.joins.push('left join legs on legs.subject = d.subject')
  const columns: Record<LegAggregate, string> = {
    given: '(legs.subject is not null)',
    vetoed: 'coalesce(legs.vetoed, false)',
    earliest: 'legs.earliest',
    latest: 'legs.latest',
    grade: 'legs.grade',
    precision: 'legs."precision"',
    form: 'legs.form',
  }
  const absent: Record<string, Value> = {}
  for (const { name, from } of facts) {
    if (from.combinator !== 'weakest-leg') continue
    compiled.columns.set(name, columns[from.pick])
    absent[name] = from.pick === 'given' || from.pick === 'vetoed' ? false : undefined
  }
  compiled.sparse.push({ table: 'legs', present: 'asked', absent })
}

/** A fact of the grant's notice, written out: there are a handful of notices, and a join would cost more. */
function perNotice(plan: DecisionPlan, leg: Leg, pick: 'precision' | 'form'): string {
  const cases = [...plan.notices.values()]
    .filter(({ number }) => number !== 0)
    .map((notice) => {
      const value =
        pick === 'precision' ? (notice.linkPrecision.get(leg.recipient) ?? 0) : notice.consentFormValid
      return `when ${notice.number} then ${value}`
    })
  const otherwise = pick === 'precision' ? '0' : 'false'
  return cases.length === 0 ? otherwise : `(case g.notice ${cases.join(' ')} else ${otherwise} end)`
}

function matchSql(match: ResolvedMatch): string {
  const time = {
    surely: `latest <= ${match.releaseAt}`,
    possibly: `earliest <= ${match.releaseAt}`,
    unclear: `earliest <= ${match.releaseAt} and latest > ${match.releaseAt}`,
  }
  return [time[match.counts], ...match.conditions.map(conditionSql)].join(' and ')
}

/** Facts are never NULL here by accident: an absent scope is tested as absent, not left to three-valued logic. */
function conditionSql({ column, test, numbers }: Condition): string {
  const list = numbers.length === 0 ? '(null)' : `(${numbers.join(', ')})`
  switch (test) {
    case 'in':
      return numbers.length === 0 ? 'false' : `${column} in ${list}`
    case 'in-or-absent':
      return numbers.length === 0 ? `${column} is null` : `(${column} is null or ${column} in ${list})`
    case 'not-in':
      return numbers.length === 0 ? `${column} is not null` : `${column} not in ${list}`
    case 'absent':
      return `${column} is null`
    case 'at-most':
      return `${column} <= ${numbers[0]}`
  }
}
