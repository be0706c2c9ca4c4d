// One history: a question is put, approved and released while people speak, processes die and two of them race; then what is
// out is followed up, opened as the recipient opens it, and everything that was seen goes to the checker.
import { rmSync } from 'node:fs'
import { join } from 'node:path'

import { isProblem } from '../../../src/model/problem.ts'
import { readReleases } from '../../../src/release/read-release.ts'
import { recordDestruction } from '../../../src/release/record-destruction.ts'
import { type ReleasePoint, releasePoints } from '../../../src/release/release-points.ts'
import {
  askAgain,
  askAndApprove,
  type Club,
  hour,
  minute,
  open,
  openRemoval,
  refsOfPeople,
} from '../small-club.ts'
import { checkHistory, type Violation } from './check-history.ts'
import type { History } from './history.ts'
import type { Ending, Party, Passed } from './party.ts'
import { recordHistory } from './record-history.ts'
import { type SayingName, sayings } from './sayings.ts'
import { type Stage, shareDecisions } from './stage.ts'
import { Voices } from './voices.ts'

/** Copies that are out at the same time; the oldest is destroyed when there is one more. */
const OPEN_MAX = 1
const TRIES_MAX = 5

export type Told = {
  history: History
  violations: Violation[]
  endings: readonly Ending[]
  /** Undefined when nothing left, and then the code that says why. */
  delivered: string | undefined
}

export async function runHistory(stage: Stage, name: string): Promise<Told> {
  const { club, chance, homes } = stage
  const since = await headPosition(stage)
  const voices = new Voices(stage)
  if (chance.happens(0.4)) voices.speak(1 + chance.upTo(3))
  const approved = await mayBeApproved(club, name)
  shareDecisions(homes)
  if (chance.happens(0.5)) voices.speak(chance.upTo(4))
  // Without news the file is not decided again, and nobody is heard under the lock alone.
  if (stage.blindness === 'commit') voices.speak(2, 'at once')
  if (chance.happens(0.2)) club.clock.at += 20 * minute
  const run = approved ? await releaseAmid(stage, name, voices) : unapproved
  if (chance.happens(0.7)) voices.speak(1 + chance.upTo(4))
  if (chance.happens(0.15)) await followUpAt(stage, stage.parties[2])
  await voices.fallSilent()
  await followUpAll(stage)
  await openAll(stage)
  const history = await recordHistory(stage, { since, operations: voices.operations, marks: run.marks })
  const delivered = stage.open.find(({ release }) => release.startsWith(`${name}@`))?.release
  await makePeace(stage, voices)
  return { history, violations: checkHistory(history), endings: run.endings, delivered }
}

async function headPosition({ club }: Stage): Promise<number> {
  const [head] = await club.app.register.store.query<{ position: number }>(
    'select position from register.head',
  )
  return head!.position
}

const unapproved: Run = { endings: ['not approved'], marks: [] }

/** Not when chance has put everybody under a question that is open. */
async function mayBeApproved(club: Club, name: string): Promise<boolean> {
  try {
    await askAndApprove(club, name)
    return true
  } catch (error) {
    if (isProblem(error) && error.code === 'release.refused') return false
    throw error
  }
}

// --- releasing -----------------------------------------------------------------------------------------------------

type Run = { endings: Ending[]; marks: readonly Passed[] }

/** By one process or by two at once; whoever died is started again, until nothing is left to do. */
async function releaseAmid(stage: Stage, request: string, voices: Voices): Promise<Run> {
  const { chance, parties, homes } = stage
  const [first, , second] = parties
  const racing = stage.blindness === undefined && chance.happens(0.2)
  const alone = stage.blindness === undefined && chance.happens(0.25) ? second : first
  const marks: Passed[] = []
  const endings: Ending[] = []
  const once = (party: Party, mayDie: boolean) =>
    party.release(request, pointsOf(stage, voices, marks, mayDie))
  endings.push(...(await Promise.all((racing ? [first, second] : [alone]).map((party) => once(party, true)))))
  if (endings.includes('died') && chance.happens(0.3))
    for (const home of homes) rmSync(join(home, 'outbox', '.staging'), { recursive: true, force: true })
  const others = racing ? [first, second] : [alone]
  for (let n = 0; n < TRIES_MAX && !(await isOver(stage, request, endings)); n++) {
    shareDecisions(homes)
    endings.push(await once(others[n % others.length]!, false))
  }
  // Of two that race it cannot be told whose gate it was.
  return { endings, marks: racing ? [] : marks }
}

