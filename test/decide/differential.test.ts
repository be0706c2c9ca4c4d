import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSetEngine } from '../../src/adapters/duckdb/open-set-engine.ts'
import { compileDecision, outcomeNumbers } from '../../src/decide/compile-decision.ts'
import { codesOf, decideSet } from '../../src/decide/decide-set.ts'
import { interpret } from '../../src/decide/interpret.ts'
import { judgeRecord } from '../../src/decide/judge-record.ts'
import { planDecision, recordCodes } from '../../src/decide/plan.ts'
import type { SetEngine } from '../../src/decide/set-engine.ts'
import { loadWorld, worldTable } from './load-world.ts'
import { type World, worlds } from './random-world.ts'

let engine: SetEngine

beforeAll(async () => {
  engine = await openSetEngine({
    file: ':memory:',
    temporaryFolder: join(tmpdir(), `fairshare-differential-${process.pid}`),
  })
})
afterAll(() => engine.close())

/** What the reference says of everyone the request selects. */
function reference(world: World) {
  const plan = planDecision(world.request, world.policy, world.numbers)
  return world.people
    .filter(
      ({ selected }) => plan.select === undefined || interpret(plan.select, { near: selected }) === true,
    )
    .map((person) => ({ subject: person.subject, ...judgeRecord(plan, person.events, person.columns) }))
}

/** What the compiled statement says. */
async function compiled(world: World) {
  const plan = planDecision(world.request, world.policy, world.numbers)
  await loadWorld(engine, world.people)
  const summary = await decideSet(engine, plan, worldTable, 'decided')
  const { artefact, facts } = compileDecision(plan, worldTable)
  const rows = await engine.rows<Record<string, number | boolean | null>>(
    `select * from (${artefact}) order by ordinal`,
  )
  // The narrow table that is counted and the wide one that is kept are one decision.
  const narrow = await engine.rows('select * from decided order by ordinal')
  expect(narrow).toEqual(
    rows.map(({ ordinal, subject, notice, mask_0, outcome }) => ({
      ordinal,
      subject,
      notice,
      mask_0,
      outcome,
    })),
  )
  return { plan, summary, rows, facts }
}

describe('the reference and the compiled SQL', () => {
  it('agree on every fact, reason, field and outcome of random registers and requests', async () => {
    let judged = 0
    const outcomes = { deny: 0, review: 0, transform: 0, allow: 0 }
    await fc.assert(
      fc.asyncProperty(worlds(400), async (world) => {
        const expected = reference(world)
        const { rows, facts, summary } = await compiled(world)
        expect(rows.length).toBe(expected.length)
        expect(summary.considered).toBe(expected.length)
        rows.forEach((row, index) => {
          const { subject, facts: gathered, verdict } = expected[index]!
          expect(row.subject).toBe(subject)
          for (const name of facts) {
            expect([name, row[name] ?? undefined]).toEqual([name, gathered[name as keyof typeof gathered]])
          }
          expect(codesOf(Number(row.mask_0), 0)).toEqual(verdict.reasons)
          expect(row.outcome).toBe(outcomeNumbers[verdict.outcome])
          const kept = world.request.fields.filter((_, field) => (Number(row.fields) >> field) & 1)
          expect(kept).toEqual(world.request.fields.filter((name) => verdict.fields[name] === 'keep'))
          outcomes[verdict.outcome] += 1
        })
        judged += rows.length
      }),
      { numRuns: 40 },
    )
    // A comparison that saw no one, or only refusals, would prove nothing.
    expect(judged).toBeGreaterThan(2000)
    expect(outcomes.allow + outcomes.transform + outcomes.review).toBeGreaterThan(0)
  })

  it('are compared on worlds dense enough for every code to fire', () => {
    const fired = new Set<string>()
    fc.assert(
      fc.property(worlds(200), (world) => {
        for (const { verdict } of reference(world)) for (const code of verdict.reasons) fired.add(code)
      }),
      // The same worlds each time: this asks about the generator, not about the decision.
      { numRuns: 150, seed: 2017 },
    )
    expect(recordCodes.filter((code) => !fired.has(code))).toEqual([])
  })

  it('never share more when a veto is added', () => {
    fc.assert(
      fc.property(
        worlds(30),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: -400, max: 2 }),
        (world, pick, days) => {
          const plan = planDecision(world.request, world.policy, world.numbers)
          const at = world.request.releaseAt + days * 86_400_000_000
          const veto = (
            [
              { kind: 'withdrawal', qualifier: 0 },
              { kind: 'objection', qualifier: 1 },
              { kind: 'objection', qualifier: 2 },
              { kind: 'restriction', qualifier: 1 },
              { kind: 'erasure', qualifier: 1 },
              { kind: 'protection', qualifier: 1 },
            ] as const
          )[pick]!
          for (const person of world.people) {
            const scope = { route: 0, notice: 0, purpose: 0, recipient: 0, channel: 0, basis: 0 }
            const added = {
              ...scope,
              ...veto,
              subject: person.subject,
              position: 9,
              ord: 1,
              earliest: at,
              latest: at,
              grade: 1,
              source: 1,
            }
            const before = judgeRecord(plan, person.events, person.columns).verdict
            const after = judgeRecord(plan, [...person.events, added], person.columns).verdict
            expect(outcomeNumbers[after.outcome]).toBeLessThanOrEqual(outcomeNumbers[before.outcome])
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})
