// One person's register history with names in place of numbers.
import type { EventKind } from '../model/event.ts'
import { eventKinds, type RegisterEvent } from '../model/event.ts'
import type { Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { channels, grades, nameOf } from '../model/vocabulary.ts'
import { findSubject } from '../register/find-subject.ts'
import type { Register } from '../register/open-register.ts'
import { readPublishedPolicy } from '../register/publish-policy.ts'
import { type AppendedBatch, readBatches } from '../register/read-batches.ts'
import { readHistory } from '../register/read-history.ts'
import type { PersonRef } from '../register/ref-key.ts'
import { readTerms } from '../register/term-numbers.ts'

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

/** In the order recorded; `person.not_found` when nobody is enrolled under the reference. */
export async function readNamedHistory(register: Register, person: PersonRef): Promise<NamedEvent[]> {
  const subject = await findSubject(register, person)
  if (subject === undefined) {
    throw new Problem('person.not_found', `nobody is enrolled under this ${person.kind}`)
  }
  const events = await readHistory(register, subject)
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
