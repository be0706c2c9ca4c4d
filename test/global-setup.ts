// Once per test run: a PostgreSQL server with a migrated template database, and a migrated PGlite folder to copy.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openPgliteStore } from '../src/adapters/pglite/open-pglite-store.ts'
import { openPostgresStore } from '../src/adapters/postgres/open-postgres-store.ts'
import { type Migration, migrate } from '../src/register/migrate.ts'
import { createDatabase, startPostgres } from './postgres-server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: string
    pgliteTemplate: string
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'fairshare-test-'))
  const server = await startPostgres()
  const [template] = await Promise.all([makePgliteTemplate(folder), makePostgresTemplate(server.url)])
  project.provide('postgresUrl', server.url)
  project.provide('pgliteTemplate', template)
  return async () => {
    await server.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

export function readMigrations(): Migration[] {
  const folder = new URL('../sql/', import.meta.url)
  return readdirSync(folder)
    .filter((file) => /^\d{4}_.*\.sql$/.test(file))
    .sort()
    .map((file) => ({
      number: Number(file.slice(0, 4)),
      name: file,
      sql: readFileSync(new URL(file, folder), 'utf8'),
    }))
}

async function makePostgresTemplate(url: string): Promise<void> {
  const store = await openPostgresStore({ url: await createDatabase(url, 'register_template') })
  await migrate(store, readMigrations(), () => 0)
  await store.close()
}

async function makePgliteTemplate(folder: string): Promise<string> {
  const path = join(folder, 'pglite-template')
  const store = await openPgliteStore({ folder: path })
  await migrate(store, readMigrations(), () => 0)
  await store.close()
  return path
}
