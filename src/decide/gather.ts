// The reference for facts: what is on record of one enrolment in, one row of facts out. Slow, obvious, and the measure of
// the compiler.
import { eventKinds, type RegisterEvent } from '../model/event.ts'
import { microsecondsPerDay, undatedInterval } from '../model/instant.ts'
import { precisions } from '../model/vocabulary.ts'
import type { Value } from './expression.ts'
import type { Combinator, EventMatch, LegAggregate } from './fact.ts'
import type { PersonRecord } from './person-record.ts'
import type { DecisionPlan } from './plan.ts'
import { type Condition, type Leg, type ResolvedMatch, resolveMatch } from './resolve-match.ts'
import { type SubjectFactName, subjectFacts } from './subject-facts.ts'

export type SubjectFacts = Record<SubjectFactName, Value>

type WeakestLeg = Record<LegAggregate, Value>

/** The facts of the record's own enrolment; its mates have theirs (`judge-record.ts`). */
export function gather(record: PersonRecord, plan: DecisionPlan): SubjectFacts {
  const facts: Partial<SubjectFacts> = {}
  for (const { name, from } of subjectFacts) facts[name] = combine(from, record, plan)
  return facts as SubjectFacts
}

function combine(from: Combinator, record: PersonRecord, plan: DecisionPlan): Value {
  const { events, columns } = record
  switch (from.combinator) {
    case 'latest': {
      const found = latestOf(matching(events, from.event, plan))
      if (from.pick === 'notice') return found?.notice ?? 0
      return found?.[from.pick]
    }
    case 'greatest': {
      const found = matching(events, from.event, plan)
      return found.length === 0 ? undefined : Math.max(...found.map((event) => event[from.pick]))
    }
    case 'least': {
      const found = matching(events, from.event, plan)
      return found.length === 0 ? undefined : Math.min(...found.map((event) => event[from.pick]))
    }
    case 'exists':
      return matching(events, from.event, plan).length > 0
    case 'contested':
      return contestants(matching(events, from.event, plan)).length > 0
    case 'first-notice':
      return firstNotice(matching(events, from.event, plan), from.pick, plan)
    case 'sharers':
      return matching(record.sharers, from.event, plan).length > 0
    case 'disclosures':
      return disclosures(from.pick, record, plan)
    case 'birthday':
      return birthday(columns[from.column], plan.scope.ages[from.years])
    case 'link-doubt':
      return record.linkDoubtful
    case 'column':
      return columns[from.column]
    case 'weakest-leg':
      return weakestLeg(from, events, plan)[from.pick]
  }
}

/** Events under another notice that may have been the later ones. */
export function contestants(found: readonly RegisterEvent[]): RegisterEvent[] {
  const latest = latestOf(found)
  if (latest === undefined) return []
  return found.filter((event) => event.notice !== latest.notice && event.latest >= latest.earliest)
}

/** Where several may have been the first one, all of them have to say it. */
function firstNotice(
  found: readonly RegisterEvent[],
  pick: 'covers' | 'purposeTold',
  plan: DecisionPlan,
): Value {
  const said = possiblyFirst(found).map(({ notice }) =>
    notice === 0 ? undefined : saidBy(notice, pick, plan),
  )
  if (said.includes(false)) return false
  return said.length === 0 || said.includes(undefined) ? undefined : true
}

/** Those of which none is surely later than another. */
export function possiblyFirst(found: readonly RegisterEvent[]): RegisterEvent[] {
  const firstTo = Math.min(...found.map(({ latest }) => latest))
  return found.filter(({ earliest }) => earliest <= firstTo)
}

function saidBy(notice: number, pick: 'covers' | 'purposeTold', plan: DecisionPlan): Value {
  const planned = plan.notices.get(notice)
  return pick === 'covers' ? planned?.covers : planned?.facts.purposeTold
}

/** What leaves at the very instant of the release is that release, not an earlier one. */
function disclosures(
  pick: 'inYear' | 'latestToRecipient',
  record: PersonRecord,
  { scope }: DecisionPlan,
): Value {
  const earlier = record.disclosures.filter(({ at }) => at < scope.releaseAt)
  if (pick === 'inYear') return earlier.filter(({ at }) => at > scope.disclosedAfter).length
  const toRecipient = earlier.filter(({ recipient }) => recipient === scope.recipient)
  return toRecipient.length === 0 ? undefined : Math.max(...toRecipient.map(({ at }) => at))
}

