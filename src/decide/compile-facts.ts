// Facts → SQL over the projection: the same combinators as `gather.ts`, a set at a time. Only facts some rule still asks
// for are gathered. What few people have comes in tables of its own, joined once each: vetoes and marks of all kinds, a
// second showing, earlier disclosures, a shared contact point, consents.
import { sqlName } from './compile-expression.ts'
import { compileLegs } from './compile-legs.ts'
import type { SparseFacts } from './compile-mask.ts'
import { matchSql, newestFirst, newestPerSubject, newestShowing, perNotice } from './compile-match.ts'
import type { CompiledFacts } from './compiled-facts.ts'
import type { Literal, Value } from './expression.ts'
import type { Combinator, EventMatch, SubjectFact } from './fact.ts'
import type { DecisionPlan, PlannedNotice } from './plan.ts'
import { contactKeys } from './projection-schema.ts'
import { resolveMatch } from './resolve-match.ts'
import { subjectFacts } from './subject-facts.ts'

type FactFrom<C extends Combinator['combinator']> = SubjectFact & {
  from: Extract<Combinator, { combinator: C }>
}

/** While a file is decided nothing has changed since it was decided. */
export const settledInFiles: Readonly<Record<string, Literal>> = Object.fromEntries(
  subjectFacts.flatMap(({ name, from }) =>
    from.combinator === 'column' && from.column === 'changed' ? [[name, false] as const] : [],
  ),
)

export function compileFacts(
  needed: ReadonlySet<string>,
  plan: DecisionPlan,
  datasetTable: string,
): CompiledFacts {
  const compiled: CompiledFacts = {
    tables: [],
    joins: [],
    columns: new Map(),
    derived: new Map(),
    firstSaid: new Map(),
    sparse: [],
  }
  const facts: readonly SubjectFact[] = subjectFacts.filter(({ name }) => needed.has(name))
  compileShowings(facts, plan, compiled)
  compileMarks(facts, plan, compiled)
  compileDisclosures(facts, plan, compiled)
  compileSharers(facts, plan, datasetTable, compiled)
  compileLegs(facts, plan, compiled)
  compileColumns(facts, plan, compiled)
  return compiled
}

function having<C extends Combinator['combinator']>(
  facts: readonly SubjectFact[],
  ...combinators: C[]
): FactFrom<C>[] {
  const names: readonly string[] = combinators
  return facts.filter((fact): fact is FactFrom<C> => names.includes(fact.from.combinator))
}

/** One table per distinct event match; every fact picked from the latest event, or from the first, shares it. */
function compileShowings(facts: readonly SubjectFact[], plan: DecisionPlan, compiled: CompiledFacts): void {
  const groups = new Map<string, FactFrom<'latest' | 'least' | 'contested' | 'first-notice'>[]>()
  for (const fact of having(facts, 'latest', 'least', 'contested', 'first-notice')) {
    const key = JSON.stringify(fact.from.event)
    groups.set(key, [...(groups.get(key) ?? []), fact])
  }
  ;[...groups.values()].forEach((group, index) => {
    const latest = `latest_${index}`
    const { event } = group[0]!.from
    const match = resolveMatch(event, plan.scope)
    const newest = match.kind === 'presentation' ? newestShowing : newestPerSubject
    compiled.tables.push(`${latest} as (${newest(match, ['notice'])})`)
    compiled.joins.push({ table: latest, by: 'enrolment' })
    for (const { name, from } of group) {
      if (from.combinator !== 'latest') continue
      const column = `${latest}.${from.pick}`
      compiled.columns.set(name, from.pick === 'notice' ? `coalesce(${column}, 0)` : column)
    }
    compileRepeated(group, { latest, repeated: `repeated_${index}` }, plan, compiled)
  })
}

