// Composition: configuration → adapters → register, projection, readers. Opens in the order that makes the locks hold.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ageSealer } from '../adapters/age/age-sealer.ts'
import { openSetEngine } from '../adapters/duckdb/open-set-engine.ts'
import { openOutboxFolder } from '../adapters/files/outbox-folder.ts'
import { readFolder } from '../adapters/files/read-folder.ts'
import { openSignedState } from '../adapters/files/signed-state.ts'
import { fileTableReader } from '../adapters/files/table-reader.ts'
import { openFileKeyRing } from '../adapters/keys/file-key-ring.ts'
import { parquetEncoder } from '../adapters/parquet/parquet-encoder.ts'
import { openPgliteStore } from '../adapters/pglite/open-pglite-store.ts'
import { openPostgresStore } from '../adapters/postgres/open-postgres-store.ts'
import { threadTreeBuilder } from '../adapters/threads/thread-tree-builder.ts'
import { xlsxEncoder } from '../adapters/xlsx/xlsx-encoder.ts'
import type { SetEngine } from '../decide/set-engine.ts'
import type { TableReader } from '../intake/table-reader.ts'
import type { Dataset } from '../model/policy.ts'
import { isProblem, Problem } from '../model/problem.ts'
import type { KeyRing } from '../register/key-ring.ts'
import type { LogPlaces } from '../register/log-store.ts'
import { registerIsNew } from '../register/migrate.ts'
import { openRegister, type Register } from '../register/open-register.ts'
import type { RegisterStore } from '../register/store.ts'
import { prepareProjection } from '../release/catch-up-projection.ts'
import type { ReleaseContext } from '../release/decision-context.ts'
import type { Outbox } from '../release/outbox.ts'
import type { Sealer } from '../release/sealer.ts'
import { type Configuration, signedStatePath } from './configuration.ts'
import { packageRoot, pathBelow } from './package-root.ts'
import { readPolicyBook } from './policy-book.ts'
import { openPublishedLog, publishedLogFolder } from './published-log.ts'

export type App = {
  configuration: Configuration
  register: Register
  engine: SetEngine
  reader: TableReader
  /** Ready to decide under the policy as published; `policy.not_found` when none is. */
  decisionContext(locate: (dataset: Dataset) => string): Promise<ReleaseContext>
  /** Where the log is published, and the second place that remembers what was signed last. */
  log: LogPlaces
  close(): Promise<void>
}

/** What lies between the app and everything that can fail under it. */
export type AppPorts = {
  store: RegisterStore
  engine: SetEngine
  keys: KeyRing
  log: LogPlaces
  outbox: Outbox
  reader: TableReader
  sealer: Sealer
}

export type OpenAppOptions = {
  /** Asked for each port before it is used first; what comes back is used in its place. */
  decorate?: <P extends keyof AppPorts>(name: P, port: AppPorts[P]) => AppPorts[P]
}

const migrationsFolder = pathBelow(packageRoot, 'sql/')

export async function openApp(
  configuration: Configuration,
  { decorate = (_name, port) => port }: OpenAppOptions = {},
): Promise<App> {
  const { home } = configuration
  await mkdir(home, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new Problem('register.unavailable', `the data folder ${home} cannot be made`, { cause })
  })
  // The engine first: its file lock is what keeps a second process out of the embedded store, which has none.
  const opening = await openSetEngine({
    file: join(home, 'projection.duckdb'),
    temporaryFolder: join(home, 'temporary'),
    memoryLimit: configuration.memoryLimit,
  })
  const engine = decorate('engine', opening)
  const opened: { close(): Promise<void> }[] = [engine]
  try {
    const store = decorate('store', await openStore(configuration))
    opened.unshift(store)
    const register = await openRegister({
      store,
      // New keys only for a new register: with other keys everyone in an old one would seem unknown.
      keys: decorate(
        'keys',
        openFileKeyRing({ folder: join(home, 'keys'), create: await registerIsNew(store) }),
      ),
      migrations: await readMigrations(),
      now: configuration.now,
      ...(configuration.logOrigin && { logOrigin: configuration.logOrigin }),
    })
    const releasing = {
      sealer: decorate('sealer', ageSealer),
      encoders: { parquet: parquetEncoder, xlsx: xlsxEncoder },
      outbox: decorate('outbox', openOutboxFolder({ home })),
      growDecided: threadTreeBuilder(),
      log: decorate('log', {
        store: openPublishedLog(publishedLogFolder(configuration)),
        signed: openSignedState(signedStatePath(configuration)),
      }),
    }
    await refuseRolledBack(register, releasing.log)
    await prepareProjection(register, engine).catch((cause: unknown) => {
      throw isProblem(cause) ? cause : new Problem('projection.behind', 'its file is damaged', { cause })
    })
    const reader = decorate('reader', fileTableReader({ temporaryFolder: join(home, 'temporary') }))
    return {
      configuration,
      register,
      engine,
      reader,
      log: releasing.log,
      async decisionContext(locate) {
        const { policy, policyHash, packs } = await readPolicyBook(register)
        return {
          ...releasing,
          register,
          engine,
          reader,
          policy,
          policyHash,
          packs,
          readBook: (session, upTo) =>
            readPolicyBook(session === undefined ? register : { store: session }, upTo),
          locate,
          decisionsFolder: join(home, 'decisions'),
          actor: configuration.actor,
        }
      },
      close: () => closeAll(opened),
    }
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

/** What is recorded in a register restored from an old copy would be lost again, or make a second history. */
async function refuseRolledBack({ store }: Register, { signed }: LogPlaces): Promise<void> {
  const last = await signed.read()
  if (last === undefined) return
  const [head] = await store.query<{ position: number }>('select position from register.head')
  if (head!.position < last.size)
    throw new Problem(
      'log.forked',
      `it stands at position ${head!.position}, its log was signed at ${last.size}`,
    )
}

function openStore({ home, databaseUrl }: Configuration): Promise<RegisterStore> {
  return databaseUrl === undefined
    ? openPgliteStore({ folder: join(home, 'register') })
    : openPostgresStore({ url: databaseUrl })
}

export async function readMigrations() {
  const files = await readFolder(migrationsFolder, ['.sql'])
  return [...files].map(([name, sql]) => ({ number: Number.parseInt(name, 10), name, sql }))
}

async function closeAll(opened: readonly { close(): Promise<void> }[]): Promise<void> {
  for (const resource of opened) await resource.close()
}
