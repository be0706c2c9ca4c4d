// The race that matters: people speak while releases are decided, committed, sealed, gated and followed up, on PostgreSQL, by
// several connections and from another process. Whoever had an answer before the point is not in what left; whoever came
// after is recalled, once; nothing leaves twice; the order of the register explains every row.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { newFolder } from './club-places.ts'
import type { Blindness } from './histories/blind.ts'
import { type HistoriesOptions, runHistories, type Tally } from './histories/run-histories.ts'

/** `npm run histories` runs as many more, from any seed. */
const histories = 60
const seed = 20_180_612

const folders = newFolder('histories')
afterAll(() => folders.remove())

function run(name: string, options: Pick<HistoriesOptions, 'count' | 'seed' | 'blindness'>): Promise<Tally> {
  const folder = join(folders.path, name)
  mkdirSync(folder)
  const untilFound = options.blindness !== undefined
  return runHistories({ ...options, folder, untilFound, postgresUrl: inject('postgresUrl') })
}

describe('histories of people who speak while releases are made', () => {
  test(`are explained by the order of the register (${histories} from seed ${seed})`, {
    timeout: 900_000,
  }, async () => {
    const tally = await run('seeing', { count: histories, seed })
    expect(tally.failures.map(({ story, ...where }) => `${where.seed}, ${where.history}: ${story}`)).toEqual(
      [],
    )
    expect(tally.histories).toBe(histories)
    expect(tally.found).toBe(tally.acknowledged)
    // A run in which nothing happened would have been explained as well.
    expect(tally.releases).toBeGreaterThan(histories / 2)
    expect(tally.amended).toBeGreaterThan(0)
    expect(tally.recalled).toBeGreaterThan(0)
  })

  const found: Record<Blindness, string> = {
    commit: 'leaked',
    gate: 'leaked',
    'follow-up': 'removal missing',
  }
  test.each(Object.entries(found) as [Blindness, string][])(
    'would tell if the %s looked at nobody',
    { timeout: 900_000 },
    async (blindness, kind) => {
      const { failures } = await run(blindness, { count: 300, seed, blindness })
      const kinds = failures.flatMap(({ violations }) => violations.map((violation) => violation.kind))
      expect(kinds).toContain(kind)
    },
  )
})
