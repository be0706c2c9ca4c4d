// Homes and databases for small clubs in tests, and their removal afterwards.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { createDatabase } from '../postgres-server.ts'

/** A new database: migrated and empty, or a copy of one that nobody is connected to. */
export function newDatabase(template = 'register_template'): Promise<string> {
  return createDatabase(inject('postgresUrl'), `club_${randomUUID().replaceAll('-', '')}`, template)
}

export function newFolder(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `fairshare-${name}-`))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
