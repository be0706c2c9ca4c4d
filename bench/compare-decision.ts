// One request over one table of people, four ways in turn: facts and rules in one statement as the program runs it, the
// statement somebody would write by hand, the facts alone, the rules alone over facts already there.
import { type CompiledDecision, compileDecision } from '../src/decide/compile-decision.ts'
import { countDecision, type SetDecision } from '../src/decide/decide-set.ts'
import { type DecisionPlan, recordCodes } from '../src/decide/plan.ts'
import type { SetEngine } from '../src/decide/set-engine.ts'
import { caseSize, type Figure, secondsOf, timed } from './figure.ts'

const rowsPerSecondMin = 3_000_000
const ratioMax = 1.3

export type Comparison = {
  /** Ends the name of each figure. */
  request: string
  plan: DecisionPlan
  datasetTable: string
  byHand: string
  rounds: number
}

export async function compareDecision(engine: SetEngine, comparison: Comparison): Promise<Figure[]> {
  const { request, plan, datasetTable, byHand, rounds } = comparison
  const compiled = compileDecision(plan, datasetTable)
  const { facts, rules } = splitDecision(compiled, 'gathered')
  const seconds = {
    both: [] as number[],
    byHand: [] as number[],
    facts: [] as number[],
    rules: [] as number[],
  }
  // What one statement made is gone before the next is timed: two tables of this size would not fit into the engine's memory.
  for (let round = 0; round < rounds; round++) {
    seconds.both.push(await materialise(engine, 'decided', compiled.verdicts))
    await engine.run('drop table decided')
    seconds.byHand.push(await materialise(engine, 'by_hand', byHand))
    await engine.run('drop table by_hand')
    seconds.facts.push(await materialise(engine, 'gathered', facts))
    seconds.rules.push(await materialise(engine, 'ruled', rules))
    await engine.run('drop table ruled; drop table gathered')
  }
  const counted = await countAlike(engine, plan, compiled.verdicts, byHand)
  const count = counted.decision.considered
  const row = (did: string, taken: readonly number[]) => timed(`${did}, ${request}`, count, 'rows', taken)
  const both = row('facts and rules', seconds.both)
  const hand = row('the same by hand, one reason', seconds.byHand)
  return [
    row('facts', seconds.facts),
    row('rules', seconds.rules),
    {
      ...both,
      against: { ratio: both.seconds!.median / hand.seconds!.median, what: 'by hand' },
      ...(count >= caseSize && {
        aim: {
          says: `≥ ${rowsPerSecondMin / 1e6} M/s, ≤ ${ratioMax}×`,
          met: both.perSecond >= rowsPerSecondMin && both.seconds!.median <= ratioMax * hand.seconds!.median,
        },
      }),
      counts: { rows: count, allowed: counted.allowed },
    },
    { ...hand, counts: { rows: count, allowed: counted.allowedByHand } },
    row('histogram of the reasons', [counted.seconds]),
  ]
}

function materialise(engine: SetEngine, table: string, sql: string): Promise<number> {
  return secondsOf(() => engine.run(`create temp table ${table} as ${sql}`))
}

/** The statement's two halves: the fact relation alone, and everything after it over a table that holds the facts. */
export function splitDecision(
  { verdicts, artefact }: CompiledDecision,
  table: string,
): { facts: string; rules: string } {
  const parts = artefact.split(',\n')
  const judging = verdicts.split(',\n').at(-1)
  if (!parts[0]?.startsWith('with notice_said') || !judging?.startsWith('judged as')) {
    throw new Error('the compiled statement has another shape: mend bench/compare-decision.ts')
  }
  return {
    facts: `${parts.slice(0, -1).join(',\n')}\nselect * from fact`,
    rules: `${parts[0]},\nfact as (select * from ${table}),\n${judging}`,
  }
}

type Counted = { decision: SetDecision; allowed: number; allowedByHand: number; seconds: number }

/** Once more, to see that the hand-written statement answers the same question. Leaves the table `decided`. */
async function countAlike(
  engine: SetEngine,
  plan: DecisionPlan,
  compiled: string,
  byHand: string,
): Promise<Counted> {
  await engine.run(`create temp table by_hand as ${byHand}`)
  const reasons = await engine.rows<{ reason: number | null; count: number }>(
    'select reason, count(*)::bigint as count from by_hand group by reason',
  )
  await engine.run('drop table by_hand')
  await engine.run(`create temp table decided as ${compiled}`)
  const before = performance.now()
  const decision = await countDecision(engine, plan, { target: 'decided', clusters: false })
  const seconds = (performance.now() - before) / 1000
  const allowed = decision.recordOutcomes.allow + decision.recordOutcomes.transform
  const allowedByHand = reasons.find(({ reason }) => reason === null)?.count ?? 0
  const ours = decision.reasons.filter(({ code }) => !/^(F|C704)/.test(code))
  const differ = ours.filter(
    ({ code, primary }) =>
      primary !== (reasons.find(({ reason }) => reason === recordCodes.indexOf(code))?.count ?? 0),
  )
  if (allowed !== allowedByHand || differ.length > 0) {
    throw new Error(
      `the two statements differ: ${allowed} and ${allowedByHand} allowed; ${JSON.stringify({ ours, reasons })}`,
    )
  }
  return { decision, allowed, allowedByHand, seconds }
}
