// What the environment says. Only service/ and cli/ read it.
import { resolve } from 'node:path'
import { Problem } from '../model/problem.ts'

export type Configuration = {
  /** Data folder: register (unless DATABASE_URL), projection, keys, decisions. Losing `keys` loses every lookup. */
  home: string
  /** postgres://… of a PostgreSQL ≥ 15; absent = the embedded store in the data folder. */
  databaseUrl: string | undefined
  /** What the set engine may hold in memory before it spills to the data folder, e.g. 320MB; more for tens of millions. */
  memoryLimit: string
  /** Name that stands in the register for whoever runs this. */
  actor: string
}

export function configurationFrom(
  environment: Readonly<Record<string, string | undefined>>,
  chosen: { home?: string | undefined } = {},
): Configuration {
  return {
    home: resolve(chosen.home || environment.FAIRSHARE_HOME || '.fairshare/default'),
    databaseUrl: environment.DATABASE_URL || undefined,
    memoryLimit: memoryLimitFrom(environment.FAIRSHARE_MEMORY || '320MB'),
    actor: environment.FAIRSHARE_ACTOR || 'command-line',
  }
}

function memoryLimitFrom(text: string): string {
  if (/^\d{2,6} ?MB$|^\d{1,4} ?GB$/.test(text)) return text
  throw new Problem('usage.invalid', 'FAIRSHARE_MEMORY is written like 320MB or 2GB')
}
