// What each kind of fact costs a decision of a million people: when nobody has it, and when one in a hundred has. Processor
// time of the statement less that of one which is told beforehand that nobody has it; the least of some rounds in turn.
//   node bench/profile-facts.ts [people] [rounds]
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSetEngine } from '../src/adapters/duckdb/open-set-engine.ts'
import { compileFor } from '../src/decide/decide-set.ts'
import type { Value } from '../src/decide/expression.ts'
import type { Combinator } from '../src/decide/fact.ts'
import type { DecisionPlan } from '../src/decide/plan.ts'
import type { SetEngine } from '../src/decide/set-engine.ts'
import { simplify } from '../src/decide/simplify.ts'
import { subjectFacts } from '../src/decide/subject-facts.ts'
import { checkPolicyFolders } from '../src/service/policy-folders.ts'
import { example, planBeat } from './case-home.ts'
import { makeSyntheticProjection } from './synthetic-projection.ts'

const people = Number(process.argv[2] ?? 1_000_000)
const rounds = Number(process.argv[3] ?? 7)
const one = 'from range(1, {people} + 1) t(i) where i % 100 = 0'.replace('{people}', String(people))
const at = 1_500_000_000_000_000

type Trial = { name: string; reads: (from: Combinator) => boolean; give: string; take: string }

const combinators =
  (...names: Combinator['combinator'][]) =>
  (from: Combinator) =>
    names.includes(from.combinator)

const trials: Trial[] = [
  {
    name: 'several showings (contested, first-notice)',
    reads: combinators('contested', 'first-notice'),
    give: `insert into repeated_showing select i ${one}`,
    take: 'delete from repeated_showing',
  },
  {
    name: 'disclosures',
    reads: combinators('disclosures'),
    give: `insert into disclosure (subject, recipient, earliest, latest) select i, 1, ${at}, ${at} ${one}`,
    take: 'delete from disclosure',
  },
  {
    name: 'sharers, contact keys in the file',
    reads: combinators('sharers'),
    give: `update dataset_1 set email_key = subject, phone_key = subject // 2, address_key = subject // 3`,
    take: 'update dataset_1 set email_key = null, phone_key = null, address_key = null',
  },
  {
    name: 'link-doubt',
    reads: combinators('link-doubt'),
    give: `insert into link_doubt select i ${one}`,
    take: 'delete from link_doubt',
  },
  {
    name: 'birthday',
    reads: combinators('birthday'),
    give: 'select 1',
    take: 'select 1',
  },
  {
    name: 'second enrolments',
    reads: () => false,
    give: `insert into person_mate select i, i + 1 ${one}`,
    take: 'delete from person_mate',
  },
]

/** The plan as it would be if it were known beforehand that nobody has any such fact. */
function without(plan: DecisionPlan, reads: Trial['reads']): DecisionPlan {
  const nobody = subjectFacts
    .filter(({ from }) => reads(from))
    .map(({ name, type, from }): [string, Value] => {
      // What a first showing says is, for whoever had one, what the last one says: the good case.
      if (type === 'boolean') return [name, from.combinator === 'first-notice']
      return [name, type === 'integer' ? 0 : undefined]
    })
  const known = Object.fromEntries(nobody)
  const recordRules = plan.recordRules.map((rule) => ({ ...rule, when: simplify(rule.when, known) }))
  return { ...plan, recordRules }
}

async function cost(engine: SetEngine, plan: DecisionPlan): Promise<number> {
  const { verdicts } = await compileFor(engine, plan, 'dataset_1')
  const before = process.cpuUsage()
  await engine.run(`create or replace temp table profiled as ${verdicts}`)
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** Least processor milliseconds of each, taken in turn. */
async function least(engine: SetEngine, plans: readonly DecisionPlan[]): Promise<number[]> {
  const found = plans.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < rounds; round++) {
    for (const [index, plan] of plans.entries())
      found[index] = Math.min(found[index]!, await cost(engine, plan))
  }
  return found
}

const { policy } = await checkPolicyFolders([join(example, 'policy'), join(example, 'policy-2018-01')])
if (policy === undefined) throw new Error('the policy of the example cannot be read')
const numbers = {
  notices: new Map(policy.notices.map(({ id }, index) => [id, index + 1])),
  recipients: new Map(
    [...policy.entities.map(({ id }) => id), policy.controller.id].map((id, i) => [id, i + 1]),
  ),
  purposes: new Map(policy.purposes.map(({ id, dpv }, index) => [index + 1, { id, dpv }])),
}
const engine = await openSetEngine({
  file: ':memory:',
  temporaryFolder: join(tmpdir(), `fairshare-profile-${process.pid}`),
  memoryLimit: '1GB',
})
await makeSyntheticProjection(engine, people, { policy, numbers, table: '' })
for (const beat of ['3-acorn-post', '4-acorn-email'] as const) {
  const plan = await planBeat(beat, { policy, numbers })
  console.log(`\n${beat}, ${people.toLocaleString('en-GB')} people, ms of processor`)
  for (const { name, reads, give, take } of trials) {
    await engine.run('delete from repeated_showing')
    const [full, lean] = await least(engine, [plan, without(plan, reads)])
    await engine.run(give)
    const [used] = await least(engine, [plan])
    await engine.run(take)
    const ms = (value: number) => value.toFixed(0).padStart(5)
    console.log(`${ms(lean!)} without ${ms(full! - lean!)} unused ${ms(used! - lean!)} used  ${name}`)
  }
}
await engine.close()
