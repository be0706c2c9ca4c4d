// Homes and databases for small clubs in tests: a club prepared once, and copied as often as a test wants to begin there.
import { randomUUID } from 'node:crypto'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { createDatabase } from '../postgres-server.ts'
import { type Club, type ClubOptions, foundClub } from './small-club.ts'

/** A new database: migrated and empty, or a copy of one that nobody is connected to. */
export function newDatabase(template = 'register_template'): Promise<string> {
  return createDatabase(inject('postgresUrl'), `club_${randomUUID().replaceAll('-', '')}`, template)
}

export function newFolder(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `fairshare-${name}-`))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** A home and the name of its database, which nobody has open. */
export type PreparedClub = { home: string; database: string }

export async function prepareClub(
  home: string,
  more: (club: Club) => Promise<unknown>,
  options: Omit<ClubOptions, 'home' | 'databaseUrl'> = {},
): Promise<PreparedClub> {
  const databaseUrl = await newDatabase()
  const club = await foundClub({ ...options, home, databaseUrl })
  await more(club)
  await club.close()
  return { home, database: new URL(databaseUrl).pathname.slice(1) }
}

export type ClubPlace = { home: string; databaseUrl: string }

let copies = 0

export async function copyOf({ home, database }: PreparedClub): Promise<ClubPlace> {
  const place = { home: join(`${home}-copies`, `${++copies}`), databaseUrl: await newDatabase(database) }
  cpSync(home, place.home, { recursive: true })
  return place
}
