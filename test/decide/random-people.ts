// Random people of a register and of a file: dense in ties, borders and absences, with neighbours at the same address,
// second enrolments and earlier disclosures. Everything follows from a seed, a shape and how many there are.
import type { DatasetColumns, Enrolment, PersonRecord } from '../../src/decide/person-record.ts'
import { type EventKind, eventKindNames, eventKinds, type RegisterEvent } from '../../src/model/event.ts'
import { dateOf, daysAfter, monthsBefore, undatedInterval } from '../../src/model/instant.ts'
import { channels } from '../../src/model/vocabulary.ts'
import { type Draw, drawFrom } from './random-numbers.ts'

/** How many events, and how often what few people have: a register as it is, or one that is all edges. */
export type Shape = {
  seed: number
  people: number
  /** Most events of one enrolment. */
  events: number
  /** In percent, of everything that most people do not have. */
  odd: number
  clusters: boolean
}

/** What the request asks consent for: people are drawn who have it, for the whole of a chain or for a part. */
export type Wanted = { recipients: readonly number[][]; channels: readonly number[]; purpose: number }

type Circumstances = Shape & { releaseAt: number; wanted: Wanted }

export type Row = {
  ordinal: number
  record: PersonRecord
  keys: { email_key?: number; phone_key?: number; address_key?: number }
  selected: boolean | undefined
}

export type People = {
  rows: Row[]
  /** Everybody on record, whether in the file or not. */
  enrolments: Enrolment[]
  contacts: { contact: number; subject: number }[]
  mates: { subject: number; mate: number }[]
}

type Drawn = Omit<Row, 'record'> & { enrolment: Enrolment; columns: DatasetColumns }

const outsiders = 1_000_000
const contactBase = 2 ** 52

export function randomPeople(drawnFrom: Shape, releaseAt: number, wanted: Wanted): People {
  const shape: Circumstances = { ...drawnFrom, releaseAt, wanted }
  const drawn: Drawn[] = []
  for (let index = 0; index < shape.people; index++)
    drawn.push(drawRow(index, shape, drawn.at(-1)?.enrolment))
  const contactOnly = drawContacts(shape)
  const second = drawSecondEnrolments(drawn, shape)
  const enrolments = new Map<number, Enrolment>()
  for (const { enrolment } of drawn) enrolments.set(enrolment.subject, enrolment)
  for (const { enrolment } of [...contactOnly, ...second]) enrolments.set(enrolment.subject, enrolment)
  const contacts = contactOnly.map(({ contact, enrolment }) => ({ contact, subject: enrolment.subject }))
  const mates = pairUp(drawn, second)
  const eventsOf = (subject: number) => enrolments.get(subject)!.events
  const having = whoHasContact(drawn, contacts)
  const matesOf = Map.groupBy(mates, ({ subject }) => subject)
  return {
    rows: drawn.map(({ enrolment, columns, ...row }) => ({
      ...row,
      record: {
        ...enrolment,
        columns,
        sharers: [...othersWith(row.keys, enrolment.subject, having)].flatMap(eventsOf),
        mates: (matesOf.get(enrolment.subject) ?? []).map(({ mate }) => enrolments.get(mate)!),
      },
    })),
    enrolments: [...enrolments.values()],
    contacts,
    mates,
  }
}

function drawRow(index: number, shape: Circumstances, before: Enrolment | undefined): Drawn {
  const draw = drawFrom(shape.seed, index)
  const { releaseAt } = shape
  const odd = () => draw.percent(shape.odd)
  const again = before !== undefined && odd() && odd()
  const subject = again ? before.subject : index + 1
  const key = () => (odd() ? contactBase + draw.below(60) : odd() ? undefined : contactBase + 1000 + index)
  const on = dateOf(releaseAt, 'UTC')
  return {
    ordinal: index + 1,
    enrolment: again ? before : drawEnrolment(subject, draw, shape),
    columns: {
      born_on: odd() ? draw.of(borders.bornOn) : 19900101,
      expecting_on: odd() ? draw.of([20170505, 20170506, 20190101, on, daysAfter(on, 1)]) : undefined,
      retain_until: odd() ? draw.of([20170505, on, daysAfter(on, -1)]) : 20990101,
      collected_by: odd() ? releaseAt + instantOffset(draw) : releaseAt + 1,
      duplicate: odd() && odd(),
      changed: false,
    },
    keys: stated({ email_key: key(), phone_key: key(), address_key: key() }),
    selected: odd() ? draw.of([false, undefined]) : true,
  }
}

