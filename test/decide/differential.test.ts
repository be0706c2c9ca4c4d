import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSetEngine } from '../../src/adapters/duckdb/open-set-engine.ts'
import { outcomeNumbers, wordCount } from '../../src/decide/compile-decision.ts'
import { codesOf, compileFor, decideSet } from '../../src/decide/decide-set.ts'
import { holds, not, or, unknown } from '../../src/decide/expression.ts'
import { interpret } from '../../src/decide/interpret.ts'
import { judgeRecord } from '../../src/decide/judge-record.ts'
import type { PersonRecord } from '../../src/decide/person-record.ts'
import { type DecisionPlan, planDecision, recordCodes } from '../../src/decide/plan.ts'
import type { SetEngine } from '../../src/decide/set-engine.ts'
import { subjectFacts } from '../../src/decide/subject-facts.ts'
import type { ReasonCode } from '../../src/model/reason.ts'
import type { RecordVerdict } from '../../src/model/verdict.ts'
import { loadWorld, worldTable } from './load-world.ts'
import type { People } from './random-people.ts'
import { type World, worlds } from './random-world.ts'

let engine: SetEngine

beforeAll(async () => {
  engine = await openSetEngine({
    file: ':memory:',
    temporaryFolder: join(tmpdir(), `fairshare-differential-${process.pid}`),
  })
})
afterAll(() => engine.close())

const words = Array.from({ length: wordCount }, (_, word) => word)

/** What the reference says of everyone the request selects. */
function reference(world: World, plan: DecisionPlan) {
  return world.people.rows
    .filter(
      ({ selected }) =>
        plan.select === undefined ||
        interpret(plan.select, { near: selected, child_near: undefined }) === true,
    )
    .map(({ record }) => ({ record, ...judgeRecord(plan, record) }))
}

/** What the compiled statement says. */
async function compiled(plan: DecisionPlan) {
  const summary = await decideSet(engine, plan, worldTable, 'decided')
  const { artefact, facts } = await compileFor(engine, plan, worldTable)
  await engine.run(`create or replace temp table kept as ${artefact}`)
  // The narrow table that is counted and the wide one that is kept are one decision.
  const both = `ordinal, subject, notice, ${words.map((word) => `mask_${word}`).join(', ')}, outcome`
  const apart = `select ${both} from decided except all select ${both} from kept`
  expect(await engine.rows(apart)).toEqual([])
  const rows = await engine.rows<Record<string, number | boolean | null>>(
    'select * from kept order by ordinal',
  )
  expect(summary.considered).toBe(rows.length)
  return { summary, rows, facts }
}

/** Facts no rule asks for are not gathered: here one rule asks for all of them, whether known and whether true. */
function askingEverything(plan: DecisionPlan): DecisionPlan {
  const asked = subjectFacts.filter(({ name }) => name !== 'changedSinceDecision')
  const when = or(...asked.map(({ name, type }) => (type === 'boolean' ? not(holds(name)) : unknown(name))))
  return {
    ...plan,
    recordRules: plan.recordRules.map((rule) => (rule.code === 'T803' ? { ...rule, when } : rule)),
  }
}

/** How often each code was a reason, and how often the most telling one. */
function counted(verdicts: readonly RecordVerdict[]) {
  const of = (code: ReasonCode) => [
    code,
    verdicts.filter(({ reasons }) => reasons.includes(code)).length,
    verdicts.filter(({ primary }) => primary === code).length,
  ]
  return recordCodes.map(of).filter(([, count]) => count !== 0)
}

function backwards({ rows, enrolments, ...people }: People): People {
  return {
    ...people,
    rows: rows.toReversed(),
    enrolments: enrolments
      .map((enrolment) => ({ ...enrolment, events: enrolment.events.toReversed() }))
      .toReversed(),
  }
}

function turned(record: PersonRecord): PersonRecord {
  const mates = record.mates.map((mate) => ({ ...mate, events: mate.events.toReversed() })).toReversed()
  return { ...record, events: record.events.toReversed(), sharers: record.sharers.toReversed(), mates }
}

