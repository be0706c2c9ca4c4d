// How much a register holds, and up to where: numbers only, nothing of anyone.
import { type EventKind, eventKindByNumber } from '../model/event.ts'
import type { Instant } from '../model/instant.ts'
import type { Register } from './register.ts'

export type Holdings = {
  position: number
  people: number
  /** Of the last batch; 0 while there is none. */
  recordedAt: Instant
  events: { kind: EventKind; count: number }[]
}

export async function readHoldings(register: Register): Promise<Holdings> {
  const [head] = await register.store.query<{
    position: number
    subject_count: number
    recorded_at: number
  }>('select position, subject_count, recorded_at from register.head')
  const events = await register.store.query<{ kind: number; count: number }>(
    'select kind, count(*)::int4 as count from register.event group by kind order by kind',
  )
  return {
    position: head!.position,
    people: head!.subject_count,
    recordedAt: head!.recorded_at,
    events: events.map(({ kind, count }) => ({ kind: eventKindByNumber(kind), count })),
  }
}
