// What every register store promises; each adapter's test runs this suite.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RowBuffer } from '../../src/register/copy-rows.ts'
import { type RegisterStore, StatementRefused } from '../../src/register/store.ts'
import { asLogin, type TestStore } from '../register/test-registers.ts'

export function describeRegisterStore(name: string, open: () => Promise<TestStore>): void {
  describe(`a register store on ${name}`, () => {
    let opened: TestStore
    let store: RegisterStore

    beforeAll(async () => {
      opened = await open()
      store = opened.store
      await asLogin(store).script(
        `create table kept (id int4 primary key, big int8, label text, bytes bytea, tag uuid);
         grant select, insert on kept to fairshare_writer`,
      )
    })
    afterAll(() => opened.dispose())

    test('gives int8 as numbers, bytea as bytes, uuid and text as strings, null as null', async () => {
      const rows = await store.query(
        `select $1::int8 as big, 7::int2 as small, $2::bytea as bytes, $3::text as label, null::int4 as none,
                '00112233-4455-6677-8899-aabbccddeeff'::uuid as tag`,
        [9_007_199_254_740_991, Uint8Array.of(0, 1, 255), "Zoë's \\ 'x'"],
      )
      expect(rows).toEqual([
        {
          big: 9_007_199_254_740_991,
          small: 7,
          bytes: Uint8Array.of(0, 1, 255),
          label: "Zoë's \\ 'x'",
          none: null,
          tag: '00112233-4455-6677-8899-aabbccddeeff',
        },
      ])
    })

    test('takes arrays of numbers and of texts as parameters', async () => {
      const rows = await store.query('select n, t from unnest($1::int4[], $2::text[]) as u (n, t)', [
        [3, -4],
        ['a,b', '"{}'],
      ])
      expect(rows).toEqual([
        { n: 3, t: 'a,b' },
        { n: -4, t: '"{}' },
      ])
    })

    test('copies rows in and out, byte for byte, across the ends of chunks', async () => {
      const rows = new RowBuffer('kept', ['id', 'big', 'label', 'bytes', 'tag'])
      const count = 60_000
      for (let id = 1; id <= count; id++) {
        rows.startRow()
        rows.int4(id)
        rows.int8(id * -1_000_000_007)
        rows.text(id % 3 === 0 ? undefined : `läbel ${id}`)
        rows.bytes(Uint8Array.of(id % 256, 0, 10), 0, 3)
        rows.bytes(new Uint8Array(16).fill(id % 256), 0, 16)
      }
      await store.transaction((session) => session.copyIn(rows.target, rows.take()))
      const text = await copied(store, 'select id, big, label, bytes from kept order by id')
      const lines = text.split('\n')
      expect(lines).toHaveLength(count + 1)
      expect(lines[0]).toBe('1\t-1000000007\tläbel 1\t\\\\x01000a')
      expect(lines[2]).toBe('3\t-3000000021\t\\N\t\\\\x03000a')
      expect(lines[count - 2]).toBe(`59999\t${59_999 * -1_000_000_007}\tläbel 59999\t\\\\x5f000a`)
      const [sum] = await store.query('select sum(id)::int8 as sum from kept')
      expect(sum).toEqual({ sum: (count * (count + 1)) / 2 })
    })

    test('a reader may leave a copy early, and the store goes on', async () => {
      const sql = "select g, repeat('x', 200) from generate_series(1, 200000) as g"
      for await (const chunk of store.copyOut(sql)) {
        expect(chunk.length).toBeGreaterThan(0)
        break
      }
      expect(await store.query('select 1 as one')).toEqual([{ one: 1 }])
    })

    test('a reader may ask the store something while it reads a copy', async () => {
      const sql = "select g, repeat('x', 200) from generate_series(1, 200000) as g"
      let bytes = 0
      let asked = 0
      for await (const chunk of store.copyOut(sql)) {
        if (bytes === 0) asked = (await store.query<{ one: number }>('select 1 as one'))[0]!.one
        bytes += chunk.length
      }
      expect(asked).toBe(1)
      expect(bytes).toBeGreaterThan(200_000 * 200)
    })

    test('a transaction whose work throws leaves nothing and passes the error on', async () => {
      await expect(
        store.transaction(async (session) => {
          await session.query("insert into kept (id, label) values (-1, 'gone')")
          throw new Error('changed my mind')
        }),
      ).rejects.toThrow('changed my mind')
      expect(await store.query('select 1 from kept where id = -1')).toEqual([])
    })

    test('a transaction fails when a statement failed, even if its work swallowed the error', async () => {
      await expect(
        store.transaction(async (session) => {
          await session.query('insert into kept (id) values (-2)')
          await session.query('select 1 / 0').catch(() => {})
        }),
      ).rejects.toBeInstanceOf(StatementRefused)
      expect(await store.query('select 1 from kept where id = -2')).toEqual([])
    })

    test('transactions and queries asked at once do not mix', async () => {
      const one = (id: number) =>
        store.transaction(async (session) => {
          await session.query('insert into kept (id) values ($1)', [id])
          if (id % 2 === 0) throw new Error('even ones roll back')
        })
      const asked = Array.from({ length: 10 }, (_, n) => one(-100 - n).catch(() => {}))
      await Promise.all([...asked, store.query('select 1')])
      const rows = await store.query('select id from kept where id <= -100 order by id desc')
      expect(rows).toEqual([-101, -103, -105, -107, -109].map((id) => ({ id })))
    })

    test('a refused statement says which rule refused it and repeats no value', async () => {
      await store.query("insert into kept (id, label) values (-300, 'first')")
      const refused = await store
        .query("insert into kept (id, label) values (-300, 'very private')")
        .catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(StatementRefused)
      expect(refused).toMatchObject({ sqlState: '23505', constraint: 'kept_pkey' })
      const cast = await store
        .query('select $1::text::int4', ['very private'])
        .catch((error: unknown) => error)
      expect(`${refused} ${cast}`).not.toContain('private')
    })

    test('a copy of rows that break a rule fails and leaves nothing', async () => {
      const rows = new RowBuffer('kept', ['id'])
      for (const id of [-400, -400]) {
        rows.startRow()
        rows.int4(id)
      }
      const bytes = rows.take()
      await expect(store.transaction((session) => session.copyIn(rows.target, bytes))).rejects.toMatchObject({
        constraint: 'kept_pkey',
      })
      expect(await store.query('select 1 from kept where id = -400')).toEqual([])
    })

    for (const [table, column] of Object.entries(appendOnlyTables))
      test(`register.${table} refuses update, delete and truncate`, async () => {
        if ((await store.query('select 1 from register.identity')).length === 0)
          await store.script(oneRowEach)
        for (const change of [
          `update register.${table} set ${column} = ${column}`,
          `delete from register.${table}`,
          `truncate register.${table}`,
        ])
          await expect(asLogin(store).query(change)).rejects.toThrow('append-only')
      })

    test('after closing, every call is refused as unavailable', async () => {
      const { store: closing, dispose } = await open()
      await closing.query('select 1')
      await dispose()
      await expect(closing.query('select 1')).rejects.toMatchObject({ code: 'register.unavailable' })
    })
  })
}

