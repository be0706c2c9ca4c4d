// Events with names in place of numbers, and with who recorded them when.
import type { EventKind } from '../model/event.ts'
import { eventKinds, type RegisterEvent } from '../model/event.ts'
import type { Instant } from '../model/instant.ts'
import { channels, grades, nameOf } from '../model/vocabulary.ts'
import { readPublishedPolicy } from './publish-policy.ts'
import { type AppendedBatch, readBatches } from './read-batches.ts'
import type { Register } from './register.ts'
import { readTerms } from './term-numbers.ts'

export type NamedEvent = {
  kind: EventKind
  earliest: Instant
  latest: Instant
  grade: string
  source: string
  actor: string
  recordedAt: Instant
  position: number
  route?: string
  /** notice@version */
  notice?: string
  purpose?: string
  recipient?: string
  channel?: string
  qualifier?: string
}

/** In the order given. */
export async function nameEvents(
  register: Register,
  events: readonly RegisterEvent[],
): Promise<NamedEvent[]> {
  const batches = await readBatches(
    register,
    events.map(({ position }) => position),
  )
  const terms = new Map((await readTerms(register)).map(({ number, name }) => [number, name]))
  const notices = new Map(
    (await readPublishedPolicy(register)).map(({ number, name, version }) => [number, `${name}@${version}`]),
  )
  return events.map((event) => named(event, batches.get(event.position)!, { terms, notices }))
}

type Names = { terms: ReadonlyMap<number, string>; notices: ReadonlyMap<number, string> }

function named(event: RegisterEvent, batch: AppendedBatch, { terms, notices }: Names): NamedEvent {
  const { kind, earliest, latest, position } = event
  const scope = {
    route: terms.get(event.route),
    notice: notices.get(event.notice),
    purpose: terms.get(event.purpose),
    recipient: terms.get(event.recipient),
    channel: event.channel === 0 ? undefined : nameOf(channels, event.channel),
    qualifier: event.qualifier === 0 ? undefined : nameOf(eventKinds[kind].qualifiers, event.qualifier),
  }
  const present = Object.entries(scope).filter(([, name]) => name !== undefined)
  return {
    kind,
    earliest,
    latest,
    grade: nameOf(grades, event.grade),
    source: terms.get(event.source) ?? '',
    actor: batch.actor,
    recordedAt: batch.recordedAt,
    position,
    ...Object.fromEntries(present),
  }
}
