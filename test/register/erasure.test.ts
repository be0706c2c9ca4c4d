// The third state of an erasure, on both stores with files of keys: whose keys are destroyed is gone from every file here, what
// a backup holds opens only with its own keys, everybody else is as before, and a crash anywhere is made good by the next run.
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { openFileKeyRing } from '../../src/adapters/keys/file-key-ring.ts'
import { openPgliteStore } from '../../src/adapters/pglite/open-pglite-store.ts'
import { openPostgresStore } from '../../src/adapters/postgres/open-postgres-store.ts'
import { sha256Hex } from '../../src/model/canonical.ts'
import { eventKinds } from '../../src/model/event.ts'
import { dateOf, daysAfter } from '../../src/model/instant.ts'
import { appendBatch } from '../../src/register/append-batch.ts'
import { checkLog } from '../../src/register/check-log.ts'
import {
  destroyKeys,
  type ErasurePoint,
  erasurePoints,
  finishDestruction,
  readDestructions,
  unfinishedEpochs,
} from '../../src/register/destroy-keys.ts'
import { findSubject, loadRefIndex } from '../../src/register/find-subject.ts'
import { holdErasure } from '../../src/register/hold-erasure.ts'
import type { KeyRing } from '../../src/register/key-ring.ts'
import type { Register } from '../../src/register/open-register.ts'
import { publishLog } from '../../src/register/publish-log.ts'
import { readErased, readErasures } from '../../src/register/read-erasures.ts'
import { readHistory } from '../../src/register/read-history.ts'
import { recordEvent } from '../../src/register/record-event.ts'
import { recordUnrecoverable } from '../../src/register/record-unrecoverable.ts'
import { refKey, refKeyText } from '../../src/register/ref-key.ts'
import { requestErasure } from '../../src/register/request-erasure.ts'
import { readSecrets } from '../../src/register/secrets/read-secrets.ts'
import { wrapSecrets } from '../../src/register/secrets/wrap-secrets.ts'
import type { RegisterStore } from '../../src/register/store.ts'
import { suppressedSince } from '../../src/register/suppression.ts'
import { createDatabase, type PostgresServer, startPostgres } from '../postgres-server.ts'
import { memoryPlaces } from './log-places.ts'
import { openOn } from './open-on.ts'
import { asLogin, storeKinds } from './test-registers.ts'

const PEOPLE = 300
const VICTIM = 17
const refOf = (person: number) => ({ kind: 'member', value: `M-${person}` })

