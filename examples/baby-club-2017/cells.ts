// The quotas: who is in the 2017 case, as data. Every number in the report is a sum of rows of this table.
// Each person is in exactly one cell; a cell is a group (what happened to her) and the notice she was shown.

export type NoticeId =
  | 'online-form@2014-03'
  | 'online-form@2015-06'
  | 'online-form@2016-09'
  | 'online-form@2018-01'
  | 'offline-card@2013-01'
  | 'offline-card@2016-03'
  | 'offline-card@2018-01'
  | 'ward-pack@2013-05'
  | 'ward-pack@2015-02'

/** The route on which each version was shown. */
export const noticeRoutes: Readonly<Record<NoticeId, 'online' | 'card' | 'ward'>> = {
  'online-form@2014-03': 'online',
  'online-form@2015-06': 'online',
  'online-form@2016-09': 'online',
  'online-form@2018-01': 'online',
  'offline-card@2013-01': 'card',
  'offline-card@2016-03': 'card',
  'offline-card@2018-01': 'card',
  'ward-pack@2013-05': 'ward',
  'ward-pack@2015-02': 'ward',
}

/** First and last day, both included, written yyyy-mm-dd. */
export type Days = readonly [first: string, last: string]

/**
 * The days on which people in this example joined under each version; inside the period it was in use, and at
 * least some days away from either end, so that no result hangs on midnight.
 */
export const joiningDays: Readonly<Record<NoticeId | 'no-evidence', Days>> = {
  'online-form@2014-03': ['2014-04-01', '2015-05-31'],
  'online-form@2015-06': ['2015-07-01', '2016-08-31'],
  'online-form@2016-09': ['2016-10-01', '2017-04-30'],
  'online-form@2018-01': ['2018-01-17', '2018-01-31'],
  'offline-card@2013-01': ['2013-02-01', '2016-02-29'],
  'offline-card@2016-03': ['2016-04-01', '2017-04-30'],
  'offline-card@2018-01': ['2018-01-17', '2018-01-31'],
  'ward-pack@2013-05': ['2013-06-01', '2015-01-31'],
  'ward-pack@2015-02': ['2015-03-01', '2017-04-30'],
  'no-evidence': ['2013-06-01', '2017-04-30'],
}

export type PersonId =
  | 'online-2015'
  | 'ward-card'
  | 'joined-2018'
  | 'said-stop'
  | 'seventeen'
  | 'lost-her-baby'

type Cell = {
  /** Absent: nothing shows that any notice was shown, so the register has no history of these people. */
  notice?: NoticeId
  people: number
  /** Narrower than the version's own joining days, where what happened next needs it. */
  joined?: Days
  /** The first person of the cell is one of the six the report names; such a cell is never empty. */
  named?: PersonId
}

export type Group = { id: string; says: string; cells: readonly Cell[] }

