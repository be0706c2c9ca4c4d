// Bad input of every kind, a few of each with the same seeds every time; `npm run fuzz` tries as many as there is time for.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { commands } from '../../src/cli/commands.ts'
import { isProblem, Problem } from '../../src/model/problem.ts'
import { canary } from '../canary.ts'
import { fuzzCommands } from './cli-target.ts'
import { type FuzzTarget, fuzzTarget, outcomeOf, spoiledFrom, TAKEN } from './fuzz-target.ts'
import { tableTargets } from './table-targets.ts'
import { textTargets } from './text-targets.ts'

const SEED = 2018
/** Each try of these reads a whole folder, or starts an engine. */
const slow: ReadonlySet<string> = new Set([
  ...['policy YAML', 'notice front matter', 'pack YAML', 'table json', 'table parquet'],
])
const tables = await tableTargets()
const texts = textTargets()
afterAll(tables.close)

const tries = ({ kind }: FuzzTarget) => (slow.has(kind) ? 8 : kind.includes('YAML') ? 30 : 150)

test.each([...texts, ...tables.targets].map((target) => [target.kind, target] as const))(
  'whatever is given as %s is taken, or refused with a code',
  async (_, target) => {
    const found = await fuzzTarget(target, { ms: 50_000, triesMax: tries(target), seed: SEED })
    expect(found.violations).toEqual([])
    expect(found.tried).toBe(tries(target))
    // A target that takes nothing or everything looks at nothing.
    expect(found.refused.size).toBeGreaterThan(0)
  },
)

test('every valid file that is spoiled here is taken as it is', async () => {
  const refused: string[] = []
  for (const target of [...texts, ...tables.targets])
    for (const [index, bytes] of target.corpus.slice(0, 3).entries()) {
      const outcome = await outcomeOf(() => target.read(Buffer.from(bytes), index))
      if (outcome !== TAKEN) refused.push(`${target.kind} ${index}: ${outcome}`)
    }
  // A file sealed for somebody else, a proof of another entry, and an archive that is no evidence pack.
  expect(refused).toEqual([
    'tlog proof 1: proof.invalid',
    'evidence pack 0: not held',
    'evidence pack 1: not held',
    'age file 1: delivery.not_for_you',
  ])
})

test('whatever a command is given, it ends with a code of the table and one message that steers no terminal', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairshare-words-'))
  try {
    mkdirSync(join(folder, 'folder'))
    writeFileSync(join(folder, 'empty'), '')
    const triesMax = commands.length
    // A file where the data folder should be: no register is made, which would take all the time there is.
    const found = await fuzzCommands(folder, join(folder, 'empty'), { ms: 50_000, triesMax, seed: SEED })
    expect(found.violations).toEqual([])
    expect(found.tried).toBe(triesMax)
    expect(found.refused.get('usage.invalid')).toBeGreaterThan(10)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('an error without a code, and a message that repeats what a cell held, are found', async () => {
  const saying = (error: () => Error) => ({
    ...{ kind: 'text', corpus: [Buffer.from('text')] },
    read: (): string => {
      throw error()
    },
  })
  const judged = async (error: () => Error) => {
    const found = await fuzzTarget(saying(error), { ms: 1000, triesMax: 1, seed: SEED })
    return found.violations.length
  }
  expect(await judged(() => new TypeError('x is not a function'))).toBe(1)
  expect(await judged(() => new Problem('file.unreadable', `line 3: ${canary.toUpperCase()}@x`))).toBe(1)
  expect(await judged(() => new Problem('file.unreadable', 'line 3'))).toBe(0)
})

test('a seed makes the same bytes again', () => {
  for (const target of texts) expect(spoiledFrom(target, SEED)).toEqual(spoiledFrom(target, SEED))
  const [target] = texts
  expect(spoiledFrom(target!, SEED).bytes).not.toEqual(spoiledFrom(target!, SEED + 1).bytes)
  expect(isProblem(new Error('not one'))).toBe(false)
})
