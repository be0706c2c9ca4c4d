// The name a legal entity bore on a day: what a person, a recipient and a court have to be told.
import type { DateNumber } from './instant.ts'
import type { LegalEntity } from './policy.ts'

/** The last name whose dates cover the day; without one, the last name of all. */
export function legalName(entity: Pick<LegalEntity, 'names'>, on: DateNumber): string {
  const then = entity.names.filter(
    ({ from, to }) => (from === undefined || from <= on) && (to === undefined || on < to),
  )
  return (then.at(-1) ?? entity.names.at(-1)!).name
}
