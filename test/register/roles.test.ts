// Who may do what to a register: as stated here for every table, and as the server answers people who really log in.
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openPostgresStore } from '../../src/adapters/postgres/open-postgres-store.ts'
import { leafHash, MerkleRoot } from '../../src/log/merkle.ts'
import { appendBatch } from '../../src/register/append-batch.ts'
import { destroyKeys, finishDestruction } from '../../src/register/destroy-keys.ts'
import { findSubject } from '../../src/register/find-subject.ts'
import { migrate } from '../../src/register/migrate.ts'
import { refKey } from '../../src/register/ref-key.ts'
import { requestErasure } from '../../src/register/request-erasure.ts'
import type { RegisterStore } from '../../src/register/store.ts'
import { readMigrations } from '../global-setup.ts'
import { createDatabase } from '../postgres-server.ts'
import { createLogin, type Login } from './logins.ts'
import { openOn } from './open-on.ts'
import { asLogin, openTestStore, storeKinds } from './test-registers.ts'

const addedTo = { writer: 'insert select', reader: 'select' }
const batchColumns = 'actor entry event_count first_subject kind position recorded_at subject_count'
/** Every table of both schemas. One that is missing here was added without anybody saying who may do what to it. */
const stated: Record<string, Partial<Record<'writer' | 'reader' | 'auditor', string>>> = {
  'register.identity': { ...addedTo, auditor: 'select' },
  'register.batch': {
    writer: addedTo.writer,
    reader: `select (${batchColumns})`,
    auditor: `select (${batchColumns})`,
  },
  'register.term': { ...addedTo, auditor: 'select' },
  'register.policy_version': { ...addedTo, auditor: 'select' },
  'register.subject': { ...addedTo, auditor: 'select' },
  'register.event': { ...addedTo, auditor: 'select (commitment kind ord position subject)' },
  'register.record': { ...addedTo, auditor: 'select' },
  'register.release_member': { ...addedTo, auditor: 'select' },
  'register.release_removal': { ...addedTo, auditor: 'select' },
  'register.suppression': addedTo,
  'register.migration': { writer: 'select', reader: 'select', auditor: 'select' },
  'register.head': { writer: 'insert select update', reader: 'select', auditor: 'select' },
  'erasable.secret': { writer: 'delete insert select truncate' },
  'erasable.ref': { writer: 'delete insert select, update (folded)' },
  'erasable.hold': { writer: 'delete insert select update' },
}
const tables = Object.keys(stated)
const appendOnly = tables.filter((table) => !/head$|^erasable/.test(table))

describe.each(storeKinds)('in a register on %s', (kind) => {
  test('every table has the privileges stated for it, its owner is the owner, and the public has nothing', async () => {
    const { store, dispose } = await openTestStore(kind)
    const rows = await store.query<{ name: string; owner: string; acl: string | null }>(
      `select c.oid::regclass::text as name, c.relowner::regrole::text as owner,
              (select string_agg(grantee || ' ' || words, '|' order by grantee, words) from (
                 select grantee::regrole::text as grantee, string_agg(lower(privilege_type), ' ' order by privilege_type) as words
                   from aclexplode(c.relacl) where grantee <> c.relowner group by grantee
                 union all
                 select grantee::regrole::text, lower(privilege_type) || ' (' || string_agg(attname, ' ' order by attname) || ')'
                   from pg_attribute, aclexplode(attacl) where attrelid = c.oid group by grantee, privilege_type) granted) as acl
         from pg_class c
        where c.relkind not in ('i', 't') and c.relnamespace in ('register'::regnamespace, 'erasable'::regnamespace)
        order by c.relnamespace::regnamespace::text desc, c.relname`,
    )
    await dispose()
    expect(new Set(rows.map(({ owner }) => owner))).toEqual(new Set(['fairshare_owner']))
    const found = Object.fromEntries(rows.map(({ name, acl }) => [name, privilegesOf(acl)]))
    expect(found).toEqual(stated)
  })

  test('what runs as the owner resolves names in a schema nobody else writes to, and only the writer calls it', async () => {
    const { store, dispose } = await openTestStore(kind)
    const functions = await store.query<{ name: string; path: string; callers: string | null }>(
      `select p.oid::regproc::text as name, array_to_string(proconfig, ' ') as path,
              (select string_agg(grantee::regrole::text, ' ') from aclexplode(proacl) where grantee <> proowner) as callers
         from pg_proc p where p.pronamespace in ('register'::regnamespace, 'erasable'::regnamespace) order by 1`,
    )
    await dispose()
    const pinned = 'search_path=pg_catalog, pg_temp'
    expect(functions).toEqual([
      { name: 'register.forget_content', path: pinned, callers: 'fairshare_writer' },
      { name: 'register.refuse_batch_change', path: pinned, callers: null },
      { name: 'register.refuse_change', path: pinned, callers: null },
      { name: 'register.rewrite_table', path: pinned, callers: 'fairshare_writer' },
    ])
  })
})