function pick(row: Readonly<Record<string, unknown>>, names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? undefined]))
}

describe('the reference and the compiled SQL', () => {
  it('agree on every fact, reason, field and outcome of random registers and requests', async () => {
    let judged = 0
    const outcomes = { deny: 0, review: 0, transform: 0, allow: 0 }
    await fc.assert(
      fc.asyncProperty(worlds(2000), fc.integer({ min: 0, max: 3 }), async (world, curious) => {
        const planned = planDecision(world.request, world.book)
        const plan = curious === 0 ? askingEverything(planned) : planned
        const expected = reference(world, plan)
        await loadWorld(engine, world.people)
        const { rows, facts, summary } = await compiled(plan)
        expect(rows.length).toBe(expected.length)
        expect(summary.reasons.map(({ code, count, primary }) => [code, count, primary])).toEqual(
          counted(expected.map(({ verdict }) => verdict)),
        )
        // Four million comparisons: a plain one, and an assertion for what differs.
        rows.forEach((row, index) => {
          const { record, facts: gathered, verdict } = expected[index]!
          const known: Readonly<Record<string, unknown>> = gathered
          const differing = facts.filter((name) => (row[name] ?? undefined) !== known[name])
          const fields = world.request.fields.filter((_, field) => (Number(row.fields) >> field) & 1)
          const codes = words.flatMap((word) => codesOf(Number(row[`mask_${word}`]), word))
          const kept = world.request.fields.filter((name) => verdict.fields[name] !== 'drop')
          const same =
            differing.length === 0 &&
            row.subject === record.subject &&
            row.outcome === outcomeNumbers[verdict.outcome] &&
            `${codes}` === `${verdict.reasons}` &&
            `${fields}` === `${kept}`
          if (!same)
            expect({
              ...pick(row, differing),
              subject: row.subject,
              codes,
              fields,
              outcome: row.outcome,
            }).toEqual({
              ...pick(known, differing),
              subject: record.subject,
              codes: verdict.reasons,
              fields: kept,
              outcome: outcomeNumbers[verdict.outcome],
            })
          outcomes[verdict.outcome] += 1
        })
        judged += rows.length
      }),
      { numRuns: 50 },
    )
    // A comparison that saw no one, or only refusals, would prove nothing.
    expect(judged).toBeGreaterThan(40_000)
    expect(outcomes.allow + outcomes.transform + outcomes.review).toBeGreaterThan(0)
  }, 240_000)

  it('say the same whatever the order of rows, columns and events', async () => {
    await fc.assert(
      fc.asyncProperty(worlds(300), async (world) => {
        const plan = planDecision(world.request, world.book)
        await loadWorld(engine, world.people)
        const inOrder = (await compiled(plan)).rows
        await loadWorld(engine, backwards(world.people), (columns) => columns.toReversed())
        // As text: a deep comparison of so many cells takes longer than all the rest.
        expect(JSON.stringify((await compiled(plan)).rows)).toBe(JSON.stringify(inOrder))
        for (const { record } of world.people.rows.slice(0, 50))
          expect(judgeRecord(plan, turned(record)).verdict).toEqual(judgeRecord(plan, record).verdict)
      }),
      { numRuns: 10 },
    )
  }, 120_000)

  it('are compared on worlds dense enough for every code to fire', () => {
    const fired = new Set<string>()
    fc.assert(
      fc.property(worlds(200), (world) => {
        const plan = planDecision(world.request, world.book)
        for (const { verdict } of reference(world, plan)) for (const code of verdict.reasons) fired.add(code)
        for (const { record } of world.people.rows.slice(0, 1)) {
          // Only a record that is judged again can have changed: no file says so.
          const again = judgeRecord(plan, { ...record, columns: { ...record.columns, changed: true } })
          for (const code of again.verdict.reasons) fired.add(code)
        }
      }),
      // The same worlds each time: this asks about the generator, not about the decision.
      { numRuns: 150, seed: 2017 },
    )
    expect(recordCodes.filter((code) => !fired.has(code))).toEqual([])
  }, 240_000)
})
