// Every secret but those of the erased, unwrapped under its epoch and wrapped under a new one: with the old key then goes what
// backups, write-ahead logs and freed blocks still hold of the others. Each is held to its commitment first.
import type { Committer } from '../../log/commitment.ts'
import { Problem } from '../../model/problem.ts'
import { CopyQueue, RowBuffer } from '../copy-rows.ts'
import type { KeyRing } from '../key-ring.ts'
import type { StoreSession } from '../store.ts'
import { keystream, SECRET_BYTES } from './wrap-secrets.ts'

const SLICE_SUBJECTS = 50_000
const COMMITMENT_BYTES = 32
/** subject u32 ‖ epoch u32 ‖ wrapped secret, as the query below packs them. */
const PACKED_BYTES = 8 + SECRET_BYTES

export type Rewrapping = {
  keys: KeyRing
  committer: Committer
  /** Whose secrets are left out, and so are gone when the transaction is committed. */
  without: ReadonlySet<number>
  /** Highest number of anybody. */
  subjectCount: number
  epoch: number
}

/**
 * Replaces the table's content within the caller's transaction, under the head's lock; returns how many survive. All of them
 * pass through memory, 36 bytes each: an emptied and refilled table leaves no old row version behind, as updates would.
 */
export async function rewrapSecrets(session: StoreSession, rewrapping: Rewrapping): Promise<number> {
  const slices: Slice[] = []
  for (let first = 1; first <= rewrapping.subjectCount; first += SLICE_SUBJECTS)
    slices.push(rewrapSlice(await readStored(session, first), first, rewrapping))
  await session.script('truncate erasable.secret')
  const queue = new CopyQueue(session)
  const rows = new RowBuffer('erasable.secret', ['subject', 'epoch', 'wrapped'])
  let survivors = 0
  for (const { subjects, wrapped } of slices) {
    for (let row = 0; row < subjects.length; row++) {
      rows.startRow()
      rows.int4(subjects[row]!)
      rows.int4(rewrapping.epoch)
      rows.bytes(wrapped, row * SECRET_BYTES, SECRET_BYTES)
    }
    survivors += subjects.length
    await queue.send(rows)
  }
  await queue.finish()
  return survivors
}

type Slice = { subjects: Int32Array; wrapped: Uint8Array }

/** `commitments`: of everybody with a number from `first` on, side by side. */
type Stored = { packed: Uint8Array; commitments: Uint8Array }

/** One row with one value each: as rows of their own, or joined, they take several times as long. */
async function readStored(session: StoreSession, first: number): Promise<Stored> {
  const range = [first, first + SLICE_SUBJECTS]
  const [secrets] = await session.query<{ packed: Uint8Array | null }>(
    `select string_agg(int4send(subject) || int4send(epoch) || wrapped, ''::bytea order by subject) as packed
       from erasable.secret where subject >= $1 and subject < $2`,
    range,
  )
  const [people] = await session.query<{ commitments: Uint8Array | null }>(
    `select string_agg(commitment, ''::bytea order by number) as commitments
       from register.subject where number >= $1 and number < $2`,
    range,
  )
  const packed = secrets?.packed ?? new Uint8Array(0)
  if (packed.length % PACKED_BYTES !== 0)
    throw new Problem('register.corrupt', 'a stored secret has a wrong length')
  return { packed, commitments: people?.commitments ?? new Uint8Array(0) }
}

function rewrapSlice({ packed, commitments }: Stored, first: number, rewrapping: Rewrapping): Slice {
  const { keys, committer, without, epoch } = rewrapping
  const view = new DataView(packed.buffer, packed.byteOffset, packed.length)
  const rows = packed.length / PACKED_BYTES
  const subjects = new Int32Array(rows)
  const wrapped = new Uint8Array(rows * SECRET_BYTES)
  const streams = new Map<number, Uint8Array>()
  const streamOf = (of: number) => {
    const stream = streams.get(of) ?? keystream(keys.epochKey(of), first, SLICE_SUBJECTS * SECRET_BYTES)
    streams.set(of, stream)
    return stream
  }
  const secret = new Uint8Array(SECRET_BYTES)
  const made = new Uint8Array(COMMITMENT_BYTES)
  let count = 0
  for (let row = 0; row < rows; row++) {
    const at = row * PACKED_BYTES
    const subject = view.getUint32(at)
    if (without.has(subject)) continue
    const from = (subject - first) * SECRET_BYTES
    const old = streamOf(view.getUint32(at + 4))
    for (let i = 0; i < SECRET_BYTES; i++) secret[i] = packed[at + 8 + i]! ^ old[from + i]!
    committer.commitSubject(subject, secret, 0, made, 0)
    // What does not open now would be lost with the old key, and nobody would know until that person asks.
    for (let i = 0; i < COMMITMENT_BYTES; i++) if (made[i] !== commitments[from + i]) throw unopened()
    const fresh = streamOf(epoch)
    for (let i = 0; i < SECRET_BYTES; i++) wrapped[count * SECRET_BYTES + i] = secret[i]! ^ fresh[from + i]!
    subjects[count++] = subject
  }
  secret.fill(0)
  return { subjects: subjects.subarray(0, count), wrapped: wrapped.subarray(0, count * SECRET_BYTES) }
}

function unopened(): Problem {
  return new Problem('register.corrupt', 'a stored secret does not fit its commitment; no key was destroyed')
}
