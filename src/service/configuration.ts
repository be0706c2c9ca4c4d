// What the environment says. Only service/ and cli/ read it.
import { join, resolve } from 'node:path'
import type { Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { type MailConfiguration, mailConfigurationFrom } from './mail-configuration.ts'

export type Configuration = {
  /** Data folder: register (unless DATABASE_URL), projection, keys, decisions. Losing `keys` loses every lookup. */
  home: string
  /** postgres://… of a PostgreSQL ≥ 15; absent = the embedded store in the data folder. */
  databaseUrl: string | undefined
  /** What the set engine may hold in memory before it spills to the data folder, e.g. 320MB; more for tens of millions. */
  memoryLimit: string
  /** Name that stands in the register for whoever runs this. */
  actor: string
  /** Size and root of the log as last signed: best on another disk than the register, so that a restored backup shows. */
  signedStateFile: string | undefined
  /** Origin of the log of a register that is new, e.g. log.example.org/members; absent = made from the register's id. */
  logOrigin: string | undefined
  /** Where reminders are mailed; absent = they are files in the outbox alone. */
  mail?: MailConfiguration | undefined
  /** The clock: microseconds since 1970 UTC. */
  now: () => Instant
}

/** In the data folder's keys unless it is named: they are backed up apart from the register. */
export function signedStatePath({
  home,
  signedStateFile,
}: Pick<Configuration, 'home' | 'signedStateFile'>): string {
  return signedStateFile ?? join(home, 'keys', 'last-signed')
}

export function configurationFrom(
  environment: Readonly<Record<string, string | undefined>>,
  chosen: { home?: string | undefined } = {},
): Configuration {
  const home = resolve(chosen.home || environment.FAIRSHARE_HOME || '.fairshare/default')
  return {
    home,
    databaseUrl: databaseUrlFrom(environment.DATABASE_URL),
    memoryLimit: memoryLimitFrom(environment.FAIRSHARE_MEMORY || '320MB'),
    actor: environment.FAIRSHARE_ACTOR || 'command-line',
    signedStateFile: environment.FAIRSHARE_SIGNED_STATE
      ? resolve(environment.FAIRSHARE_SIGNED_STATE)
      : undefined,
    logOrigin: logOriginFrom(environment.FAIRSHARE_LOG_ORIGIN),
    mail: mailConfigurationFrom(environment),
    now: () => Date.now() * 1000,
  }
}

/** The message does not repeat it: it may hold a password. */
function databaseUrlFrom(text: string | undefined): string | undefined {
  if (!text) return undefined
  if (/^postgres(ql)?:\/\//.test(text)) return text
  throw new Problem('value.invalid', 'DATABASE_URL begins with postgres:// or postgresql://')
}

function logOriginFrom(text: string | undefined): string | undefined {
  if (!text) return undefined
  if (/^[\x21-\x2a\x2c-\x7e]{1,200}$/.test(text)) return text
  throw new Problem('usage.invalid', 'FAIRSHARE_LOG_ORIGIN is written without spaces and plus signs')
}

function memoryLimitFrom(text: string): string {
  if (/^\d{2,6} ?MB$|^\d{1,4} ?GB$/.test(text)) return text
  throw new Problem('usage.invalid', 'FAIRSHARE_MEMORY is written like 320MB or 2GB')
}