/**
 * When the birthday has begun everywhere: 00:00 in the westernmost zone is 12:00 UTC. A day the month does not have runs
 * over into the next one, so that 29 February is 1 March in common years.
 */
function birthday(bornOn: number | undefined, years: number | undefined): Value {
  if (bornOn === undefined || years === undefined) return undefined
  const month = Math.trunc(bornOn / 100) % 100
  const day = bornOn % 100
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined
  const year = Math.trunc(bornOn / 10_000) + years
  return Date.UTC(year, month - 1, day) * 1000 + microsecondsPerDay / 2
}

/** Every leg needs a consent; what they say together is what the weakest of them says. */
function weakestLeg(
  from: Extract<Combinator, { combinator: 'weakest-leg' }>,
  events: readonly RegisterEvent[],
  plan: DecisionPlan,
): WeakestLeg {
  const legs: WeakestLeg[] = []
  for (const leg of plan.legs) {
    const grant = latestOf(matching(events, from.grant, plan, leg))
    if (grant === undefined) return noConsent
    const vetoes = from.vetoes.flatMap((veto) => matching(events, veto, plan, leg))
    legs.push(sayOfLeg(leg, grant, vetoes, plan))
  }
  if (legs.length === 0) return noConsent
  const numbers = (pick: LegAggregate) => legs.map((leg) => Number(leg[pick]))
  const every = (pick: LegAggregate) => legs.every((leg) => leg[pick] === true)
  const some = (pick: LegAggregate) => legs.some((leg) => leg[pick] === true)
  return {
    given: true,
    vetoed: some('vetoed'),
    earliest: Math.min(...numbers('earliest')),
    latest: Math.min(...numbers('latest')),
    grade: Math.max(...numbers('grade')),
    precision: Math.min(...numbers('precision')),
    form: every('form'),
    byParent: some('byParent'),
    explicit: every('explicit'),
    outgrown: some('outgrown'),
  }
}

const noConsent: WeakestLeg = {
  given: false,
  vetoed: false,
  earliest: undefined,
  latest: undefined,
  grade: undefined,
  precision: undefined,
  form: undefined,
  byParent: undefined,
  explicit: undefined,
  outgrown: undefined,
}

function sayOfLeg(
  leg: Leg,
  grant: RegisterEvent,
  vetoes: readonly RegisterEvent[],
  plan: DecisionPlan,
): WeakestLeg {
  const notice = plan.notices.get(grant.notice)
  return {
    given: true,
    vetoed: vetoes.some((veto) => outlives(veto, grant)),
    earliest: grant.earliest,
    latest: grant.latest,
    grade: grant.grade,
    precision: notice?.linkPrecision.get(leg.recipient) ?? precisions.none,
    form: notice?.consentFormValid ?? false,
    byParent: grant.qualifier === eventKinds.consent.qualifiers['given-by-parent'],
    explicit: notice?.explicitConsent ?? false,
    outgrown: notice?.outgrown.get(leg.recipient) ?? false,
  }
}

/** Only a grant that is surely later outlives a veto; equal or unknown order, and the veto wins. */
export function outlives(veto: RegisterEvent, grant: RegisterEvent): boolean {
  return veto.latest >= grant.earliest
}

/** The events a combinator looks at: of its kind and scope, and early enough to count. */
export function matching(
  events: readonly RegisterEvent[],
  match: EventMatch,
  plan: DecisionPlan,
  leg?: Leg,
): RegisterEvent[] {
  const resolved = resolveMatch(match, plan.scope, leg)
  return events.filter(
    (event) =>
      event.kind === resolved.kind &&
      countsAtRelease(event, resolved) &&
      resolved.conditions.every((condition) => meets(event, condition)),
  )
}

/** An event without a date spans all of time: no release is after it, so it never surely happened before one. */
function countsAtRelease(event: RegisterEvent, { counts, releaseAt }: ResolvedMatch): boolean {
  const undated = event.earliest === undatedInterval.earliest && event.latest === undatedInterval.latest
  switch (counts) {
    case 'surely':
      return event.latest <= releaseAt
    case 'possibly':
      return event.earliest <= releaseAt
    case 'unclear':
      return event.earliest <= releaseAt && event.latest > releaseAt && !undated
    case 'undated':
      return undated
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
export function latestOf(events: readonly RegisterEvent[]): RegisterEvent | undefined {
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
