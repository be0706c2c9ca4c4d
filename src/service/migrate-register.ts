// Bringing a register in PostgreSQL to the schema of this program, as its owner: makes no keys and needs none, so that whoever
// runs the database server need not hold them.
import { openPostgresStore } from '../adapters/postgres/open-postgres-store.ts'
import { Problem } from '../model/problem.ts'
import { type Migrated, migrate } from '../register/migrate.ts'
import type { Configuration } from './configuration.ts'
import { readMigrations } from './open-app.ts'

export async function migrateRegister({ databaseUrl, now }: Configuration): Promise<Migrated> {
  if (databaseUrl === undefined)
    throw new Problem(
      'usage.invalid',
      'DATABASE_URL is not set; an embedded register is migrated when it is opened',
    )
  const store = await openPostgresStore({ url: databaseUrl, connectionsMax: 1 })
  try {
    return await migrate(store, await readMigrations(), now)
  } finally {
    await store.close()
  }
}
