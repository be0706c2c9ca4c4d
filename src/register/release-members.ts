// Who is in a release: a bitmap for every 65,536 people, written once with the commit; and who no longer is.
import { createHash } from 'node:crypto'
import type { StoreSession } from './store.ts'

const CHUNK_PEOPLE = 1 << 16
const CHUNK_BYTES = CHUNK_PEOPLE / 8

type Session = Pick<StoreSession, 'query'>

/** Members less those removed since. */
export type MemberSet = {
  count: number
  has(subject: number): boolean
  /** Ascending. */
  subjects(): Int32Array
}

/** One release a person is or was a member of. */
export type Membership = {
  /** Position that committed the release. */
  release: number
  removed?: { stage: 'amended' | 'recalled'; position: number }
}

/** Writes the members of a release, inside the transaction that commits it. `subjects` ascending, each once. */
export async function writeMembers(
  session: Session,
  release: number,
  subjects: Int32Array | readonly number[],
): Promise<void> {
  for (const { chunk, bits } of chunksOf(subjects))
    await session.query('insert into register.release_member (chunk, release, bits) values ($1, $2, $3)', [
      chunk,
      release,
      bits,
    ])
}

/** Of what `writeMembers` writes, hex: SHA-256 over chunk u32 BE ‖ 8192 bytes, chunks ascending. */
export function membershipSha256(subjects: Int32Array | readonly number[]): string {
  const hash = createHash('sha256')
  const number = Buffer.alloc(4)
  for (const { chunk, bits } of chunksOf(subjects)) {
    number.writeUInt32BE(chunk)
    hash.update(number).update(bits)
  }
  return hash.digest('hex')
}

export async function readMembers(session: Session, release: number): Promise<MemberSet> {
  return membersWithout(session, release, ['amended', 'recalled'])
}

/** Whoever was in the file as it left, recalled later or not. `upTo`: as far as that was settled at this position. */
export async function readDisclosed(session: Session, release: number, upTo?: number): Promise<MemberSet> {
  return membersWithout(session, release, ['amended'], upTo)
}

async function membersWithout(
  session: Session,
  release: number,
  stages: readonly string[],
  upTo: number = Number.MAX_SAFE_INTEGER,
): Promise<MemberSet> {
  const chunks = await session.query<Chunk>(
    'select chunk, bits from register.release_member where release = $1 order by chunk',
    [release],
  )
  const removed = await session.query<{ subject: number }>(
    'select subject from register.release_removal where release = $1 and stage = any($2::text[]) and position <= $3',
    [release, [...stages], upTo],
  )
  return memberSet(new Map(chunks.map(({ chunk, bits }) => [chunk, bits])), removed)
}

/** Of these people, in the order given, those who are members of the release and were not removed. */
export async function membersAmong(
  session: Session,
  release: number,
  subjects: Int32Array | readonly number[],
): Promise<Int32Array> {
  const wanted = Array.from(subjects)
  const chunks = await session.query<Chunk>(
    'select chunk, bits from register.release_member where release = $1 and chunk = any($2::int4[])',
    [release, [...new Set(wanted.map(chunkOf))]],
  )
  const removed = await session.query<{ subject: number }>(
    'select subject from register.release_removal where release = $1 and subject = any($2::int4[])',
    [release, wanted],
  )
  const members = memberSet(new Map(chunks.map(({ chunk, bits }) => [chunk, bits])), removed)
  return Int32Array.from(wanted.filter((subject) => members.has(subject)))
}

/** By position. `substring` reads one piece of a bitmap that is stored outside its row; `get_byte` on the whole reads it all. */
export async function releasesOf(session: Session, subject: number): Promise<Membership[]> {
  const rows = await session.query<{
    release: number
    stage: 'amended' | 'recalled' | null
    position: number | null
  }>(
    `select m.release, r.stage, r.position
       from register.release_member m
       left join register.release_removal r on r.release = m.release and r.subject = $1
      where m.chunk = $2 and get_byte(substring(m.bits from $3 for 1), 0) & $4 <> 0
      order by m.release`,
    [subject, chunkOf(subject), byteOf(subject) + 1, bitOf(subject)],
  )
  return rows.map(({ release, stage, position }) =>
    stage === null || position === null ? { release } : { release, removed: { stage, position } },
  )
}

type Chunk = { chunk: number; bits: Uint8Array }

/** Only chunks that hold somebody. */
function* chunksOf(subjects: Int32Array | readonly number[]): Generator<Chunk> {
  let bits = new Uint8Array(CHUNK_BYTES)
  let before = 0
  for (const subject of subjects) {
    if (!Number.isInteger(subject) || subject <= before)
      throw new Error('members are subject numbers, ascending, each once')
    if (before !== 0 && chunkOf(subject) !== chunkOf(before)) {
      yield { chunk: chunkOf(before), bits }
      bits = new Uint8Array(CHUNK_BYTES)
    }
    bits[byteOf(subject)]! |= bitOf(subject)
    before = subject
  }
  if (before !== 0) yield { chunk: chunkOf(before), bits }
}

/** Takes the bits of those removed out of `chunks`. */
function memberSet(chunks: Map<number, Uint8Array>, removed: readonly { subject: number }[]): MemberSet {
  for (const { subject } of removed) {
    const bits = chunks.get(chunkOf(subject))
    if (bits !== undefined) bits[byteOf(subject)]! &= ~bitOf(subject)
  }
  const count = countOf(chunks.values())
  return {
    count,
    has: (subject) => ((chunks.get(chunkOf(subject))?.[byteOf(subject)] ?? 0) & bitOf(subject)) !== 0,
    subjects: () => subjectsOf(chunks, count),
  }
}

function countOf(chunks: Iterable<Uint8Array>): number {
  let count = 0
  for (const bits of chunks) {
    for (const byte of bits) for (let rest = byte; rest !== 0; rest &= rest - 1) count++
  }
  return count
}

function subjectsOf(chunks: ReadonlyMap<number, Uint8Array>, count: number): Int32Array {
  const subjects = new Int32Array(count)
  let found = 0
  for (const [chunk, bits] of [...chunks].sort(([a], [b]) => a - b)) {
    for (let byte = 0; byte < CHUNK_BYTES; byte++) {
      for (let bit = 0; bit < 8; bit++)
        if ((bits[byte]! & (1 << bit)) !== 0) subjects[found++] = chunk * CHUNK_PEOPLE + 8 * byte + bit
    }
  }
  return subjects
}

const chunkOf = (subject: number) => subject >>> 16
const byteOf = (subject: number) => (subject & (CHUNK_PEOPLE - 1)) >>> 3
/** Least significant bit first. */
const bitOf = (subject: number) => 1 << (subject & 7)
