// The projection's tables are made from the event kinds, and compiled decisions read no column that is not in them.
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSetEngine } from '../../src/adapters/duckdb/open-set-engine.ts'
import { compileDecision } from '../../src/decide/compile-decision.ts'
import { planDecision } from '../../src/decide/plan.ts'
import { createProjection, projectionTables } from '../../src/decide/projection-schema.ts'
import type { SetEngine } from '../../src/decide/set-engine.ts'
import { roleColumns } from '../../src/intake/read-dataset.ts'
import { commonColumns, eventKindNames, eventKinds, scopeColumns } from '../../src/model/event.ts'
import { goldenNumbers, goldenPolicy, goldenRequests } from '../decide/golden-policy.ts'
import { worlds } from '../decide/random-world.ts'
import { shippedBook } from '../decide/shipped-packs.ts'

let engine: SetEngine

beforeAll(async () => {
  engine = await openSetEngine({
    file: ':memory:',
    temporaryFolder: join(tmpdir(), `fairshare-projection-${process.pid}`),
  })
  await engine.run(createProjection())
  await engine.run(
    `create table dataset_1 (${roleColumns.map(({ name, type }) => `${name} ${type}`).join(', ')}, "f_area" integer, "f_child_born_on" integer, "f_near" boolean, "f_child_near" boolean)`,
  )
})
afterAll(() => engine.close())

const decisions = [
  ...Object.values(goldenRequests).map((request) =>
    planDecision(request, shippedBook({ policy: goldenPolicy, numbers: goldenNumbers })),
  ),
  ...fc
    .sample(worlds(1), { numRuns: 20, seed: 2017 })
    .map(({ request, book }) => planDecision(request, book)),
].flatMap((plan) => {
  const alone = compileDecision(plan, 'dataset_1')
  const together = compileDecision(plan, 'dataset_1', { clusters: true })
  return [alone.verdicts, alone.artefact, together.verdicts, together.artefact]
})

test('every event kind has its table, with the columns every event has and its own', async () => {
  const rows = await engine.rows<{ table_name: string; column_name: string }>(
    'select table_name, column_name from duckdb_columns() where not internal order by table_oid, column_index',
  )
  for (const kind of eventKindNames) {
    const columns = rows.filter((row) => row.table_name === kind).map((row) => row.column_name)
    expect(columns).toEqual(['position', 'ord', ...commonColumns, ...eventKinds[kind].columns])
    expect(columns).toEqual(projectionTables[kind])
  }
})

test('every column of an event kind is a column of the register', () => {
  const schema = readFileSync(new URL('../../sql/0001_register.sql', import.meta.url), 'utf8')
  const event = /create table register\.event \(([\s\S]*?)\n\);/.exec(schema)![1]!
  const columns = [...event.matchAll(/^ {2}(\w+) int\d/gm)].map((match) => match[1])
  expect(columns).toEqual(
    expect.arrayContaining(['position', 'ord', 'kind', ...commonColumns, ...scopeColumns]),
  )
})

test('a compiled decision runs over the projection’s tables', async () => {
  expect(decisions.length).toBeGreaterThan(50)
  for (const sql of decisions) await engine.run(`explain ${sql}`)
}, 60_000)

test('a column that is missing from the projection is noticed', async () => {
  const used = eventKindNames.filter((kind) => decisions.some((sql) => sql.includes(`from ${kind} `)))
  expect(used).toEqual(eventKindNames)
  await engine.run('alter table consent rename column purpose to purposes')
  const refused = await Promise.allSettled(decisions.map((sql) => engine.run(`explain ${sql}`)))
  expect(refused.some(({ status }) => status === 'rejected')).toBe(true)
}, 60_000)
