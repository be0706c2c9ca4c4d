// Connections to PostgreSQL break at any byte, around any commit, and when an administrator ends them; servers give way and locks
// are held: what was acknowledged is there, once, and what cannot be done is said.
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openPostgresStore } from '../../src/adapters/postgres/open-postgres-store.ts'
import { eventColumns } from '../../src/model/event.ts'
import { appendUnderLock } from '../../src/register/append-batch.ts'
import type { BatchDraft } from '../../src/register/batch.ts'
import { checkLog } from '../../src/register/check-log.ts'
import { publishLog } from '../../src/register/publish-log.ts'
import { refKey } from '../../src/register/ref-key.ts'
import type { Register } from '../../src/register/register.ts'
import type { RegisterStore } from '../../src/register/store.ts'
import { createDatabase } from '../postgres-server.ts'
import { memoryPlaces } from '../register/log-places.ts'
import { openOn } from '../register/open-on.ts'
import { type CuttingProxy, type Fate, startCuttingProxy } from './cutting-proxy.ts'

let url: string
let direct: RegisterStore
let register: Register
let administrator: pg.Client

beforeAll(async () => {
  url = await newDatabase()
  direct = await openPostgresStore({ url })
  register = await openOn(direct)
  administrator = new pg.Client({ connectionString: url })
  await administrator.connect()
})
afterAll(async () => {
  await administrator.end()
  await direct.close()
})

function newDatabase(): Promise<string> {
  return createDatabase(inject('postgresUrl'), `cut_${randomUUID().replaceAll('-', '')}`, 'register_template')
}

/** A statement of a person nobody knew before. */
function draft(key: string = randomUUID()): BatchDraft {
  const events = eventColumns(1)
  events.subject[0] = -1
  events.kind[0] = 1
  return {
    ...{ kind: 'test', actor: 'tester', idempotencyKey: key, contentHash: key, events },
    enrol: refKey(register.keys, 'member', key),
  }
}

/** Position by key, of everything on record. */
async function onRecord(): Promise<Map<string, number>> {
  const rows = await direct.query<{ position: number; idempotency_key: string }>(
    'select position, idempotency_key from register.batch order by position',
  )
  expect(rows.map(({ position }) => position)).toEqual(rows.map((_, n) => n + 1))
  return new Map(rows.map((row) => [row.idempotency_key, row.position]))
}

/** A register through a proxy whose connections meet these fates, one after the other, and then no more. */
async function throughProxy<T>(
  fates: Fate[],
  work: (through: Register, proxy: CuttingProxy) => Promise<T>,
): Promise<T> {
  let begun = false
  const proxy = await startCuttingProxy(url, () => (begun ? fates.shift() : undefined))
  const store = await openPostgresStore({ url: proxy.url })
  try {
    const through = await openOn(store)
    begun = true
    // Those that were opened on the way here have no fate.
    await endConnections()
    return await work(through, proxy)
  } finally {
    await store.close()
    await proxy.close()
  }
}

