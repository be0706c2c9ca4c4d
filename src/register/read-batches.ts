// Who appended what, and when: the frame of every event.
import type { Instant } from '../model/instant.ts'
import type { Register } from './register.ts'

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