/** `fairshare_writer insert select|…` → role → its words. */
function privilegesOf(acl: string | null): Record<string, string> {
  const found: Record<string, string> = {}
  for (const part of acl?.split('|') ?? []) {
    const [role = '', ...words] = part.split(' ')
    const name = role.replace('fairshare_', '')
    found[name] = [...(found[name] === undefined ? [] : [found[name]]), words.join(' ')].join(', ')
  }
  return found
}

describe('on PostgreSQL, people who log in', () => {
  let url: string
  let logins: Record<'app' | 'report' | 'audit' | 'stranger', Login>
  let app: RegisterStore

  beforeAll(async () => {
    url = await createDatabase(
      inject('postgresUrl'),
      `roles_${randomUUID().replaceAll('-', '')}`,
      'register_template',
    )
    logins = {
      app: await createLogin(url, ['fairshare_writer']),
      report: await createLogin(url, ['fairshare_reader']),
      audit: await createLogin(url, ['fairshare_auditor']),
      stranger: await createLogin(url, []),
    }
    app = await openPostgresStore({ url: logins.app.url })
    const register = await openOn(app)
    await appendBatch(register, {
      ...{ kind: 'test', actor: 'tester', idempotencyKey: 'first', contentHash: 'first' },
      enrol: Buffer.concat(['M-1', 'M-2'].map((value) => refKey(register.keys, 'member', value))),
      record: { about: 'a', body: '{}' },
    })
  })
  afterAll(async () => {
    await app.close()
    for (const login of Object.values(logins)) await login.drop()
  })

  test.each(appendOnly)('the application’s can change nothing in %s, in no way', async (table) => {
    const { refusals, answers } = await attempt(logins.app, changesOf(table))
    expect(answers).toEqual([])
    expect(new Set(Object.values(refusals))).toEqual(new Set(['42501']))
  })

  test('the application’s can neither become the owner nor stop the triggers', async () => {
    const { refusals, answers } = await attempt(logins.app, [
      'set role fairshare_owner',
      'set session authorization fairshare',
      'set session_replication_role = replica',
      'set local session_replication_role = replica',
      'alter schema register rename to other',
      'drop schema register cascade',
      'create table register.more (one int4)',
      'create function register.refuse_change(int4) returns int4 language sql as $$ select 1 $$',
      'create or replace function register.refuse_change() returns trigger language plpgsql as $$ begin return new; end $$',
      'grant fairshare_owner to fairshare_writer',
      'alter role fairshare_writer superuser',
    ])
    expect(answers).toEqual([])
    expect(new Set(Object.values(refusals))).toEqual(new Set(['42501']))
  })

  test('the application’s cannot give itself what it was not given', async () => {
    // Answered with a warning that nothing was granted.
    const [update] = changesOf('register.event')
    const { answers } = await attempt(logins.app, [
      'grant update on register.event to fairshare_writer',
      update!,
    ])
    expect(answers).not.toContain(update)
  })

  test('the application’s forgets nobody who is not erased', async () => {
    await expect(app.query('select register.forget_content(array[1])')).rejects.toMatchObject({
      sqlState: '23000',
    })
    await expect(app.query("select register.rewrite_table('register.event')")).rejects.toMatchObject({
      sqlState: '20000',
    })
    const [batch] = await app.query("select idempotency_key from register.batch where kind = 'test'")
    expect(batch).toEqual({ idempotency_key: 'first' })
  })

  const inHead = '(select position from register.head)'
  test.each([
    ['before', inHead, ''],
    ['before, having taken the secret away', inHead, 'delete from erasable.secret where subject = 1;'],
    ['now, and the secret is still there', `${inHead} + 1`, ''],
  ])(
    'the application’s forgets nobody of whom it just says that the erasure is done: %s',
    async (_, position, more) => {
      const client = new pg.Client({ connectionString: logins.app.url })
      await client.connect()
      try {
        await client.query(
          `begin; ${more}
           insert into register.event (position, ord, kind, subject, earliest, latest, grade, source, jurisdiction, qualifier, commitment)
           values (${position}, 777, 6, 1, 0, 0, 0, 1, 0, 2, '\\x00')`,
        )
        const forgotten = client.query('select register.forget_content(array[1])')
        await expect(forgotten).rejects.toMatchObject({ code: '23000' })
      } finally {
        await client.end()
      }
    },
  )

  test.each(['report', 'audit'] as const)('those of a %s read, and write nothing', async (who) => {
    for (const table of tables) {
      const { answers, refusals } = await attempt(logins[who], changesOf(table))
      expect(answers, table).toEqual([])
      expect(Object.keys(refusals).length, table).toBe(changesOf(table).length)
    }
    const { answers } = await attempt(logins[who], [
      'select register.forget_content(array[1])',
      "select register.rewrite_table('erasable.ref')",
      'select * from erasable.secret',
      'select * from erasable.ref',
      'select * from erasable.hold',
    ])
    expect(answers).toEqual([])
  })

  test('a reader’s reads every table of the register, but of batches nothing a guessed reference could be tried on', async () => {
    const columns = (table: string) => (table === 'register.batch' ? batchColumns.replaceAll(' ', ', ') : '*')
    const asked = tables
      .filter((table) => table.startsWith('register.'))
      .map((table) => `select ${columns(table)} from ${table}`)
    expect((await attempt(logins.report, asked)).answers).toEqual(asked)
    const { answers } = await attempt(logins.report, [
      'select content_hash from register.batch',
      'select idempotency_key from register.batch',
      'select * from register.batch',
    ])
    expect(answers).toEqual([])
  })

  test('an auditor’s verifies the log and its documents, and sees nothing a guessed reference could be tried on', async () => {
    const client = new pg.Client({ connectionString: logins.audit.url })
    await client.connect()
    const { rows: batches } = await client.query('select entry from register.batch order by position')
    const { rows: heads } = await client.query('select position, edge from register.head')
    const { rows: records } = await client.query('select body, salt from register.record')
    await client.end()
    const tree = new MerkleRoot()
    for (const { entry } of batches) tree.addLeafHash(leafHash(entry))
    expect(Buffer.from(tree.edge())).toEqual(heads[0].edge)
    expect(Number(heads[0].position)).toBe(batches.length)
    expect(records).toHaveLength(1)
    const { answers } = await attempt(logins.audit, [
      'select content_hash from register.batch',
      'select idempotency_key from register.batch',
      'select * from register.event',
      'select earliest from register.event',
      'select stated_text from register.event',
      'select * from register.suppression',
    ])
    expect(answers).toEqual([])
  })

  test('without a role of ours see nothing, and are told what to ask for', async () => {
    const { answers } = await attempt(
      logins.stranger,
      tables.map((table) => `select count(*) from ${table}`),
    )
    expect(answers).toEqual([])
    for (const login of [logins.stranger, logins.report]) {
      const store = await openPostgresStore({ url: login.url })
      await expect(openOn(store)).rejects.toMatchObject({ code: 'register.forbidden' })
      await store.close()
    }
  })

  test('as the owner of everything work as the writer, and append-only stays append-only', async () => {
    const store = await openPostgresStore({ url })
    await openOn(store)
    expect(await store.query('select current_user as who')).toEqual([{ who: 'fairshare_writer' }])
    await store.transaction(async (session) => {
      expect(await session.query('select current_user as who')).toEqual([{ who: 'fairshare_writer' }])
    })
    await expect(store.query("update register.batch set actor = 'x'")).rejects.toMatchObject({
      sqlState: '42501',
    })
    expect(await asLogin(store).query('select current_user as who')).toEqual([{ who: 'fairshare' }])
    expect(await store.query('select current_user as who')).toEqual([{ who: 'fairshare_writer' }])
    await store.close()
  })

  test('under the writer’s role destroy keys all the way; only the server’s log is said to be left', async () => {
    const register = await openOn(app)
    const person = { kind: 'member', value: 'M-2' }
    await requestErasure(register, {
      ...{ person, at: { earliest: 0, latest: 0 }, grade: 'A', source: 'letter', actor: 'dpo' },
      qualifier: 'requested',
    })
    const subject = (await findSubject(register, person))!
    await destroyKeys(register, [subject], { actor: 'dpo', zone: 'UTC' })
    expect(await finishDestruction(register)).toMatchObject({ tables: true, walOverwritten: false })
    expect(await findSubject(register, person)).toBeUndefined()
    expect(await app.query("select content_hash from register.batch where kind = 'test'")).toEqual([
      { content_hash: '' },
    ])
  })
})

