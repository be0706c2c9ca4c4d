// The closed vocabularies and their numbers. A number is stored for ever: append, never reuse or renumber.
import { Problem } from './problem.ts'

export const channels = {
  post: 1,
  email: 2,
  sms: 3,
  call: 4,
  'automated-call': 5,
  'online-audience': 6,
  none: 7,
} as const
export type Channel = keyof typeof channels

/** Article 6(1) bases; `soft-opt-in` is a claim under PECR reg 22(3) that other rules refuse for a transfer. */
export const bases = {
  consent: 1,
  contract: 2,
  'legal-obligation': 3,
  'vital-interests': 4,
  'public-task': 5,
  'legitimate-interests': 6,
  'recognised-legitimate-interests': 7,
  'soft-opt-in': 8,
} as const
export type LegalBasis = keyof typeof bases

/** A: captured when it happened; B: attributed by a documented rule; C: asserted. Lower is better. */
export const grades = { A: 1, B: 2, C: 3 } as const
export type EvidenceGrade = keyof typeof grades

/** How precisely a notice mentions a recipient; a chain takes its weakest link. */
export const precisions = { none: 0, generic: 1, sector: 2, brand: 3, entity: 4 } as const

export const jurisdictions = { uk: 1, eu: 2 } as const
export type Jurisdiction = keyof typeof jurisdictions

export const recipientRoles = { controller: 1, 'joint-controller': 2, processor: 3, agent: 4 } as const
export type RecipientRole = keyof typeof recipientRoles

/** What an organisation names itself and the register numbers once, never reusing a number. */
export const termKinds = ['purpose', 'recipient', 'route', 'source'] as const
export type TermKind = (typeof termKinds)[number]

/** The number of a name in a vocabulary, or a Problem naming what is allowed. */
export function numberOf<const V extends Record<string, number>>(
  vocabulary: V,
  name: string,
  what: string,
): V[keyof V] {
  const found = Object.hasOwn(vocabulary, name) ? vocabulary[name as keyof V] : undefined
  if (found === undefined)
    throw new Problem('value.invalid', `${what} must be one of ${Object.keys(vocabulary).join(', ')}`)
  return found
}

export function nameOf<const V extends Record<string, number>>(
  vocabulary: V,
  number: number,
): keyof V & string {
  const found = Object.keys(vocabulary).find((name) => vocabulary[name] === number)
  if (found === undefined) throw new Error(`number ${number} is in no such vocabulary`)
  return found
}