/** What differs between the first and the latest showing is asked of those alone who had several. */
function compileRepeated(
  group: readonly FactFrom<'latest' | 'least' | 'contested' | 'first-notice'>[],
  tables: { latest: string; repeated: string },
  plan: DecisionPlan,
  compiled: CompiledFacts,
): void {
  const { latest, repeated } = tables
  const columns: string[] = []
  for (const { name, from } of group) {
    switch (from.combinator) {
      case 'latest':
        break
      case 'least':
        columns.push(`min(${from.pick}) as ${sqlName(name)}`)
        compiled.columns.set(name, `coalesce(${repeated}.${sqlName(name)}, ${latest}.${from.pick})`)
        break
      case 'contested':
        columns.push(
          `bool_or(notice is distinct from newest_notice and latest >= newest_from) as ${sqlName(name)}`,
        )
        compiled.columns.set(name, `coalesce(${repeated}.${sqlName(name)}, false)`)
        break
      case 'first-notice': {
        columns.push(`${saidByAll(from.pick, plan)} as ${sqlName(name)}`)
        const said = `first_${from.pick}`
        compiled.firstSaid.set(said, from.pick)
        compiled.columns.set(`several_${name}`, `${repeated}.${sqlName(name)}`)
        compiled.derived.set(
          name,
          `(case when ${sqlName(repeated)} then ${sqlName(`several_${name}`)} else ${said} end)`,
        )
      }
    }
  }
  if (columns.length === 0) return
  compiled.tables.push(`${repeated} as (${severalPerSubject(group[0]!.from.event, columns, plan)})`)
  compiled.joins.push({ table: repeated, by: 'enrolment' })
  compiled.sparse.push({ table: repeated, present: repeated, absent: shownOnce(group, plan) })
}

/** What is known, under each notice, of whoever was shown it and no other. */
function shownOnce(
  group: readonly FactFrom<'latest' | 'least' | 'contested' | 'first-notice'>[],
  plan: DecisionPlan,
): SparseFacts['absent'] {
  return [...plan.notices.values()].map((notice) => {
    const known: Record<string, Value> = { ...notice.facts }
    for (const { name, from } of group) {
      if (from.combinator === 'contested') known[name] = false
      if (from.combinator === 'first-notice') known[name] = firstSaid(notice, from.pick)
    }
    return known
  })
}

/** Of a first showing under this notice; where there was none, nothing is known of it. */
export function firstSaid(notice: PlannedNotice, pick: 'covers' | 'purposeTold'): Value {
  if (notice.number === 0) return undefined
  return pick === 'covers' ? notice.covers : notice.facts.purposeTold
}

function severalPerSubject(event: EventMatch, columns: readonly string[], plan: DecisionPlan): string {
  if (event.kind !== 'presentation') throw new Error('only repeated showings are noted in the projection')
  const newest = `over (partition by subject ${newestFirst})`
  const rows = `select subject, notice, earliest, latest, first_value(notice) ${newest} as newest_notice, first_value(earliest) ${newest} as newest_from, min(latest) over (partition by subject) as first_to from ${event.kind} where ${matchSql(resolveMatch(event, plan.scope))} and subject in (select subject from repeated_showing)`
  return `select subject, ${columns.join(', ')} from (${rows}) group by subject`
}

/** False where one of those that may be the first says no, unknown where one does not say. */
function saidByAll(pick: 'covers' | 'purposeTold', plan: DecisionPlan): string {
  const said = perNotice(plan, 'notice', (notice) => firstSaid(notice, pick))
  const first = 'filter (earliest <= first_to)'
  return `(case when not bool_and(${said}) ${first} then false when count(${said}) ${first} = count(*) ${first} then true end)`
}

/** `exists`, `greatest` and `link-doubt` facts: tagged rows of all of them, folded to one row per enrolment. */
function compileMarks(facts: readonly SubjectFact[], plan: DecisionPlan, compiled: CompiledFacts): void {
  const marks = having(facts, 'exists', 'greatest', 'link-doubt')
  if (marks.length === 0) return
  const rows = marks.map(({ from }, index) => {
    if (from.combinator === 'link-doubt')
      return `select subject, ${index} as mark, 0::bigint as value from link_doubt`
    const match = resolveMatch(from.event, plan.scope)
    const value = from.combinator === 'greatest' ? from.pick : 'earliest'
    return `select subject, ${index} as mark, ${value} as value from ${match.kind} where ${matchSql(match)}`
  })
  // All facts of presence travel through the joins as the bits of one number.
  const greatest = marks.flatMap(({ name, from }, index) =>
    from.combinator === 'greatest' ? [`max(value) filter (mark = ${index}) as ${sqlName(name)}`] : [],
  )
  const columns = ['subject', 'bit_or(1::bigint << mark) as flags', ...greatest]
  compiled.tables.push(`mark as (${rows.join(' union all ')})`)
  compiled.tables.push(`marks as (select ${columns.join(', ')} from mark group by subject)`)
  compiled.joins.push({ table: 'marks', by: 'enrolment' })
  compiled.sparse.push({
    table: 'marks',
    present: 'marked',
    absent: [
      Object.fromEntries(
        marks.map(({ name, from }) => [name, from.combinator === 'greatest' ? undefined : false]),
      ),
    ],
  })
  marks.forEach(({ name, from }, index) => {
    const flag = `coalesce((marks.flags & ${2 ** index}) <> 0, false)`
    compiled.columns.set(name, from.combinator === 'greatest' ? `marks.${sqlName(name)}` : flag)
  })
}