function pointsOf(stage: Stage, voices: Voices, marks: Passed[], mayDie: boolean) {
  const { chance, tick } = stage
  const diesAt =
    mayDie && stage.blindness === undefined && chance.happens(0.15) ? chance.pick(releasePoints) : undefined
  const busy = chance.happens(0.15) ? 3 : 1
  const passed = async (point: ReleasePoint): Promise<'go' | 'die'> => {
    if (chance.happens(0.3)) voices.speak((1 + chance.upTo(2)) * busy)
    // Not at the rename: it happens under the lock that they wait for.
    if (point !== 'renamed' && chance.happens(0.3)) await voices.fallSilent()
    marks.push({ point, at: tick() })
    see(stage, point)
    return point === diesAt ? 'die' : 'go'
  }
  return { passed, decidingAgain: () => voices.speak(chance.upTo(3), 'at once') }
}

/** For the checker's own test: from where to where the first process is blind. */
function see({ sight, blindness }: Stage, point: ReleasePoint): void {
  if (blindness === 'commit') sight.blind = point === 'before-commit'
  if (blindness === 'gate') sight.blind = point === 'before-gate'
}

/** Delivered, or refused in a way that trying again does not change. */
async function isOver({ club }: Stage, request: string, endings: readonly Ending[]): Promise<boolean> {
  const last = endings.at(-1)!
  if (last === 'release.refused' || last === 'decision.stale') return true
  const [state] = (await readReleases(club.app.register.store)).filter(({ release }) =>
    release.startsWith(`${request}@`),
  )
  if (state === undefined) return false
  return state.delivered !== undefined || state.empty !== undefined || state.abandoned !== undefined
}

// --- afterwards ----------------------------------------------------------------------------------------------------

async function followUpAt(stage: Stage, party: Party): Promise<Ending> {
  stage.sight.blind = stage.blindness === 'follow-up'
  const ending = await party.followUp()
  stage.sight.blind = false
  return ending
}

/** Each delivers into its own outbox; the other one's is somebody else's to finish. */
async function followUpAll(stage: Stage): Promise<void> {
  const [first, , second] = stage.parties
  shareDecisions(stage.homes)
  const ending = await followUpAt(stage, first)
  if (ending === 'done') return
  for (const party of [second, first]) {
    const again = await followUpAt(stage, party)
    if (again !== 'done' && again !== 'outbox.elsewhere') throw new Error(`follow-up ended with ${again}`)
  }
}

/** As the recipient opens it, everything checked; each folder once. */
async function openAll(stage: Stage): Promise<void> {
  const { club } = stage
  for (const state of await readReleases(club.app.register.store)) {
    const { release, delivered, destroyed, removals } = state
    if (delivered === undefined || destroyed !== undefined) continue
    const names = await refsOfPeople(club, release)
    const found = stage.open.find((one) => one.release === release)
    const opened = found ?? {
      release,
      rows: await rowsOf(stage, release, delivered.body.folder),
      removals: new Map(),
    }
    if (found === undefined) stage.open.push(opened)
    for (const removal of removals) {
      if (removal.delivered === undefined || opened.removals.has(removal.sealed.body.removal)) continue
      const refs = await openRemoval(club, removal.delivered.body.folder)
      opened.removals.set(
        removal.sealed.body.removal,
        refs.map((ref) => names.subjectOf(ref) ?? 0),
      )
    }
  }
}

/** People by the addresses that arrived; 0 where the row's reference is somebody else's. */
async function rowsOf({ club, homes }: Stage, release: string, folder: string): Promise<number[]> {
  const { refs, subjects } = await open(club, folder, join(homes[0], 'opened', release))
  const { subjectOf } = await refsOfPeople(club, release)
  return subjects.map((subject, row) => (subjectOf(refs[row]!) === subject ? subject : 0))
}

const undoneBy: Partial<Record<SayingName, SayingName>> = {
  'has processing restricted': 'has the restriction lifted',
  'is doubted': 'is doubted no more',
  'has gone away': 'is back',
  'are one person': 'are two people',
}

/** Who can be won back is asked again, and says yes; doubts and restrictions are lifted; the oldest copy is destroyed. */
async function makePeace(stage: Stage, { operations }: Voices): Promise<void> {
  const { club, lost, parties } = stage
  const { register } = club.app
  club.clock.at += hour
  const undone = operations.flatMap(({ says, people }) => {
    const saying = says as SayingName
    if (sayings[saying].final === true) lost.add(people[0]!)
    const undoing = undoneBy[saying]
    return undoing === undefined ? [] : [{ undoing, people }]
  })
  await Promise.all(undone.map(({ undoing, people }) => parties[1].say(undoing, people, club.clock.at)))
  const back = Array.from({ length: club.people }, (_, index) => index + 1).filter((one) => !lost.has(one))
  await askAgain(register, back, club.clock.at)
  for (const { release } of stage.open.splice(0, Math.max(0, stage.open.length - OPEN_MAX)))
    await recordDestruction(register, { release, evidence: 'a letter', by: 'Sam Idris', actor: 'club' })
  club.clock.at += hour
}