describe.each(storeKinds)('erasure on %s', (kind) => {
  let scratch: string
  let server: PostgresServer | undefined
  let home: string
  let store: RegisterStore
  let register: Register
  /** Folders in which the store keeps tables, and its write-ahead log. */
  let places: { tables: string; wal: string }

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'fairshare-erasure-'))
    // Its own, as its files are searched and its log is written over.
    server = kind === 'postgres' ? await startPostgres() : undefined
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(scratch, { recursive: true, force: true })
  })

  let homes = 0
  beforeEach(async () => {
    home = join(scratch, `home-${++homes}`)
    store = await openStore()
    register = await openOn(store, openFileKeyRing({ folder: join(home, 'keys'), create: true }))
    await enrol(register, 1, PEOPLE)
    for (const person of [VICTIM, 40]) await asks(person)
  })
  afterEach(() => store.close())

  async function openStore(): Promise<RegisterStore> {
    if (server === undefined) {
      const folder = join(home, 'register')
      places = { tables: join(folder, 'base'), wal: join(folder, 'pg_wal') }
      return openPgliteStore({ folder, template: inject('pgliteTemplate') })
    }
    const database = `erasure_${homes}`
    const known = server.url.replace(/[^/]+$/, database)
    const url = existsSync(join(home, 'keys')) ? known : await createDatabase(server.url, database)
    const opened = await openPostgresStore({ url })
    const [where] = await asLogin(opened).query<{ data: string; database: string }>(
      "select current_setting('data_directory') as data, oid::text as database from pg_database where datname = current_database()",
    )
    places = { tables: join(where!.data, 'base', where!.database), wal: join(where!.data, 'pg_wal') }
    return opened
  }

  const keysFolder = () => join(home, 'keys')
  const ring = () => openFileKeyRing({ folder: keysFolder(), create: false })

  /** As a process that was started anew. */
  async function reopen(): Promise<void> {
    await store.close()
    store = await openStore()
    register = await openOn(store, ring())
  }

  /** As another process finds it, without waiting for the database to start. */
  async function again(): Promise<void> {
    register = await openOn(store, ring())
  }

  const asks = (subject: number) =>
    requestErasure(register, {
      ...{ person: { subject }, at: { earliest: 0, latest: 0 }, grade: 'A', source: 'letter' },
      ...{ actor: 'dpo', qualifier: 'requested' },
    })

  const options = { actor: 'dpo', zone: 'Europe/London' }
  const destroy = (subjects: readonly number[] = [VICTIM], at?: (point: ErasurePoint) => void) =>
    destroyKeys(register, subjects, { ...options, backupsKeptDays: 35, ...(at && { at }) })

  async function secretsOf(subjects: readonly number[]): Promise<(string | undefined)[]> {
    const { bytes, at } = await store.transaction((session) =>
      readSecrets(session, register.keys, Int32Array.from(subjects)),
    )
    return subjects.map((subject) => {
      const from = at.get(subject)
      return from === undefined ? undefined : Buffer.from(bytes.subarray(from, from + 32)).toString('hex')
    })
  }

  const everybody = Array.from({ length: PEOPLE }, (_, index) => index + 1)

  test('leaves everybody else as they were, and of the person what is said', async () => {
    const before = await secretsOf(everybody)
    expect((await loadRefIndex(register)).find(keyOf(VICTIM))).toBe(VICTIM)
    const body = await destroy([VICTIM, 40])
    await finishDestruction(register)
    expect((await loadRefIndex(register)).find(keyOf(VICTIM))).toBe(0)
    expect(body).toMatchObject({ people: 2, epoch: 1, survivors: PEOPLE - 2, backupsKeptDays: 35 })
    expect(body!.lastBackupUnrecoverableOn).toBe(daysAfter(dateOf(body!.at, options.zone), 35))
    await reopen()
    const expected = before.map((secret, index) => ([VICTIM, 40].includes(index + 1) ? undefined : secret))
    expect(await secretsOf(everybody)).toEqual(expected)
    expect(await readErased(store)).toEqual([VICTIM, 40])
    expect(await findSubject(register, refOf(VICTIM))).toBeUndefined()
    expect(await findSubject(register, refOf(VICTIM + 1))).toBe(VICTIM + 1)
    expect((await readHistory(register, VICTIM)).map((event) => [event.kind, event.qualifier])).toEqual([
      ['erasure', eventKinds.erasure.qualifiers.requested],
      ['erasure', eventKinds.erasure.qualifiers.done],
    ])
    const epochs = await store.query('select distinct epoch from erasable.secret')
    expect(epochs).toEqual([{ epoch: 2 }])
    expect(readdirSync(keysFolder()).filter((name) => name.startsWith('epoch'))).toEqual(['epoch-2.key'])
    expect(await destroy([VICTIM])).toBeUndefined()
    expect(await finishDestruction(register)).toBeUndefined()
  })

  test('the log still verifies, and goes on', async () => {
    const log = memoryPlaces()
    await publishLog(register, log)
    await destroy()
    await finishDestruction(register)
    await publishLog(register, log)
    expect(await checkLog(register, log)).toMatchObject({ holds: true })
    await enrol(register, PEOPLE + 1, 3)
    await publishLog(register, log)
    await reopen()
    expect(await checkLog(register, log)).toMatchObject({ holds: true })
  })

  test('nothing is left of a secret, its wrapping, its key and its reference but in copies made before', async () => {
    const [secret] = await secretsOf([VICTIM])
    const [row] = await store.query<{ wrapped: Uint8Array }>(
      'select wrapped from erasable.secret where subject = $1',
      [VICTIM],
    )
    const needles = {
      secret: Buffer.from(secret!, 'hex'),
      wrapped: Buffer.from(row!.wrapped),
      epochKey: readFileSync(join(keysFolder(), 'epoch-1.key')),
      reference: Buffer.from(refKey(register.keys, refOf(VICTIM).kind, refOf(VICTIM).value)),
      contentHash: Buffer.from(sha256Hex(Buffer.concat(everybody.map(keyOf))), 'utf8'),
    }
    // The copy of the keys, and of the register as a dump: what would be restored.
    await asLogin(store).script('checkpoint')
    cpSync(keysFolder(), join(home, 'backup', 'keys'), { recursive: true })
    writeFileSync(join(home, 'backup', 'register'), await dump(store))
    const search = () => placesOf(needles, { ...places, keys: keysFolder(), backup: join(home, 'backup') })

    expect(search()).toEqual({
      secret: [],
      wrapped: ['tables', 'wal', 'backup'],
      epochKey: ['keys', 'backup'],
      reference: ['tables', 'wal', 'backup'],
      contentHash: ['tables', 'wal'],
    })
    await destroy()
    await asLogin(store).script('checkpoint')
    // Deleted is not gone: this is why there is a second step.
    const between = search()
    expect(between.wrapped).toContain('wal')
    expect(between.reference).toEqual(expect.arrayContaining(['tables', 'wal']))
    const scrubbed = await finishDestruction(register)
    expect(scrubbed).toEqual({ tables: true, walOverwritten: true, walCopied: false })
    const after = {
      secret: [],
      wrapped: ['backup'],
      epochKey: ['backup'],
      reference: ['backup'],
      contentHash: [],
    }
    expect(search()).toEqual(after)
    await store.close()
    expect(search()).toEqual(after)
    // Nor anywhere else below the home; a PostgreSQL server's files lie outside it.
    expect(
      filesWith(home, Object.values(needles)).every((file) => file.startsWith(join(home, 'backup'))),
    ).toBe(true)
    store = await openStore()
    register = await openOn(store, ring())

    // What the words say of backups: with their own keys they open until they are destroyed, with today's they do not.
    const kept = openFileKeyRing({ folder: join(home, 'backup', 'keys'), create: false })
    expect(secretInDump(readFileSync(join(home, 'backup', 'register')), VICTIM, kept)).toBe(secret)
    expect(() => register.keys.epochKey(1)).toThrow(expect.objectContaining({ code: 'keys.unusable' }))
  })

  test.each(erasurePoints)('a run that ends at “%s” is finished by the next, once', async (point) => {
    const before = await secretsOf(everybody)
    const ends = (passed: ErasurePoint) => {
      if (passed === point) throw new Ended()
    }
    const first = async () => {
      await destroy([VICTIM], ends)
      ends('forgotten')
      await finishDestruction(register, ends)
    }
    await expect(first()).rejects.toThrow(Ended)
    await again()
    await destroy()
    await finishDestruction(register)
    await again()
    expect(await unfinishedEpochs(register)).toEqual([])
    expect(await secretsOf(everybody)).toEqual(before.with(VICTIM - 1, undefined))
    const done = (await readHistory(register, VICTIM)).filter(({ qualifier }) => qualifier === 2)
    expect(done).toHaveLength(1)
    expect(await readDestructions(store)).toHaveLength(1)
    const held = readdirSync(keysFolder()).filter((name) => name.startsWith('epoch'))
    expect(held).toEqual(['epoch-2.key'])
    const [list] = await store.query('select count(*)::int4 as entries from register.suppression')
    // One reference, and the entry that is nobody's.
    expect(list).toEqual({ entries: 2 })
  })

  test('a process with older keys enrols nobody under the epoch that ended', async () => {
    cpSync(keysFolder(), join(home, 'older'), { recursive: true })
    cpSync(keysFolder(), join(home, 'own'), { recursive: true })
    const older = { ...register, keys: openFileKeyRing({ folder: join(home, 'older'), create: false }) }
    const own = { ...register, keys: openFileKeyRing({ folder: join(home, 'own'), create: false }) }
    const sharing = { ...register, keys: ring() }
    for (const { keys } of [older, own, sharing]) keys.epochKey(1)
    own.keys.newEpoch()
    await destroy()
    await finishDestruction(register)
    for (const process of [older, own])
      await expect(enrol(process, PEOPLE + 1, 1)).rejects.toMatchObject({ code: 'keys.unusable' })
    await enrol(sharing, PEOPLE + 1, 1)
    expect((await secretsOf([PEOPLE + 1]))[0]).toMatch(/^[0-9a-f]{64}$/)
    for (const folder of ['older', 'own'])
      await expect(
        openOn(store, openFileKeyRing({ folder: join(home, folder), create: false })),
      ).rejects.toMatchObject({ code: 'keys.unusable' })
  })

  test('a secret that does not open stops it before anything is gone', async () => {
    await asLogin(store).query(
      "update erasable.secret set wrapped = decode(repeat('00', 32), 'hex') where subject = 99",
    )
    await expect(destroy()).rejects.toMatchObject({ code: 'register.corrupt' })
    expect(await findSubject(register, refOf(VICTIM))).toBe(VICTIM)
    expect(existsSync(join(keysFolder(), 'epoch-1.key'))).toBe(true)
    expect(await store.query('select epoch from register.head')).toEqual([{ epoch: 1 }])
  })

  test('a reference on the list is marked in the batch that enrols it, whatever the way and the order', async () => {
    await destroy([VICTIM, 40])
    await finishDestruction(register)
    const refs = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 12 })
    let round = 0
    await fc.assert(
      fc.asyncProperty(refs, fc.boolean(), async (people, oneByOne) => {
        // Others under numbers nobody had, the two under theirs: enrolled at most once in all.
        const named = people.map((person) => (isErased(person) ? person : 1_000_000 + 1_000 * round + person))
        round++
        const index = await loadRefIndex(register)
        const fresh = named.filter((person) => index.find(keyOf(person)) === 0)
        if (oneByOne)
          for (const person of fresh)
            await recordEvent(register, 'withdrawal', {
              ...{ person: refOf(person), enrolIfUnknown: true, at: { earliest: 1, latest: 1 } },
              ...{ grade: 'C', source: 'letter', actor: 'tester' },
            })
        else if (fresh.length > 0) await enrolRefs(register, fresh)
        for (const person of fresh) {
          const subject = (await findSubject(register, refOf(person)))!
          expect(subject).toBeGreaterThan(PEOPLE)
          const history = await readHistory(register, subject)
          const marks = history.filter((event) => event.kind === 'erasure' && event.qualifier === 1)
          expect(marks).toHaveLength(isErased(person) ? 1 : 0)
          for (const mark of marks)
            expect(mark.position).toBe(Math.min(...history.map((event) => event.position)))
        }
      }),
      { numRuns: 25 },
    )
  })

  test('a contact point on the list is marked as one that nobody is to be written to at', async () => {
    const contact = refKey(register.keys, 'email/1', 'canary@example.org')
    const draft = { kind: 'enrolment', actor: 'tester', contentHash: '', enrolContacts: true, enrol: contact }
    const { firstSubject } = await appendBatch(register, { ...draft, idempotencyKey: 'contact' })
    await asks(firstSubject)
    await destroy([firstSubject])
    const again = await appendBatch(register, { ...draft, idempotencyKey: 'contact again' })
    const history = await readHistory(register, again.firstSubject)
    expect(history.map(({ kind, qualifier }) => [kind, qualifier])).toEqual([
      ['erasure', eventKinds.erasure.qualifiers.requested],
      ['objection', eventKinds.objection.qualifiers.marketing],
    ])
  })

  test('another suppression pepper is refused: it would let everybody through', async () => {
    await destroy()
    await finishDestruction(register)
    rmSync(join(keysFolder(), 'suppression-pepper-1.key'))
    await again()
    await expect(enrolRefs(register, [VICTIM])).rejects.toMatchObject({ code: 'keys.unusable' })
    await asks(50)
    await expect(destroy([50])).rejects.toMatchObject({ code: 'keys.unusable' })
  })

  test('the list tells no day of asking, no number, and is never changed', async () => {
    await destroy([VICTIM, 40])
    const rows = await store.query<{ key: string }>('select * from register.suppression')
    expect(Object.keys(rows[0]!).sort()).toEqual(['key', 'since_on'])
    const lookups = [VICTIM, 40].map((person) => refKeyText(keyOf(person)))
    expect(rows.map(({ key }) => key).filter((key) => lookups.includes(key))).toEqual([])
    for (const change of ['delete from', 'truncate'])
      await expect(asLogin(store).script(`${change} register.suppression`)).rejects.toThrow('append-only')
  })

  test('nothing that is left of a batch can be made from a guessed reference, and nothing else of it changed', async () => {
    const keyed = 'crm M-17 consent'
    const said = { at: { earliest: 1, latest: 1 }, grade: 'A', source: 'web form', actor: 'tester' } as const
    await recordEvent(register, 'withdrawal', { ...said, person: refOf(VICTIM), idempotencyKey: keyed })
    await recordEvent(register, 'withdrawal', { ...said, person: refOf(3) })
    const batches = () => store.query<BatchRow>('select * from register.batch order by position')
    const before = await batches()
    // Two people, the same words: no hash of a batch has the reference in it, also before the erasure.
    expect(before.at(-1)!.content_hash).toBe(before.at(-2)!.content_hash)
    await destroy()
    const after = await batches()
    const about = await store.query<{ position: number }>(
      `select position from register.event where subject = ${VICTIM}
       union select position from register.subject where number = ${VICTIM}`,
    )
    const positions = new Set(about.map(({ position }) => position))
    expect(positions.size).toBe(4)
    expect(JSON.stringify(after)).not.toContain(keyed)
    for (const [index, row] of before.entries()) {
      if (!positions.has(row.position)) expect(after[index]).toEqual(row)
      else
        expect(after[index]).toEqual({
          ...row,
          content_hash: '',
          idempotency_key: expect.stringMatching(/^[0-9a-f-]{36}$/),
        })
    }
    const key = "idempotency_key = gen_random_uuid()::text, content_hash = ''"
    for (const change of [
      "update register.batch set content_hash = 'x'",
      "update register.batch set content_hash = '', idempotency_key = 'x'",
      `update register.batch set ${key}, actor = 'x'`,
      `update register.batch set ${key}, entry = ''`,
      'delete from register.batch',
      'truncate register.batch',
    ])
      await expect(asLogin(store).script(change)).rejects.toThrow('append-only')
  })

  test('a key with the same statement is a repetition, of another person a conflict, whatever ended between', async () => {
    const said = { at: { earliest: 1, latest: 1 }, grade: 'A', source: 'web form', actor: 'tester' } as const
    const sends = (person: ReturnType<typeof refOf> | { subject: number }, more = {}) =>
      recordEvent(register, 'withdrawal', {
        ...said,
        person,
        idempotencyKey: 'k1',
        enrolIfUnknown: true,
        ...more,
      })
    const newcomer = refOf(PEOPLE + 5)
    const first = await sends(newcomer)
    const subject = (await findSubject(register, newcomer))!
    const conflict = { code: 'idempotency.conflict' }
    const sentAgain = async () => {
      for (const person of [newcomer, { subject }])
        expect(await sends(person)).toEqual({ ...first, repeated: true })
      for (const person of [refOf(3), { subject: 3 }, refOf(PEOPLE + 6)])
        await expect(sends(person)).rejects.toMatchObject(conflict)
      await expect(sends(newcomer, { source: 'letter' })).rejects.toMatchObject(conflict)
    }
    await sentAgain()
    await destroy()
    await finishDestruction(register)
    await sentAgain()
    expect(await findSubject(register, refOf(PEOPLE + 6))).toBeUndefined()
  })

  test('a reference on the list is known however it is written', async () => {
    const said = { at: { earliest: 1, latest: 1 }, grade: 'A', source: 'web form', actor: 'tester' } as const
    const enrols = async (value: string) => {
      const person = { kind: 'member', value }
      await recordEvent(register, 'withdrawal', { ...said, person, enrolIfUnknown: true })
      return (await findSubject(register, person))!
    }
    const subject = await enrols('Q-7a')
    // Enrolled by a program that knew no folded keys; whoever asks by the reference gives one.
    await store.query('update erasable.ref set folded = null where subject = $1', [subject])
    await requestErasure(register, {
      ...{ ...said, person: { kind: 'member', value: 'Q-7a' }, qualifier: 'requested' },
    })
    await destroy([subject])
    const same = ['Q-7a', 'q-7a', 'Q 7a', 'Q\u20117A', 'Q-7a\u200b', 'Ｑ-7a', '0Q-7a', 'Q/7/A']
    for (const value of same) {
      expect(await suppressedSince(register, { kind: 'member', value })).toEqual(expect.any(Number))
      const kinds = (await readHistory(register, await enrols(value))).map(({ kind }) => kind)
      expect(kinds).toContain('erasure')
    }
    for (const value of ['Q-7b', 'Q-70a', '7a', '']) {
      expect(await suppressedSince(register, { kind: 'member', value })).toBeUndefined()
      const kinds = (await readHistory(register, await enrols(value))).map(({ kind }) => kind)
      expect(kinds).not.toContain('erasure')
    }
    expect(await suppressedSince(register, { kind: 'customer', value: 'Q-7a' })).toBeUndefined()
  })

  test('the words of a hold are in no document, and gone with the person', async () => {
    const words = 'Claim of Ann Example after the third of May'
    await holdErasure(register, { subjects: [VICTIM], until: 20190101, because: words, actor: 'dpo' })
    const held = "select body from register.record where kind = 'erasure.held'"
    const [document] = await store.query<{ body: string }>(held)
    const [row] = await store.query<{ salt: Uint8Array; because: string }>(
      'select salt, because from erasable.hold',
    )
    expect(row!.because).toBe(words)
    const hash = sha256Hex(Buffer.concat([row!.salt, Buffer.from(words)]))
    expect(JSON.parse(document!.body)).toEqual({ people: 1, until: 20190101, because: hash })
    await asLogin(store).script('checkpoint')
    const search = () => placesOf({ words: Buffer.from(words), salt: Buffer.from(row!.salt) }, places)
    expect(search().words).toContain('wal')
    await destroy()
    await finishDestruction(register)
    expect(search()).toEqual({ words: [], salt: [] })
    expect(await store.query(held)).toEqual([document])
  })

  test('a hold names a day and why; the furthest counts unless one is shortened, and it goes with the person', async () => {
    const hold = (until: number, because: string, shorten = false) =>
      holdErasure(register, { subjects: [VICTIM], until, because, actor: 'dpo', shorten })
    await hold(20400101, 'claim 7')
    await expect(hold(20390101, 'claim 8')).rejects.toMatchObject({ code: 'erasure.held' })
    await hold(20390101, 'claim 7, smaller', true)
    expect(await readErasures(store, [VICTIM])).toMatchObject([
      { subject: VICTIM, hold: { until: 20390101, because: 'claim 7, smaller' } },
    ])
    await expect(
      holdErasure(register, { subjects: [3], until: 20400101, because: 'x', actor: 'dpo' }),
    ).rejects.toMatchObject({ code: 'erasure.not_found' })
    await destroy()
    expect(await store.query('select * from erasable.hold')).toEqual([])
  })

  test('that the last copy is gone can be said of an epoch that ended, once its key is', async () => {
    const say = (epoch: number) => recordUnrecoverable(register, { epoch, by: 'Dana', actor: 'dpo' })
    await expect(say(1)).rejects.toMatchObject({ code: 'erasure.not_found' })
    await destroyKeys(register, [VICTIM], options)
    await expect(say(1)).rejects.toMatchObject({ code: 'erasure.not_due' })
    await finishDestruction(register)
    // Of the first epoch nobody said how long copies are kept, so nobody knows it of a later one either.
    expect(await destroy([40])).not.toHaveProperty('lastBackupUnrecoverableOn')
    await finishDestruction(register)
    const { position } = await say(1)
    expect(await say(1)).toMatchObject({ position, repeated: true })
    const [first, second] = await readDestructions(store)
    expect([first!.unrecoverableAt, second!.unrecoverableAt]).toEqual([expect.any(Number), undefined])
    await asks(60)
    await say(2)
    expect(await destroy([60])).toHaveProperty('lastBackupUnrecoverableOn')
  })

  // --- who is who ------------------------------------------------------------------------------------------------

  const isErased = (person: number) => [VICTIM, 40].includes(person)
  const keyOf = (person: number) => refKey(register.keys, refOf(person).kind, refOf(person).value)
})

