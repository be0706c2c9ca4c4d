// Whether a card, or anything else about one person, may say more than that she must not be contacted.
import type { CasePerson } from './case-report.ts'
import { isProtection } from './count-reasons.ts'

export const mustNotBeContacted = 'must not be contacted'

/**
 * The caller may have masked the codes already, so the words count as well: those of the last beat, as a protection stays. Earlier
 * beats may have had another masked ground, such as that a list told of children.
 */
export function isProtectedPerson({ beats }: CasePerson): boolean {
  return beats.some(({ codes }) => codes.some(isProtection)) || readsAsProtected(beats.at(-1)?.words ?? '')
}

export function readsAsProtected(words: string): boolean {
  return words.toLowerCase().includes(mustNotBeContacted)
}
