// Who appended what, and when: the frame of every event.
import type { Instant } from '../model/instant.ts'
import type { Register } from './register.ts'
import type { StoreSession } from './store.ts'

export type AppendedBatch = { position: number; kind: string; actor: string; recordedAt: Instant }

/** Position → its batch. */
export async function readBatches(
  register: Register,
  positions: Iterable<number>,
): Promise<Map<number, AppendedBatch>> {
  const rows = await register.store.query<{
    position: number
    kind: string
    actor: string
    recorded_at: number
  }>('select position, kind, actor, recorded_at from register.batch where position = any($1::int8[])', [
    [...new Set(positions)],
  ])
  return new Map(
    rows.map(({ recorded_at, ...batch }) => [batch.position, { ...batch, recordedAt: recorded_at }]),
  )
}

/** How far the register went at that instant: what was recorded later was not known then. 0 before anything was. */
export async function positionAt(session: Pick<StoreSession, 'query'>, at: Instant): Promise<number> {
  const [last] = await session.query<{ position: number }>(
    'select position from register.batch where recorded_at <= $1 order by position desc limit 1',
    [at],
  )
  return last?.position ?? 0
}
