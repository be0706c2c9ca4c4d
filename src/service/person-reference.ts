// The reference under which the register knows whoever is meant: a contact point in its normal form, any other as it stands.
import { type ContactPoint, contactRef, diallingCountry } from '../intake/normalise-contact.ts'
import type { Controller } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import type { Register } from '../register/open-register.ts'
import { readPublishedPolicy } from '../register/publish-policy.ts'
import { isContactKind, type PersonRef } from '../register/ref-key.ts'

export type PersonMeant = { kind: string; value: string } | ContactPoint

export async function personReference(register: Register, person: PersonMeant): Promise<PersonRef> {
  if (!isContactKind(person.kind)) return person
  const ref = contactRef(pointOf(person), await countryOf(register))
  if (ref === undefined)
    throw new Problem('value.invalid', `this is no ${words[person.kind]} that anybody could be found by`)
  return ref
}

const words = { email: 'e-mail address', phone: 'phone number', address: 'name with a postal address' }

function pointOf(person: PersonMeant): ContactPoint {
  const { kind, value } = person
  if (kind === 'email' || kind === 'phone') return { kind, value }
  if ('name' in person) return person
  throw new Problem('value.invalid', 'an address makes a contact point with a name alone')
}

/** Undefined before the first publication, and where nobody has said. */
async function countryOf(register: Register): Promise<string | undefined> {
  const published = await readPublishedPolicy(register)
  const controller = published.findLast(({ kind, body }) => kind === 'controller' && body !== undefined)
  return controller?.body === undefined
    ? undefined
    : diallingCountry(JSON.parse(controller.body) as Controller)
}
