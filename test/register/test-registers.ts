// Registers to test on: one fresh folder or database each, on PGlite and on PostgreSQL.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { openPgliteStore } from '../../src/adapters/pglite/open-pglite-store.ts'
import { openPostgresStore } from '../../src/adapters/postgres/open-postgres-store.ts'
import type { KeyRing } from '../../src/register/key-ring.ts'
import { openRegister, type Register } from '../../src/register/open-register.ts'
import type { RegisterStore } from '../../src/register/store.ts'
import { readMigrations } from '../global-setup.ts'
import { createDatabase } from '../postgres-server.ts'

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

export type TestRegister = { register: Register; dispose(): Promise<void> }

export async function openTestRegister(kind: StoreKind): Promise<TestRegister> {
  const { store, dispose } = await openTestStore(kind)
  return { register: await openOn(store), dispose }
}

/** A clock that gives microseconds of the wall clock: the register makes them distinct. */
export function openOn(store: RegisterStore, keys: KeyRing = testKeys()): Promise<Register> {
  return openRegister({ store, keys, migrations: readMigrations(), now: () => Date.now() * 1000 })
}

/** Made-up keys; `seed` makes others. */
export function testKeys(seed = 1): KeyRing {
  return {
    lookupPepper: { id: 1, bytes: new Uint8Array(32).fill(seed) },
    epoch: 1,
    epochKey: () => new Uint8Array(32).fill(seed + 100),
  }
}
