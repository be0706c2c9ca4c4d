// Everything the register holds about one person, in the order it was recorded.
import { eventKindByNumber, type RegisterEvent } from '../model/event.ts'
import type { Register } from './register.ts'

/** By position, then by place in the batch; absent columns are 0. */
export async function readHistory(register: Register, subject: number): Promise<RegisterEvent[]> {
  const rows = await register.store.query<Omit<RegisterEvent, 'kind'> & { kind: number }>(
    `select position, ord, kind, subject, earliest, latest, grade, source,
            coalesce(route, 0) as route, coalesce(notice, 0) as notice, coalesce(purpose, 0) as purpose,
            coalesce(recipient, 0) as recipient, coalesce(channel, 0) as channel, coalesce(basis, 0) as basis,
            coalesce(qualifier, 0) as qualifier
       from register.event where subject = $1 order by position, ord`,
    [subject],
  )
  return rows.map((row) => ({ ...row, kind: eventKindByNumber(row.kind) }))
}
