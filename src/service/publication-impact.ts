// What a publication changes for people: nothing, until a new sentence has been shown to them. Said with the numbers.
import { legalName } from '../model/legal-name.ts'
import type { LegalEntity, Policy } from '../model/policy.ts'
import type { PurposeTerm } from '../model/purpose.ts'
import type { PolicyChange } from '../policy/diff-policy.ts'
import { countShown } from '../register/count-shown.ts'
import type { Register } from '../register/open-register.ts'
import type { Publication } from '../register/publish-policy.ts'

export type NoticeImpact = {
  /** notice@version */
  notice: string
  /** What it tells for the first time: "a party (The Civic Progress Party)". */
  adds: string[]
  /** People who have been shown this version, of everybody enrolled. */
  shown: number
  people: number
  /** All of it as one line. */
  says: string
}

/** The sector of political parties: whoever bears it is called a party, as readers of the impact look for that word. */
const PARTY_SECTOR = 'politics'

export async function publicationImpact(
  register: Register,
  publication: Publication,
  changes: readonly PolicyChange[],
  policy: Policy,
): Promise<NoticeImpact[]> {
  const numbers = new Map(
    publication.published
      .filter(({ kind }) => kind === 'notice')
      .map(({ name, version, number }) => [`${name}@${version}`, number]),
  )
  const { people, shown } = await countShown(register, [...numbers.values()])
  return changes.flatMap((change) => {
    const adds = whatItAdds(change, policy)
    const number = numbers.get(change.name)
    if (change.kind !== 'notice' || number === undefined || adds.length === 0) return []
    const reached = shown.get(number) ?? 0
    const says = `notice ${change.name.replace('@', ' ')} adds ${joined(adds)}; ${reach(reached, people)}`
    return [{ notice: change.name, adds, shown: reached, people, says }]
  })
}

function whatItAdds({ name, newlyTold }: PolicyChange, { notices, entities }: Policy): string[] {
  if (newlyTold === undefined) return []
  const effectiveOn = notices.find(({ id }) => id === name)?.effectiveOn ?? 0
  const named = (members: readonly LegalEntity[]) =>
    joined(members.map((entity) => legalName(entity, effectiveOn)))
  const recipients = entities.filter(({ id }) => newlyTold.recipients.includes(id))
  const parties = recipients.filter(({ sectors }) => sectors.includes(PARTY_SECTOR))
  const others = recipients.filter((entity) => !parties.includes(entity))
  return [
    ...(parties.length === 0 ? [] : [`${numbered(parties.length, 'party', 'parties')} (${named(parties)})`]),
    ...(others.length === 0
      ? []
      : [`${numbered(others.length, 'recipient', 'recipients')} (${named(others)})`]),
    ...newlyTold.sectors.map((sector) => {
      const members = entities.filter(({ sectors }) => sectors.includes(sector))
      const what = sector === PARTY_SECTOR ? 'any party' : `the sector ${sector}`
      return members.length === 0 ? what : `${what} (${named(members)})`
    }),
    ...newlyTold.purposes.map((purpose) => `the purpose ${purposeWords(purpose)}`),
  ]
}

function numbered(count: number, one: string, many: string): string {
  return count === 1 ? `a ${one}` : `${count} ${many}`
}

/** dpv:PoliticalCampaign → political campaign */
function purposeWords(term: PurposeTerm): string {
  return term
    .slice('dpv:'.length)
    .replaceAll(/(?<=[a-z])[A-Z]/g, ' $&')
    .toLowerCase()
}

function reach(shown: number, people: number): string {
  if (people === 0) return 'nobody is enrolled yet'
  return `${grouped(shown)} of ${grouped(people)} people have been shown it`
}

function grouped(number: number): string {
  return number.toLocaleString('en-GB')
}

/** a, b and c */
function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}
