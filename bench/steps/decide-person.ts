// One person at a time: history read from the register, facts gathered, every rule asked; and the rules alone.
import { gather } from '../../src/decide/gather.ts'
import type { Facts } from '../../src/decide/interpret.ts'
import { judgeRecord } from '../../src/decide/judge-record.ts'
import { nothingInFile, recordOf } from '../../src/decide/person-record.ts'
import { type DecisionPlan, fires } from '../../src/decide/plan.ts'
import type { RegisterEvent } from '../../src/model/event.ts'
import { readHistory } from '../../src/register/read-history.ts'
import type { Register } from '../../src/register/register.ts'
import { planBeat, readBook, withApp } from '../case-home.ts'
import { type Figure, percentile, secondsOf, timed } from '../figure.ts'
import { RandomNumbers } from '../random-numbers.ts'
import type { StepContext } from '../step-context.ts'

const peopleAsked = 2_000
const peopleBefore = 200

/** Who is asked about does not stand in a file here; an adult without a child on the way. */
const columns = { ...nothingInFile, born_on: 19850101 }

export async function decidePerson(context: StepContext): Promise<Figure[]> {
  const plan = await planBeat('4-acorn-email', readBook(context))
  return withApp(context, async ({ register }) => {
    const subjects = await chooseSubjects(register)
    for (const subject of subjects.slice(0, peopleBefore))
      judgeRecord(plan, recordOf(subject, await readHistory(register, subject), columns))
    const asked = subjects.slice(peopleBefore)
    const histories: RegisterEvent[][] = []
    const seconds: number[] = []
    let allowed = 0
    for (const subject of asked) {
      seconds.push(
        await secondsOf(async () => {
          const history = await readHistory(register, subject)
          histories.push(history)
          const { outcome } = judgeRecord(plan, recordOf(history[0]!.subject, history, columns)).verdict
          if (outcome === 'allow' || outcome === 'transform') allowed++
        }),
      )
    }
    const sorted = [...seconds].sort((a, b) => a - b)
    const onPostgres = context.postgresUrl !== undefined
    const one: Figure = {
      did: `one person, history from ${onPostgres ? 'PostgreSQL' : 'PGlite'}`,
      size: { count: asked.length, of: 'people' },
      milliseconds: { p50: 1000 * percentile(sorted, 50), p99: 1000 * percentile(sorted, 99) },
      perSecond: asked.length / seconds.reduce((total, each) => total + each, 0),
      counts: { asked: asked.length, allowed },
    }
    return onPostgres ? [one] : [one, ...(await withoutRegister(plan, histories, context.rounds))]
  })
}

/** People with events, the same ones whichever store holds them. */
async function chooseSubjects(register: Register): Promise<number[]> {
  const [found] = await register.store.query<{ last: number }>(
    'select max(subject) as last from register.event',
  )
  const random = new RandomNumbers(2017)
  return Array.from({ length: peopleBefore + peopleAsked }, () => 1 + random.below(found!.last))
}

async function withoutRegister(
  plan: DecisionPlan,
  histories: readonly (readonly RegisterEvent[])[],
  rounds: number,
): Promise<Figure[]> {
  const known = histories.map((history): Facts => {
    const facts = gather(recordOf(history[0]!.subject, history, columns), plan)
    const notice = plan.notices.get(Number(facts.notice)) ?? plan.notices.get(0)!
    return { ...plan.requestFacts, ...notice.facts, ...facts }
  })
  const judging: number[] = []
  const asking: number[] = []
  let fired = 0
  for (let round = 0; round < rounds; round++) {
    judging.push(
      await secondsOf(() => {
        for (const history of histories) judgeRecord(plan, recordOf(history[0]!.subject, history, columns))
      }),
    )
    asking.push(
      await secondsOf(() => {
        for (const facts of known) for (const rule of plan.recordRules) if (fires(rule, facts)) fired++
      }),
    )
  }
  return [
    timed('one person, history in hand', histories.length, 'people', judging),
    {
      ...timed(
        `one person, facts in hand, ${plan.recordRules.length} rules`,
        histories.length,
        'people',
        asking,
      ),
      counts: { fired },
    },
  ]
}