/** Of age, not of age, on the very day; leap days; days and months that there are not. */
const borders = {
  bornOn: [
    undefined,
    19990505,
    19990506,
    20000612,
    20000613,
    20040229,
    20050505,
    20110301,
    20130228,
    20060229,
    20041301,
    20040100,
    19990431,
    20200229,
    99991231,
  ],
}

function drawEnrolment(subject: number, draw: Draw, shape: Circumstances): Enrolment {
  const { releaseAt } = shape
  const odd = () => draw.percent(shape.odd)
  const events: RegisterEvent[] = []
  const count = 1 + draw.below(shape.events)
  for (let ord = 0; ord < count; ord++) events.push(drawEvent(subject, ord, draw, releaseAt))
  if (draw.percent(shape.odd)) events.push(...drawConsents(subject, draw, shape))
  const yearBefore = monthsBefore(releaseAt, 12, 'Europe/London')
  const disclosed = [
    releaseAt,
    releaseAt - 1,
    yearBefore,
    yearBefore + 1,
    yearBefore - day,
    releaseAt - 9 * day,
  ]
  const times = odd() ? draw.of([1, 2, 12, 14]) : 0
  return {
    subject,
    events,
    disclosures: Array.from({ length: times }, () => ({
      recipient: 1 + draw.below(4),
      at: draw.of(times > 4 ? [releaseAt - 1, yearBefore + 1] : disclosed),
    })),
    linkDoubtful: odd() && odd(),
  }
}

const day = 86_400_000_000

/** Most of what a register holds: showings and consents; the vetoes stay frequent enough to meet them. */
const kinds: readonly EventKind[] = [
  ...Array<EventKind>(10).fill('presentation'),
  ...Array<EventKind>(12).fill('consent'),
  ...Array<EventKind>(4).fill('withdrawal'),
  ...eventKindNames,
]

function drawEvent(subject: number, ord: number, draw: Draw, releaseAt: number): RegisterEvent {
  const kind = ord === 0 && draw.percent(80) ? 'presentation' : draw.of(kinds)
  const columns: readonly string[] = eventKinds[kind].columns
  const drawn = (column: string, choices: readonly number[]) =>
    columns.includes(column) ? draw.of(choices) : 0
  const at = releaseAt + instantOffset(draw)
  const interval = { earliest: at, latest: at + draw.of([0, 0, 0, 0, 1, day, 60 * day]) }
  return {
    kind,
    subject,
    position: 1 + draw.below(3),
    ord: (subject % outsiders) * 20 + ord,
    ...(draw.percent(4) ? undatedInterval : interval),
    grade: draw.of([1, 1, 1, 2, 3]),
    source: 1,
    route: 0,
    basis: 0,
    notice: drawn('notice', [0, 1, 1, 1, 2, 2, 3, 3, 4, 4, 99]),
    purpose: drawn('purpose', [0, 1, 1, 1, 1, 2, 3, 4]),
    recipient: drawn('recipient', [0, 1, 1, 1, 1, 2, 3, 4, 5]),
    channel: drawn('channel', [0, channels.post, channels.email, channels.email, channels.call]),
    qualifier: drawn('qualifier', [1, 1, ...Object.values(eventKinds[kind].qualifiers)]),
  }
}

