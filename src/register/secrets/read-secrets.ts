// The secrets of people already enrolled, read and unwrapped for as many as one batch speaks of.
import { Problem } from '../../model/problem.ts'
import type { KeyRing } from '../key-ring.ts'
import type { StoreSession } from '../store.ts'
import { keystream, SECRET_BYTES } from './wrap-secrets.ts'

/** subject u32 ‖ epoch u32 ‖ wrapped secret, as the query below packs them. */
const PACKED_BYTES = 8 + SECRET_BYTES
/** Reading the whole range costs less than looking up each, up to this many times as many people. */
const RANGE_OVER_COUNT_MAX = 4
/** Making key stream for people in between costs less than starting the cipher again, up to this gap. */
const GAP_MAX = 64

/** Secrets side by side, and where each subject's begins. */
export type SecretTable = { bytes: Uint8Array; at: ReadonlyMap<number, number> }

/** `subjects` ascending, each once. A subject whose secret was destroyed is absent from the table. */
export async function readSecrets(
  session: Pick<StoreSession, 'query'>,
  keys: KeyRing,
  subjects: Int32Array,
): Promise<SecretTable> {
  if (subjects.length === 0) return { bytes: new Uint8Array(0), at: new Map() }
  const packed = await readPacked(session, subjects)
  const count = packed.length / PACKED_BYTES
  const bytes = new Uint8Array(count * SECRET_BYTES)
  const at = new Map<number, number>()
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length)
  for (let row = 0; row < count; row++) {
    const from = row * PACKED_BYTES
    bytes.set(packed.subarray(from + 8, from + PACKED_BYTES), row * SECRET_BYTES)
    at.set(view.getUint32(from), row * SECRET_BYTES)
  }
  unwrap(bytes, view, keys)
  return { bytes, at }
}

/** Secrets of a million people: where each subject's stand in `bytes` is an array's business, not a map's. */
export type ManySecrets = {
  bytes: Buffer
  /** Where the secret of a subject begins; undefined when it was destroyed. */
  at: (subject: number) => number | undefined
}

const SLICE_SUBJECTS = 100_000

/** `subjects` ascending, each once. */
export async function readManySecrets(
  session: Pick<StoreSession, 'query'>,
  keys: KeyRing,
  subjects: Int32Array,
): Promise<ManySecrets> {
  const bytes = Buffer.alloc(subjects.length * SECRET_BYTES)
  const places = new Uint32Array((subjects.at(-1) ?? 0) + 1)
  let count = 0
  // The next slice is asked for before this one is unwrapped: the database works while we do.
  let reading = readPacked(session, subjects.subarray(0, SLICE_SUBJECTS))
  for (let first = 0; first < subjects.length; first += SLICE_SUBJECTS) {
    const packed = await reading
    const next = subjects.subarray(first + SLICE_SUBJECTS, first + 2 * SLICE_SUBJECTS)
    if (next.length > 0) {
      reading = readPacked(session, next)
      // Awaited in the next round; until then a failure must not count as unhandled.
      reading.catch(() => {})
    }
    const wanted = subjects.subarray(first, first + SLICE_SUBJECTS)
    count = unpackInto(bytes, places, count, { packed, wanted, keys })
  }
  return { bytes, at: (subject) => (places[subject] ? (places[subject] - 1) * SECRET_BYTES : undefined) }
}

/** Places count from 1. A slice read as a range may hold people nobody asked for. */
function unpackInto(
  bytes: Buffer,
  places: Uint32Array,
  count: number,
  { packed, wanted, keys }: { packed: Uint8Array; wanted: Int32Array; keys: KeyRing },
): number {
  const rows = packed.length / PACKED_BYTES
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length)
  const secrets = new Uint8Array(rows * SECRET_BYTES)
  for (let row = 0; row < rows; row++) {
    const from = row * PACKED_BYTES + 8
    secrets.set(packed.subarray(from, from + SECRET_BYTES), row * SECRET_BYTES)
  }
  unwrap(secrets, view, keys)
  let next = 0
  let taken = count
  for (let row = 0; row < rows; row++) {
    const subject = view.getUint32(row * PACKED_BYTES)
    while (next < wanted.length && wanted[next]! < subject) next++
    if (wanted[next] !== subject) continue
    bytes.set(secrets.subarray(row * SECRET_BYTES, (row + 1) * SECRET_BYTES), taken * SECRET_BYTES)
    places[subject] = ++taken
  }
  return taken
}

/** One row with one value: as rows of their own, a hundred thousand secrets take ten times as long. */
async function readPacked(session: Pick<StoreSession, 'query'>, subjects: Int32Array): Promise<Uint8Array> {
  const first = subjects[0]
  const last = subjects.at(-1)
  if (first === undefined || last === undefined) return new Uint8Array(0)
  const dense = last - first < subjects.length * RANGE_OVER_COUNT_MAX
  const [row] = await session.query<{ packed: Uint8Array | null }>(
    `select string_agg(int4send(subject) || int4send(epoch) || wrapped, ''::bytea order by subject) as packed
       from erasable.secret where ${dense ? 'subject between $1 and $2' : 'subject = any($1::int4[])'}`,
    dense ? [first, last] : [Array.from(subjects)],
  )
  const packed = row?.packed ?? new Uint8Array(0)
  if (packed.length % PACKED_BYTES !== 0)
    throw new Problem('register.corrupt', 'a stored secret has a wrong length')
  return packed
}

function unwrap(bytes: Uint8Array, packed: DataView, keys: KeyRing): void {
  const count = bytes.length / SECRET_BYTES
  const subject = (row: number) => packed.getUint32(row * PACKED_BYTES)
  const epoch = (row: number) => packed.getUint32(row * PACKED_BYTES + 4)
  for (let start = 0; start < count; ) {
    let end = start + 1
    while (end < count && epoch(end) === epoch(start) && subject(end) - subject(end - 1) <= GAP_MAX) end++
    const first = subject(start)
    const length = (subject(end - 1) - first + 1) * SECRET_BYTES
    const stream = keystream(keys.epochKey(epoch(start)), first, length)
    for (let row = start; row < end; row++) {
      const from = (subject(row) - first) * SECRET_BYTES
      for (let i = 0; i < SECRET_BYTES; i++) bytes[row * SECRET_BYTES + i]! ^= stream[from + i]!
    }
    start = end
  }
}
