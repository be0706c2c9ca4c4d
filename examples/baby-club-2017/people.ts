// The six people the report follows. Fictional; their places in the file follow from the quotas.
import { type PersonId, sizeCase } from './cells.ts'
import { memberNumbers } from './member-numbers.ts'

/** The beats in order; each is called after its file in `requests/`. */
export const beatIds = [
  '1-party-2017',
  '1b-party-control',
  '2-party-2018',
  '3-acorn-post',
  '4-acorn-email',
  '5-acorn-post-after',
] as const
export type BeatId = (typeof beatIds)[number]

export type NamedPerson = {
  id: PersonId
  name: string
  /** Her member number in a case of this many people, e.g. M0000042. */
  memberNo(people: number): string
  card: string
  /** The beats in which her record may leave. */
  mayLeaveIn: readonly BeatId[]
}

const cards: readonly Omit<NamedPerson, 'memberNo'>[] = [
  {
    id: 'online-2015',
    name: 'Imogen Larkfield',
    card: 'Joined online in 2015, was shown a form that names the baby brand, and in spring 2018 said yes to its e-mail.',
    mayLeaveIn: ['3-acorn-post', '4-acorn-email', '5-acorn-post-after'],
  },
  {
    id: 'ward-card',
    name: 'Bridget Thornapple',
    card: 'Filled in a card from a ward pack; nothing shows which notice, if any, she was shown.',
    mayLeaveIn: [],
  },
  {
    id: 'joined-2018',
    name: 'Nadia Winterbourne',
    card: 'Joined online in January 2018 under the notice that adds political parties; never asked about e-mail from the brand.',
    mayLeaveIn: ['3-acorn-post', '5-acorn-post-after'],
  },
  {
    id: 'said-stop',
    name: 'Orla Fennimere',
    card: 'Said stop on 12 June 2018 at 09:41:07; the next list no longer has her.',
    mayLeaveIn: ['3-acorn-post'],
  },
  {
    id: 'seventeen',
    name: 'Keziah Marlowbeck',
    card: 'Is seventeen on 12 June 2018; her own record is a child’s record.',
    mayLeaveIn: [],
  },
  {
    id: 'lost-her-baby',
    name: 'Marian Eastholme',
    card: 'Lost her baby in 2016: nothing about her leaves, to anyone, and nobody is told why.',
    mayLeaveIn: [],
  },
]

export const people: readonly NamedPerson[] = cards.map(withMemberNo)

function withMemberNo(person: Omit<NamedPerson, 'memberNo'>): NamedPerson {
  const memberNo = (people: number) => {
    const sized = sizeCase(people)
    const cell = sized.cells.find(({ named }) => named === person.id)
    if (cell === undefined) throw new Error(`no cell names ${person.id}`)
    return memberNumbers(sized).memberNo(cell.first)
  }
  return { ...person, memberNo }
}
