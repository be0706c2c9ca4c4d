// What the reference evaluator makes of the register in the order of its positions: each person's standing for one release,
// from position to position. Reads events and links only; no projection, no compiled SQL, nothing that a release looked at.
import { judgeRecord } from '../../../src/decide/judge-record.ts'
import type { Enrolment, PersonRecord } from '../../../src/decide/person-record.ts'
import { nothingInFile } from '../../../src/decide/person-record.ts'
import type { DecisionPlan } from '../../../src/decide/plan.ts'
import { isRefusing, type RegisterEvent } from '../../../src/model/event.ts'
import type { Instant } from '../../../src/model/instant.ts'
import { isVeto } from '../../../src/model/reason.ts'
import type { LinksBody } from '../../../src/model/release.ts'
import { type DisclosureOf, readDisclosures } from '../../../src/register/read-disclosures.ts'
import { readHistories } from '../../../src/register/read-history.ts'
import { readDocuments } from '../../../src/register/record-document.ts'
import type { StoreSession } from '../../../src/register/store.ts'
import type { Standing, Timeline } from './history.ts'

type Session = Pick<StoreSession, 'query'>

/** The register as it is read once, when all is said. */
export type Record = {
  people: readonly number[]
  events: ReadonlyMap<number, readonly RegisterEvent[]>
  links: readonly { position: number; a: number; b: number; same: boolean }[]
}

export async function readRecord(session: Session, people: readonly number[]): Promise<Record> {
  const documents = await readDocuments(session, { kind: 'links' })
  return {
    people,
    events: await readHistories(session, people),
    links: documents.flatMap(({ position, body }) =>
      (JSON.parse(body) as LinksBody).links.map(({ a, b, says }) => ({
        ...{ position, a, b, same: says === 'same' },
      })),
    ),
  }
}

export type Question = {
  plan: DecisionPlan
  /** Disclosures before the release was committed. */
  disclosures: ReadonlyMap<number, readonly DisclosureOf[]>
  /** A stop that names a later time than the release counts at once; a decision leaves it out of account. */
  honouring: boolean
}

export function readQuestionDisclosures(session: Session, record: Record, committedAt: number) {
  return readDisclosures(session, record.people, committedAt)
}

/** Of these people, at every position from the first to the last at which something was recorded of them. */
export function timelinesOf(
  record: Record,
  question: Question,
  { people, first, last }: { people: readonly number[]; first: number; last: number },
): Map<number, Timeline> {
  return new Map(
    people.map((person) => {
      const within = positionsOf(record, person).filter((position) => position > first && position <= last)
      const timeline = [first, ...within].map((from) => ({
        from,
        standing: standingOf(record, question, person, from),
      }))
      return [person, timeline]
    }),
  )
}

export function standingsAt(record: Record, question: Question, position: number): Map<number, Standing> {
  return new Map(
    record.people.map((person) => [person, standingOf(record, question, person, position)] as const),
  )
}

/** Where something was recorded of anybody who was ever said to be this person, ascending. */
function positionsOf({ events, links }: Record, person: number): number[] {
  const together = new Set([person])
  for (let before = 0; before !== together.size; ) {
    before = together.size
    for (const { a, b } of links)
      if (together.has(a) || together.has(b)) for (const one of [a, b]) together.add(one)
  }
  const said = [...together].flatMap((one) => (events.get(one) ?? []).map(({ position }) => position))
  const linked = links.filter(({ a }) => together.has(a)).map(({ position }) => position)
  return [...new Set([...said, ...linked])].sort((a, b) => a - b)
}

function standingOf(record: Record, question: Question, person: number, upTo: number): Standing {
  const { plan } = question
  const { verdict } = judgeRecord(plan, personAt(record, question, person, upTo))
  if (verdict.outcome === 'allow' || verdict.outcome === 'transform') {
    const whole = plan.request.fields.every((field) => verdict.fields[field] !== 'drop')
    return whole ? 'may' : 'refused'
  }
  return verdict.outcome === 'deny' && verdict.reasons.some(isVeto) ? 'vetoed' : 'refused'
}

function personAt(record: Record, question: Question, person: number, upTo: number): PersonRecord {
  const { mates, doubtful } = clusterAt(record, person, upTo)
  const enrolment = (subject: number, linkDoubtful: boolean): Enrolment => ({
    subject,
    events: eventsAt(record.events.get(subject) ?? [], question, upTo),
    disclosures: question.disclosures.get(subject) ?? [],
    linkDoubtful,
  })
  return {
    ...enrolment(person, doubtful.has(person)),
    columns: nothingInFile,
    sharers: [],
    mates: mates.map((mate) => enrolment(mate, doubtful.has(mate))),
  }
}

function eventsAt(
  events: readonly RegisterEvent[],
  { plan, honouring }: Question,
  upTo: number,
): RegisterEvent[] {
  const { releaseAt } = plan.request
  return events
    .filter(({ position }) => position <= upTo)
    .map((event) => (honouring ? honouredAt(event, releaseAt) : event))
}

function honouredAt(event: RegisterEvent, releaseAt: Instant): RegisterEvent {
  return event.earliest > releaseAt && isRefusing(event) ? { ...event, earliest: releaseAt } : event
}

/** Of each pair the latest word; whoever hangs together is one person, and doubtful where a word says they are two. */
function clusterAt({ links }: Record, person: number, upTo: number) {
  const latest = new Map<string, { a: number; b: number; same: boolean }>()
  for (const { position, a, b, same } of links) if (position <= upTo) latest.set(`${a} ${b}`, { a, b, same })
  const words = [...latest.values()]
  const clusterOf = (one: number) => {
    const cluster = new Set([one])
    for (let before = 0; before !== cluster.size; ) {
      before = cluster.size
      for (const { a, b, same } of words)
        if (same && (cluster.has(a) || cluster.has(b))) for (const other of [a, b]) cluster.add(other)
    }
    return cluster
  }
  const mine = clusterOf(person)
  const doubtful = new Set(
    words.filter(({ a, b, same }) => !same && clusterOf(a).has(b)).flatMap(({ a, b }) => [a, b]),
  )
  return { mates: [...mine].filter((one) => one !== person).sort((a, b) => a - b), doubtful }
}
