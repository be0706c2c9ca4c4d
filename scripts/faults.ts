// `npm run faults`: kills, failing disks and databases, and power cuts, while a register is written and a release is made; after
// each the next ordinary run has to finish what was begun, and everything is looked at. Prints what struck and what was violated.
import { parseArgs } from 'node:util'
import { chanceFrom } from '../test/chance.ts'
import { preparePlaces, type StoreName, storeNames } from '../test/faults/places.ts'
import { reportLines } from '../test/faults/report-rounds.ts'
import {
  notHere,
  planRounds,
  type RoundKind,
  type RoundResult,
  roundKinds,
  runRound,
  runUndisturbed,
  type Undisturbed,
} from '../test/faults/rounds.ts'
import { type TaskName, taskNames } from '../test/faults/tasks.ts'

const usage = `npm run faults -- [options]
  --rounds <n>      how many (50); every numbered point comes first
  --seed <n>        the same rounds again (printed)
  --only <kind,…>   ${roundKinds.join(', ')}
  --store <store>   ${storeNames.join(' or ')} alone
  --lanes <n>       rounds at a time (2)
  --verbose         a line for each round`

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    seed: { type: 'string' },
    only: { type: 'string' },
    store: { type: 'string' },
    lanes: { type: 'string', default: '2' },
    verbose: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.log(usage)
else await run()

async function run(): Promise<void> {
  const began = performance.now()
  const seed =
    values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : wholeNumber('seed', values.seed)
  console.log(`seed ${seed}`)
  const places = await preparePlaces()
  try {
    const undisturbed = await undisturbedRuns(places)
    const chance = chanceFrom(seed)
    const here = kinds().filter((kind) => kind !== 'power' || !notHere().some((one) => one.kind === kind))
    const rounds = planRounds(wholeNumber('rounds', values.rounds), here, stores(), undisturbed, chance)
    const results = await inLanes(rounds, wholeNumber('lanes', values.lanes), async (round) => {
      const result = await runRound(places, round, undisturbed)
      tell(result)
      return result
    })
    // What was asked for by name and cannot be done is no success.
    const missing = notHere().filter(({ kind }) => kinds().includes(kind))
    for (const { what } of missing) console.log(`not run: ${what}`)
    const refused = values.only === undefined ? 0 : missing.length
    const { lines, failed } = reportLines(results, (performance.now() - began) / 1000, refused)
    for (const line of lines) console.log(line)
    process.exitCode = failed === 0 ? 0 : 1
  } finally {
    await places.close()
  }
}

async function undisturbedRuns(
  places: Awaited<ReturnType<typeof preparePlaces>>,
): Promise<Record<TaskName, Undisturbed>> {
  const runs = await inLanes(
    taskNames,
    2,
    async (task) => [task, await runUndisturbed(places, task)] as const,
  )
  // Every task is there.
  return Object.fromEntries(runs) as Record<TaskName, Undisturbed>
}

function tell({ round, violations, uncoded, seconds }: RoundResult): void {
  const wrong = [...violations, ...uncoded]
  if (!values.verbose && wrong.length === 0) return
  console.log(
    `round ${round.number} ${round.store} ${round.task} ${JSON.stringify(round.strike)}: ${seconds.toFixed(1)} s`,
  )
  for (const line of wrong) console.log(`  ${line}`)
}

/** Results in the order of what was given. */
async function inLanes<T, R>(given: readonly T[], lanes: number, work: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const lane = async () => {
    while (next < given.length) {
      const index = next++
      results[index] = await work(given[index]!)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return results
}

function kinds(): RoundKind[] {
  return chosen('only', values.only, roundKinds)
}

function stores(): StoreName[] {
  return chosen('store', values.store, storeNames)
}

function chosen<T extends string>(option: string, given: string | undefined, known: readonly T[]): T[] {
  if (given === undefined) return [...known]
  const names = given.split(',')
  const found = known.filter((name) => names.includes(name))
  if (found.length === names.length) return found
  throw new Error(`--${option}: it is some of ${known.join(', ')}`)
}

function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text)
  throw new Error(`--${option} is a whole number from 1`)
}
