// What people say, or others say of them, while a release is made: each by the verb that a caller of the library uses.
import type { EventKind } from '../../../src/model/event.ts'
import type { Instant } from '../../../src/model/instant.ts'
import { doubtIdentity } from '../../../src/register/doubt-identity.ts'
import { linkPeople } from '../../../src/register/link-people.ts'
import { objectToProcessing } from '../../../src/register/object-to-processing.ts'
import { presentNotice } from '../../../src/register/present-notice.ts'
import { protectSubject } from '../../../src/register/protect-subject.ts'
import { recordConsent } from '../../../src/register/record-consent.ts'
import type { Recorded } from '../../../src/register/record-event.ts'
import type { Register } from '../../../src/register/register.ts'
import { reportAbsence } from '../../../src/register/report-absence.ts'
import { requestErasure } from '../../../src/register/request-erasure.ts'
import { restrictProcessing } from '../../../src/register/restrict-processing.ts'
import { withdrawConsent } from '../../../src/register/withdraw-consent.ts'
import { recipient, statement } from '../small-club.ts'

type Say = (register: Register, people: readonly number[], at: Instant) => Promise<Recorded>

export type Saying = {
  kind: EventKind | 'links'
  /** How often, against the others. */
  weight: number
  /** Cannot be taken back: costs the club a person for good. */
  final?: true
  say: Say
}

const of = (people: readonly number[], at: Instant) => statement(people[0]!, at)
const acorn = { purpose: 'offers', recipient, channel: 'email' } as const

const all = {
  'withdraws everything': {
    ...{ kind: 'withdrawal', weight: 3 },
    say: (register, people, at) => withdrawConsent(register, of(people, at)),
  },
  'withdraws from this recipient': {
    ...{ kind: 'withdrawal', weight: 3 },
    say: (register, people, at) => withdrawConsent(register, { ...of(people, at), ...acorn }),
  },
  'withdraws from another recipient': {
    ...{ kind: 'withdrawal', weight: 1 },
    say: (register, people, at) => withdrawConsent(register, { ...of(people, at), recipient: 'other' }),
  },
  objects: {
    ...{ kind: 'objection', weight: 3 },
    say: (register, people, at) =>
      objectToProcessing(register, { ...of(people, at), qualifier: 'marketing' }),
  },
  'objects to this recipient': {
    ...{ kind: 'objection', weight: 2 },
    say: (register, people, at) =>
      objectToProcessing(register, { ...of(people, at), qualifier: 'marketing', recipient }),
  },
  'objects to post': {
    ...{ kind: 'objection', weight: 1 },
    say: (register, people, at) =>
      objectToProcessing(register, { ...of(people, at), qualifier: 'marketing', channel: 'post' }),
  },
  'says no when asked': {
    ...{ kind: 'consent', weight: 2 },
    say: (register, people, at) =>
      recordConsent(register, { ...of(people, at), ...acorn, qualifier: 'refused' }),
  },
  'says yes when asked': {
    ...{ kind: 'consent', weight: 5 },
    say: (register, people, at) =>
      recordConsent(register, {
        ...{ ...of(people, at), ...acorn, qualifier: 'given', notice: 'form@2017-01' },
      }),
  },
  'is shown the notice': {
    ...{ kind: 'presentation', weight: 1 },
    say: (register, people, at) =>
      presentNotice(register, { ...of(people, at), notice: 'form@2017-01', route: 'online' }),
  },
  'has processing restricted': {
    ...{ kind: 'restriction', weight: 2 },
    say: (register, people, at) => restrictProcessing(register, { ...of(people, at), qualifier: 'on' }),
  },
  'has the restriction lifted': {
    ...{ kind: 'restriction', weight: 2 },
    say: (register, people, at) => restrictProcessing(register, { ...of(people, at), qualifier: 'lifted' }),
  },
  'is doubted': {
    ...{ kind: 'identity_doubt', weight: 1 },
    say: (register, people, at) => doubtIdentity(register, { ...of(people, at), qualifier: 'open' }),
  },
  'is doubted no more': {
    ...{ kind: 'identity_doubt', weight: 1 },
    say: (register, people, at) => doubtIdentity(register, { ...of(people, at), qualifier: 'resolved' }),
  },
  'has gone away': {
    ...{ kind: 'absence', weight: 1 },
    say: (register, people, at) => reportAbsence(register, { ...of(people, at), qualifier: 'gone-away' }),
  },
  'is back': {
    ...{ kind: 'absence', weight: 1 },
    say: (register, people, at) => reportAbsence(register, { ...of(people, at), qualifier: 'back' }),
  },
  'has died': {
    ...{ kind: 'absence', weight: 1, final: true },
    say: (register, people, at) => reportAbsence(register, { ...of(people, at), qualifier: 'deceased' }),
  },
  'is mourned': {
    ...{ kind: 'protection', weight: 1, final: true },
    say: (register, people, at) => protectSubject(register, { ...of(people, at), qualifier: 'bereavement' }),
  },
  'is at risk': {
    ...{ kind: 'protection', weight: 1, final: true },
    say: (register, people, at) => protectSubject(register, { ...of(people, at), qualifier: 'safety' }),
  },
  'asks to be erased': {
    ...{ kind: 'erasure', weight: 1, final: true },
    say: (register, people, at) => requestErasure(register, { ...of(people, at), qualifier: 'requested' }),
  },
  'are one person': {
    ...{ kind: 'links', weight: 1 },
    say: (register, people) => link(register, people, 'same'),
  },
  'are two people': {
    ...{ kind: 'links', weight: 1 },
    say: (register, people) => link(register, people, 'not-same'),
  },
} as const satisfies Record<string, Saying>

function link(register: Register, people: readonly number[], says: 'same' | 'not-same'): Promise<Recorded> {
  const [a, b] = people
  return linkPeople(register, {
    links: [{ a: a!, b: b!, says, confidence: 100 }],
    because: 'seen together',
    actor: 'club',
  })
}

export type SayingName = keyof typeof all
export const sayings: Readonly<Record<SayingName, Saying>> = all
export const sayingNames = Object.keys(all) as SayingName[]