/** A yes to everything that is asked, by every channel, each yes in its own way; sometimes all but one. */
function drawConsents(subject: number, draw: Draw, { releaseAt, wanted }: Circumstances): RegisterEvent[] {
  const legs = draw
    .of(wanted.recipients)
    .flatMap((recipient) => wanted.channels.map((channel) => ({ recipient, channel })))
  const { given, 'given-by-parent': byParent } = eventKinds.consent.qualifiers
  return (draw.percent(20) ? legs.slice(1) : legs).map((leg, index) => ({
    ...drawEvent(subject, 5 + index, draw, releaseAt),
    ...leg,
    kind: 'consent',
    earliest: releaseAt - draw.of([1, 20, 180, 400]) * day,
    latest: releaseAt - draw.of([1, 1, 0]) * day,
    notice: 1 + draw.below(4),
    purpose: wanted.purpose,
    qualifier: draw.of([given, given, byParent]),
  }))
}

/** Close to what matters: the release, the house limits, each other; and years before, when children were children. */
function instantOffset(draw: Draw): number {
  if (draw.percent(70))
    return draw.of([-1, 0, 1, -day, day, -20 * day, -30 * day, -183 * day, -184 * day, -185 * day])
  return (draw.below(4500) - 4470) * day
}

/** People known by an e-mail address, a number or an address alone: most of them because they said no. */
function drawContacts(shape: Circumstances) {
  return Array.from({ length: Math.ceil((shape.people * shape.odd) / 2000) }, (_, index) => {
    const draw = drawFrom(shape.seed, outsiders + index)
    const enrolment = drawEnrolment(outsiders + index, draw, { ...shape, odd: 0, events: 3 })
    return { contact: contactBase + draw.below(60), enrolment }
  })
}

/** Enrolments of people in the file under another reference, which is not in the file. */
function drawSecondEnrolments(drawn: readonly Drawn[], shape: Circumstances) {
  if (!shape.clusters) return []
  return drawn.flatMap(({ enrolment: { subject } }, index) => {
    const draw = drawFrom(shape.seed, 2 * outsiders + index)
    if (!draw.percent(shape.odd)) return []
    return [{ of: subject, enrolment: drawEnrolment(2 * outsiders + index, draw, shape) }]
  })
}

/** Whoever has a second enrolment, and now and then her neighbour in the file: one person, all pairs, both directions. */
function pairUp(
  drawn: readonly Drawn[],
  second: readonly { of: number; enrolment: Enrolment }[],
): People['mates'] {
  const clusters = new Map<number, Set<number>>()
  for (const { of, enrolment } of second) {
    const cluster = clusters.get(of) ?? new Set([of])
    for (const subject of [
      enrolment.subject,
      ...(of % 3 === 0 && of < drawn.length ? neighbour(of, drawn) : []),
    ])
      for (const other of clusters.get(subject) ?? [subject]) cluster.add(other)
    for (const subject of cluster) clusters.set(subject, cluster)
  }
  return [...clusters].flatMap(([subject, cluster]) =>
    [...cluster].filter((mate) => mate !== subject).map((mate) => ({ subject, mate })),
  )
}

function neighbour(subject: number, drawn: readonly Drawn[]): number[] {
  const next = drawn[subject]!.enrolment.subject
  return next === subject ? [] : [next]
}

/** A key tells by itself what kind of contact point it is of: the kinds are hashed apart. */
function whoHasContact(drawn: readonly Drawn[], contacts: People['contacts']): Map<number, Set<number>> {
  const having = new Map<number, Set<number>>()
  const add = (contact: number, subject: number) =>
    having.set(contact, (having.get(contact) ?? new Set()).add(subject))
  for (const { keys, enrolment } of drawn) for (const key of Object.values(keys)) add(key, enrolment.subject)
  for (const { contact, subject } of contacts) add(contact, subject)
  return having
}

function othersWith(keys: Row['keys'], subject: number, having: Map<number, Set<number>>): Set<number> {
  const others = new Set(Object.values(keys).flatMap((key) => [...(having.get(key) ?? [])]))
  others.delete(subject)
  return others
}

function stated<K extends string>(keys: Record<K, number | undefined>): Partial<Record<K, number>> {
  return Object.fromEntries(Object.entries(keys).filter(([, key]) => key !== undefined)) as Partial<
    Record<K, number>
  >
}
