// From a withdrawal to its effect: the verb is called, the register says it is on disk, and the next decision on that person,
// her history read and every rule asked, refuses. One at a time, and sixteen people at once.
import { judgeRecord } from '../../src/decide/judge-record.ts'
import { nothingInFile, recordOf } from '../../src/decide/person-record.ts'
import type { DecisionPlan } from '../../src/decide/plan.ts'
import { microsecondsPerHour } from '../../src/model/instant.ts'
import { readHistory } from '../../src/register/read-history.ts'
import type { Register } from '../../src/register/register.ts'
import { withdrawConsent } from '../../src/register/withdraw-consent.ts'
import { planBeat, readBook, withApp } from '../case-home.ts'
import { type Figure, percentile } from '../figure.ts'
import { RandomNumbers } from '../random-numbers.ts'
import type { StepContext } from '../step-context.ts'

const peopleWithdrawing = 1_000
const peopleBefore = 50
const atOnce = 16
const aimMs = 50

/** Who is asked about does not stand in a file here; an adult without a child on the way. */
const columns = { ...nothingInFile, born_on: 19850101 }

type Effect = { acknowledged: number; decided: number }

export async function measureWithdrawal(context: StepContext): Promise<Figure[]> {
  const plan = await planBeat('4-acorn-email', readBook(context))
  return withApp(context, async ({ register }) => {
    const people = await chooseAllowed(register, plan)
    const warm = people.splice(0, peopleBefore)
    for (const subject of warm) await withdraw(register, plan, subject)
    const half = Math.floor(people.length / 2)
    const single: Effect[] = []
    for (const subject of people.slice(0, half)) single.push(await withdraw(register, plan, subject))
    const together = people.slice(half)
    const crowd = await Promise.all(
      Array.from({ length: atOnce }, async (_, lane) => {
        const effects: Effect[] = []
        for (let next = lane; next < together.length; next += atOnce)
          effects.push(await withdraw(register, plan, together[next]!))
        return effects
      }),
    )
    const store = context.postgresUrl === undefined ? 'PGlite' : 'PostgreSQL'
    return [
      figure(`withdrawal acknowledged, ${store}`, single, ({ acknowledged }) => acknowledged),
      { ...figure(`withdrawal to refusal, ${store}`, single, ({ decided }) => decided), ...aimOf(single) },
      figure(`the same, ${atOnce} people at once`, crowd.flat(), ({ decided }) => decided),
    ]
  })
}

/** Milliseconds from the call; an error where the next decision lets her go all the same. */
async function withdraw(register: Register, plan: DecisionPlan, subject: number): Promise<Effect> {
  const at = plan.request.releaseAt - microsecondsPerHour
  const before = performance.now()
  await withdrawConsent(register, {
    ...{ person: { subject }, at: { earliest: at, latest: at } },
    ...{ grade: 'A', source: 'web form', actor: 'bench' },
  })
  const acknowledged = performance.now() - before
  if (await mayLeave(register, plan, subject)) throw new Error('a withdrawal had no effect')
  return { acknowledged, decided: performance.now() - before }
}

async function mayLeave(register: Register, plan: DecisionPlan, subject: number): Promise<boolean> {
  const history = await readHistory(register, subject)
  const { outcome } = judgeRecord(plan, recordOf(subject, history, columns)).verdict
  return outcome === 'allow' || outcome === 'transform'
}

/** Who would leave if nobody said a word: a refusal that was there before shows nothing. */
async function chooseAllowed(register: Register, plan: DecisionPlan): Promise<number[]> {
  const [found] = await register.store.query<{ last: number }>(
    'select max(subject) as last from register.event',
  )
  const random = new RandomNumbers(2018)
  const chosen = new Set<number>()
  for (let tries = 0; chosen.size < peopleWithdrawing + peopleBefore && tries < 40_000; tries++) {
    const subject = 1 + random.below(found!.last)
    if (!chosen.has(subject) && (await mayLeave(register, plan, subject))) chosen.add(subject)
  }
  if (chosen.size <= 2 * peopleBefore) throw new Error('too few people may leave to measure a withdrawal')
  return [...chosen]
}

function figure(did: string, effects: readonly Effect[], of: (effect: Effect) => number): Figure {
  const sorted = effects.map(of).sort((a, b) => a - b)
  return {
    did,
    size: { count: sorted.length, of: 'people' },
    milliseconds: { p50: percentile(sorted, 50), p99: percentile(sorted, 99) },
    perSecond: (1000 * sorted.length) / sorted.reduce((total, each) => total + each, 0),
    counts: { refused: sorted.length },
  }
}

function aimOf(effects: readonly Effect[]): Pick<Figure, 'aim'> {
  const sorted = effects.map(({ decided }) => decided).sort((a, b) => a - b)
  return { aim: { says: `p99 < ${aimMs} ms`, met: percentile(sorted, 99) < aimMs } }
}
