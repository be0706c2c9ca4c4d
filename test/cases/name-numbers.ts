// Numbers for the names of a case, as a register would have given them: every name once, in order.
import type { PolicyNumbers } from '../../src/decide/policy-numbers.ts'
import type { Policy } from '../../src/model/policy.ts'
import type { CasePerson, StatedEvent } from './case-shapes.ts'

export type CaseNumbers = PolicyNumbers & {
  routes: ReadonlyMap<string, number>
  purposeNumbers: ReadonlyMap<string, number>
}

export function numberNames(policy: Policy, people: readonly CasePerson[]): CaseNumbers {
  const purposeNumbers = counted(policy.purposes.map(({ id }) => id))
  return {
    notices: counted(policy.notices.map(({ id }) => id)),
    recipients: counted([policy.controller.id, ...policy.entities.map(({ id }) => id)]),
    purposeNumbers,
    purposes: new Map(policy.purposes.map(({ id, dpv }) => [purposeNumbers.get(id)!, { id, dpv }])),
    routes: counted([
      ...policy.notices.flatMap(({ routes }) => routes),
      ...people.flatMap(eventsOf).flatMap(({ route }) => route ?? []),
    ]),
  }
}

function eventsOf({ events, mates, shares }: CasePerson): StatedEvent[] {
  return [...events, ...mates.flatMap((mate) => mate.events), ...Object.values(shares).flat()]
}

function counted(names: readonly string[]): Map<string, number> {
  return new Map([...new Set(names)].map((name, index) => [name, index + 1]))
}
