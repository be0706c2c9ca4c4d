// The quotas: who holds a plan in this story, as data. Every number it tells is a sum of rows of this table.

export const fullSize = 82_000
export const peopleMin = 1_000

export type GroupId = 'paying' | 'died' | 'gone-away' | 'restricted' | 'erased'

type Group = { id: GroupId; says: string; people: number }

/** The first takes what is left of the others at any other size. */
export const groups: readonly Group[] = [
  {
    id: 'paying',
    says: 'told that firms look after the computers, and nothing stands against it',
    people: 79_200,
  },
  { id: 'died', says: 'has died; the plan is paid out and the row still there', people: 1_900 },
  { id: 'gone-away', says: 'has moved away, nobody knows where to', people: 600 },
  {
    id: 'restricted',
    says: 'asked that nothing be done with the data until a complaint is settled',
    people: 240,
  },
  { id: 'erased', says: 'asked to be erased, and was; the row came back with a restored file', people: 60 },
]

export type Quota = Group & {
  /** Place of its first person among all, from 0. */
  first: number
}

/** Largest groups are cut down in proportion; nobody is lost and nobody is counted twice. */
export function quotasFor(people: number): Quota[] {
  const others = groups.slice(1).map((group) => ({
    ...group,
    people: Math.max(1, Math.floor((group.people * people) / fullSize)),
  }))
  const rest = people - others.reduce((sum, group) => sum + group.people, 0)
  let first = 0
  return [{ ...groups[0]!, people: rest }, ...others].map((group) => {
    const quota = { ...group, first }
    first += group.people
    return quota
  })
}
