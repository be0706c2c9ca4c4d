// Appending on both stores: positions, repetition, enrolment, commitments.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeEntry } from '../../src/log/log-entry.ts'
import { MerkleRoot } from '../../src/log/merkle.ts'
import { type EventColumns, eventColumns } from '../../src/model/event.ts'
import { appendBatch } from '../../src/register/append-batch.ts'
import type { Appended, BatchDraft } from '../../src/register/batch.ts'
import { findSubject, loadRefIndex } from '../../src/register/find-subject.ts'
import { migrate, registerIsNew } from '../../src/register/migrate.ts'
import type { Register } from '../../src/register/open-register.ts'
import { readHistory } from '../../src/register/read-history.ts'
import { refKey } from '../../src/register/ref-key.ts'
import { readSecrets } from '../../src/register/secrets/read-secrets.ts'
import { readMigrations } from '../global-setup.ts'
import { openOn, testKeys } from './open-on.ts'
import { openTestStore, storeKinds, type TestStore } from './test-registers.ts'

describe.each(storeKinds)('a register on %s', (kind) => {
  let opened: TestStore
  let register: Register
  let enrolled = 0

  beforeAll(async () => {
    opened = await openTestStore(kind)
    expect(await registerIsNew(opened.store)).toBe(true)
    register = await openOn(opened.store)
  })
  afterAll(() => opened.dispose())

  /** Keys of people nobody enrolled before. */
  function newPeople(count: number): Uint8Array {
    const keys = Array.from({ length: count }, () => refKey(register.keys, 'member', `M-${++enrolled}`))
    return new Uint8Array(Buffer.concat(keys))
  }

  async function head(): Promise<{ position: number; subject_count: number }> {
    const [row] = await register.store.query<{ position: number; subject_count: number }>(
      'select position, subject_count from register.head',
    )
    return row!
  }

  test('keeps its id when it is opened again, and is new only once', async () => {
    expect(await registerIsNew(opened.store)).toBe(false)
    expect((await openOn(opened.store)).registerId).toBe(register.registerId)
  })

  test('refuses the keys of another register', async () => {
    await expect(openOn(opened.store, testKeys(7))).rejects.toMatchObject({ code: 'keys.unusable' })
  })

  test('refuses to write to a register that a newer program migrated', async () => {
    const older = readMigrations().slice(0, -1)
    await expect(migrate(opened.store, older, () => 0)).rejects.toMatchObject({ code: 'register.newer' })
  })

  test('a wrong epoch key is refused as soon as there is somebody to check it with', async () => {
    await appendBatch(register, draft({ enrol: newPeople(1) }))
    const wrong = { ...testKeys(), epochKey: () => new Uint8Array(32) }
    await expect(openOn(opened.store, wrong)).rejects.toMatchObject({ code: 'keys.unusable' })
  })

  test('numbers new people densely in the order given and attaches events to them', async () => {
    const before = await head()
    const appended = await appendBatch(
      register,
      draft({ enrol: newPeople(3), events: eventsOf([-1, -3, -1]) }),
    )
    expect(appended).toMatchObject({
      position: before.position + 1,
      repeated: false,
      firstSubject: before.subject_count + 1,
    })
    const first = appended.firstSubject
    expect(await readHistory(register, first)).toMatchObject([
      { position: appended.position, ord: 0, kind: 'presentation', subject: first, notice: 0, route: 4 },
      { position: appended.position, ord: 2, kind: 'presentation', subject: first },
    ])
    expect(await readHistory(register, first + 1)).toEqual([])
    expect(await readHistory(register, first + 2)).toMatchObject([{ ord: 1 }])
    expect(await findSubject(register, { kind: 'member', value: `M-${enrolled}` })).toBe(first + 2)
    expect(await findSubject(register, { kind: 'card', value: `M-${enrolled}` })).toBeUndefined()
  })

  test('the same key and content again changes nothing and answers as before', async () => {
    const again = draft({ enrol: newPeople(2), events: eventsOf([-2]) })
    const first = await appendBatch(register, again)
    const before = await head()
    expect(await appendBatch(register, again)).toEqual({ ...first, repeated: true })
    expect(await register.append(again)).toEqual({ ...first, repeated: true })
    expect(await head()).toEqual(before)
  })

  test('the same key with other content is refused and changes nothing', async () => {
    const first = draft({})
    await appendBatch(register, first)
    const before = await head()
    await expect(appendBatch(register, { ...first, contentHash: 'other' })).rejects.toMatchObject({
      code: 'idempotency.conflict',
    })
    expect(await head()).toEqual(before)
  })

  test('someone enrolled already is not enrolled again, in small batches or in large ones', async () => {
    const known = newPeople(1)
    await appendBatch(register, draft({ enrol: known }))
    for (const more of [0, 1_500]) {
      const before = await head()
      const enrol = new Uint8Array(Buffer.concat([newPeople(more), known]))
      await expect(appendBatch(register, draft({ enrol }))).rejects.toMatchObject({
        code: 'enrolment.conflict',
      })
      expect(await head()).toEqual(before)
    }
  })

  test('events for a subject number nobody has are refused', async () => {
    await expect(appendBatch(register, draft({ events: eventsOf([1_000_000]) }))).rejects.toMatchObject({
      code: 'person.not_found',
    })
  })

  test('an event that ends before it begins is refused', async () => {
    const events = eventsOf([1])
    events.latest[0] = events.earliest[0]! - 1
    await expect(register.append(draft({ events }))).rejects.toMatchObject({ code: 'time.invalid' })
  })

  test('the root of every batch is the RFC 6962 root over commitments that the secrets open', async () => {
    const people = 20_000
    const { firstSubject, position } = await appendBatch(
      register,
      draft({ enrol: newPeople(people), events: eventsOf([-1, -people, -1]) }),
    )
    const dense = Array.from({ length: 9_000 }, (_, n) => firstSubject + (n % 4_500))
    const sparse = [firstSubject, firstSubject + 7, firstSubject + people - 1, 1]
    const batches = [
      { position, subjects: [firstSubject, firstSubject + people - 1, firstSubject] },
      { subjects: dense, ...(await appendBatch(register, draft({ events: eventsOf(dense) }))) },
      { subjects: sparse, ...(await appendBatch(register, draft({ events: eventsOf(sparse) }))) },
    ]
    for (const batch of batches) {
      const expected = await commitments(register, batch.position, batch.subjects)
      const stored = await register.store.query<{ commitment: Uint8Array }>(
        'select commitment from register.event where position = $1 order by ord',
        [batch.position],
      )
      expect(Buffer.concat(stored.map(({ commitment }) => commitment)).equals(expected)).toBe(true)
      const tree = new MerkleRoot()
      tree.addLeaves(expected)
      const [{ entry }] = (await register.store.query<{ entry: Uint8Array }>(
        'select entry from register.batch where position = $1',
        [batch.position],
      )) as [{ entry: Uint8Array }]
      expect(decodeEntry(entry)?.eventRoot).toBe(Buffer.from(tree.root()).toString('hex'))
    }
  })

  test('a leaf of the log is stored whole, however full the buffer of rows is', async () => {
    const drafts = Array.from({ length: 300 }, (_, k) =>
      draft({ record: { about: `a${k}`, body: 'x'.repeat(k) } }),
    )
    const appended = await Promise.all(drafts.map((one) => register.append(one)))
    const rows = await register.store.query<{ position: number; entry: Uint8Array }>(
      'select position, entry from register.batch where position = any($1::int8[]) order by position',
      [appended.map(({ position }) => position)],
    )
    expect(rows.map(({ entry }) => decodeEntry(entry)?.position)).toEqual(
      rows.map(({ position }) => position),
    )
  })

  test('two people never get the same secret, and none is stored as it is', async () => {
    const { firstSubject } = await appendBatch(register, draft({ enrol: newPeople(50) }))
    const subjects = Int32Array.from({ length: 50 }, (_, n) => firstSubject + n)
    const table = await register.store.transaction((session) => readSecrets(session, register.keys, subjects))
    const plain = [...subjects].map((subject) => hexAt(table.bytes, table.at.get(subject)!))
    const wrapped = await register.store.query<{ wrapped: Uint8Array }>('select wrapped from erasable.secret')
    expect(new Set(plain).size).toBe(50)
    expect(wrapped.map((row) => hexAt(row.wrapped, 0)).filter((hex) => plain.includes(hex))).toEqual([])
  })

  test('nothing more can be recorded of someone whose secret was destroyed; others are not held up', async () => {
    const { firstSubject } = await appendBatch(register, draft({ enrol: newPeople(2) }))
    await register.store.query('delete from erasable.secret where subject = $1', [firstSubject])
    const outcomes = await Promise.allSettled([
      register.append(draft({ events: eventsOf([firstSubject]) })),
      register.append(draft({ events: eventsOf([firstSubject + 1]) })),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(outcomes[0]).toMatchObject({ reason: { code: 'person.not_found' } })
  })

  test('rows a caller adds in the same transaction vanish with it when they fail', async () => {
    const before = await head()
    const failing = draft({
      enrol: newPeople(1),
      extra: async (session, position) => {
        await session.query("insert into register.term values (900, 'source', 'x', $1)", [position])
        throw new Error('no')
      },
    })
    await expect(appendBatch(register, failing)).rejects.toThrow('no')
    expect(await head()).toEqual(before)
    expect(await register.store.query('select 1 from register.term where number = 900')).toEqual([])
  })

  test('in one group, a refused statement does not hold up the others, and a repeated one is written once', async () => {
    const before = await head()
    const key = refKey(register.keys, 'member', `M-${++enrolled}`)
    const twice = draft({})
    const outcomes = await Promise.allSettled(
      [
        draft({ events: eventsOf([1]) }),
        draft({ events: eventsOf([1_000_000]) }),
        twice,
        { ...twice },
        { ...twice, contentHash: 'other' },
        draft({ enrol: key }),
        draft({ enrol: key }),
        draft({ events: eventsOf([2]) }),
      ].map((each) => register.append(each)),
    )
    const code = (outcome: PromiseSettledResult<Appended>) =>
      outcome.status === 'fulfilled'
        ? [outcome.value.position - before.position, outcome.value.repeated]
        : outcome.reason.code
    expect(outcomes.map(code)).toEqual([
      [1, false],
      'person.not_found',
      [2, false],
      [2, true],
      'idempotency.conflict',
      [3, false],
      'enrolment.conflict',
      [4, false],
    ])
    expect((await head()).position).toBe(before.position + 4)
  })

  test('16 writers at once get dense positions, and a follower by position misses nothing', async () => {
    const before = await head()
    const writers = 16
    const each = 25
    // A second opening of the same database stands for a second process.
    const other = await openOn(opened.store)
    const followed: number[] = []
    let writing = true
    const follower = (async () => {
      let last = before.position
      while (true) {
        const final = !writing
        const rows = await register.store.query<{ position: number }>(
          'select position from register.batch where position > $1 order by position',
          [last],
        )
        for (const { position } of rows) followed.push(position)
        last = followed.at(-1) ?? last
        if (final) return
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    })()
    const appended = await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        const mine: Appended[] = []
        for (let n = 0; n < each; n++) {
          const one = draft({ enrol: newPeople(1), events: eventsOf([-1]) })
          if (writer % 4 === 0) mine.push(await appendBatch(register, one))
          else mine.push(await (writer % 2 === 0 ? register : other).append(one))
        }
        return mine
      }),
    )
    writing = false
    await follower
    const expected = Array.from({ length: writers * each }, (_, n) => before.position + 1 + n)
    const byPosition = appended.flat().sort((a, b) => a.position - b.position)
    expect(followed).toEqual(expected)
    expect(byPosition.map(({ position }) => position)).toEqual(expected)
    expect(byPosition.map(({ firstSubject }) => firstSubject)).toEqual(
      expected.map((_, n) => before.subject_count + 1 + n),
    )
    for (let n = 1; n < byPosition.length; n++)
      expect(byPosition[n]!.recordedAt).toBeGreaterThan(byPosition[n - 1]!.recordedAt)
  })

  test('recording times never go back, whatever the clock does', async () => {
    const stopped = { ...register, now: () => 1_000 }
    const first = await appendBatch(stopped, draft({}))
    const second = await appendBatch(stopped, draft({}))
    expect(second.recordedAt).toBe(first.recordedAt + 1)
  })

  test('the index of references knows everybody who is enrolled', async () => {
    const index = await loadRefIndex(register)
    expect(index.size).toBe((await head()).subject_count)
    for (const subject of [1, index.size]) {
      const [row] = await register.store.query<{ key: string }>(
        'select key from erasable.ref where subject = $1',
        [subject],
      )
      expect(index.find(Buffer.from(row!.key.replaceAll('-', ''), 'hex'))).toBe(subject)
    }
    expect(index.find(refKey(register.keys, 'member', 'nobody'))).toBe(0)
  })
})

