// Consents → SQL: the newest grant and the newest veto of each leg, all legs joined, the weakest kept.
import { eventKinds } from '../model/event.ts'
import { precisions } from '../model/vocabulary.ts'
import { matchSql, newestPerSubject, perNotice } from './compile-match.ts'
import type { CompiledFacts } from './compiled-facts.ts'
import type { Value } from './expression.ts'
import type { EventMatch, LegAggregate, SubjectFact } from './fact.ts'
import type { DecisionPlan } from './plan.ts'
import { type Leg, resolveMatch } from './resolve-match.ts'

type Aggregate = Exclude<LegAggregate, 'given'>

export function compileLegs(
  facts: readonly SubjectFact[],
  plan: DecisionPlan,
  compiled: CompiledFacts,
): void {
  const asked = facts.flatMap(({ name, from }) => (from.combinator === 'weakest-leg' ? [{ name, from }] : []))
  if (asked.length === 0) return
  const picks = new Set(asked.map(({ from }) => from.pick))
  const aggregates = aggregateNames.filter((pick) => picks.has(pick))
  const { grant, vetoes } = asked[0]!.from
  plan.legs.forEach((leg, index) => {
    compiled.tables.push(
      `grant_${index} as (${newestPerSubject(resolveMatch(grant, plan.scope, leg), ['notice', 'grade', 'qualifier'])})`,
      ...(picks.has('vetoed') ? [vetoTable(vetoes, leg, index, plan)] : []),
      legTable(aggregates, leg, index, plan),
    )
  })
  compiled.tables.push(legsTable(aggregates, plan.legs.length))
  compiled.joins.push({ table: 'legs', by: 'enrolment' })
  const absent: Record<string, Value> = {}
  for (const { name, from } of asked) {
    compiled.columns.set(name, legColumn(from.pick))
    absent[name] = from.pick === 'given' || from.pick === 'vetoed' ? false : undefined
  }
  compiled.sparse.push({ table: 'legs', present: 'asked', absent: [absent] })
}

function legColumn(pick: LegAggregate): string {
  if (pick === 'given') return '(legs.subject is not null)'
  return pick === 'vetoed' ? 'coalesce(legs."vetoed", false)' : `legs."${pick}"`
}

function vetoTable(vetoes: readonly EventMatch[], leg: Leg, index: number, plan: DecisionPlan): string {
  const rows = vetoes
    .map((veto) => resolveMatch(veto, plan.scope, leg))
    .map((match) => `select subject, latest from ${match.kind} where ${matchSql(match)}`)
  return `veto_${index} as (select subject, max(latest) as latest from (${rows.join(' union all ')}) group by subject)`
}

function legTable(aggregates: readonly Aggregate[], leg: Leg, index: number, plan: DecisionPlan): string {
  const byParent = eventKinds.consent.qualifiers['given-by-parent']
  const columns: Record<Aggregate, string> = {
    vetoed: 'coalesce(v.latest >= g.earliest, false)',
    earliest: 'g.earliest',
    latest: 'g.latest',
    grade: 'g.grade',
    precision: perNotice(
      plan,
      'g.notice',
      (notice) => notice.linkPrecision.get(leg.recipient) ?? precisions.none,
      '0',
    ),
    form: perNotice(plan, 'g.notice', (notice) => notice.consentFormValid, 'false'),
    byParent: `(g.qualifier = ${byParent})`,
    explicit: perNotice(plan, 'g.notice', (notice) => notice.explicitConsent, 'false'),
    outgrown: perNotice(plan, 'g.notice', (notice) => notice.outgrown.get(leg.recipient) ?? false, 'false'),
  }
  const picked = ['g.subject', ...aggregates.map((pick) => `${columns[pick]} as "${pick}"`)]
  const veto = aggregates.includes('vetoed') ? ` left join veto_${index} v on v.subject = g.subject` : ''
  return `leg_${index} as (select ${picked.join(', ')} from grant_${index} g${veto})`
}

/** How the legs fold to the weakest of them: the oldest, the least precise, the poorest evidence; all, or any. */
const folds: Record<Aggregate, 'least' | 'greatest' | 'and' | 'or'> = {
  vetoed: 'or',
  earliest: 'least',
  latest: 'least',
  grade: 'greatest',
  precision: 'least',
  form: 'and',
  byParent: 'or',
  explicit: 'and',
  outgrown: 'or',
}
const aggregateNames = Object.keys(folds) as Aggregate[]

function legsTable(aggregates: readonly Aggregate[], legCount: number): string {
  if (legCount === 0) throw new Error('a request has at least one leg')
  const aliases = Array.from({ length: legCount }, (_, index) => `leg_${index}`)
  const first = aliases[0]!
  const folded = aggregates.map((pick) => {
    const columns = aliases.map((alias) => `${alias}."${pick}"`)
    const fold = folds[pick]
    if (legCount === 1) return `${columns[0]} as "${pick}"`
    return fold === 'and' || fold === 'or'
      ? `(${columns.join(` ${fold} `)}) as "${pick}"`
      : `${fold}(${columns.join(', ')}) as "${pick}"`
  })
  const joins = aliases.slice(1).map((alias) => ` join ${alias} on ${alias}.subject = ${first}.subject`)
  return `legs as (select ${[`${first}.subject`, ...folded].join(', ')} from ${first}${joins.join('')})`
}
