// The events that carry a fact of a person: those its combinator picked, not all it looked at. Empty where the fact comes
// from the file, from earlier disclosures or links, or where nothing is on record.
import type { RegisterEvent } from '../model/event.ts'
import type { Combinator, SubjectFact } from './fact.ts'
import { contestants, latestOf, matching, outlives, possiblyFirst } from './gather.ts'
import type { PersonRecord } from './person-record.ts'
import type { DecisionPlan } from './plan.ts'
import { type SubjectFactName, subjectFacts } from './subject-facts.ts'

export function evidenceBehind(
  name: SubjectFactName,
  record: PersonRecord,
  plan: DecisionPlan,
): RegisterEvent[] {
  const { from } = subjectFacts.find((fact: SubjectFact) => fact.name === name)!
  return [...new Set(carrying(from, record, plan))]
}

function carrying(from: Combinator, record: PersonRecord, plan: DecisionPlan): RegisterEvent[] {
  switch (from.combinator) {
    case 'latest':
      return latest(matching(record.events, from.event, plan))
    case 'greatest':
    case 'least':
      return extreme(matching(record.events, from.event, plan), from)
    case 'exists':
      return matching(record.events, from.event, plan)
    case 'contested': {
      const found = matching(record.events, from.event, plan)
      return [...latest(found), ...contestants(found)]
    }
    case 'first-notice':
      return possiblyFirst(matching(record.events, from.event, plan))
    case 'sharers':
      return matching(record.sharers, from.event, plan)
    case 'weakest-leg':
      return ofEveryLeg(from, record.events, plan)
    default:
      return []
  }
}

function latest(found: readonly RegisterEvent[]): RegisterEvent[] {
  const event = latestOf(found)
  return event === undefined ? [] : [event]
}

function extreme(
  found: readonly RegisterEvent[],
  { combinator, pick }: Extract<Combinator, { combinator: 'greatest' | 'least' }>,
): RegisterEvent[] {
  const choose = combinator === 'greatest' ? Math.max : Math.min
  const value = choose(...found.map((event) => event[pick]))
  return found.filter((event) => event[pick] === value)
}

/** Of each leg the consent that counts for it, and every refusal or withdrawal that outlives it. */
function ofEveryLeg(
  { grant, vetoes }: Extract<Combinator, { combinator: 'weakest-leg' }>,
  events: readonly RegisterEvent[],
  plan: DecisionPlan,
): RegisterEvent[] {
  return plan.legs.flatMap((leg) => {
    const given = latestOf(matching(events, grant, plan, leg))
    if (given === undefined) return []
    const against = vetoes.flatMap((veto) => matching(events, veto, plan, leg))
    return [given, ...against.filter((veto) => outlives(veto, given))]
  })
}
