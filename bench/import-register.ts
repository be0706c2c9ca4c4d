// How fast a register fills: people enrolled and their events appended in batches of 100,000, commitments included.
//   node bench/import-register.ts [people] [postgres-url]
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPgliteStore } from '../src/adapters/pglite/open-pglite-store.ts'
import { openPostgresStore } from '../src/adapters/postgres/open-postgres-store.ts'
import { eventColumns } from '../src/model/event.ts'
import { appendBatch } from '../src/register/append-batch.ts'
import { openRegister, type Register } from '../src/register/open-register.ts'
import { REF_KEY_BYTES } from '../src/register/ref-key.ts'

const EVENTS_PER_PERSON = 4
const BATCH_EVENTS = 100_000

export type ImportFigures = { people: number; events: number; seconds: number; peakRssBytes: number }

/** Enrols `people` with four events each. */
export async function importRegister(register: Register, people: number): Promise<ImportFigures> {
  const started = performance.now()
  const perBatch = BATCH_EVENTS / EVENTS_PER_PERSON
  for (let done = 0; done < people; done += perBatch)
    await importBatch(register, done, Math.min(perBatch, people - done))
  return {
    people,
    events: people * EVENTS_PER_PERSON,
    seconds: (performance.now() - started) / 1000,
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  }
}

async function importBatch(register: Register, from: number, people: number): Promise<void> {
  const events = eventColumns(people * EVENTS_PER_PERSON)
  for (let row = 0; row < events.count; row++) {
    events.subject[row] = -1 - Math.floor(row / EVENTS_PER_PERSON)
    events.kind[row] = 1 + (row % EVENTS_PER_PERSON)
    events.earliest[row] = 1_400_000_000_000_000 + from + row
    events.latest[row] = events.earliest[row]!
    events.grade[row] = 1
    events.source[row] = 1
    events.route[row] = 1 + (row % 3)
    events.notice[row] = 1 + (row % 7)
  }
  await appendBatch(register, {
    kind: 'import',
    actor: 'bench',
    idempotencyKey: `bench:${from}`,
    contentHash: `bench:${from}`,
    enrol: randomBytes(people * REF_KEY_BYTES),
    events,
  })
}

if (import.meta.main) {
  const [people = '1065220', url] = process.argv.slice(2)
  const folder = mkdtempSync(join(tmpdir(), 'fairshare-bench-'))
  const store =
    url === undefined
      ? await openPgliteStore({ folder: join(folder, 'register') })
      : await openPostgresStore({ url })
  const key = randomBytes(32)
  const register = await openRegister({
    store,
    keys: { lookupPepper: { id: 1, bytes: key }, epoch: 1, epochKey: () => key },
    migrations: [
      {
        number: 1,
        name: 'register',
        sql: readFileSync(new URL('../sql/0001_register.sql', import.meta.url), 'utf8'),
      },
    ],
    now: () => Date.now() * 1000,
  })
  console.log(await importRegister(register, Number(people)))
  await store.close()
  rmSync(folder, { recursive: true, force: true })
}
