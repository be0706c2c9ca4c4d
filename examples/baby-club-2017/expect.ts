// What each beat must answer, from the quotas by plain addition: no rule, no register, no engine takes part.
import { type GroupId, type SizedCase, sizeCase } from './cells.ts'
import { type BeatId, beatIds } from './people.ts'

type ExpectedGroup = {
  id: string
  says: string
  people: number
  /** Whether these records may leave, as far as each record's own reasons go. */
  mayLeave: boolean
}

export type ExpectedBeat = {
  considered: number
  /** Records allowed out: 0 where the whole file is refused. */
  allowed: number
  /** Add up to `considered`. */
  groups: readonly ExpectedGroup[]
}

type Part = { id: string; says: string; of: readonly GroupId[]; mayLeave?: true }

const vetoes: readonly Part[] = [
  { id: 'said-stop', says: 'said stop', of: ['said-stop'] },
  { id: 'erased', says: 'erased', of: ['erased'] },
  { id: 'no-contact', says: 'must not be contacted', of: ['bereaved', 'unsafe'] },
]
const noEvidence: Part = { id: 'no-evidence', says: 'no evidence of any notice', of: ['no-evidence'] }
const listOmits: Part = {
  id: 'list-omits-brand',
  says: 'shown a closed list of names that omits the brand',
  of: ['list-omits-brand'],
}
const doubts: readonly Part[] = [
  { id: 'expecting', says: 'expecting: the list would reveal her health', of: ['expecting'] },
  { id: 'under-18', says: 'under 18', of: ['under-18'] },
  { id: 'age-unknown', says: 'age unknown', of: ['age-empty', 'age-sentinel'] },
  { id: 'unclear-dates', says: 'unclear when she was shown the notice', of: ['unclear-dates'] },
  { id: 'identity-unclear', says: 'unclear who she is', of: ['identity-unclear'] },
]
const plain: readonly GroupId[] = [
  'had-the-letter',
  'stops-in-2018',
  'email-yes',
  'email-yes-withdrawn',
  'email-yes-withdrawn-all',
  'email-yes-old',
  'email-yes-unclear',
  'bundled-yes',
  'silent',
]
const joined: readonly GroupId[] = ['joined-silent', 'joined-email-yes']
const doubted: readonly GroupId[] = doubts.flatMap(({ of }) => of)

/** Told of some recipients, and then nothing that stops every use: 868,000 at full size. */
const told: readonly GroupId[] = ['list-omits-brand', ...doubted, ...plain]
const toldWithoutLetter = without(told, 'had-the-letter')

const letter: Part = {
  id: 'had-the-letter',
  says: 'were sent the letter that names the party',
  of: ['had-the-letter'],
}

const beats: Readonly<Record<BeatId, readonly Part[]>> = {
  '1-party-2017': [{ id: 'told-of-no-party', says: 'told of no party', of: told }, noEvidence, ...vetoes],
  '1b-party-control': [
    { ...letter, mayLeave: true },
    { id: 'told-of-no-party', says: 'told of no party', of: toldWithoutLetter },
    noEvidence,
    ...vetoes,
  ],
  '2-party-2018': [
    { id: 'told-of-no-party', says: 'told of no party', of: toldWithoutLetter },
    letter,
    { id: 'joined-after', says: 'joined after the policy changed', of: joined },
    noEvidence,
    ...vetoes,
  ],
  '3-acorn-post': [
    {
      id: 'may-have-it',
      says: 'told, adult, clear, and not objecting',
      of: [...plain, ...joined],
      mayLeave: true,
    },
    listOmits,
    ...doubts,
    noEvidence,
    ...vetoes,
  ],
  '4-acorn-email': [
    {
      id: 'said-yes',
      says: 'said yes to this brand by e-mail, within the house limit',
      of: ['email-yes', 'joined-email-yes'],
      mayLeave: true,
    },
    { id: 'withdrawn', says: 'took the yes back', of: ['email-yes-withdrawn', 'email-yes-withdrawn-all'] },
    { id: 'too-old', says: 'said yes too long ago', of: ['email-yes-old'] },
    { id: 'unclear-answer', says: 'unclear when she said yes', of: ['email-yes-unclear'] },
    { id: 'bundled', says: 'ticked a bundled box that named nobody', of: ['bundled-yes'] },
    {
      id: 'no-yes',
      says: 'never said yes to this brand by e-mail',
      of: [...doubted, 'had-the-letter', 'stops-in-2018', 'silent', 'joined-silent'],
    },
    listOmits,
    noEvidence,
    ...vetoes,
  ],
  '5-acorn-post-after': [
    {
      id: 'may-have-it',
      says: 'told, adult, clear, and not objecting',
      of: [...without(plain, 'stops-in-2018'), ...joined],
      mayLeave: true,
    },
    { id: 'says-stop-now', says: 'said stop on 12 June 2018', of: ['stops-in-2018'] },
    listOmits,
    ...doubts,
    noEvidence,
    ...vetoes,
  ],
}

/** Asked of the file of May 2017; the others of the file of 2018. */
const beatsOf2017: readonly BeatId[] = ['1-party-2017', '1b-party-control']

/** In the control 1b, `mayLeave` means: not refused for what people were told (no N code). */
export function expectations(people: number): Readonly<Record<BeatId, ExpectedBeat>> {
  const sized = sizeCase(people)
  return Object.fromEntries(beatIds.map((beat) => [beat, expectBeat(sized, beat)])) as Record<
    BeatId,
    ExpectedBeat
  >
}

function expectBeat(sized: SizedCase, beat: BeatId): ExpectedBeat {
  const groups = beats[beat].map(({ id, says, of, mayLeave }) => ({
    id,
    says,
    people: of.reduce((total, group) => total + sized.groups[group].people, 0),
    mayLeave: mayLeave === true,
  }))
  return {
    considered: beatsOf2017.includes(beat) ? sized.members : sized.members + sized.joiners,
    allowed: groups.filter(({ mayLeave }) => mayLeave).reduce((total, { people }) => total + people, 0),
    groups,
  }
}

function without(groups: readonly GroupId[], left: GroupId): readonly GroupId[] {
  return groups.filter((group) => group !== left)
}
