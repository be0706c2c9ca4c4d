// A register on PGlite survives the death of its process, at any moment, as often as it happens.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { openPgliteStore } from '../../src/adapters/pglite/open-pglite-store.ts'
import { openOn } from './open-on.ts'

let parent: string
let folder: string
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), 'fairshare-crash-'))
  folder = join(parent, 'register')
})
afterAll(() => rmSync(parent, { recursive: true, force: true }))

test('a folder whose making was cut short is made anew', async () => {
  mkdirSync(`${folder}.growing`)
  writeFileSync(join(`${folder}.growing`, 'PG_VERSION'), '')
  const store = await openPgliteStore({ folder, template: inject('pgliteTemplate') })
  const register = await openOn(store)
  expect(register.registerId).toMatch(/^[0-9a-f-]{36}$/)
  await store.close()
})

test('after kill -9 nothing acknowledged is lost, positions are dense, and the register goes on', async () => {
  const acknowledged = new Map<string, number>()
  for (const run of ['first', 'second']) {
    for (const [key, position] of await appendUntilKilled(folder, run, 300)) acknowledged.set(key, position)
  }
  expect(acknowledged.size).toBeGreaterThanOrEqual(600)
  const store = await openPgliteStore({ folder })
  try {
    const register = await openOn(store)
    const rows = await store.query<{ position: number; idempotency_key: string; events: number }>(
      `select b.position, b.idempotency_key,
              (select count(*) from register.event e where e.position = b.position) as events
         from register.batch b order by b.position`,
    )
    const found = new Map(rows.map((row) => [row.idempotency_key, row.position]))
    const lost = [...acknowledged].filter(([key, position]) => found.get(key) !== position)
    expect(lost).toEqual([])
    expect(rows.map(({ position }) => position)).toEqual(rows.map((_, n) => n + 1))
    expect(rows.filter(({ events }) => events !== 2)).toEqual([])
    const [head] = await store.query('select position, subject_count from register.head')
    expect(head).toEqual({ position: rows.length, subject_count: rows.length })
    const [key] = acknowledged.keys()
    const draft = { kind: 'test', actor: 'tester', contentHash: key! }
    expect(await register.append({ ...draft, idempotencyKey: key! })).toMatchObject({ repeated: true })
    const next = await register.append({ ...draft, idempotencyKey: 'after' })
    expect(next.position).toBe(rows.length + 1)
  } finally {
    await store.close()
  }
})

/** Kills the appending process the moment it has acknowledged `count` appends; returns all it acknowledged. */
async function appendUntilKilled(folder: string, run: string, count: number): Promise<Map<string, number>> {
  const script = fileURLToPath(new URL('append-until-killed.ts', import.meta.url))
  const child = spawn(process.execPath, [script, folder, run], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  const acknowledged = new Map<string, number>()
  for await (const line of createInterface({ input: child.stdout })) {
    // Lines this short reach a pipe whole or not at all.
    const [position, key] = line.split(' ')
    acknowledged.set(key!, Number(position))
    if (acknowledged.size === count) child.kill('SIGKILL')
  }
  await ended
  return acknowledged
}
