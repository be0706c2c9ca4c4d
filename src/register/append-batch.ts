// Appending: batches get dense positions under one lock, and with them their commitments.
// A reader who follows positions misses nothing, which no sequence can promise: rows commit out of its order.
import { randomBytes } from 'node:crypto'
import type { Committer } from '../log/commitment.ts'
import { bodyHash, encodeEntry, type LogEntry } from '../log/log-entry.ts'
import { leafHash, MerkleRoot, merkleRoot } from '../log/merkle.ts'
import type { EventColumns } from '../model/event.ts'
import type { Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { type Appended, type BatchDraft, checkDraft, enrolCount } from './batch.ts'
import { CopyQueue, RowBuffer } from './copy-rows.ts'
import { checkEpoch, type Epoch } from './epoch.ts'
import { REF_KEY_BYTES, refKeyText } from './ref-key.ts'
import { FORMAT, type Register, SCHEMA } from './register.ts'
import { readSecrets, type SecretTable } from './secrets/read-secrets.ts'
import { SECRET_BYTES, wrapSecrets } from './secrets/wrap-secrets.ts'
import { StatementRefused, type StoreSession, tryAgain } from './store.ts'
import { markSuppressed } from './suppression.ts'

const COMMITMENT_BYTES = 32
/** Rows hashed before they are sent, so that the database copies while the next are hashed. */
const SLICE_ROWS = 1 << 13
/** Up to so many people are looked up before enrolling; beyond, the primary key answers. */
const ENROL_LOOKUPS_MAX = 1_000

/** Appends one batch in a transaction of its own. */
export async function appendBatch(register: Register, draft: BatchDraft): Promise<Appended> {
  checkDraft(draft)
  const [outcome] = await appendInOneTransaction(register, [draft])
  if (outcome instanceof Problem) throw outcome
  return outcome!
}

/** Appends drafts (checked before) under one lock, each at a position of its own; a refused one leaves the others whole. */
export async function appendInOneTransaction(
  register: Register,
  drafts: readonly BatchDraft[],
): Promise<(Appended | Problem)[]> {
  return lockAndAppend(register, async () => drafts)
}

/** What a decision under the lock sees: everything up to `position` is committed, and nothing more can be meanwhile. */
export type LockedHead = { position: number; recordedAt: Instant }

/**
 * Takes the lock first and lets `decide` say what to append, knowing that nobody appends meanwhile: the linearisation
 * point of a release. Undefined, or a throw, appends nothing. `decide` may only use the session it is given, and is asked
 * again when the connection broke before anything was kept.
 */
export async function appendUnderLock(
  register: Register,
  decide: (session: StoreSession, head: LockedHead) => Promise<BatchDraft | undefined>,
): Promise<Appended | undefined> {
  const [outcome] = await lockAndAppend(register, async (session, head) => {
    const draft = await decide(session, head)
    if (draft === undefined) return []
    checkDraft(draft)
    return [draft]
  })
  if (outcome instanceof Problem) throw outcome
  return outcome
}

/** What a try wrote, as long as nobody knows whether it was committed. */
type Attempt = { outcomes: (Appended | Problem)[]; placed: readonly Placed[] }

/**
 * Tried again when the connection breaks, or the server gives way to somebody else. A commit whose answer was lost may have
 * happened: the next try, once it has the lock that the lost one held to its end, looks for what was written, and if it is there
 * answers as the first would have. So no caller is told `repeated` of what it wrote itself, and `decide` is not asked what to do
 * about its own batch.
 */
async function lockAndAppend(
  register: Register,
  decide: (session: StoreSession, head: LockedHead) => Promise<readonly BatchDraft[]>,
): Promise<(Appended | Problem)[]> {
  let attempt: Attempt | undefined
  try {
    return await tryAgain(() =>
      register.store.transaction(async (session) => {
        const head = await lockHead(session)
        if (attempt !== undefined && (await isKept(session, attempt))) return attempt.outcomes
        attempt = await append(register, session, head, decide)
        return attempt.outcomes
      }),
    )
  } catch (error) {
    if (error instanceof StatementRefused && error.constraint === 'ref_pkey') throw enrolledMeanwhile()
    throw error
  }
}

/** Whoever waited here for somebody who migrated meanwhile must not write into tables it does not know. */
async function lockHead(session: StoreSession): Promise<Head> {
  const [head] = await session.query<Head & { schema_number: number }>(
    'select position, subject_count, recorded_at, edge, epoch, epoch_check, schema_number from register.head for update',
  )
  if (head!.schema_number > SCHEMA)
    throw new Problem(
      'register.newer',
      `its schema is number ${head!.schema_number}, this program knows ${SCHEMA}`,
    )
  return head!
}

/** The first of them is enough: a transaction is kept whole. What was found as a repetition was never written. */
async function isKept(session: StoreSession, { placed }: Attempt): Promise<boolean> {
  const [first] = placed
  if (first === undefined) return false
  const { position, recordedAt } = first.appended
  const kept = await session.query(
    'select 1 from register.batch where position = $1 and recorded_at = $2 and idempotency_key = $3',
    [position, recordedAt, first.draft.idempotencyKey],
  )
  return kept.length > 0
}

type Head = {
  position: number
  subject_count: number
  recorded_at: Instant
  edge: Uint8Array
} & Epoch

/** A draft that will be written, with the numbers it was given. */
type Placed = { draft: BatchDraft; appended: Appended }

async function append(
  register: Register,
  session: StoreSession,
  head: Head,
  decide: (session: StoreSession, head: LockedHead) => Promise<readonly BatchDraft[]>,
): Promise<Attempt> {
  const drafts = await decide(session, { position: head.position, recordedAt: head.recorded_at })
  if (drafts.length === 0) return { outcomes: [], placed: [] }
  // Read after the lock, or a batch committed while we waited for it would be invisible.
  const earlier = await earlierBatches(session, drafts)
  const enrolled = await enrolledAlready(session, drafts)
  const placing = new Placing(head, earlier, enrolled, register.now())
  const outcomes = drafts.map((draft) => placing.place(draft))
  if (placing.placed.length > 0) {
    await markSuppressed(session, register.keys, placing.placed)
    await write(register, session, placing)
  }
  return { outcomes, placed: placing.placed }
}

// --- placing -----------------------------------------------------------------------------------------------------

type Earlier = Map<string, { contentHash: string; appended: Appended }>

async function earlierBatches(session: StoreSession, drafts: readonly BatchDraft[]): Promise<Earlier> {
  const rows = await session.query<{
    idempotency_key: string
    content_hash: string
    position: number
    recorded_at: number
    first_subject: number | null
  }>(
    `select idempotency_key, content_hash, position, recorded_at, first_subject
       from register.batch where idempotency_key = any($1::text[])`,
    [drafts.map((draft) => draft.idempotencyKey)],
  )
  return new Map(
    rows.map((row) => [
      row.idempotency_key,
      {
        contentHash: row.content_hash,
        appended: {
          position: row.position,
          recordedAt: row.recorded_at,
          repeated: true,
          firstSubject: row.first_subject ?? 0,
        },
      },
    ]),
  )
}

/** Of the people to be enrolled, those who are already: another caller was quicker. */
async function enrolledAlready(session: StoreSession, drafts: readonly BatchDraft[]): Promise<Set<string>> {
  const wanted = drafts.flatMap((draft) => (enrolCount(draft) > ENROL_LOOKUPS_MAX ? [] : enrolKeys(draft)))
  if (wanted.length === 0) return new Set()
  const rows = await session.query<{ key: string }>(
    'select key from erasable.ref where key = any($1::uuid[])',
    [wanted],
  )
  return new Set(rows.map((row) => row.key))
}

function enrolKeys(draft: BatchDraft): string[] {
  return Array.from({ length: enrolCount(draft) }, (_, k) =>
    refKeyText(draft.enrol!.subarray(k * REF_KEY_BYTES, (k + 1) * REF_KEY_BYTES)),
  )
}

/** Gives out positions, subject numbers and recording times, one draft after the other. */
class Placing {
  readonly placed: Placed[] = []
  position: number
  subjectCount: number
  recordedAt: Instant
  readonly subjectCountBefore: number
  /** Under which new secrets are wrapped: of an epoch that is being destroyed the lock holder knows, not the key folder. */
  readonly epoch: Epoch
  readonly tree: MerkleRoot
  readonly #earlier: Earlier
  readonly #enrolled: Set<string>
  readonly #now: Instant

  constructor(head: Head, earlier: Earlier, enrolled: Set<string>, now: Instant) {
    this.position = head.position
    this.subjectCount = head.subject_count
    this.subjectCountBefore = head.subject_count
    this.epoch = head
    this.tree = MerkleRoot.fromEdge(head.edge, head.position)
    this.recordedAt = head.recorded_at
    this.#earlier = earlier
    this.#enrolled = enrolled
    this.#now = now
  }

  place(draft: BatchDraft): Appended | Problem {
    const earlier = this.#earlier.get(draft.idempotencyKey)
    if (earlier !== undefined) {
      if (earlier.contentHash === draft.contentHash) return { ...earlier.appended, repeated: true }
      return new Problem('idempotency.conflict', 'this key was sent before with other content')
    }
    const unknown = namesUnknown(draft.events, this.subjectCount)
    if (unknown) return new Problem('person.not_found', 'an event names a subject number nobody has')
    if (!this.#takeKeys(draft)) return enrolledMeanwhile()
    return this.#accept(draft)
  }

  #takeKeys(draft: BatchDraft): boolean {
    if (enrolCount(draft) > ENROL_LOOKUPS_MAX) return true
    const keys = enrolKeys(draft)
    if (keys.some((key) => this.#enrolled.has(key))) return false
    // Two drafts of one group may enrol the same person; the later one finds the key taken.
    for (const key of keys) this.#enrolled.add(key)
    return true
  }

  #accept(draft: BatchDraft): Appended {
    this.position++
    this.recordedAt = Math.max(this.#now, this.recordedAt + 1)
    const people = enrolCount(draft)
    const appended = {
      position: this.position,
      recordedAt: this.recordedAt,
      repeated: false,
      firstSubject: people === 0 ? 0 : this.subjectCount + 1,
    }
    this.subjectCount += people
    this.placed.push({ draft, appended })
    this.#earlier.set(draft.idempotencyKey, { contentHash: draft.contentHash, appended })
    return appended
  }
}

function namesUnknown(events: EventColumns | undefined, subjectCount: number): boolean {
  if (events === undefined) return false
  for (let row = 0; row < events.count; row++) if (events.subject[row]! > subjectCount) return true
  return false
}

function enrolledMeanwhile(): Problem {
  return new Problem('enrolment.conflict', 'a reference in this batch is enrolled already')
}

// --- writing -----------------------------------------------------------------------------------------------------

async function write(register: Register, session: StoreSession, placing: Placing): Promise<void> {
  const { placed } = placing
  const queue = new CopyQueue(session)
  const enrolled = await enrol(register, queue, placing)
  const oldSecrets = await readSecrets(
    session,
    register.keys,
    existingSubjects(placed, placing.subjectCountBefore),
  )
  const roots = await writeEvents(register.committer, queue, placed, {
    countBefore: placing.subjectCountBefore,
    added: enrolled.secrets,
    existing: oldSecrets,
  })
  await writeBatches(register, queue, placing, { events: roots, enrolled: enrolled.roots })
  await queue.finish()
  for (const { draft, appended } of placed) await draft.extra?.(session, appended.position)
  await session.query(
    'update register.head set position = $1, subject_count = $2, recorded_at = $3, edge = $4',
    [placing.position, placing.subjectCount, placing.recordedAt, placing.tree.edge()],
  )
}

type Roots = (Uint8Array | undefined)[]

/** Numbers the new people and gives each a secret: the secrets unwrapped, in order, and a root for each batch. */
async function enrol(
  register: Register,
  queue: CopyQueue,
  placing: Placing,
): Promise<{ secrets: Uint8Array; roots: Roots }> {
  const first = placing.subjectCountBefore + 1
  const people = placing.subjectCount - placing.subjectCountBefore
  if (people === 0) return { secrets: new Uint8Array(0), roots: [] }
  const { keys, committer } = register
  const secrets = new Uint8Array(randomBytes(people * SECRET_BYTES))
  const wrapped = secrets.slice()
  wrapSecrets(wrapped, first, checkEpoch(keys, placing.epoch))
  const subjectRows = new RowBuffer('register.subject', ['number', 'commitment', 'position'])
  const secretRows = new RowBuffer('erasable.secret', ['subject', 'epoch', 'wrapped'])
  const refRows = new RowBuffer('erasable.ref', [
    ...['key', 'key_id', 'subject', 'position', 'contact', 'folded'],
  ])
  const roots: Roots = []
  for (const { draft, appended } of placing.placed) {
    const commitments = new Uint8Array(enrolCount(draft) * COMMITMENT_BYTES)
    for (let k = 0; k < enrolCount(draft); k++) {
      const subject = appended.firstSubject + k
      const at = (subject - first) * SECRET_BYTES
      committer.commitSubject(subject, secrets, at, commitments, k * COMMITMENT_BYTES)
      subjectRows.startRow()
      subjectRows.int4(subject)
      subjectRows.bytes(commitments, k * COMMITMENT_BYTES, COMMITMENT_BYTES)
      subjectRows.int8(appended.position)
      secretRows.startRow()
      secretRows.int4(subject)
      secretRows.int4(placing.epoch.epoch)
      secretRows.bytes(wrapped, at, SECRET_BYTES)
      refRows.startRow()
      refRows.bytes(draft.enrol!, k * REF_KEY_BYTES, REF_KEY_BYTES)
      refRows.int4(keys.lookupPepper.id)
      refRows.int4(subject)
      refRows.int8(appended.position)
      refRows.boolean(draft.enrolContacts === true)
      if (draft.folded === undefined) refRows.null()
      else refRows.bytes(draft.folded, k * REF_KEY_BYTES, REF_KEY_BYTES)
      if (subjectRows.rows === SLICE_ROWS) {
        await queue.send(subjectRows)
        await queue.send(secretRows)
        await queue.send(refRows)
      }
    }
    roots.push(rootOver(commitments))
  }
  await queue.send(subjectRows)
  await queue.send(secretRows)
  await queue.send(refRows)
  return { secrets, roots }
}

/**
 * All at once, as four are hashed in the time of one; undefined for a batch that has none. A single statement needs no tree: its
 * root is its leaf.
 */
function rootOver(commitments: Uint8Array): Uint8Array | undefined {
  if (commitments.length === 0) return undefined
  return commitments.length === COMMITMENT_BYTES ? leafHash(commitments) : merkleRoot(commitments)
}

/** People enrolled before whom these events speak of, ascending, each once. */
function existingSubjects(placed: readonly Placed[], subjectCountBefore: number): Int32Array {
  let count = 0
  for (const { draft } of placed) count += draft.events?.count ?? 0
  const subjects = new Int32Array(count)
  let kept = 0
  for (const { draft, appended } of placed) {
    for (let row = 0; row < (draft.events?.count ?? 0); row++) {
      const subject = subjectOf(draft.events!, row, appended)
      if (subject <= subjectCountBefore) subjects[kept++] = subject
    }
  }
  const sorted = subjects.subarray(0, kept).sort()
  let distinct = 0
  for (let i = 0; i < kept; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[distinct++] = sorted[i]!
  return sorted.subarray(0, distinct)
}

function subjectOf(events: EventColumns, row: number, appended: Appended): number {
  const subject = events.subject[row]!
  return subject > 0 ? subject : appended.firstSubject - subject - 1
}

type Secrets = { countBefore: number; added: Uint8Array; existing: SecretTable }

const eventTableColumns = [
  'position',
  'ord',
  'kind',
  'subject',
  'earliest',
  'latest',
  'grade',
  'source',
  'jurisdiction',
  'route',
  'notice',
  'purpose',
  'recipient',
  'channel',
  'basis',
  'qualifier',
  'stated_text',
  'commitment',
] as const

/** Writes every event with its commitment; returns each batch's root over them, none for a batch without events. */
async function writeEvents(
  committer: Committer,
  queue: CopyQueue,
  placed: readonly Placed[],
  secrets: Secrets,
): Promise<Roots> {
  const rows = new RowBuffer('register.event', eventTableColumns)
  const roots: Roots = []
  for (const { draft, appended } of placed) {
    const { events } = draft
    const commitments = new Uint8Array((events?.count ?? 0) * COMMITMENT_BYTES)
    for (let row = 0; row < (events?.count ?? 0); row++) {
      const subject = subjectOf(events!, row, appended)
      const place = { position: appended.position, ord: row }
      const added = subject > secrets.countBefore
      const at = added ? (subject - secrets.countBefore - 1) * SECRET_BYTES : secrets.existing.at.get(subject)
      // Without the secret no commitment can be made that this person's receipt could open.
      if (at === undefined) throw new Problem('person.not_found', 'this person was erased')
      const bytes = added ? secrets.added : secrets.existing.bytes
      committer.commitEvent(events!, row, subject, place, bytes, at, commitments, row * COMMITMENT_BYTES)
      writeEvent(rows, events!, row, subject, place, commitments)
      if (rows.rows === SLICE_ROWS) await queue.send(rows)
    }
    roots.push(rootOver(commitments))
  }
  await queue.send(rows)
  return roots
}

function writeEvent(
  rows: RowBuffer,
  events: EventColumns,
  row: number,
  subject: number,
  place: { position: number; ord: number },
  commitments: Uint8Array,
): void {
  rows.startRow()
  rows.int8(place.position)
  rows.int4(place.ord)
  rows.int2(events.kind[row]!)
  rows.int4(subject)
  rows.int8(events.earliest[row]!)
  rows.int8(events.latest[row]!)
  rows.int2(events.grade[row]!)
  rows.int4(events.source[row]!)
  rows.int2(events.jurisdiction[row]!)
  rows.int4OrNull(events.route[row]!)
  rows.int4OrNull(events.notice[row]!)
  rows.int4OrNull(events.purpose[row]!)
  rows.int4OrNull(events.recipient[row]!)
  rows.int4OrNull(events.channel[row]!)
  rows.int4OrNull(events.basis[row]!)
  rows.int4OrNull(events.qualifier[row]!)
  rows.text(events.statedText[row])
  rows.bytes(commitments, place.ord * COMMITMENT_BYTES, COMMITMENT_BYTES)
}

/** Each batch with its leaf of the log, and its document with the salt that opens the hash in the leaf. */
async function writeBatches(
  register: Register,
  queue: CopyQueue,
  placing: Placing,
  roots: { events: Roots; enrolled: Roots },
): Promise<void> {
  const batches = new RowBuffer('register.batch', [
    ...['position', 'kind', 'actor', 'idempotency_key', 'content_hash'],
    ...['first_subject', 'subject_count', 'event_count', 'recorded_at', 'entry'],
  ])
  const records = new RowBuffer('register.record', ['position', 'kind', 'about', 'body', 'salt'])
  placing.placed.forEach(({ draft, appended }, index) => {
    const document =
      draft.record === undefined ? undefined : { ...draft.record, salt: randomBytes(SALT_BYTES) }
    const entry = encodeEntry({
      register: register.registerId,
      format: FORMAT,
      position: appended.position,
      kind: draft.kind,
      recordedAt: appended.recordedAt,
      events: draft.events?.count ?? 0,
      ...hexRoot('eventRoot', roots.events[index]),
      enrolled: enrolCount(draft),
      ...hexRoot('enrolledRoot', roots.enrolled[index]),
      ...(document && { body: bodyHash(register.registerId, document.salt, Buffer.from(document.body)) }),
    })
    placing.tree.addLeafHash(leafHash(entry))
    writeBatch(batches, draft, appended, entry)
    if (document === undefined) return
    records.startRow()
    records.int8(appended.position)
    records.text(draft.kind)
    records.text(document.about)
    records.text(document.body)
    records.bytes(document.salt, 0, SALT_BYTES)
  })
  await queue.send(batches)
  await queue.send(records)
}

const SALT_BYTES = 32

function hexRoot<K extends 'eventRoot' | 'enrolledRoot'>(
  name: K,
  root: Uint8Array | undefined,
): Partial<Pick<LogEntry, K>> {
  return root === undefined ? {} : ({ [name]: Buffer.from(root).toString('hex') } as Pick<LogEntry, K>)
}

function writeBatch(rows: RowBuffer, draft: BatchDraft, appended: Appended, entry: Uint8Array): void {
  rows.startRow()
  rows.int8(appended.position)
  rows.text(draft.kind)
  rows.text(draft.actor)
  rows.text(draft.idempotencyKey)
  rows.text(draft.contentHash)
  rows.int4OrNull(appended.firstSubject)
  rows.int4(enrolCount(draft))
  rows.int4(draft.events?.count ?? 0)
  rows.int8(appended.recordedAt)
  rows.bytes(entry, 0, entry.length)
}