type BatchRow = { position: number; content_hash: string; idempotency_key: string }

class Ended extends Error {}

function enrol(register: Register, first: number, count: number) {
  return enrolRefs(
    register,
    Array.from({ length: count }, (_, index) => first + index),
  )
}

let batches = 0

function enrolRefs(register: Register, people: readonly number[]) {
  const keys = people.map((person) => refKey(register.keys, refOf(person).kind, refOf(person).value))
  const key = `enrolment ${++batches}`
  return appendBatch(register, {
    // As enrolments were written once: a hash of all keys in their order.
    ...{
      kind: 'enrolment',
      actor: 'tester',
      idempotencyKey: key,
      contentHash: sha256Hex(Buffer.concat(keys)),
    },
    enrol: new Uint8Array(Buffer.concat(keys)),
  })
}

/** Every secret as it is stored and every reference: subject u32 ‖ 32 bytes, and 16 bytes each. */
async function dump(store: RegisterStore): Promise<Uint8Array> {
  const [rows] = await store.query<{ secrets: Uint8Array; refs: Uint8Array }>(
    `select (select string_agg(int4send(subject) || wrapped, ''::bytea order by subject) from erasable.secret) as secrets,
            (select string_agg(uuid_send(key), ''::bytea) from erasable.ref) as refs`,
  )
  return Buffer.concat([rows!.secrets, rows!.refs])
}

