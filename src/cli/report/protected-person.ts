// Whether a card, or anything else about one person, may say more than that she must not be contacted.
import type { CasePerson } from './case-report.ts'
import { isProtection } from './count-reasons.ts'

export const mustNotBeContacted = 'must not be contacted'

/** The caller may have masked the codes already, so the words count as well. */
export function isProtectedPerson({ beats }: CasePerson): boolean {
  return beats.some(
    ({ codes, words }) => codes.some(isProtection) || words.toLowerCase().includes(mustNotBeContacted),
  )
}