describe('on PostgreSQL, a login that migrates', () => {
  test('needs to be the owner, or nothing is tried; the application’s goes on where nothing is to be done', async () => {
    const url = await createDatabase(inject('postgresUrl'), `roles_${randomUUID().replaceAll('-', '')}`)
    const [dba, worker] = [await createLogin(url, []), await createLogin(url, ['fairshare_writer'])]
    const owner = await openPostgresStore({ url: dba.url })
    const working = await openPostgresStore({ url: worker.url })
    const bring = (store: RegisterStore) => migrate(store, readMigrations(), () => 0)
    try {
      await expect(bring(working)).rejects.toMatchObject({ code: 'register.unmigrated' })
      await expect(bring(owner)).rejects.toMatchObject({ code: 'register.unmigrated' })
      await dba.asAdministrator(`grant create on database ${new URL(url).pathname.slice(1)} to ${dba.name}`)
      // It may make a schema, and not become the owner of it: the roles of this server were made by somebody else.
      await expect(bring(owner)).rejects.toMatchObject({ code: 'register.forbidden' })
      expect(
        await owner.query("select 1 from pg_namespace where nspname in ('register', 'erasable')"),
      ).toEqual([])
      await dba.asAdministrator(`grant fairshare_owner to ${dba.name}`)
      const last = readMigrations().at(-1)!.number
      expect(await bring(owner)).toEqual({ from: 0, to: last })
      expect(await bring(working)).toEqual({ from: last, to: last })
      expect((await openOn(working)).registerId).toMatch(/^[0-9a-f-]{36}$/)
      await expect(migrate(working, [...readMigrations(), next(last)], () => 0)).rejects.toMatchObject({
        code: 'register.unmigrated',
      })
    } finally {
      await Promise.all([owner.close(), working.close()])
      await dba.asAdministrator(`drop database ${new URL(url).pathname.slice(1)} with (force)`)
      await Promise.all([dba.drop(), worker.drop()])
    }
  })
})