/** As whoever has both copies can work it out. */
function secretInDump(bytes: Uint8Array, subject: number, { epochKey }: Pick<KeyRing, 'epochKey'>): string {
  const number = Buffer.alloc(4)
  number.writeUInt32BE(subject)
  const at = Buffer.from(bytes).indexOf(number) + number.length
  const secret = bytes.slice(at, at + 32)
  wrapSecrets(secret, subject, epochKey(1))
  return Buffer.from(secret).toString('hex')
}

/** Of each needle the places where it is found. */
function placesOf<N extends string>(
  needles: Readonly<Record<N, Buffer>>,
  folders: Readonly<Record<string, string>>,
): Record<N, string[]> {
  const found = Object.keys(needles).map((name) => [
    name,
    Object.entries(folders)
      .filter(([, folder]) => filesWith(folder, [needles[name as N]]).length > 0)
      .map(([place]) => place),
  ])
  return Object.fromEntries(found) as Record<N, string[]>
}

/** Files below a folder that hold one of these. A server may take a file away while it is looked at. */
function filesWith(folder: string, needles: readonly Buffer[]): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  expect(files.length).toBeGreaterThan(0)
  return files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      if (!existsSync(path)) return false
      const bytes = readFileSync(path)
      return needles.some((needle) => bytes.includes(needle))
    })
}
