// Brings a database to the schema this program knows, forward only; never touches one that is ahead, nor one made by other files.
import { createHash } from 'node:crypto'
import type { Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { asForbidden } from './as-forbidden.ts'
import type { RegisterStore, StoreSession } from './store.ts'

/** One numbered file of sql/. */
export type Migration = { number: number; name: string; sql: string }

/** Numbers of the schema before and after; the same when there was nothing to do. */
export type Migrated = { from: number; to: number }

/** Any constant of ours: programs that open one database at the same time migrate it one after the other. */
const MIGRATION_LOCK = 7_205_759_403

/**
 * Applies what is missing; all of it or nothing. With a login that may not, `register.unmigrated`, and nothing was tried. A
 * schema that is up to date is only looked at: the application's login needs no more.
 */
export function migrate(
  store: RegisterStore,
  migrations: readonly Migration[],
  now: () => Instant,
): Promise<Migrated> {
  return asForbidden('it may not make the roles, or not become the owner', () =>
    bringUpTo(store.asLogin ?? store, migrations, now),
  )
}

async function bringUpTo(
  store: Pick<RegisterStore, 'query' | 'transaction'>,
  migrations: readonly Migration[],
  now: () => Instant,
): Promise<Migrated> {
  const to = migrations.at(-1)?.number ?? 0
  const found = await lookAt(store, migrations)
  if (found === to) return { from: found, to }
  if (!(await mayMigrate(store)))
    throw new Problem('register.unmigrated', `its schema is number ${found}, this program needs ${to}`)
  return store.transaction(async (session) => {
    await session.query('select pg_advisory_xact_lock($1::int8)', [MIGRATION_LOCK])
    // Again, now that nobody else is at it.
    const from = await lookAt(session, migrations)
    await apply(
      session,
      migrations.filter(({ number }) => number > from),
      now(),
    )
    return { from, to }
  })
}

/** True when no register was ever opened here: the one moment at which keys may be made. */
export async function registerIsNew(store: Pick<RegisterStore, 'query'>): Promise<boolean> {
  const [schema] = await store.query<{ tables: boolean; mine: boolean }>(
    `select exists (select from pg_tables where schemaname = 'register') as tables,
            coalesce((select has_schema_privilege(oid, 'usage') from pg_namespace where nspname = 'register'), true) as mine`,
  )
  if (!schema!.tables) return true
  if (!schema!.mine) throw new Problem('register.forbidden', 'it may not look into the register')
  return (await store.query('select 1 from register.identity')).length === 0
}

/** Number of the last migration applied, every one of them compared with the file of that number; 0 = none. */
async function lookAt(
  session: Pick<StoreSession, 'query'>,
  migrations: readonly Migration[],
): Promise<number> {
  const [table] = await session.query<{ there: boolean }>(
    "select exists (select from pg_tables where schemaname = 'register' and tablename = 'migration') as there",
  )
  if (!table!.there) return 0
  // As JSON: a schema from before the third migration has no hashes.
  const rows = await session.query<{ row: string }>(
    'select to_jsonb(m)::text as row from register.migration m order by number',
  )
  const applied = rows.map(
    ({ row }) => JSON.parse(row) as { number: number; name: string; sha256?: string | null },
  )
  const known = migrations.at(-1)?.number ?? 0
  const last = applied.at(-1)?.number ?? 0
  if (last > known)
    throw new Problem('register.newer', `its schema is number ${last}, this program knows ${known}`)
  for (const { number, name, sha256 } of applied) {
    const file = migrations.find((migration) => migration.number === number)
    if (file?.name !== name || (sha256 && sha256 !== hashOf(file)))
      throw new Problem('register.migration_changed', `migration ${number} is not the one that was applied`)
  }
  return last
}

/** A new schema is made by who may make schemas; one that is there, changed by whoever can become its owner. */
async function mayMigrate(session: Pick<StoreSession, 'query'>): Promise<boolean> {
  const [may] = await session.query<{ may: boolean }>(
    `select coalesce(
              (select pg_has_role(current_user, nspowner, 'member') from pg_namespace where nspname = 'register'),
              has_database_privilege(current_database(), 'create')) as may`,
  )
  return may!.may
}

async function apply(session: StoreSession, missing: readonly Migration[], at: Instant): Promise<void> {
  for (const { sql } of missing) {
    await becomeOwner(session)
    await session.script(sql)
  }
  if (missing.length === 0) return
  await becomeOwner(session)
  const rows = missing.map((migration) => ({
    number: migration.number,
    name: migration.name,
    applied_at: at,
    sha256: hashOf(migration),
  }))
  // By the table's own columns: before the third migration there was none for the hash.
  await session.query(
    'insert into register.migration select * from jsonb_populate_recordset(null::register.migration, $1::text::jsonb)',
    [JSON.stringify(rows)],
  )
  const last = missing.at(-1)!.number
  // Processes that run on see it before their next append; the row is not there before the register is first opened.
  if (last >= FIRST_WITH_NUMBER)
    await session.query('update register.head set schema_number = $1::int4', [last])
}

/** The migration from which on the head says which is the last. */
const FIRST_WITH_NUMBER = 3

/** For the rest of this transaction; what it makes belongs to whoever owns the schema, whatever login runs it. */
async function becomeOwner(session: StoreSession): Promise<void> {
  await session.query(
    `select set_config('role', r.rolname, true) from pg_namespace n join pg_roles r on r.oid = n.nspowner
      where n.nspname = 'register'`,
  )
}

/** Of the text, whatever line ends a checkout gave it. */
function hashOf({ sql }: Migration): string {
  return createHash('sha256').update(sql.replaceAll('\r\n', '\n'), 'utf8').digest('hex')
}