/** Append-only table → one of its columns. */
const appendOnlyTables = {
  identity: 'format',
  batch: 'actor',
  term: 'name',
  policy_version: 'body',
  subject: 'commitment',
  event: 'latest',
  record: 'body',
  release_member: 'bits',
  release_removal: 'verdict',
  migration: 'name',
}

const oneRowEach = `
  insert into register.identity values (true, '00000000-0000-4000-8000-000000000000', 1, 0, '\\x00', 'o');
  insert into register.batch values (1, 'k', 'a', 'i', 'h', null, 0, 0, 0, '\\x00');
  insert into register.term values (1, 'source', 's', 1);
  insert into register.policy_version values (1, 'notice', 'n', '1', 'h', '{}', 1);
  insert into register.subject values (1, '\\x00', 1);
  insert into register.event (position, ord, kind, subject, earliest, latest, grade, source, jurisdiction, commitment)
    values (1, 0, 1, 1, 0, 0, 1, 1, 0, '\\x00');
  insert into register.record values (1, 'decision', 'r', '{}', '\\x00');
  insert into register.release_member values (0, 1, '\\x00');
  insert into register.release_removal values (1, 1, 1, 'recalled', '{}');`

async function copied(store: RegisterStore, sql: string): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of store.copyOut(sql)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