/** 1,065,220: everyone in the file of May 2017. Those without history come first, so that the told lie together. */
export const members = [
  {
    id: 'no-evidence',
    says: 'ward pack; nothing shows that a notice was shown',
    cells: [{ people: 152_000, named: 'ward-card' }],
  },
  {
    id: 'said-stop',
    says: 'objected before 5 May 2017',
    cells: [
      { notice: 'online-form@2014-03', people: 12_000 },
      { notice: 'online-form@2015-06', people: 11_000 },
      { notice: 'online-form@2016-09', people: 4_000 },
      { notice: 'offline-card@2013-01', people: 6_000 },
      { notice: 'offline-card@2016-03', people: 4_870 },
      { notice: 'ward-pack@2015-02', people: 4_000 },
    ],
  },
  {
    id: 'erased',
    says: 'erasure asked for and done before 5 May 2017, yet still in the file',
    cells: [
      { notice: 'online-form@2014-03', people: 1_000 },
      { notice: 'online-form@2015-06', people: 800 },
      { notice: 'offline-card@2013-01', people: 510 },
    ],
  },
  {
    id: 'bereaved',
    says: 'must not be contacted: bereavement',
    cells: [
      { notice: 'online-form@2015-06', people: 240, named: 'lost-her-baby' },
      { notice: 'online-form@2014-03', people: 200 },
      { notice: 'offline-card@2016-03', people: 100 },
      { notice: 'ward-pack@2015-02', people: 100 },
    ],
  },
  {
    id: 'unsafe',
    says: 'must not be contacted: safety',
    cells: [
      { notice: 'online-form@2015-06', people: 200 },
      { notice: 'offline-card@2013-01', people: 100 },
      { notice: 'ward-pack@2015-02', people: 100 },
    ],
  },
  {
    id: 'list-omits-brand',
    says: 'shown a closed list of names without the baby brand',
    cells: [{ notice: 'ward-pack@2013-05', people: 30_000 }],
  },
  {
    id: 'expecting',
    says: 'expecting a child on 12 June 2018 (and on 5 May 2017)',
    cells: [
      { notice: 'online-form@2015-06', people: 9_000 },
      { notice: 'online-form@2016-09', people: 8_000 },
      { notice: 'offline-card@2016-03', people: 5_500 },
      { notice: 'online-form@2014-03', people: 2_000 },
    ],
  },
  {
    id: 'under-18',
    says: 'seventeen on 12 June 2018',
    cells: [
      { notice: 'online-form@2016-09', people: 2_200, named: 'seventeen' },
      { notice: 'offline-card@2016-03', people: 1_000, joined: ['2016-09-01', '2017-04-30'] },
    ],
  },
  {
    id: 'age-empty',
    says: 'no birth date of hers in the file',
    cells: [
      { notice: 'online-form@2014-03', people: 4_000 },
      { notice: 'online-form@2015-06', people: 5_000 },
      { notice: 'offline-card@2016-03', people: 5_000 },
      { notice: 'ward-pack@2015-02', people: 2_000 },
    ],
  },
  {
    id: 'age-sentinel',
    says: 'her birth date is the stand-in 1900-01-01',
    cells: [{ notice: 'offline-card@2013-01', people: 2_400 }],
  },
  {
    id: 'unclear-dates',
    says: 'shown the card on a date that can be read two ways, once before that card existed',
    cells: [{ notice: 'offline-card@2016-03', people: 9_150 }],
  },
  {
    id: 'identity-unclear',
    says: 'this enrolment may be two people; an open doubt since 2016',
    cells: [
      { notice: 'online-form@2015-06', people: 2_750 },
      { notice: 'offline-card@2013-01', people: 2_000 },
    ],
  },
  {
    id: 'had-the-letter',
    says: 'marked control group: sent members-letter@2017-04 on 20 April 2017',
    cells: [
      { notice: 'online-form@2014-03', people: 1_000 },
      { notice: 'online-form@2015-06', people: 1_000 },
      // Members before the letter was posted: it went to nobody who joined later.
      { notice: 'offline-card@2016-03', people: 1_000, joined: ['2016-04-01', '2017-04-14'] },
    ],
  },
  {
    id: 'stops-in-2018',
    says: 'says stop on 12 June 2018',
    cells: [
      { notice: 'online-form@2015-06', people: 400, named: 'said-stop' },
      { notice: 'online-form@2016-09', people: 400 },
      { notice: 'offline-card@2016-03', people: 200 },
    ],
  },
  {
    id: 'email-yes',
    says: 'said yes to e-mail from the brand, 13 December 2017 to 11 June 2018',
    cells: [
      { notice: 'online-form@2015-06', people: 60_000, named: 'online-2015' },
      { notice: 'online-form@2016-09', people: 56_000 },
      { notice: 'offline-card@2016-03', people: 20_000 },
    ],
  },
  {
    id: 'email-yes-withdrawn',
    says: 'said yes to e-mail from the brand, then took it back for the brand',
    cells: [
      { notice: 'online-form@2015-06', people: 5_000 },
      { notice: 'online-form@2016-09', people: 4_000 },
      { notice: 'offline-card@2016-03', people: 2_000 },
    ],
  },
  {
    id: 'email-yes-withdrawn-all',
    says: 'said yes to e-mail from the brand, then took e-mail back for everyone',
    cells: [{ notice: 'online-form@2015-06', people: 1_400 }],
  },
  {
    id: 'email-yes-old',
    says: 'said yes to e-mail from the brand when joining, before 1 May 2017',
    cells: [
      { notice: 'online-form@2015-06', people: 40_000 },
      { notice: 'online-form@2016-09', people: 12_000 },
      { notice: 'offline-card@2016-03', people: 9_200 },
    ],
  },
  {
    id: 'email-yes-unclear',
    says: 'said yes to e-mail from the brand on a date that can be read two ways, once still to come',
    cells: [{ notice: 'offline-card@2016-03', people: 1_000 }],
  },
  {
    id: 'bundled-yes',
    says: 'ticked the one bundled box of the 2013 card; it named nobody',
    cells: [{ notice: 'offline-card@2013-01', people: 38_000 }],
  },
  {
    id: 'silent',
    says: 'told, and nothing else happened',
    cells: [
      { notice: 'online-form@2014-03', people: 190_000 },
      { notice: 'online-form@2015-06', people: 120_000 },
      { notice: 'online-form@2016-09', people: 60_000 },
      { notice: 'offline-card@2013-01', people: 40_000 },
      { notice: 'offline-card@2016-03', people: 45_400 },
      { notice: 'ward-pack@2015-02', people: 70_000 },
    ],
  },
] as const satisfies readonly Group[]

