// Everything the register holds about one person, in the order it was recorded; or about several.
import { eventKindByNumber, type RegisterEvent } from '../model/event.ts'
import type { Register } from './register.ts'
import type { StoreSession } from './store.ts'

/** By position, then by place in the batch; absent columns are 0. */
export async function readHistory(register: Register, subject: number): Promise<RegisterEvent[]> {
  return (await readHistories(register.store, [subject])).get(subject) ?? []
}

/** Subject → events; of people without events nothing. */
export async function readHistories(
  session: Pick<StoreSession, 'query'>,
  subjects: readonly number[],
): Promise<Map<number, RegisterEvent[]>> {
  const rows = await session.query<Omit<RegisterEvent, 'kind'> & { kind: number }>(
    `select position, ord, kind, subject, earliest, latest, grade, source,
            coalesce(route, 0) as route, coalesce(notice, 0) as notice, coalesce(purpose, 0) as purpose,
            coalesce(recipient, 0) as recipient, coalesce(channel, 0) as channel, coalesce(basis, 0) as basis,
            coalesce(qualifier, 0) as qualifier
       from register.event where subject = any($1::int4[]) order by subject, position, ord`,
    [[...subjects]],
  )
  const histories = new Map<number, RegisterEvent[]>()
  for (const row of rows) {
    const event = { ...row, kind: eventKindByNumber(row.kind) }
    const earlier = histories.get(row.subject)
    if (earlier === undefined) histories.set(row.subject, [event])
    else earlier.push(event)
  }
  return histories
}
