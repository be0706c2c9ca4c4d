// The commitments of whole batches: what the inclusion path of one of them is made of. Read once for as many people as are
// looked at together, as a batch of an import is of a hundred thousand.
import type { StoreSession } from './store.ts'

/** 32 bytes each, laid end to end. */
export type BatchLeaves = {
  /** Of the people that the batch enrolled, by subject number. */
  enrolled(position: number): Promise<Uint8Array>
  /** Of its events, in their order. */
  events(position: number): Promise<Uint8Array>
}

/** Batches kept at a time; of a hundred thousand each, 32 are 100 MB. */
const KEPT_MAX = 32

export function batchLeaves(store: Pick<StoreSession, 'query'>): BatchLeaves {
  const kept = new Map<string, Promise<Uint8Array>>()
  const once = (key: string, read: () => Promise<Uint8Array>) => {
    const found = kept.get(key)
    if (found !== undefined) return found
    const [oldest] = kept.keys()
    if (kept.size === KEPT_MAX && oldest !== undefined) kept.delete(oldest)
    const reading = read()
    kept.set(key, reading)
    return reading
  }
  const read = async (sql: string, position: number) => {
    const [row] = await store.query<{ leaves: Uint8Array | null }>(sql, [position])
    return row?.leaves ?? new Uint8Array(0)
  }
  return {
    enrolled: (position) =>
      once(`enrolled ${position}`, () =>
        read(
          `select string_agg(s.commitment, ''::bytea order by s.number) as leaves
             from register.batch b
             join register.subject s on s.number >= b.first_subject and s.number < b.first_subject + b.subject_count
            where b.position = $1`,
          position,
        ),
      ),
    events: (position) =>
      once(`events ${position}`, () =>
        read(
          `select string_agg(commitment, ''::bytea order by ord) as leaves from register.event where position = $1`,
          position,
        ),
      ),
  }
}
