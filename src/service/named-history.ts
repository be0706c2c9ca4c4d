// One person's register history with names in place of numbers.
import { type NamedEvent, nameEvents } from '../register/name-events.ts'
import type { Register } from '../register/open-register.ts'
import { readHistory } from '../register/read-history.ts'
import type { PersonMeant } from './person-reference.ts'
import { subjectOf } from './person-rights.ts'

/** In the order recorded; `person.not_found` when nobody is enrolled under the reference. */
export async function readNamedHistory(register: Register, person: PersonMeant): Promise<NamedEvent[]> {
  return nameEvents(register, await readHistory(register, await subjectOf(register, person)))
}
