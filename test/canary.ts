// Words that stand in the made-up people of the tests and nowhere else: where one is printed, a personal value has leaked.

/** Put together here, so that no line of a source holds it: a failing test prints lines of sources. */
export const canary = ['Zanzibart', 'Canary'].join('-')

/** With those of the small club (`test/release/small-club.ts`), whose names, e-mail addresses and streets hold them. */
export const canaries: readonly string[] = [canary, 'Quetzalname', 'qzkmail', 'Xyzzylane']

/** In capitals or not, as contact points are compared without. */
export function holdsCanary(text: string): boolean {
  const lower = text.toLowerCase()
  return canaries.some((word) => lower.includes(word.toLowerCase()))
}
