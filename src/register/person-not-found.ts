// Nobody is enrolled under a reference: never was, or was erased, of which the suppression list alone still knows.
import { dateToIso } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import type { PersonRef } from './ref-key.ts'
import type { Register } from './register.ts'
import { suppressedSince } from './suppression.ts'

/** `kind` as it was asked for: it stands in the message, the reference does not. */
export async function personNotFound(register: Register, kind: string, ref: PersonRef): Promise<Problem> {
  const since = await suppressedSince(register, ref)
  if (since === undefined) return new Problem('person.not_found', `nobody is enrolled under this ${kind}`)
  return new Problem(
    'person.not_found',
    `whoever had this ${kind} was erased on ${dateToIso(since)}: nothing here leads to them any more, but an entry that keeps this ${kind} out of releases`,
  )
}
