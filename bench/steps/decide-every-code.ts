// Every pack and every code over people made by arithmetic: both jurisdictions, each pack that may have been in force when
// somebody joined, every column a dataset may have, every kind of event. Then the same with fewer rules: what one more costs.
import { compileDecision } from '../../src/decide/compile-decision.ts'
import { type DecisionPlan, planDecision } from '../../src/decide/plan.ts'
import type { SetEngine } from '../../src/decide/set-engine.ts'
import { nothingOnRecord } from '../../src/decide/standing.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import type { Jurisdiction } from '../../src/model/vocabulary.ts'
import { shippedPacks } from '../../src/service/shipped-packs.ts'
import { type Book, openProjection, planBeat, readBook } from '../case-home.ts'
import { splitDecision } from '../compare-decision.ts'
import { caseSize, type Figure, secondsOf, timed } from '../figure.ts'
import type { StepContext } from '../step-context.ts'
import { addEveryFact, makeSyntheticProjection } from '../synthetic-projection.ts'

const rowsPerSecondMin = 3_000_000
const roundsMax = 3
const rulesStep = 20

export async function decideEveryCode(context: StepContext): Promise<Figure[]> {
  const book = readBook(context)
  const engine = await openProjection(context, 'every-code.duckdb')
  try {
    const table = await makeSyntheticProjection(engine, context.syntheticPeople, book)
    await addEveryFact(engine, context.syntheticPeople, table)
    const plan = await planEveryCode(book)
    const counts = rulesStepsOf(plan.recordRules.length)
    const seconds = new Map(counts.map((count) => [count, { both: [] as number[], rules: [] as number[] }]))
    for (let round = 0; round < Math.min(context.rounds, roundsMax); round++) {
      for (const count of counts) seconds.get(count)!.both.push(await decideWith(engine, plan, table, count))
      await engine.run(
        `create temp table gathered as ${splitDecision(compileDecision(plan, table), 'gathered').facts}`,
      )
      for (const count of counts) seconds.get(count)!.rules.push(await judgeWith(engine, plan, table, count))
      await engine.run('drop table gathered')
    }
    return figuresOf(plan, context.syntheticPeople, seconds)
  } finally {
    await engine.close()
  }
}

/** Beat 4 as if its people lived under both laws, of a file that says all a file can say. */
async function planEveryCode({ policy, numbers }: Book): Promise<DecisionPlan> {
  const { request } = await planBeat('4-acorn-email', { policy, numbers })
  const datasets = policy.datasets.map((dataset) => ({
    ...dataset,
    jurisdictions: ['uk', 'eu'] satisfies Jurisdiction[],
    retainUntil: 'retain_until',
    collectedOn: 'collected_on',
  }))
  return planDecision(
    { ...request, channels: ['email', 'call'], releaseAt: instantFromIso('2026-07-01T09:00:00Z') },
    { policy: { ...policy, datasets }, numbers, packs: shippedPacks(), standing: nothingOnRecord },
  )
}

function rulesStepsOf(all: number): number[] {
  const steps = Array.from({ length: Math.ceil(all / rulesStep) - 1 }, (_, index) => (index + 1) * rulesStep)
  return [...steps, all]
}

function decideWith(engine: SetEngine, plan: DecisionPlan, table: string, count: number): Promise<number> {
  return materialise(engine, compileDecision(withRules(plan, count), table).verdicts)
}

/** The rules alone, over facts that are there already. */
function judgeWith(engine: SetEngine, plan: DecisionPlan, table: string, count: number): Promise<number> {
  return materialise(engine, splitDecision(compileDecision(withRules(plan, count), table), 'gathered').rules)
}

async function materialise(engine: SetEngine, sql: string): Promise<number> {
  const seconds = await secondsOf(() => engine.run(`create temp table every_code as ${sql}`))
  await engine.run('drop table every_code')
  return seconds
}

/** Spread over the order of precedence, so that fewer rules are not those of one kind. */
function withRules(plan: DecisionPlan, count: number): DecisionPlan {
  const share = count / plan.recordRules.length
  const isTaken = (_: unknown, index: number) => Math.floor((index + 1) * share) > Math.floor(index * share)
  return { ...plan, recordRules: plan.recordRules.filter(isTaken) }
}

type Seconds = { both: readonly number[]; rules: readonly number[] }

function figuresOf(plan: DecisionPlan, people: number, seconds: ReadonlyMap<number, Seconds>): Figure[] {
  const packs = new Set([...plan.packs.release, ...plan.packs.collection]).size
  const series = (did: string, of: (taken: Seconds) => readonly number[]) =>
    withCostOfRule(
      [...seconds].map(([rules, taken]) => ({
        ...timed(`${did}, ${rules} record rules of ${packs} packs`, people, 'rows', of(taken)),
        counts: { rules },
      })),
    )
  const both = series('facts and rules', (taken) => taken.both)
  const all = both.at(-1)!
  const met = all.perSecond >= rowsPerSecondMin
  const aim = people >= caseSize && { aim: { says: `≥ ${rowsPerSecondMin / 1e6} M/s`, met } }
  return [...both.slice(0, -1), { ...all, ...aim }, ...series('rules alone', (taken) => taken.rules)]
}

/** What a rule more costs, between the fewest and all: of facts and rules, with the facts that it is the first to ask for. */
function withCostOfRule(figures: readonly (Figure & { counts: { rules: number } })[]): Figure[] {
  const [fewest, all] = [figures[0]!, figures.at(-1)!]
  if (fewest === all) return [...figures]
  const more = all.seconds!.median - fewest.seconds!.median
  const nanoseconds = (1e9 * more) / all.size.count / (all.counts.rules - fewest.counts.rules)
  const what = `${fewest.counts.rules} rules; ${nanoseconds.toFixed(1)} ns a row and rule`
  return [
    ...figures.slice(0, -1),
    { ...all, against: { ratio: all.seconds!.median / fewest.seconds!.median, what } },
  ]
}
