// People of the messy base and what happened to them: households, doubles, changes of mind in every order.
import type { RandomNumbers } from '../random-numbers.ts'
import {
  at,
  type Channel,
  consentGoodFrom,
  day,
  type Happened,
  type Human,
  minute,
  type Notice,
  notices,
  releaseAt,
} from './truth.ts'

const given = ['Ada', 'Ben', 'Cleo', 'Dov', 'Esme', 'Finn', 'Gwen', 'Hugo', 'Iris', 'Jago', 'Kit', 'Lena']
const family = ['Marsh', 'Quill', 'Thorne', 'Vane', 'Wick', 'Yarrow', 'Ash', 'Birch', 'Crane', 'Drew']
const streets = ['Mill Lane', 'Station Road', 'Quay Street', 'Church Row']

export function makePeople(count: number, random: RandomNumbers): Human[] {
  const people: Human[] = []
  for (let index = 0; index < count; index++) people.push(makeHuman(index, people.at(-1), random))
  return people
}

function makeHuman(index: number, before: Human | undefined, random: RandomNumbers): Human {
  const household = before !== undefined && random.below(100) < 15
  const shares = (percent: number) => household && random.below(100) < percent
  const name = { given: pick(given, random), family: pick(family, random) }
  const junior = shares(10)
  return {
    ...(junior ? { given: before!.given, family: before!.family } : name),
    address: household
      ? before.address
      : `${1 + index} ${pick(streets, random)}, Northport, NP${1 + (index % 90)} 1AA`,
    email: shares(30) ? before!.email : `${name.given}.${name.family}.${index}@example.org`.toLowerCase(),
    phone: shares(30) ? before!.phone : `0117496${String(index % 10_000).padStart(4, '0')}`,
    bornOn: isoDay(
      random.below(100) < 6
        ? at('2001-01-01') + random.below(4000) * day
        : at('1950-01-02') + random.below(17_500) * day,
    ),
    numbers: random.below(100) < 6 ? [`C${index}`, `D${index}`] : [`C${index}`],
    happened: whatHappened(random),
    seed: random.below(200) === 0,
  }
}

const noticeNames = Object.keys(notices) as Notice[]

function whatHappened(random: RandomNumbers): Happened[] {
  const often = (percent: number) => random.below(100) < percent
  const joinedAt = instantBetween(at('2015-06-02'), at('2018-10-01'), random)
  const happened: Happened[] = [{ at: joinedAt, what: 'shown', notice: noticeAt(joinedAt, random) }]
  if (often(25)) {
    // Another form: years later, or on the same day.
    const again = often(20)
      ? joinedAt + (1 + random.below(300)) * minute
      : instantBetween(joinedAt, releaseAt - day, random)
    happened.push({ at: again, what: 'shown', notice: noticeAt(again, random) })
  }
  for (const channel of ['email', 'post'] as const) if (often(70)) answer(happened, channel, random)
  if (often(14)) stop(happened, random)
  if (often(5)) sadness(happened, random)
  return happened
}

function answer(happened: Happened[], channel: Channel, random: RandomNumbers): void {
  const lastShown = lastShownOf(happened)
  const said = random.below(100)
  const when = Math.max(
    lastShown.at,
    random.below(5) > 0 ? instantBetween(consentGoodFrom - 5 * day, releaseAt - day, random) : 0,
  )
  const recipient = random.below(10) > 0 ? 'brand' : undefined
  if (said < 15) happened.push({ at: when, what: 'no', channel, recipient })
  else
    happened.push({
      at: when,
      what: 'yes',
      channel,
      recipient,
      notice: lastShown.notice,
      ...(said < 17 && { byParent: true }),
    })
  // A change of mind, and now and then back again; some within the hour that the clocks repeat.
  if (random.below(100) < 15) {
    const soon =
      random.below(3) === 0
        ? when + (1 + random.below(90)) * minute
        : instantBetween(when, releaseAt + 3 * day, random)
    happened.push({ at: soon, what: 'withdrew', ...scope(channel, random) })
    if (random.below(4) === 0)
      happened.push({
        at: soon + (1 + random.below(20)) * day,
        what: 'yes',
        channel,
        recipient: 'brand',
        notice: lastShown.notice,
      })
  }
  if (random.below(60) === 0) {
    const inTheFold = at('2018-10-28T00:30:00Z') + random.below(30) * minute
    happened.push(
      { at: inTheFold, what: 'yes', channel, recipient: 'brand', notice: lastShown.notice },
      { at: inTheFold + (20 + random.below(40)) * minute, what: 'withdrew', ...scope(channel, random) },
    )
  }
}

/** The form a person answers is the one in front of them. */
function lastShownOf(happened: readonly Happened[]) {
  return happened.filter((event) => event.what === 'shown').reduce((a, b) => (b.at >= a.at ? b : a))
}

function stop(happened: Happened[], random: RandomNumbers): void {
  const when = instantBetween(happened[0]!.at, releaseAt + 2 * day, random)
  if (random.below(6) === 0) happened.push({ at: when, what: 'objected to everything' })
  else {
    // A third of them give no name: from an e-mail address, or from a number.
    const from = ([{ from: 'email' }, { from: 'phone' }] as const)[random.below(6)]
    const scoped = scope(random.below(2) === 0 ? 'post' : 'email', random)
    happened.push({ at: when, what: 'objected', ...scoped, ...from })
  }
}

function sadness(happened: Happened[], random: RandomNumbers): void {
  const when = instantBetween(happened[0]!.at, releaseAt - day, random)
  const whats = [
    'asked to be erased',
    'must not be contacted',
    'died',
    'moved away',
    'restricted',
    'disputed',
  ] as const
  const what = pick(whats, random)
  happened.push({ at: when, what })
  if (random.below(2) > 0) return
  if (what === 'restricted') happened.push({ at: when + 9 * day, what: 'restriction lifted' })
  if (what === 'disputed') happened.push({ at: when + 9 * day, what: 'dispute settled' })
}

/** Half of all stops say nothing of a company, a third nothing of a channel. */
function scope(channel: Channel, random: RandomNumbers) {
  return {
    channel: random.below(3) === 0 ? undefined : channel,
    recipient:
      random.below(2) === 0
        ? undefined
        : random.below(8) === 0
          ? ('other-brand' as const)
          : ('brand' as const),
  }
}

function noticeAt(when: number, random: RandomNumbers): Notice {
  const inUse = noticeNames.filter((name) => notices[name].from <= when)
  // Half of the forms in use name the toy maker outright.
  return random.below(2) === 0 ? 'names-brand@2015' : pick(inUse, random)
}

function instantBetween(from: number, to: number, random: RandomNumbers): number {
  const days = Math.max(1, Math.floor((to - from) / day))
  return Math.floor((from + random.below(days) * day) / day) * day + (7 * 60 + random.below(14 * 60)) * minute
}

function pick<T>(list: readonly T[], random: RandomNumbers): T {
  return list[random.below(list.length)]!
}

function isoDay(when: number): string {
  return new Date(when).toISOString().slice(0, 10)
}
