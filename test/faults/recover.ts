// What comes after a fault: the next ordinary run, and nobody who helps it. Then everything is looked at.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TreeHead } from '../../src/log/checkpoint.ts'
import { isProblem } from '../../src/model/problem.ts'
import { readDestructions } from '../../src/register/destroy-keys.ts'
import { publishLog } from '../../src/register/publish-log.ts'
import { readReleases } from '../../src/release/read-release.ts'
import { type Club, open, openClub, openRemoval, refsOfPeople } from '../release/small-club.ts'
import {
  checkAcknowledged,
  checkLeftBehind,
  checkLogGoesOn,
  checkNoTemporaryFiles,
  checkNothingUnderWay,
  checkOutbox,
  checkPositions,
  checkProjection,
  compareKinds,
  countKinds,
  signedTrees,
} from './check-place.ts'
import type { Place } from './places.ts'
import { type Acknowledged, erased, recalled, runTask, stopped, type TaskName, tasks } from './tasks.ts'

export type AfterFault = {
  task: TaskName
  acknowledged: readonly Acknowledged[]
  signed: readonly TreeHead[]
  /** When the round began, in milliseconds. */
  since: number
  /** Batches of each kind after an undisturbed run. */
  expected: ReadonlyMap<string, number>
  /** Nothing was lost but a process: not even what may be sealed again is sealed again. */
  exactly: boolean
}

export type Recovery = {
  violations: string[]
  /** Until the next run was done, opening included. */
  seconds: number
  /** Acknowledged before the fault or after it, and how many of them were found. */
  acknowledged: number
  foundAgain: number
}

export async function recover(place: Place, fault: AfterFault): Promise<Recovery> {
  const recovery: Recovery = { violations: [], seconds: 0, acknowledged: 0, foundAgain: 0 }
  const began = performance.now()
  try {
    const club = await openClub({ ...place, clock: { at: tasks[fault.task].clock } })
    try {
      await lookAfter(club, fault, recovery, began)
    } finally {
      await club.close()
    }
    recovery.violations.push(...checkNoTemporaryFiles(place.home))
    recovery.violations.push(...checkLeftBehind(place.home, fault.since))
  } catch (error) {
    recovery.violations.push(`the next run failed: ${isProblem(error) ? error.code : ''} ${describe(error)}`)
  }
  return recovery
}

/** The names of ours in an error's stack lead to the place; what a value was does not stand in it. */
export function describe(error: unknown): string {
  return error instanceof Error
    ? (error.stack ?? error.message).split('\n').slice(0, 6).join(' | ')
    : String(error)
}

async function lookAfter(club: Club, fault: AfterFault, recovery: Recovery, began: number): Promise<void> {
  const { app } = club
  const { store } = app.register
  const earlier = [...fault.signed, ...(await signedTrees(app))]
  const { violations } = recovery
  violations.push(...(await checkPositions(store)), ...(await checkOutbox(app)))
  // Before anything is said again: what is repeated now would take the place of what was lost.
  const lostBefore = await checkAcknowledged(store, fault.acknowledged)
  violations.push(...lostBefore)
  const acknowledged = [...fault.acknowledged]
  const io = { at: () => {}, acknowledge: (fact: Acknowledged) => void acknowledged.push(fact) }
  await runTask(fault.task, club, io)
  recovery.seconds = (performance.now() - began) / 1000
  await publishLog(app.register, app.log)
  const lost = await checkAcknowledged(store, acknowledged)
  violations.push(
    ...[...lost, ...(await checkPositions(store)), ...(await checkOutbox(app))],
    ...(await checkNothingUnderWay(app)),
    ...compareKinds(await countKinds(store), fault.expected, fault.exactly),
    ...(await checkLogGoesOn(app, earlier)),
    ...(await checkProjection(club)),
    ...(await checkOutcome(club, fault.task)),
    ...(await checkRepetition(club, fault.task)),
  )
  recovery.acknowledged = acknowledged.length
  recovery.foundAgain = acknowledged.length - new Set([...lostBefore, ...lost]).size
}

/** Done again, it finds everything done, and nothing is added. */
async function checkRepetition(club: Club, task: TaskName): Promise<string[]> {
  const positionOf = async () =>
    (await club.app.register.store.query<{ position: number }>('select position from register.head'))[0]!
      .position
  const before = await positionOf()
  const again = await runTask(task, club, { at: () => {}, acknowledge: () => {} })
  const after = await positionOf()
  return [
    ...(again ? [] : [`${task}: done again, it found something to do`]),
    ...(after === before ? [] : [`${task}: done again, it added ${after - before} batches`]),
  ]
}

// --- what each task is for ---------------------------------------------------------------------------------------

async function checkOutcome(club: Club, task: TaskName): Promise<string[]> {
  if (task === 'release') return checkDelivered(club)
  if (task === 'recall') return checkRecalled(club)
  return task === 'erase' ? checkErased(club) : []
}

/** As the recipient opens it: everybody who may be in it, and nobody else. */
async function checkDelivered(club: Club): Promise<string[]> {
  const [state, ...others] = await readReleases(club.app.register.store)
  if (state?.delivered === undefined || others.length > 0) return ['there is not one delivered release']
  const out = join(club.app.configuration.home, 'opened')
  const { subjects } = await open(club, state.delivered.body.folder, out)
  // What is readable there is the recipient's.
  rmSync(out, { recursive: true })
  const expected = Array.from({ length: club.people }, (_, index) => index + 1).filter(
    (person) => person !== stopped,
  )
  return subjects.join() === expected.join()
    ? []
    : [`${subjects.length} people were released: not those who may be`]
}

async function checkRecalled(club: Club): Promise<string[]> {
  const [state] = await readReleases(club.app.register.store)
  const folders = (state?.removals ?? []).map(({ delivered }) => delivered?.body.folder)
  if (folders.length !== 1 || folders[0] === undefined)
    return [`${folders.length} removals, it should be one`]
  const { subjectOf } = await refsOfPeople(club, state!.release)
  const people = (await openRemoval(club, folders[0])).map(subjectOf)
  return people.join() === String(recalled) ? [] : ['other people are recalled than said stop']
}

async function checkErased({ app }: Club): Promise<string[]> {
  const { store, keys } = app.register
  const destroyed = await readDestructions(store)
  const secrets = await store.query('select 1 from erasable.secret where subject = $1', [erased])
  return [
    ...(destroyed.length === 1 ? [] : [`keys were destroyed ${destroyed.length} times`]),
    ...(secrets.length === 0 ? [] : ['the erased person still has a secret']),
    ...(keys.epochs().join() === '2' ? [] : [`keys of epochs ${keys.epochs().join()} are here`]),
  ]
}