const next = (last: number) => ({
  number: last + 1,
  name: 'next.sql',
  sql: 'create table register.next (one int4)',
})

/** Every way of changing what is there, or what keeps it from being changed. */
function changesOf(table: string): string[] {
  const column = firstColumn(table)
  return [
    `update ${table} set ${column} = ${column}`,
    `delete from ${table}`,
    `truncate ${table}`,
    `merge into ${table} using (select 1) as u on false when matched then delete`,
    `alter table ${table} add column more int4`,
    `alter table ${table} disable trigger all`,
    `alter table ${table} disable trigger append_only`,
    `drop trigger append_only on ${table}`,
    `create trigger mine before insert on ${table} for each row execute function register.refuse_change()`,
    `create rule mine as on insert to ${table} do instead nothing`,
    `drop table ${table}`,
  ]
}

function firstColumn(table: string): string {
  const columns: Record<string, string> = {
    'register.identity': 'one',
    'register.head': 'one',
    'register.subject': 'number',
    'register.term': 'number',
    'register.policy_version': 'number',
    'register.migration': 'number',
    'register.release_member': 'chunk',
    'register.release_removal': 'release',
    'register.suppression': 'key',
    'erasable.ref': 'key',
    'erasable.secret': 'subject',
    'erasable.hold': 'subject',
  }
  return columns[table] ?? 'position'
}

/** Each statement by itself: those that were answered, and of the others the code of the refusal. */
async function attempt(
  { url }: Login,
  statements: readonly string[],
): Promise<{ answers: string[]; refusals: Record<string, string> }> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const answers: string[] = []
  const refusals: Record<string, string> = {}
  try {
    for (const statement of statements)
      await client.query(statement).then(
        () => answers.push(statement),
        (error: unknown) => {
          refusals[statement] = (error as pg.DatabaseError).code ?? 'none'
        },
      )
  } finally {
    await client.end()
  }
  return { answers, refusals }
}
