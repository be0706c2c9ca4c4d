// The reference for facts: one person's events in, one row of facts out. Slow, obvious, and the measure of the compiler.
import type { RegisterEvent } from '../model/event.ts'
import { precisions } from '../model/vocabulary.ts'
import type { Value } from './expression.ts'
import { type Combinator, type LegAggregate, type SubjectFactName, subjectFacts } from './fact.ts'
import type { DecisionPlan } from './plan.ts'
import { type Condition, type ResolvedMatch, resolveMatch } from './resolve-match.ts'

/** What the dataset says of a person; undefined where it says nothing. */
export type DatasetColumns = {
  born_on: number | undefined
  expecting_on: number | undefined
  duplicate: boolean
}

export type SubjectFacts = Record<SubjectFactName, Value>

type WeakestLeg = Record<LegAggregate, Value>

export function gather(
  events: readonly RegisterEvent[],
  columns: DatasetColumns,
  plan: DecisionPlan,
): SubjectFacts {
  const facts: Partial<SubjectFacts> = {}
  for (const { name, from } of subjectFacts) facts[name] = combine(from, events, columns, plan)
  return facts as SubjectFacts
}

function combine(
  from: Combinator,
  events: readonly RegisterEvent[],
  columns: DatasetColumns,
  plan: DecisionPlan,
): Value {
  switch (from.combinator) {
    case 'latest': {
      const found = latestOf(matching(events, resolveMatch(from.event, plan.scope)))
      if (from.pick === 'notice') return found?.notice ?? 0
      return found?.[from.pick]
    }
    case 'greatest': {
      const found = matching(events, resolveMatch(from.event, plan.scope))
      return found.length === 0 ? undefined : Math.max(...found.map((event) => event[from.pick]))
    }
    case 'exists':
      return matching(events, resolveMatch(from.event, plan.scope)).length > 0
    case 'column':
      return columns[from.column]
    case 'weakest-leg':
      return weakestLeg(from, events, plan)[from.pick]
  }
}

/** Every leg needs a consent; what they say together is what the weakest of them says. */
function weakestLeg(
  from: Extract<Combinator, { combinator: 'weakest-leg' }>,
  events: readonly RegisterEvent[],
  plan: DecisionPlan,
): WeakestLeg {
  const nothing: WeakestLeg = {
    given: false,
    vetoed: false,
    earliest: undefined,
    latest: undefined,
    grade: undefined,
    precision: undefined,
    form: undefined,
  }
  const legs: WeakestLeg[] = []
  for (const leg of plan.legs) {
    const grant = latestOf(matching(events, resolveMatch(from.grant, plan.scope, leg)))
    if (grant === undefined) return nothing
    const vetoes = from.vetoes.flatMap((veto) => matching(events, resolveMatch(veto, plan.scope, leg)))
    const notice = plan.notices.get(grant.notice)
    legs.push({
      given: true,
      // Only a grant that is surely later outlives a veto; equal or unknown order, and the veto wins.
      vetoed: vetoes.some((veto) => veto.latest >= grant.earliest),
      earliest: grant.earliest,
      latest: grant.latest,
      grade: grant.grade,
      precision: notice?.linkPrecision.get(leg.recipient) ?? precisions.none,
      form: notice?.consentFormValid ?? false,
    })
  }
  if (legs.length === 0) return nothing
  const numbers = (pick: LegAggregate) => legs.map((leg) => Number(leg[pick]))
  return {
    given: true,
    vetoed: legs.some(({ vetoed }) => vetoed === true),
    earliest: Math.min(...numbers('earliest')),
    latest: Math.min(...numbers('latest')),
    grade: Math.max(...numbers('grade')),
    precision: Math.min(...numbers('precision')),
    form: legs.every(({ form }) => form === true),
  }
}

function matching(events: readonly RegisterEvent[], match: ResolvedMatch): RegisterEvent[] {
  return events.filter(
    (event) =>
      event.kind === match.kind &&
      countsAtRelease(event, match) &&
      match.conditions.every((condition) => meets(event, condition)),
  )
}

function countsAtRelease(event: RegisterEvent, { counts, releaseAt }: ResolvedMatch): boolean {
  switch (counts) {
    case 'surely':
      return event.latest <= releaseAt
    case 'possibly':
      return event.earliest <= releaseAt
    case 'unclear':
      return event.earliest <= releaseAt && event.latest > releaseAt
  }
}

function meets(event: RegisterEvent, { column, test, numbers }: Condition): boolean {
  const value = event[column]
  switch (test) {
    case 'in':
      return value !== 0 && numbers.includes(value)
    case 'in-or-absent':
      return value === 0 || numbers.includes(value)
    case 'not-in':
      return value !== 0 && !numbers.includes(value)
    case 'absent':
      return value === 0
    case 'at-most':
      return value <= numbers[0]!
  }
}

/** The one that is latest in time; recorded later wins a tie. */
function latestOf(events: readonly RegisterEvent[]): RegisterEvent | undefined {
  let best: RegisterEvent | undefined
  for (const event of events) if (best === undefined || isLater(event, best)) best = event
  return best
}

function isLater(a: RegisterEvent, b: RegisterEvent): boolean {
  if (a.latest !== b.latest) return a.latest > b.latest
  if (a.earliest !== b.earliest) return a.earliest > b.earliest
  if (a.position !== b.position) return a.position > b.position
  return a.ord > b.ord
}
