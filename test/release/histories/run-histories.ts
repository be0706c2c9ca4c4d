// Many histories: clubs of a few people copied from one that was prepared, some lanes of them side by side, each club's
// chance from a seed of its own, so that one that fails can be run again by itself.
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { createDatabase } from '../../postgres-server.ts'
import { foundClub } from '../small-club.ts'
import type { Blindness } from './blind.ts'
import type { Violation } from './check-history.ts'
import type { History } from './history.ts'
import { type Neighbour, startNeighbour } from './neighbour.ts'
import { runHistory, type Told } from './run-history.ts'
import { openStage, type Stage } from './stage.ts'
import { tellHistory } from './tell-history.ts'

const peopleOfClub = 24
/** After so many a club makes way for a new one: its register grows, and with it every look at all releases. */
export const historiesOfClub = 10
/** Too many gone for good, and a file would be held back for being small. */
const LOST_MAX = 12

export type HistoriesOptions = {
  count: number
  seed: number
  /** Connects to the maintenance database of a server on which databases may be made. */
  postgresUrl: string
  /** An empty folder for homes. */
  folder: string
  lanes?: number
  /** No history is begun after so long. */
  secondsMax?: number
  blindness?: Blindness
  /** Stops at the first violation. */
  untilFound?: boolean
  onHistory?: (done: number) => void
}

export type Failure = { seed: number; history: number; violations: readonly Violation[]; story: string }

export type Tally = {
  histories: number
  operations: Map<string, number>
  /** What runs of a release ended with, by how many. */
  endings: Map<string, number>
  releases: number
  rows: number
  recalled: number
  amended: number
  acknowledged: number
  found: number
  slowestMs: number
  failures: Failure[]
}

export async function runHistories(options: HistoriesOptions): Promise<Tally> {
  const { count, seed, postgresUrl, folder, lanes = 3 } = options
  const prepared = join(folder, 'prepared')
  const template = `histories_${randomUUID().replaceAll('-', '')}`
  const club = await foundClub({
    home: prepared,
    databaseUrl: await createDatabase(postgresUrl, template),
    people: peopleOfClub,
  })
  await club.close()
  const neighbour = startNeighbour()
  const tally = newTally()
  const run: Run = {
    ...options,
    prepared,
    template,
    neighbour,
    tally,
    begun: 0,
    club: 0,
    since: performance.now(),
  }
  try {
    const running = Array.from({ length: Math.min(lanes, count) }, () => runLane(run, seed))
    // The other lanes end what they are at before the neighbour goes.
    for (const lane of await Promise.allSettled(running)) if (lane.status === 'rejected') throw lane.reason
  } finally {
    await neighbour.stop()
  }
  return tally
}

type Run = HistoriesOptions & {
  prepared: string
  template: string
  neighbour: Neighbour
  tally: Tally
  begun: number
  since: number
  club: number
}

function isEnough({
  count,
  begun,
  untilFound,
  tally,
  secondsMax = Number.POSITIVE_INFINITY,
  since,
}: Run): boolean {
  if (performance.now() - since > secondsMax * 1000) return true
  return begun >= count || (untilFound === true && tally.failures.length > 0)
}

async function runLane(run: Run, seed: number): Promise<void> {
  while (!isEnough(run)) {
    const number = run.club++
    const home = join(run.folder, `club-${number}`)
    const stage = await openStage({
      ...{ seed: seed + number, prepared: run.prepared, home, neighbour: run.neighbour },
      ...(run.blindness !== undefined && { blindness: run.blindness }),
      databaseUrl: await createDatabase(run.postgresUrl, `${run.template}_${number}`, run.template),
    })
    for (let n = 1; n <= historiesOfClub && stage.lost.size < LOST_MAX && !isEnough(run); n++) {
      run.begun++
      await runCounted(run, stage, n)
    }
    await stage.close()
    rmSync(home, { recursive: true, force: true })
  }
}

async function runCounted(run: Run, stage: Stage, number: number): Promise<void> {
  const before = performance.now()
  const told = await runHistory(stage, `r${number}`)
  count(run.tally, told, performance.now() - before)
  const { violations } = told
  if (violations.length > 0)
    run.tally.failures.push({
      ...{ seed: stage.seed, history: number, violations },
      story: tellHistory(told.history, violations),
    })
  run.onHistory?.(run.tally.histories)
}

// --- counting ------------------------------------------------------------------------------------------------------

function newTally(): Tally {
  return {
    ...{ histories: 0, releases: 0, rows: 0, recalled: 0, amended: 0, acknowledged: 0, found: 0 },
    ...{ slowestMs: 0, failures: [], operations: new Map(), endings: new Map() },
  }
}

function count(tally: Tally, { history, endings, delivered }: Told, elapsedMs: number): void {
  const add = (to: Map<string, number>, key: string) => to.set(key, (to.get(key) ?? 0) + 1)
  tally.histories++
  tally.slowestMs = Math.max(tally.slowestMs, elapsedMs)
  for (const { says } of history.operations) add(tally.operations, says)
  for (const ending of endings) add(tally.endings, ending)
  const acknowledged = history.operations.flatMap((operation) => operation.acknowledged ?? [])
  tally.acknowledged += acknowledged.length
  const there = new Set(history.register.map(({ position }) => position))
  tally.found += acknowledged.filter(({ position }) => there.has(position)).length
  tally.recalled += recalledNow(history)
  const left = history.left.find(({ release }) => release === delivered)
  if (left === undefined) return
  tally.releases++
  tally.rows += left.rows.length
  tally.amended += left.documents.filter((kind) => kind === 'release.amended').length
}

function recalledNow({ left }: History): number {
  return left.reduce(
    (sum, { removals, recalledBefore }) => sum + removals.flat().length - recalledBefore.length,
    0,
  )
}
