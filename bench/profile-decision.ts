// Where the time of a decision goes: the engine's own account of beats 3 and 4, compiled and by hand, operator by operator.
//   node bench/profile-decision.ts <data folder of `fairshare case baby-club-2017`>

import { join } from 'node:path'
import { compileDecision } from '../src/decide/compile-decision.ts'
import type { SetEngine } from '../src/decide/set-engine.ts'
import { loadDataset } from '../src/release/load-dataset.ts'
import { configurationFrom } from '../src/service/configuration.ts'
import { useApp } from '../src/service/use-app.ts'
import { planBeat } from './case-home.ts'
import { byEmail, byPost } from './hand-written.ts'

type Operator = {
  operator_name?: string
  operator_timing?: number
  operator_cardinality?: number
  extra_info?: { Table?: string }
  latency?: number
  cpu_time?: number
  children?: Operator[]
}

const leastSeconds = 0.005

async function profile(engine: SetEngine, title: string, sql: string): Promise<void> {
  const statement = `create temp table profiled as ${sql}`
  // Once before, so that what is read from disk is in memory either way.
  await engine.run(`${statement}; drop table profiled`)
  const [explained] = await engine.rows<{ explain_value: string }>(
    `explain (analyze, format json) ${statement}`,
  )
  await engine.run('drop table profiled')
  const root: Operator = JSON.parse(explained!.explain_value)
  console.log(`\n${title}: ${milliseconds(root.latency)} ms, ${milliseconds(root.cpu_time)} ms of processor`)
  printOperators(root, 0)
}

function printOperators(operator: Operator, depth: number): void {
  if ((operator.operator_timing ?? 0) >= leastSeconds) {
    const { operator_name: name = '', operator_cardinality: rows = 0, extra_info: more } = operator
    const words = [`${'  '.repeat(depth)}${name}`, rows.toLocaleString('en-GB'), more?.Table ?? '']
    console.log(`${milliseconds(operator.operator_timing).padStart(6)} ms ${words.join(' ')}`)
  }
  for (const child of operator.children ?? []) printOperators(child, depth + 1)
}

function milliseconds(seconds = 0): string {
  return (1000 * seconds).toFixed(0)
}

const home = process.argv[2]
if (home === undefined) throw new Error('which data folder?')
await useApp(configurationFrom(process.env, { home }), async (app) => {
  const context = await app.decisionContext(({ id }) => join(home, 'data', `${id}.parquet`))
  const dataset = context.policy.datasets.find(({ id }) => id === 'members-2018')!
  const { table } = await loadDataset(context, dataset)
  for (const [beat, byHand] of [
    ['3-acorn-post', byPost],
    ['4-acorn-email', byEmail],
  ] as const) {
    const numbers = (await context.readBook()).numbers
    const plan = await planBeat(beat, { policy: context.policy, numbers })
    await profile(app.engine, `${beat}, compiled`, compileDecision(plan, table).verdicts)
    await profile(app.engine, `${beat}, by hand`, byHand(numbers, table))
  }
})
