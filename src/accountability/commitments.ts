// Subject commitments of many people at once: what stands for a person in a pack, and says nothing without her secret.
import { Problem } from '../model/problem.ts'
import type { StoreSession } from '../register/store.ts'

export const COMMITMENT_BYTES = 32
/** number u32 ‖ commitment, as the query packs them. */
const PACKED_BYTES = 4 + COMMITMENT_BYTES
const SLICE_SUBJECTS = 100_000
/** Reading the whole range costs less than looking up each, up to this many times as many people. */
const RANGE_OVER_COUNT_MAX = 4

export type Commitments = {
  bytes: Buffer
  /** Where the commitment of a subject begins. */
  at(subject: number): number
}

/** `subjects` ascending, each once. One value for each slice: as rows of their own they take ten times as long. */
export async function readCommitments(
  session: Pick<StoreSession, 'query'>,
  subjects: Int32Array,
): Promise<Commitments> {
  const bytes = Buffer.alloc(subjects.length * COMMITMENT_BYTES)
  const places = new Uint32Array((subjects.at(-1) ?? 0) + 1)
  let count = 0
  for (let first = 0; first < subjects.length; first += SLICE_SUBJECTS) {
    const wanted = subjects.subarray(first, first + SLICE_SUBJECTS)
    count = take(await readPacked(session, wanted), { wanted, bytes, places, count })
  }
  if (count !== subjects.length)
    throw new Problem('register.corrupt', 'a person who was considered was never enrolled')
  return { bytes, at: (subject) => (places[subject]! - 1) * COMMITMENT_BYTES }
}

/** Places count from 1; a slice read as a range may hold people nobody asked for. */
function take(
  packed: Uint8Array,
  into: { wanted: Int32Array; bytes: Buffer; places: Uint32Array; count: number },
): number {
  const { wanted, bytes, places } = into
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length)
  let { count } = into
  let next = 0
  for (let at = 0; at < packed.length; at += PACKED_BYTES) {
    const subject = view.getUint32(at)
    while (next < wanted.length && wanted[next]! < subject) next++
    if (wanted[next] !== subject) continue
    bytes.set(packed.subarray(at + 4, at + PACKED_BYTES), count * COMMITMENT_BYTES)
    places[subject] = ++count
  }
  return count
}

async function readPacked(session: Pick<StoreSession, 'query'>, subjects: Int32Array): Promise<Uint8Array> {
  const first = subjects[0]!
  const last = subjects.at(-1)!
  const dense = last - first < subjects.length * RANGE_OVER_COUNT_MAX
  const [row] = await session.query<{ packed: Uint8Array | null }>(
    `select string_agg(int4send(number) || commitment, ''::bytea order by number) as packed
       from register.subject where ${dense ? 'number between $1 and $2' : 'number = any($1::int4[])'}`,
    dense ? [first, last] : [Array.from(subjects)],
  )
  return row?.packed ?? new Uint8Array(0)
}
