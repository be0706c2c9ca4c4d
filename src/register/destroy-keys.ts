// The third state of an erasure: the secrets and references of people are destroyed, for good once their epoch's key is.
//
// 1. Under the head's lock, in one transaction: the list of those suppressed, an `erasure: done` of each person while that can
//    still be committed to, the document, and every other secret wrapped anew under the key of the next epoch.
// 2. What the store's files still hold of it is removed or written over.
// 3. The old key's file is destroyed. As long as it is there, step 2 and 3 are still to be done: a crash leaves it, and whoever
//    runs this again, or anything that destroys keys, goes on from there.
import { randomUUID } from 'node:crypto'
import { canonicalJson } from '../model/canonical.ts'
import { type EventColumns, eventColumns, eventKinds } from '../model/event.ts'
import { type DateNumber, dateOf, daysAfter, type Instant } from '../model/instant.ts'
import type { KeysDestroyedBody } from '../model/release.ts'
import { grades } from '../model/vocabulary.ts'
import { appendUnderLock } from './append-batch.ts'
import { checkEpoch, type Epoch, epochCheck, readEpoch } from './epoch.ts'
import type { KeyRing } from './key-ring.ts'
import { documentDraft, readDocuments } from './record-document.ts'
import { REF_KEY_BYTES } from './ref-key.ts'
import type { Register } from './register.ts'
import { type Scrubbed, scrubStore } from './scrub-store.ts'
import { rewrapSecrets } from './secrets/rewrap-secrets.ts'
import type { StoreSession } from './store.ts'
import { SUPPRESSION_SOURCE, suppress } from './suppression.ts'
import { termNumbers } from './term-numbers.ts'

/** Moments between which a crash must leave the erasure undone or to be finished, in the order they are passed. */
export const erasurePoints = [
  'before-transaction',
  'key-made',
  'suppressed',
  'rewrapped',
  'deleted',
  'committed',
  'forgotten',
  'scrubbed',
  'key-destroyed',
] as const
export type ErasurePoint = (typeof erasurePoints)[number]
export type AtErasurePoint = (point: ErasurePoint) => void | Promise<void>

export type DestroyOptions = {
  actor: string
  /** Of the day in the document. */
  zone: string
  backupsKeptDays?: number | undefined
  /** Asked under the lock: throws for whatever must not be destroyed now. */
  refuse?: (session: StoreSession, subjects: readonly number[]) => Promise<void>
  at?: AtErasurePoint
}

/** Undefined: none of them has a secret any more. */
export async function destroyKeys(
  register: Register,
  subjects: readonly number[],
  options: DestroyOptions,
): Promise<KeysDestroyedBody | undefined> {
  const { at = () => {} } = options
  await at('before-transaction')
  // Numbered before anybody is on the list: under the lock no name can be given a number.
  const sources = await termNumbers(register, 'source', [SOURCE, SUPPRESSION_SOURCE])
  let body: KeysDestroyedBody | undefined
  await appendUnderLock(register, async (session, head) => {
    const present = await withSecrets(session, subjects)
    if (present.length === 0) return undefined
    await options.refuse?.(session, present)
    const epoch = await readEpoch(session)
    const next = await nextEpoch(register.keys, epoch)
    await at('key-made')
    const now = Math.max(register.now(), head.recordedAt + 1)
    body = await documentOf(session, { ...options, epoch: epoch.epoch, present, now })
    return {
      ...documentDraft({
        ...{ kind: 'erasure.keys-destroyed', about: `epoch ${epoch.epoch}`, body: canonicalJson(body) },
        ...{ actor: options.actor, idempotencyKey: randomUUID() },
      }),
      events: doneEvents(present, now, sources.get(SOURCE)!),
      extra: (within) => destroyWithin(register, within, { present, next, now, at }),
    }
  })
  if (body !== undefined) await at('committed')
  return body
}

/** Where the event `erasure: done` of somebody whose keys are destroyed comes from. */
const SOURCE = 'keys destroyed'

/** Epochs that are over and whose keys are still here: their destruction was cut short. */
export async function unfinishedEpochs({ store, keys }: Register): Promise<number[]> {
  const { epoch } = await readEpoch(store)
  return keys.epochs().filter((held) => held < epoch)
}

/** Scrubs the store and destroys the keys of epochs that are over; undefined when none is left. */
export async function finishDestruction(
  register: Register,
  at: AtErasurePoint = () => {},
): Promise<Scrubbed | undefined> {
  const { store, keys } = register
  const over = await unfinishedEpochs(register)
  if (over.length === 0) return undefined
  const current = await readEpoch(store)
  checkEpoch(keys, current)
  const [left] = await store.query<{ count: number }>(
    'select count(*)::int4 as count from erasable.secret where epoch <> $1',
    [current.epoch],
  )
  // They would be lost with the key.
  if (left!.count > 0) throw new Error('secrets are wrapped under an epoch that is over')
  const scrubbed = await scrubStore(store)
  await at('scrubbed')
  for (const epoch of over) keys.destroyEpoch(epoch)
  await at('key-destroyed')
  return scrubbed
}

/** Ascending. */
async function withSecrets(session: StoreSession, subjects: readonly number[]): Promise<number[]> {
  const rows = await session.query<{ subject: number }>(
    'select subject from erasable.secret where subject = any($1::int4[]) order by subject',
    [[...subjects]],
  )
  return rows.map(({ subject }) => subject)
}

