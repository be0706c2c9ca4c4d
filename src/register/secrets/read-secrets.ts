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

/** All secrets of subjects 1 to `last`: that of n at 32 n. Of whoever has none any more, zeros and `present` false. */
export async function readAllSecrets(
  session: Pick<StoreSession, 'query'>,
  keys: KeyRing,
  last: number,
): Promise<{ bytes: Buffer; present: (subject: number) => boolean }> {
  const bytes = Buffer.alloc((last + 1) * SECRET_BYTES)
  const known = new Uint8Array(last + 1)
  for (let first = 1; first <= last; first += SLICE_SUBJECTS) {
    const subjects = Int32Array.from(
      { length: Math.min(SLICE_SUBJECTS, last - first + 1) },
      (_, index) => first + index,
    )
    const packed = await readPacked(session, subjects)
    const count = packed.length / PACKED_BYTES
    const view = new DataView(packed.buffer, packed.byteOffset, packed.length)
    const slice = new Uint8Array(count * SECRET_BYTES)
    for (let row = 0; row < count; row++) {
      const from = row * PACKED_BYTES + 8
      slice.set(packed.subarray(from, from + SECRET_BYTES), row * SECRET_BYTES)
    }
    unwrap(slice, view, keys)
    for (let row = 0; row < count; row++) {
      const subject = view.getUint32(row * PACKED_BYTES)
      bytes.set(slice.subarray(row * SECRET_BYTES, (row + 1) * SECRET_BYTES), subject * SECRET_BYTES)
      known[subject] = 1
    }
  }
  return { bytes, present: (subject) => known[subject] === 1 }
}

const SLICE_SUBJECTS = 100_000

/** One row with one value: as rows of their own, a hundred thousand secrets take ten times as long. */
async function readPacked(session: Pick<StoreSession, 'query'>, subjects: Int32Array): Promise<Uint8Array> {
  const first = subjects[0]!
  const last = subjects.at(-1)!
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
