// What stands in a data folder: register, policy in force, projection, and the law the program knows.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { openPostgresStore } from '../adapters/postgres/open-postgres-store.ts'
import type { Light } from '../custody/obligation.ts'
import { readObligations } from '../custody/read-obligations.ts'
import type { DateNumber, Instant } from '../model/instant.ts'
import type { PolicyKind } from '../model/policy.ts'
import { jurisdictions } from '../model/vocabulary.ts'
import { registerIsNew } from '../register/migrate.ts'
import { readPublishedPolicy } from '../register/publish-policy.ts'
import { type Holdings, readHoldings } from '../register/read-holdings.ts'
import { readProjectedPosition } from '../release/read-projected-position.ts'
import { type ReleaseState, readReleases } from '../release/read-release.ts'
import type { Configuration } from './configuration.ts'
import { countLights } from './obligations.ts'
import type { App } from './open-app.ts'
import { shippedPacks } from './shipped-packs.ts'

export type Status = Holdings & {
  registerId: string
  policy: { kind: PolicyKind; count: number }[]
  /** Undefined while there is no projection. */
  projectedPosition: number | undefined
  releases: ReleaseStatus[]
  /** What others owe for what they hold, by colour. */
  obligations: Record<Light, number>
}

export type ReleaseStatus = {
  release: string
  recipient: string
  rows: number
  state: 'unfinished' | 'empty' | 'abandoned' | 'delivered' | 'opened' | 'destroyed'
  /** Removals sent whose receipt is not on record. */
  open: { removal: number; count: number; dueAt: Instant; overdue: boolean }[]
}

export type PackValidity = { id: string; title: string; from: DateNumber; to: DateNumber | undefined }

/** False where opening would make a new, empty register. Of a database only the database knows. */
export async function registerExists({ home, databaseUrl }: Configuration): Promise<boolean> {
  if (databaseUrl === undefined) return existsSync(join(home, 'register'))
  const store = await openPostgresStore({ url: databaseUrl, connectionsMax: 1 })
  try {
    return !(await registerIsNew(store))
  } finally {
    await store.close()
  }
}

export async function readStatus(app: App): Promise<Status> {
  const { register, engine } = app
  const counts = new Map<PolicyKind, number>()
  for (const { kind, current } of await readPublishedPolicy(register)) {
    if (current) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return {
    ...(await readHoldings(register)),
    registerId: register.registerId,
    policy: [...counts].map(([kind, count]) => ({ kind, count })),
    projectedPosition: await readProjectedPosition(engine),
    releases: (await readReleases(register.store)).map((state) => releaseStatus(state, register.now())),
    obligations: countLights(await readObligations({ register })),
  }
}

function releaseStatus(state: ReleaseState, now: Instant): ReleaseStatus {
  const { release, committed, empty, sealed, removals } = state
  return {
    release,
    recipient: (committed ?? empty)!.body.request.recipient,
    rows: sealed?.body.members ?? 0,
    state: stateOf(state),
    open: removals
      .filter(({ applied }) => applied === undefined)
      .map(({ sealed: { body } }) => ({
        removal: body.removal,
        count: body.count,
        dueAt: body.dueAt,
        overdue: body.dueAt < now,
      })),
  }
}

function stateOf({ empty, abandoned, delivered, opened, destroyed }: ReleaseState): ReleaseStatus['state'] {
  if (abandoned !== undefined) return 'abandoned'
  if (empty !== undefined) return 'empty'
  if (destroyed !== undefined) return 'destroyed'
  if (opened !== undefined) return 'opened'
  return delivered === undefined ? 'unfinished' : 'delivered'
}

/** One jurisdiction after the other, each in the order of time. */
export function packValidity(): PackValidity[] {
  return shippedPacks()
    .toSorted((a, b) => jurisdictions[a.jurisdiction] - jurisdictions[b.jurisdiction] || a.from - b.from)
    .map(({ id, title, from, to }) => ({ id, title, from, to }))
}
