// Registers to test on: one fresh folder or database each, on PGlite and on PostgreSQL.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { openPgliteStore } from '../../src/adapters/pglite/open-pglite-store.ts'
import { openPostgresStore } from '../../src/adapters/postgres/open-postgres-store.ts'
import type { Register } from '../../src/register/open-register.ts'
import type { RegisterStore } from '../../src/register/store.ts'
import { createDatabase } from '../postgres-server.ts'
import { openOn } from './open-on.ts'

export const storeKinds = ['pglite', 'postgres'] as const
export type StoreKind = (typeof storeKinds)[number]

export type TestStore = { store: RegisterStore; dispose(): Promise<void> }

/** A migrated store with nothing in it. */
export async function openTestStore(kind: StoreKind): Promise<TestStore> {
  if (kind === 'postgres') {
    const name = `register_${randomUUID().replaceAll('-', '')}`
    const url = await createDatabase(inject('postgresUrl'), name, 'register_template')
    const store = await openPostgresStore({ url, connectionsMax: 20 })
    return { store, dispose: () => store.close() }
  }
  const folder = mkdtempSync(join(tmpdir(), 'fairshare-register-'))
  const store = await openPgliteStore({
    folder: join(folder, 'register'),
    template: inject('pgliteTemplate'),
  })
  return {
    store,
    dispose: async () => {
      await store.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** As whoever owns the tables, who alone can tamper: where a register works under a role of its own, that one cannot. */
export function asLogin(store: RegisterStore): Pick<RegisterStore, 'query' | 'script' | 'transaction'> {
  return store.asLogin ?? store
}

export type TestRegister = { register: Register; dispose(): Promise<void> }

export async function openTestRegister(kind: StoreKind): Promise<TestRegister> {
  const { store, dispose } = await openTestStore(kind)
  return { register: await openOn(store), dispose }
}
