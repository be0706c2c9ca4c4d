// A schema is made and brought forward once, whole, by whoever comes first, and by the files that made it; a process that is older
// stops. In a server of its own: the roles of the others exist already.
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgresStore } from '../../src/adapters/postgres/open-postgres-store.ts'
import { type Migration, migrate } from '../../src/register/migrate.ts'
import { type Register, SCHEMA } from '../../src/register/register.ts'
import type { RegisterStore } from '../../src/register/store.ts'
import { runInside } from '../cli/run-fairshare.ts'
import { readMigrations } from '../global-setup.ts'
import { createDatabase, type PostgresServer, startPostgres } from '../postgres-server.ts'
import { openOn } from '../register/open-on.ts'

let server: PostgresServer
const stores: RegisterStore[] = []
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(async () => {
  for (const store of stores) await store.close()
  await server.stop()
})

let databases = 0
const newDatabase = () => createDatabase(server.url, `schema_${++databases}`)

async function open(url: string): Promise<RegisterStore> {
  const store = await openPostgresStore({ url, connectionsMax: 3 })
  stores.push(store)
  return store
}

const bring = (store: RegisterStore, migrations: readonly Migration[] = readMigrations()) =>
  migrate(store, migrations, () => 0)
const schemas = (store: RegisterStore) =>
  store.query("select nspname from pg_namespace where nspname in ('register', 'erasable')")

const say = (register: Register, key: string) =>
  register.append({ kind: 'test', actor: 'tester', idempotencyKey: key, contentHash: key })

const next = (sql: string, number = SCHEMA + 1): Migration => ({ number, name: `000${number}_next.sql`, sql })

test('the number the program was written for is that of the last file', () => {
  expect(readMigrations().map(({ number }) => number)).toEqual(
    Array.from({ length: SCHEMA }, (_, n) => n + 1),
  )
})

test('six registers are made in a server without our roles at the same time, one of them by eight at once', async () => {
  const urls = await Promise.all(Array.from({ length: 6 }, newDatabase))
  const opening = await Promise.all([...urls, ...Array.from({ length: 7 }, () => urls[0]!)].map(open))
  const migrated = await Promise.all(opening.map((store) => bring(store)))
  // One of the eight did it; the others found it done.
  expect(migrated.filter(({ from }) => from === 0)).toHaveLength(6)
  const registers = await Promise.all(opening.map((store) => openOn(store)))
  expect(new Set(registers.map(({ registerId }) => registerId)).size).toBe(6)
  const same = registers.filter(({ registerId }) => registerId === registers[0]!.registerId)
  const positions = await Promise.all(same.map((register, n) => say(register, `from ${n}`)))
  expect(positions.map(({ position }) => position).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
})

test('one that fails half-way leaves nothing, and the next goes through', async () => {
  const store = await open(await newDatabase())
  const broken = [...readMigrations(), next('create table register.half (one int4); select 1 / 0')]
  await expect(bring(store, broken)).rejects.toMatchObject({ sqlState: '22012' })
  expect(await schemas(store)).toEqual([])
  await bring(store)
  await expect(bring(store, broken)).rejects.toMatchObject({ sqlState: '22012' })
  expect(await store.query("select to_regclass('register.half') as half")).toEqual([{ half: null }])
  expect(await bring(store)).toEqual({ from: SCHEMA, to: SCHEMA })
})

test('files that are not those that were applied are refused: edited, renamed, or gone', async () => {
  const store = await open(await newDatabase())
  await bring(store)
  const files = readMigrations()
  const changed = (how: Partial<Migration>) => files.map((file, n) => (n === 1 ? { ...file, ...how } : file))
  for (const other of [
    changed({ sql: `${files[1]!.sql}\n` }),
    changed({ name: '0002_other.sql' }),
    files.filter((_, n) => n !== 1),
  ])
    await expect(bring(store, other)).rejects.toMatchObject({ code: 'register.migration_changed' })
  const elsewhere = files.map((file) => ({ ...file, sql: file.sql.replaceAll('\n', '\r\n') }))
  expect(await bring(store, elsewhere)).toEqual({ from: SCHEMA, to: SCHEMA })
})

test('a process that runs on while somebody migrates writes nothing more, and is told why', async () => {
  const url = await newDatabase()
  const store = await open(url)
  const running = await openOn(store)
  await say(running, 'before')
  const newer = [...readMigrations(), next('create table register.more (one int4)')]
  expect(await bring(await open(url), newer)).toEqual({ from: SCHEMA, to: SCHEMA + 1 })
  await expect(say(running, 'after')).rejects.toMatchObject({ code: 'register.newer' })
  await expect(openOn(store)).rejects.toMatchObject({ code: 'register.newer' })
  expect(await store.query('select position from register.head')).toEqual([{ position: 1 }])
  const owner = "select relowner::regrole::text as owner from pg_class where oid = 'register.more'::regclass"
  expect(await store.asLogin!.query(owner)).toEqual([{ owner: 'fairshare_owner' }])
})

test('the command makes a schema and says which login should get which role; it makes no keys', async () => {
  const url = await newDatabase()
  const home = join(tmpdir(), `fairshare-nowhere-${SCHEMA}`)
  const migrating = (databaseUrl: string | undefined) =>
    runInside(['register', 'migrate'], { DATABASE_URL: databaseUrl, FAIRSHARE_HOME: home })
  const first = await migrating(url)
  expect(first).toMatchObject({ exit: 0, stderr: '' })
  expect(first.stdout).toContain(`The schema went from 0 to ${SCHEMA}.`)
  for (const role of ['owner', 'writer', 'reader', 'auditor'])
    expect(first.stdout).toContain(`fairshare_${role}`)
  expect((await migrating(url)).stdout).toContain(`The schema is number ${SCHEMA} already.`)
  expect(existsSync(home)).toBe(false)
  expect(await migrating(undefined)).toMatchObject({ exit: 2, stdout: '' })
})