function compileDisclosures(
  facts: readonly SubjectFact[],
  plan: DecisionPlan,
  compiled: CompiledFacts,
): void {
  const found = having(facts, 'disclosures')
  if (found.length === 0) return
  const { releaseAt, disclosedAfter, recipient } = plan.scope
  const columns = {
    inYear: `count(*) filter (latest > ${disclosedAfter})`,
    latestToRecipient: `max(latest) filter (recipient = ${recipient})`,
  }
  const picked = found.map(({ name, from }) => `${columns[from.pick]} as ${sqlName(name)}`)
  compiled.tables.push(
    `disclosed as (select subject, ${picked.join(', ')} from disclosure where latest < ${releaseAt} group by subject)`,
  )
  compiled.joins.push({ table: 'disclosed', by: 'enrolment' })
  for (const { name, from } of found) {
    const column = `disclosed.${sqlName(name)}`
    compiled.columns.set(name, from.pick === 'inYear' ? `coalesce(${column}, 0)` : column)
  }
  compiled.sparse.push({
    table: 'disclosed',
    present: 'disclosed_before',
    absent: [
      Object.fromEntries(found.map(({ name, from }) => [name, from.pick === 'inYear' ? 0 : undefined])),
    ],
  })
}

/**
 * From the few who said it to the contact points they have, in this file or by themselves, to the rows of others that have
 * one of them. One person's word reaches every row but her own.
 */
function compileSharers(
  facts: readonly SubjectFact[],
  plan: DecisionPlan,
  datasetTable: string,
  compiled: CompiledFacts,
): void {
  having(facts, 'sharers').forEach(({ name, from }, index) => {
    const match = resolveMatch(from.event, plan.scope)
    const [said, contact, sharing] = [`said_${index}`, `contact_${index}`, `sharing_${index}`]
    const known = ['select contact, subject from contact_ref']
    for (const key of contactKeys)
      known.push(`select ${key} as contact, subject from ${datasetTable} where ${key} is not null`)
    const rows = contactKeys.map(
      (key) =>
        `select d.ordinal from ${datasetTable} d join ${contact} c on c.contact = d.${key} where c.lowest <> d.subject or c.highest <> d.subject`,
    )
    compiled.tables.push(
      `${said} as materialized (select distinct subject from ${match.kind} where ${matchSql(match)})`,
      `${contact} as materialized (select contact, min(k.subject) as lowest, max(k.subject) as highest from (${known.join(' union all ')}) k join ${said} on ${said}.subject = k.subject group by contact)`,
      `${sharing} as (select distinct ordinal from (${rows.join(' union all ')}))`,
    )
    compiled.joins.push({ table: sharing, by: 'record' })
    compiled.columns.set(name, `(${sharing}.ordinal is not null)`)
    compiled.sparse.push({ table: sharing, present: sharing, absent: [{ [name]: false }] })
  })
}

function compileColumns(facts: readonly SubjectFact[], plan: DecisionPlan, compiled: CompiledFacts): void {
  for (const { name, from } of having(facts, 'column')) {
    if (from.column === 'changed') compiled.columns.set(name, 'false')
    else compiled.columns.set(name, from.column === 'duplicate' ? '(d.duplicate = 1)' : `d.${from.column}`)
  }
  for (const { name, from } of having(facts, 'birthday')) {
    compiled.columns.set(from.column, `d.${from.column}`)
    compiled.derived.set(name, birthdaySql(sqlName(from.column), plan.scope.ages[from.years]))
  }
}

/** 12:00 UTC of the day; a day the month does not have runs over into the next one, as in `gather.ts`. */
function birthdaySql(bornOn: string, years: number | undefined): string {
  if (years === undefined) return 'null::bigint'
  const [month, day] = [`${bornOn} // 100 % 100`, `${bornOn} % 100`]
  const first = `make_date(${bornOn} // 10000 + ${years}, ${month}, 1)`
  return `(case when ${month} between 1 and 12 and ${day} between 1 and 31 then ((${first} - date '1970-01-01') + ${day} - 1)::bigint * 86400000000 + 43200000000 end)`
}