/** 12,000: joined 17 to 31 January 2018, in the file of 2018 only. */
export const joiners = [
  {
    id: 'joined-silent',
    says: 'joined after the policy changed; not asked about the brand by e-mail',
    cells: [
      { notice: 'online-form@2018-01', people: 4_500, named: 'joined-2018' },
      { notice: 'offline-card@2018-01', people: 3_500 },
    ],
  },
  {
    id: 'joined-email-yes',
    says: 'joined after the policy changed and said yes to e-mail from the brand',
    cells: [
      { notice: 'online-form@2018-01', people: 3_000 },
      { notice: 'offline-card@2018-01', people: 1_000 },
    ],
  },
] as const satisfies readonly Group[]

export type GroupId = (typeof members)[number]['id'] | (typeof joiners)[number]['id']

export const membersFull = sum(members.flatMap((group) => group.cells.map((cell) => cell.people)))
export const joinersFull = sum(joiners.flatMap((group) => group.cells.map((cell) => cell.people)))

/** Group and notice of each cell, in the order of `SizedCase.cells`; the same at every size. */
const allGroups: readonly (Group & { id: GroupId })[] = [...members, ...joiners]
export const cellGroups = allGroups.flatMap(({ id, cells }) => cells.map(() => id))
export const cellNotices = allGroups.flatMap(({ cells }) => cells.map(({ notice }) => notice))

/** Below this the rarest groups would round away. */
export const PEOPLE_MIN = 1_000

/** A cell at the size asked for. `first` counts people from 0 in the order of this file, joiners last. */
type SizedCell = Cell & { group: GroupId; first: number; people: number }

/** The people of a case in cell order; `groupFirst` and `groupPeople` per group. */
export type SizedCase = {
  members: number
  joiners: number
  cells: readonly SizedCell[]
  groups: Readonly<Record<GroupId, { first: number; people: number }>>
}

/** The same case for another number of people: groups by largest remainder, then cells within each group. */
export function sizeCase(people: number): SizedCase {
  if (!Number.isSafeInteger(people) || people < PEOPLE_MIN)
    throw new RangeError(`the example needs at least ${PEOPLE_MIN} people`)
  const joined = Math.floor((2 * joinersFull * people + membersFull) / (2 * membersFull))
  const cells: SizedCell[] = [...sizeGroups(members, people, 0), ...sizeGroups(joiners, joined, people)]
  const groups = {} as Record<GroupId, { first: number; people: number }>
  for (const cell of cells) {
    groups[cell.group] ??= { first: cell.first, people: 0 }
    groups[cell.group].people += cell.people
  }
  return { members: people, joiners: joined, cells, groups }
}

type AnyGroup = Group & { id: GroupId }

function sizeGroups(groups: readonly AnyGroup[], people: number, first: number): SizedCell[] {
  const groupSizes = largestRemainder(
    people,
    groups.map((group) => sum(group.cells.map((cell) => cell.people))),
    groups.map((group) => group.cells.some((cell) => cell.named !== undefined)),
  )
  let next = first
  return groups.flatMap((group, g) => {
    const sizes = largestRemainder(
      groupSizes[g]!,
      group.cells.map((cell) => cell.people),
      group.cells.map((cell) => cell.named !== undefined),
    )
    return group.cells.map((cell, c) => {
      const sized = { ...cell, group: group.id, first: next, people: sizes[c]! }
      next += sized.people
      return sized
    })
  })
}

/**
 * Shares `total` in proportion to `quotas`: whole parts first, then one each to the largest remainders, the earlier
 * of equals first. A part that must not be empty takes one from the largest part.
 */
export function largestRemainder(
  total: number,
  quotas: readonly number[],
  notEmpty: readonly boolean[] = [],
): number[] {
  const whole = sum(quotas)
  const parts = quotas.map((quota) => Math.floor((quota * total) / whole))
  const byRemainder = quotas
    .map((quota, index) => ({ index, remainder: (quota * total) % whole }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index)
  const left = total - sum(parts)
  for (const { index } of byRemainder.slice(0, left)) parts[index]! += 1
  for (const [index, part] of parts.entries()) {
    if (part > 0 || notEmpty[index] !== true) continue
    parts[parts.indexOf(Math.max(...parts))]! -= 1
    parts[index] = 1
  }
  return parts
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
