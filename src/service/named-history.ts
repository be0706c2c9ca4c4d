// One person's register history with names in place of numbers.
import { Problem } from '../model/problem.ts'
import { findSubject } from '../register/find-subject.ts'
import { type NamedEvent, nameEvents } from '../register/name-events.ts'
import type { Register } from '../register/open-register.ts'
import { readHistory } from '../register/read-history.ts'
import { type PersonMeant, personReference } from './person-reference.ts'

/** In the order recorded; `person.not_found` when nobody is enrolled under the reference. */
export async function readNamedHistory(register: Register, person: PersonMeant): Promise<NamedEvent[]> {
  const subject = await findSubject(register, await personReference(register, person))
  if (subject === undefined) {
    throw new Problem('person.not_found', `nobody is enrolled under this ${person.kind}`)
  }
  return nameEvents(register, await readHistory(register, subject))
}
