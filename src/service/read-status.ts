// What stands in a data folder: register, policy in force, projection, and the law the program knows.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { packs } from '../decide/packs/choose-packs.ts'
import type { DateNumber } from '../model/instant.ts'
import type { PolicyKind } from '../model/policy.ts'
import { readPublishedPolicy } from '../register/publish-policy.ts'
import { type Holdings, readHoldings } from '../register/read-holdings.ts'
import { readProjectedPosition } from '../release/read-projected-position.ts'
import type { Configuration } from './configuration.ts'
import type { App } from './open-app.ts'

export type Status = Holdings & {
  registerId: string
  policy: { kind: PolicyKind; count: number }[]
  /** Undefined while there is no projection. */
  projectedPosition: number | undefined
}

export type PackValidity = { id: string; title: string; from: DateNumber; to: DateNumber | undefined }

/** False where opening would make a new, empty register. */
export function registerExists({ home, databaseUrl }: Configuration): boolean {
  return databaseUrl !== undefined || existsSync(join(home, 'register'))
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
  }
}

export function packValidity(): PackValidity[] {
  return packs.map(({ id, title, from, to }) => ({ id, title, from, to }))
}