async function endConnections(): Promise<void> {
  await administrator.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and application_name = 'fairshare'`,
  )
}

describe('a connection that breaks', () => {
  test.each(['client', 'server'] as const)(
    'after any number of bytes from the %s: what was acknowledged is there, once, and not called a repetition',
    async (from) => {
      const acknowledged = new Map<string, number>()
      const sizes = Array.from({ length: 14 }, (_, n) => 1 + n * (from === 'client' ? 260 : 140))
      let cuts = 0
      for (const bytes of sizes)
        await throughProxy([{ cut: 'after-bytes', from, bytes }], async (through, proxy) => {
          const one = draft()
          const appended = await through.append(one)
          expect(appended.repeated).toBe(false)
          acknowledged.set(one.idempotencyKey, appended.position)
          cuts += proxy.cuts.get('after-bytes') ?? 0
        })
      expect(cuts).toBeGreaterThan(8)
      const found = await onRecord()
      for (const [key, position] of acknowledged) expect(found.get(key)).toBe(position)
    },
  )

  test.each(['commit-unsent', 'commit-sent', 'commit-answered'] as const)(
    'around the commit (%s), twice: the statement is on record once, and a decision under the lock is asked again only if it was not',
    async (cut) => {
      await throughProxy([{ cut }, { cut }], async (through, proxy) => {
        const before = (await onRecord()).size
        let asked = 0
        const appended = await appendUnderLock(through, async () => {
          asked++
          return draft()
        })
        expect(appended).toMatchObject({ repeated: false, position: before + 1 })
        expect((await onRecord()).size).toBe(before + 1)
        expect(proxy.cuts.get(cut)).toBe(2)
        if (cut === 'commit-unsent') expect(asked).toBe(3)
        if (cut === 'commit-answered') expect(asked).toBe(1)
      })
    },
  )

  test('again and again under many writers: acknowledged and found are the same, none twice, and the log verifies', async () => {
    const kinds = ['commit-unsent', 'commit-sent', 'commit-answered'] as const
    const fates = Array.from(
      { length: 60 },
      (_, n): Fate =>
        n % 4 === 3
          ? { cut: 'after-bytes', from: n % 8 === 3 ? 'client' : 'server', bytes: 400 + ((n * 977) % 9_000) }
          : { cut: kinds[n % 4]! },
    )
    const before = await onRecord()
    await throughProxy(fates, async (through, proxy) => {
      const acknowledged = new Map<string, number>()
      const unsure: string[] = []
      const write = async () => {
        for (let n = 0; n < 25; n++) {
          const one = draft()
          await through.append(one).then(
            ({ position, repeated }) => {
              expect(repeated).toBe(false)
              acknowledged.set(one.idempotencyKey, position)
            },
            (error: unknown) => {
              expect(error).toMatchObject({ code: 'register.unavailable' })
              unsure.push(one.idempotencyKey)
            },
          )
        }
      }
      await Promise.all(Array.from({ length: 16 }, write))
      const found = await onRecord()
      for (const [key, position] of acknowledged) expect(found.get(key)).toBe(position)
      const more = unsure.filter((key) => found.has(key)).length
      expect(found.size - before.size).toBe(acknowledged.size + more)
      expect(acknowledged.size + unsure.length).toBe(16 * 25)
      for (const kind of kinds) expect(proxy.cuts.get(kind), kind).toBeGreaterThan(1)
    })
    const places = memoryPlaces()
    const { size } = await publishLog(register, places)
    expect(await checkLog(register, places)).toMatchObject({ holds: true, size })
  })

  test('by an administrator’s word, while 8 write and 4 read: every one of them goes on', async () => {
    const acknowledged = new Map<string, number>()
    let writing = true
    const write = async () => {
      while (writing) {
        const one = draft()
        const { position, repeated } = await register.append(one)
        expect(repeated).toBe(false)
        acknowledged.set(one.idempotencyKey, position)
      }
    }
    let reads = 0
    const read = async () => {
      while (writing) {
        await direct.query('select count(*) from register.batch')
        reads++
      }
    }
    const work = [...Array.from({ length: 8 }, write), ...Array.from({ length: 4 }, read)]
    for (let round = 0; round < 8; round++) {
      await new Promise((resolve) => setTimeout(resolve, 60))
      await endConnections()
    }
    writing = false
    await Promise.all(work)
    expect(reads).toBeGreaterThan(8)
    const found = await onRecord()
    for (const [key, position] of acknowledged) expect(found.get(key)).toBe(position)
  })

  test('in the middle of a long reading is told to whoever reads, and the store goes on', async () => {
    const sql = "select g, repeat('x', 200) from generate_series(1, 300000) as g"
    const read = async () => {
      let first = true
      for await (const _ of direct.copyOut(sql)) {
        if (first) await endConnections()
        first = false
      }
    }
    await expect(read()).rejects.toMatchObject({ code: 'register.unavailable' })
    expect(await direct.query('select 1 as one')).toEqual([{ one: 1 }])
  })

  test('for good is told as such, of every statement that waited', async () => {
    const lost: Fate[] = Array.from({ length: 200 }, () => ({ cut: 'after-bytes', from: 'server', bytes: 1 }))
    await throughProxy(lost, async (through) => {
      const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => through.append(draft())))
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ reason: { code: 'register.unavailable' } })
    })
  })
})

describe('a server that gives way', () => {
  test.each(['40001', '40P01'])('(%s) is asked again', async (code) => {
    let tries = 0
    const { repeated } = await register.append({
      ...draft(),
      extra: async (session) => {
        if (++tries < 3) await session.script(`do $$ begin raise exception using errcode = '${code}'; end $$`)
      },
    })
    expect({ tries, repeated }).toEqual({ tries: 3, repeated: false })
  })

  test('is not asked again where a rule was broken', async () => {
    let tries = 0
    const breaking = async (session: { query(sql: string): Promise<unknown> }) => {
      tries++
      await session.query('insert into register.head select * from register.head')
    }
    await expect(register.append({ ...draft(), extra: breaking })).rejects.toMatchObject({
      sqlState: '23505',
    })
    expect(tries).toBe(1)
  })
})

describe('a lock that is held', () => {
  test('by somebody who hangs is told when the time is up, and taken when it is given up', async () => {
    await administrator.query('begin')
    await administrator.query('select 1 from register.head for update')
    const impatient = await openPostgresStore({ url: `${url}?options=-c%20lock_timeout%3D200` })
    try {
      const hurried = await openOn(impatient)
      await expect(hurried.append(draft())).rejects.toMatchObject({ code: 'register.busy' })
      const waiting = register.append(draft())
      await administrator.query('rollback')
      expect(await waiting).toMatchObject({ repeated: false })
      expect(await hurried.append(draft())).toMatchObject({ repeated: false })
    } finally {
      await administrator.query('rollback')
      await impatient.close()
    }
  })

  test('by a process that froze is taken from it by the server; when it wakes, it has written nothing', async () => {
    const options = '?options=-c%20idle_in_transaction_session_timeout%3D200'
    const frozen = await openPostgresStore({ url: `${url}${options}` })
    try {
      const before = (await onRecord()).size
      const held = frozen.transaction(async (session) => {
        await session.query('select 1 from register.head for update')
        await session.query('update register.head set recorded_at = recorded_at + 1')
        await expect(register.append(draft())).resolves.toMatchObject({ position: before + 1 })
        await session.query('select 1')
      })
      await expect(held).rejects.toMatchObject({ code: 'register.unavailable' })
      expect(await frozen.query('select 1 as one')).toEqual([{ one: 1 }])
    } finally {
      await frozen.close()
    }
  })

  test('is waited for longer than a frozen holder is borne with, on every connection', async () => {
    const times = `select current_setting('lock_timeout') as lock, current_setting('idle_in_transaction_session_timeout') as idle`
    expect(await direct.query(times)).toEqual([{ lock: '90s', idle: '1min' }])
    expect(await direct.asLogin!.query(times)).toEqual([{ lock: '90s', idle: '1min' }])
  })
})
