// The suppression list: of whoever was erased, a keyed hash of each reference, as it was and folded, and a day; nothing that leads
// to a number.
// Whoever is enrolled under such a reference again is marked in the same batch, so that no release can come in between.
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import { type EventColumns, eventColumns, eventKinds } from '../model/event.ts'
import { type DateNumber, dateOf, type Instant, startOfDay } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { grades } from '../model/vocabulary.ts'
import { type BatchDraft, enrolCount } from './batch.ts'
import type { KeyRing } from './key-ring.ts'
import { foldedKeyOf, type PersonRef, REF_KEY_BYTES, refKeyOf, refKeyText } from './ref-key.ts'
import type { StoreSession } from './store.ts'

type Session = Pick<StoreSession, 'query'>

/** Where what the register itself says of a suppressed reference comes from; numbered before the first entry is made. */
export const SUPPRESSION_SOURCE = 'suppression list'

/** The entry that is nobody's: a pepper of another register, or one made anew, would find nobody and let everybody through. */
const CHECK = Buffer.from('fairshare/suppression-check', 'utf8')
const LOOKUPS_AT_ONCE = 50_000

/** Puts these references, as lookup keys end to end, on the list; who is there stays as she is. */
export async function suppress(
  session: Session,
  keys: KeyRing,
  refs: Uint8Array,
  now: Instant,
): Promise<void> {
  await checkPepper(session, keys)
  // Sorted: their order would tell whose they are.
  const entries = [listKey(keys, CHECK), ...listKeys(keys, refs)].sort()
  await session.query(
    `insert into register.suppression (key, since_on) select key, $2::int4 from unnest($1::uuid[]) as given (key)
     on conflict do nothing`,
    [entries, dateOf(now, 'UTC')],
  )
}

/** Of these lookup keys, by place, those on the list and since when. Throws `keys.unusable` with another pepper. */
export async function suppressedAmong(
  session: Session,
  keys: KeyRing,
  refs: Uint8Array,
): Promise<Map<number, DateNumber>> {
  if (refs.length === 0 || !(await checkPepper(session, keys))) return new Map()
  const wanted = listKeys(keys, refs)
  const since = new Map<string, DateNumber>()
  for (let from = 0; from < wanted.length; from += LOOKUPS_AT_ONCE) {
    const rows = await session.query<{ key: string; since_on: DateNumber }>(
      'select key, since_on from register.suppression where key = any($1::uuid[])',
      [wanted.slice(from, from + LOOKUPS_AT_ONCE)],
    )
    for (const { key, since_on } of rows) since.set(key, since_on)
  }
  return new Map(wanted.flatMap((key, place) => (since.has(key) ? [[place, since.get(key)!] as const] : [])))
}

/** All of the list at once, for whoever compares a million references with it; undefined = it is empty. */
export async function loadSuppressed(register: {
  store: Session
  keys: KeyRing
}): Promise<((ref: Uint8Array) => boolean) | undefined> {
  const { store, keys } = register
  if (!(await checkPepper(store, keys))) return undefined
  const rows = await store.query<{ key: string }>('select key from register.suppression')
  const list = new Set(rows.map(({ key }) => key))
  return (ref) => list.has(listKey(keys, ref))
}

/** Since when this reference is on the list, however it is written. */
export async function suppressedSince(
  register: { store: Session; keys: KeyRing },
  ref: PersonRef,
): Promise<DateNumber | undefined> {
  const { store, keys } = register
  const folded = foldedKeyOf(keys, ref) ?? new Uint8Array(0)
  const found = await suppressedAmong(store, keys, Buffer.concat([refKeyOf(keys, ref), folded]))
  return found.get(0) ?? found.get(1)
}

/**
 * Adds to drafts what the list says of those they enrol: erasure was asked for, and at a contact point nobody wants to be
 * written to, in whatever record it stands. Under the head's lock: nobody is added to the list meanwhile.
 */