/** The key of the next epoch; one that a run before made and did not come to use is taken up. */
async function nextEpoch(keys: KeyRing, current: Epoch): Promise<number> {
  checkEpoch(keys, current)
  const newest = keys.epochs().at(-1) ?? 0
  return newest > current.epoch ? newest : keys.newEpoch()
}

async function documentOf(
  session: StoreSession,
  made: Pick<DestroyOptions, 'backupsKeptDays' | 'zone'> & {
    epoch: number
    present: readonly number[]
    now: Instant
  },
): Promise<KeysDestroyedBody> {
  const { backupsKeptDays, zone, epoch, present, now } = made
  const [all] = await session.query<{ count: number }>('select count(*)::int4 as count from erasable.secret')
  const counts = { people: present.length, epoch, survivors: all!.count - present.length, at: now }
  if (backupsKeptDays === undefined) return counts
  const last = daysAfter(dateOf(now, zone), backupsKeptDays)
  const lastBackupUnrecoverableOn = await laterOfEarlier(session, last)
  return {
    ...{ ...counts, backupsKeptDays },
    ...(lastBackupUnrecoverableOn !== undefined && { lastBackupUnrecoverableOn }),
  }
}

/**
 * A secret was wrapped under each epoch its person lived through: the last copy is gone when the last of them all is.
 * Undefined when of one of them nobody has said how long it is kept, nor that it is gone.
 */
async function laterOfEarlier(session: StoreSession, day: DateNumber): Promise<DateNumber | undefined> {
  const ended = await readDestructions(session)
  const open = ended.filter(({ unrecoverableAt }) => unrecoverableAt === undefined)
  if (open.some(({ body }) => body.lastBackupUnrecoverableOn === undefined)) return undefined
  return Math.max(day, ...open.map(({ body }) => body.lastBackupUnrecoverableOn!))
}

export type Destruction = {
  position: number
  actor: string
  body: KeysDestroyedBody
  /** When somebody said that the last copy is gone. */
  unrecoverableAt?: Instant
}

/** Oldest first. */
export async function readDestructions(session: Pick<StoreSession, 'query'>): Promise<Destruction[]> {
  const kind = ['erasure.keys-destroyed', 'erasure.unrecoverable']
  const documents = await readDocuments(session, { kind })
  const gone = new Map<string, Instant>()
  for (const { kind, about, recordedAt } of documents)
    if (kind === 'erasure.unrecoverable') gone.set(about, recordedAt)
  return documents
    .filter(({ kind }) => kind === 'erasure.keys-destroyed')
    .map(({ position, actor, about, body }) => ({
      ...{ position, actor },
      // Our own document, written above.
      body: JSON.parse(body) as KeysDestroyedBody,
      ...(gone.has(about) && { unrecoverableAt: gone.get(about)! }),
    }))
}

function doneEvents(subjects: readonly number[], now: Instant, source: number): EventColumns {
  const events = eventColumns(subjects.length)
  events.subject.set(subjects)
  events.kind.fill(eventKinds.erasure.number)
  events.earliest.fill(now)
  events.latest.fill(now)
  events.grade.fill(grades.A)
  events.source.fill(source)
  events.qualifier.fill(eventKinds.erasure.qualifiers.done)
  return events
}

/** Written after the batch's rows, when the events of these people have their commitments. */
async function destroyWithin(
  { keys, committer }: Register,
  session: StoreSession,
  parts: { present: readonly number[]; next: number; now: Instant; at: AtErasurePoint },
): Promise<void> {
  const { present, next, now, at } = parts
  const [refs] = await session.query<{ keys: Uint8Array | null }>(
    `select string_agg(uuid_send(key) || coalesce(uuid_send(folded), ''::bytea), ''::bytea) as keys
       from erasable.ref where subject = any($1::int4[])`,
    [[...present]],
  )
  const found = refs?.keys ?? new Uint8Array(0)
  if (found.length % REF_KEY_BYTES !== 0) throw new Error('a reference is no lookup key')
  await suppress(session, keys, found, now)
  await at('suppressed')
  const [head] = await session.query<{ subject_count: number }>('select subject_count from register.head')
  const without = new Set(present)
  await rewrapSecrets(session, {
    ...{ keys, committer, without, subjectCount: head!.subject_count, epoch: next },
  })
  await at('rewrapped')
  await forgetContent(session, present)
  await session.query('delete from erasable.ref where subject = any($1::int4[])', [[...present]])
  await session.query('delete from erasable.hold where subject = any($1::int4[])', [[...present]])
  await session.query('update register.head set epoch = $1, epoch_check = $2', [
    next,
    epochCheck(keys.epochKey(next)),
  ])
  await at('deleted')
}

/**
 * Of the batches that enrolled these people or speak of them, what could be made again from a guessed reference: the caller's key
 * and the hash of the content. Of an imported file only the hash of the whole file is there, and keeps it from being imported twice.
 * A function of the owner's does it (sql/0003), as whoever appends may change no batch.
 */
async function forgetContent(session: StoreSession, subjects: readonly number[]): Promise<void> {
  await session.query('select register.forget_content($1::int4[])', [[...subjects]])
}
