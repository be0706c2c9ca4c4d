// Whether what the log says of each batch is what the register holds: counts, roots over commitments, hashes of documents.

import { bodyHash, decodeEntry, encodeEntry, type LogEntry } from '../log/log-entry.ts'
import { LogError } from '../log/log-error.ts'
import { MerkleRoot } from '../log/merkle.ts'
import type { Instant } from '../model/instant.ts'
import { copyLines } from './copy-lines.ts'
import { FORMAT, type Register } from './register.ts'
import type { RegisterStore } from './store.ts'

/** Batches looked at together: their documents are held in memory. */
const SLICE = 256

/**
 * Throws `tree.mismatch` at the first batch up to `position` whose entry is not the one its rows make, `entry.backdated` at
 * one that was not recorded later than the batch before.
 */
export async function checkEntries(register: Register, position: number): Promise<void> {
  let last = Number.NEGATIVE_INFINITY
  for (let first = 0; first < position; first += SLICE) {
    const batches = await readBatchRows(register.store, first, Math.min(first + SLICE, position))
    const events = await eventRoots(register.store, first, first + SLICE)
    const people = await enrolledRoots(register.store, batches)
    for (const batch of batches) {
      const made = entryOf(register, batch, events.get(batch.position), people.get(batch.position))
      if (!Buffer.from(encodeEntry(made)).equals(batch.entry))
        throw new LogError('tree.mismatch', `batch ${batch.position}: ${differingMember(made, batch.entry)}`)
      if (batch.recorded_at <= last)
        throw new LogError('entry.backdated', `batch ${batch.position}: recordedAt`)
      last = batch.recorded_at
    }
  }
}

type BatchRow = {
  position: number
  kind: string
  recorded_at: Instant
  first_subject: number | null
  subject_count: number
  entry: Uint8Array
  body: string | null
  salt: Uint8Array | null
}

function readBatchRows(store: RegisterStore, after: number, upTo: number): Promise<BatchRow[]> {
  return store.query<BatchRow>(
    `select b.position, b.kind, b.recorded_at, b.first_subject, b.subject_count, b.entry, r.body, r.salt
       from register.batch b left join register.record r on r.position = b.position
      where b.position > $1 and b.position <= $2 order by b.position`,
    [after, upTo],
  )
}

type Commitments = { count: number; root: string }

function eventRoots(store: RegisterStore, after: number, upTo: number): Promise<Map<number, Commitments>> {
  return readRoots(
    store,
    `select position, encode(commitment, 'hex') from register.event
      where position > ${after} and position <= ${upTo} order by position, ord`,
  )
}

async function enrolledRoots(
  store: RegisterStore,
  batches: readonly BatchRow[],
): Promise<Map<number, Commitments>> {
  const enrolling = batches.filter(({ first_subject }) => first_subject !== null)
  if (enrolling.length === 0) return new Map()
  const from = enrolling[0]!.first_subject!
  const last = enrolling.at(-1)!
  return readRoots(
    store,
    `select position, encode(commitment, 'hex') from register.subject
      where number >= ${from} and number < ${last.first_subject! + last.subject_count} order by number`,
  )
}

/** Position → the root over its commitments, which `sql` gives as hex, by position. */
async function readRoots(store: RegisterStore, sql: string): Promise<Map<number, Commitments>> {
  const trees = new Map<number, MerkleRoot>()
  for await (const lines of copyLines(store, sql))
    for (const line of Buffer.from(lines).toString('latin1').trimEnd().split('\n')) {
      const [position, commitment] = line.split('\t')
      const tree = trees.get(Number(position)) ?? new MerkleRoot()
      trees.set(Number(position), tree)
      tree.addLeaves(Buffer.from(commitment!, 'hex'))
    }
  return new Map(
    [...trees].map(([position, tree]) => [
      position,
      { count: tree.size, root: Buffer.from(tree.root()).toString('hex') },
    ]),
  )
}

function entryOf(
  register: Register,
  { position, kind, recorded_at, body, salt }: BatchRow,
  events: Commitments | undefined,
  people: Commitments | undefined,
): LogEntry {
  return {
    register: register.registerId,
    format: FORMAT,
    position,
    kind,
    recordedAt: recorded_at,
    events: events?.count ?? 0,
    ...(events && { eventRoot: events.root }),
    enrolled: people?.count ?? 0,
    ...(people && { enrolledRoot: people.root }),
    ...(body !== null && salt !== null && { body: bodyHash(register.registerId, salt, Buffer.from(body)) }),
  }
}

/** The name of a member in which the entry differs from the one the register makes. */
function differingMember(made: LogEntry, entry: Uint8Array): string {
  const found: Partial<LogEntry> = decodeEntry(entry) ?? {}
  const names = [...Object.keys(made), ...Object.keys(found)] as (keyof LogEntry)[]
  return names.find((name) => made[name] !== found[name]) ?? 'entry'
}
