// Brings a database to the schema this program knows, forward only; never touches one that is ahead.
import type { Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import type { RegisterStore, StoreSession } from './store.ts'

/** One numbered file of sql/. */
export type Migration = { number: number; name: string; sql: string }

/** Any constant of ours: programs that open one database at the same time migrate it one after the other. */
const MIGRATION_LOCK = 7_205_759_403

/** Applies what is missing; all of it or nothing. */
export async function migrate(
  store: RegisterStore,
  migrations: readonly Migration[],
  now: () => Instant,
): Promise<void> {
  await store.transaction(async (session) => {
    await session.query('select pg_advisory_xact_lock($1::int8)', [MIGRATION_LOCK])
    const applied = await lastApplied(session)
    const known = migrations.at(-1)?.number ?? 0
    if (applied > known)
      throw new Problem('register.newer', `its schema is number ${applied}, this program knows ${known}`)
    for (const migration of migrations) {
      if (migration.number <= applied) continue
      await session.script(migration.sql)
      await session.query('insert into register.migration (number, name, applied_at) values ($1, $2, $3)', [
        migration.number,
        migration.name,
        now(),
      ])
    }
  })
}

/** True when no register was ever opened here: the one moment at which keys may be made. */
export async function registerIsNew(store: RegisterStore): Promise<boolean> {
  if ((await store.query("select 1 from pg_tables where schemaname = 'register' limit 1")).length === 0)
    return true
  return (await store.query('select 1 from register.identity')).length === 0
}

async function lastApplied(session: StoreSession): Promise<number> {
  const [found] = await session.query<{ migrations: string | null }>(
    "select to_regclass('register.migration')::text as migrations",
  )
  if (found!.migrations === null) return 0
  const [last] = await session.query<{ number: number | null }>(
    'select max(number) as number from register.migration',
  )
  return last!.number ?? 0
}