export async function markSuppressed(
  session: Session,
  keys: KeyRing,
  placed: readonly { draft: BatchDraft; appended: { recordedAt: Instant } }[],
): Promise<void> {
  const refs = Buffer.concat(placed.map(({ draft }) => draft.enrol ?? new Uint8Array(0)))
  // Where there is no folded key, the key itself: each has its place.
  const folded = Buffer.concat(placed.map(({ draft }) => draft.folded ?? draft.enrol ?? new Uint8Array(0)))
  const suppressed = await suppressedAmong(session, keys, folded)
  for (const [place, since] of await suppressedAmong(session, keys, refs)) suppressed.set(place, since)
  if (suppressed.size === 0) return
  const source = await sourceNumber(session)
  let first = 0
  for (const one of placed) {
    const count = enrolCount(one.draft)
    const mine = new Map<number, DateNumber>()
    for (const [place, since] of suppressed)
      if (place >= first && place < first + count) mine.set(place - first, since)
    if (mine.size > 0) one.draft = withMarks(one.draft, mine, { source, recordedAt: one.appended.recordedAt })
    first += count
  }
}

/** `suppressed`: place in `enrol` → since when. */
function withMarks(
  draft: BatchDraft,
  suppressed: ReadonlyMap<number, DateNumber>,
  { source, recordedAt }: { source: number; recordedAt: Instant },
): BatchDraft {
  const kinds = draft.enrolContacts === true ? marksOfContact : marks
  const said = draft.events?.count ?? 0
  const events = lengthened(draft.events, said + suppressed.size * kinds.length)
  let row = said
  for (const [place, since] of suppressed)
    for (const [kind, qualifier] of kinds) {
      events.subject[row] = -(place + 1)
      events.kind[row] = kind
      // From the day it was put on the list, whatever instant a release is decided for.
      events.earliest[row] = Math.min(startOfDay(since, 'UTC'), recordedAt)
      events.latest[row] = recordedAt
      events.grade[row] = grades.A
      events.source[row] = source
      events.qualifier[row] = qualifier
      row++
    }
  return { ...draft, events }
}

const marks = [[eventKinds.erasure.number, eventKinds.erasure.qualifiers.requested]] as const
const marksOfContact = [
  ...marks,
  [eventKinds.objection.number, eventKinds.objection.qualifiers.marketing],
] as const

/** False: the list is empty. */
async function checkPepper(session: Session, keys: KeyRing): Promise<boolean> {
  const [list] = await session.query<{ used: boolean }>(
    'select exists (select 1 from register.suppression) as used',
  )
  if (!list!.used) return false
  const check = await session.query('select 1 from register.suppression where key = $1::uuid', [
    listKey(keys, CHECK),
  ])
  if (check.length === 0)
    throw new Problem(
      'keys.unusable',
      'the suppression pepper is not the one this register’s list was made with',
    )
  return true
}

async function sourceNumber(session: Session): Promise<number> {
  const [term] = await session.query<{ number: number }>(
    "select number from register.term where kind = 'source' and name = $1",
    [SUPPRESSION_SOURCE],
  )
  if (term === undefined) throw new Error('a suppression list was begun without its source')
  return term.number
}

function listKeys(keys: KeyRing, refs: Uint8Array): string[] {
  const pepper = pepperOf(keys)
  return Array.from({ length: refs.length / REF_KEY_BYTES }, (_, place) =>
    hashed(pepper, refs.subarray(place * REF_KEY_BYTES, (place + 1) * REF_KEY_BYTES)),
  )
}

function listKey(keys: KeyRing, ref: Uint8Array): string {
  return hashed(pepperOf(keys), ref)
}

/** A key object, as a key in bytes is prepared anew for each hash; and its file is read once. */
function pepperOf(keys: KeyRing): KeyObject {
  const pepper = peppers.get(keys) ?? createSecretKey(keys.suppressionPepper.bytes)
  peppers.set(keys, pepper)
  return pepper
}

const peppers = new WeakMap<KeyRing, KeyObject>()

function hashed(pepper: KeyObject, ref: Uint8Array): string {
  return refKeyText(createHmac('sha256', pepper).update(ref).digest().subarray(0, REF_KEY_BYTES))
}

function lengthened(events: EventColumns | undefined, count: number): EventColumns {
  const longer = eventColumns(count)
  if (events === undefined) return longer
  const { count: said, statedText, ...columns } = events
  for (const name of Object.keys(columns) as (keyof typeof columns)[])
    longer[name].set(columns[name].subarray(0, said))
  return { ...longer, statedText: statedText.slice(0, said) }
}