function draft(parts: Partial<BatchDraft>): BatchDraft {
  return { kind: 'test', actor: 'tester', idempotencyKey: randomUUID(), contentHash: 'content', ...parts }
}

function eventsOf(subjects: readonly number[]): EventColumns {
  const events = eventColumns(subjects.length)
  subjects.forEach((subject, row) => {
    events.subject[row] = subject
    events.kind[row] = 1
    events.earliest[row] = 1_490_000_000_000_000 + row
    events.latest[row] = 1_490_000_000_000_000 + 2 * row
    events.grade[row] = 1
    events.source[row] = 3
    events.route[row] = 4
    if (row % 5 === 1) events.statedText[row] = `am ${row}. März`
  })
  return events
}

async function commitments(
  register: Register,
  position: number,
  subjects: readonly number[],
): Promise<Buffer> {
  const distinct = Int32Array.from(new Set(subjects)).sort()
  const secrets = await register.store.transaction((session) => readSecrets(session, register.keys, distinct))
  const made = Buffer.alloc(32 * subjects.length)
  const events = eventsOf(subjects)
  subjects.forEach((subject, ord) => {
    const at = secrets.at.get(subject)!
    register.committer.commitEvent(events, ord, subject, { position, ord }, secrets.bytes, at, made, 32 * ord)
  })
  return made
}

function hexAt(bytes: Uint8Array, at: number): string {
  return Buffer.from(bytes.subarray(at, at + 32)).toString('hex')
}
