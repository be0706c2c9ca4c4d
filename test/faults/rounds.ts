// The rounds: which fault strikes what, from a seed; each round strikes, lets the next ordinary run finish, and looks.

import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TreeHead } from '../../src/log/checkpoint.ts'
import { isProblem } from '../../src/model/problem.ts'
import { type Chance, chanceFrom } from '../chance.ts'
import { openClub } from '../release/small-club.ts'
import { countKinds } from './check-place.ts'
import { DISK_ORDER, type DiskOrder } from './disk-order.ts'
import {
  countCalls,
  failAt,
  type PortFault,
  type PortName,
  portErrors,
  portNames,
  watchedPorts,
} from './failing-ports.ts'
import type { Place, Places, StoreName } from './places.ts'
import { cutPower, readJournal, type Survival, watchHome } from './power-cut.ts'
import { describe, type Recovery, recover } from './recover.ts'
import { type ChildEnd, type ChildOptions, runChild } from './run-child.ts'
import { type Acknowledged, runTask, type TaskName, taskNames, tasks } from './tasks.ts'

export const roundKinds = ['points', 'kill', 'fail', 'power'] as const
export type RoundKind = (typeof roundKinds)[number]

export type Strike =
  /** Killed at each numbered point of its own in turn: every run takes up what the one before left. */
  | { kind: 'points'; points: readonly string[] }
  /** Killed before or after a call to a port. */
  | { kind: 'points'; call: PortCall }
  /** Killed after a while. */
  | { kind: 'kill'; afterMs: number }
  | { kind: 'fail'; fault: PortFault }
  | { kind: 'fail'; disk: DiskFault }
  /** Each file may grow no further than this, which the system itself sees to. */
  | { kind: 'fail'; fileBytesMax: number }
  /** Killed at a call to a port, and then the power goes. */
  | { kind: 'power'; call: PortCall; survival: Survival; seed: number }

type PortCall = { port: PortName; call: number; when: 'before' | 'after' }
type DiskFault = NonNullable<DiskOrder['fail']>

export type Round = { number: number; task: TaskName; store: StoreName; strike: Strike }

export type RoundResult = Recovery & {
  round: Round
  /** What struck, by name, and how often. */
  struck: Record<string, number>
  uncoded: string[]
}

/** What a task is when nothing disturbs it. */
export type Undisturbed = {
  kinds: ReadonlyMap<string, number>
  calls: Readonly<Record<PortName, number>>
  milliseconds: number
}

export async function runUndisturbed(places: Places, task: TaskName): Promise<Undisturbed> {
  const place = await places.take('postgres', tasks[task].place)
  const { counts, onCall } = countCalls()
  const club = await openClub({ ...place, clock: { at: tasks[task].clock }, decorate: watchedPorts(onCall) })
  const began = performance.now()
  await runTask(task, club, { at: () => {}, acknowledge: () => {} })
  const milliseconds = performance.now() - began
  const kinds = await countKinds(club.app.register.store)
  await club.close()
  await places.giveBack(place)
  return { kinds, calls: counts, milliseconds }
}

/** What cannot be done on this machine, and why; everything else is done. */
export function notHere(): { kind: RoundKind; what: string }[] {
  const linux = process.platform === 'linux'
  const limits = linux && spawnSync('prlimit', ['--version']).status === 0
  return [
    ...(linux
      ? []
      : [{ kind: 'power' as const, what: 'power cuts: what was synced is read by way of /proc' }]),
    ...(limits ? [] : [{ kind: 'fail' as const, what: 'files that may not grow: there is no prlimit' }]),
  ]
}

// --- which ones --------------------------------------------------------------------------------------------------

/** Every numbered point on both stores first, then by chance. */
export function planRounds(
  count: number,
  kinds: readonly RoundKind[],
  stores: readonly StoreName[],
  undisturbed: Readonly<Record<TaskName, Undisturbed>>,
  chance: Chance,
): Round[] {
  const limits = !notHere().some(({ kind }) => kind === 'fail')
  const sweep = kinds.includes('points') ? pointSweep(stores) : []
  const rounds = sweep.slice(0, count)
  while (rounds.length < count) {
    // In turn, so that few rounds have of each; what strikes is up to chance.
    const kind = kinds[rounds.length % kinds.length]!
    // A server's database is copied and opened in a third of the time: two rounds there for one in a folder.
    const store = chance.pick([...stores, stores[0]!])
    const task = chance.pick(taskNames)
    rounds.push({ task, store, strike: strikeOf(kind, store, { ...undisturbed[task], limits }, chance) })
  }
  return rounds.map((round, index) => ({ number: index + 1, ...round }))
}

function pointSweep(stores: readonly StoreName[]): Omit<Round, 'number'>[] {
  return stores.flatMap((store) =>
    taskNames
      .filter((task) => tasks[task].points.length > 0)
      .map((task) => ({ task, store, strike: { kind: 'points' as const, points: tasks[task].points } })),
  )
}

function strikeOf(
  kind: RoundKind,
  store: StoreName,
  { calls, milliseconds, limits }: Undisturbed & { limits: boolean },
  chance: Chance,
): Strike {
  const port = chance.pick(portNames.filter((name) => calls[name] > 0))
  const call = {
    port,
    call: chance.between(1, calls[port]),
    when: chance.pick(['before', 'after'] as const),
  }
  if (kind === 'points') return { kind, call }
  if (kind === 'kill') return { kind, afterMs: chance.between(0, Math.ceil(milliseconds * SLOWER)) }
  if (kind === 'power') {
    // Or when all is done, and everything was acknowledged.
    const last = { ...call, call: chance.happens(0.25) ? NEVER : call.call }
    const survival = chance.pick(['synced', 'some'] as const)
    return { kind, call: last, survival, seed: chance.between(1, 1e9) }
  }
  if (chance.happens(0.5))
    return { kind, fault: { ...call, lasting: chance.happens(0.3), error: chance.pick(portErrors[port]) } }
  if (limits && chance.happens(0.2)) return { kind, fileBytesMax: chance.between(0, 64) * 1024 }
  return { kind, disk: diskFault(store, chance) }
}

/** More calls than any task makes. */
const NEVER = 1_000_000

/** Changes to files that a task makes, about; the embedded database makes more. */
const CHANGES = { main: 60, worker: 200 }

function diskFault(store: StoreName, chance: Chance): DiskFault {
  const thread = store === 'pglite' && chance.happens(0.6) ? 'worker' : 'main'
  return {
    ...{ thread, call: chance.between(1, CHANGES[thread]) },
    ...{
      code: chance.pick(['ENOSPC', 'EIO', 'EROFS'] as const),
      when: chance.pick(['before', 'after'] as const),
    },
    lasting: chance.happens(0.5),
  }
}

/** A process that has just begun is slower than one that is warm, which was measured. */
const SLOWER = 1.2

// --- one of them -------------------------------------------------------------------------------------------------

export async function runRound(
  places: Places,
  round: Round,
  undisturbed: Readonly<Record<TaskName, Undisturbed>>,
): Promise<RoundResult> {
  const { task, store } = round
  const since = Date.now()
  const place = await places.take(store, tasks[task].place)
  try {
    const blow = await strike(places, place, round)
    const expected = undisturbed[task].kinds
    const exactly = 'points' in round.strike
    const recovery = await recover(place, { task, since, expected, exactly, ...blow })
    return { round, struck: blow.struck, uncoded: blow.uncoded, ...recovery }
  } finally {
    await places.giveBack(place)
  }
}

type Blow = {
  struck: Record<string, number>
  uncoded: string[]
  acknowledged: Acknowledged[]
  signed: TreeHead[]
}

async function strike(places: Places, place: Place, round: Round): Promise<Blow> {
  const { task, strike: struck } = round
  const options = { compiled: join(places.folder, 'compiled') }
  if (struck.kind === 'power') return cutAt(place, task, struck, options)
  if ('fault' in struck) return failPort(place, task, struck.fault)
  if ('disk' in struck) return failDisk(place, task, struck.disk, options)
  if ('fileBytesMax' in struck) return limitFiles(place, task, struck.fileBytesMax, options)
  if ('afterMs' in struck)
    return blowOf('killed after a while', [
      await runChild({ place, task }, { ...options, killAfterMs: struck.afterMs }),
    ])
  if ('call' in struck)
    return blowOf(`killed at a call to ${struck.call.port}`, [
      await runChild({ place, task, call: struck.call }, options),
    ])
  const ends: ChildEnd[] = []
  for (const point of struck.points) ends.push(await runChild({ place, task, point }, options))
  const missed = struck.points.filter((_, index) => !ends[index]!.killed)
  const blow = blowOf(`killed at a point of ${task}`, ends)
  return { ...blow, uncoded: [...blow.uncoded, ...missed.map((point) => `never came to the point ${point}`)] }
}

/** Dead at a call, and of what it wrote only what a power cut leaves. */
async function cutAt(
  place: Place,
  task: TaskName,
  { call, survival, seed }: Extract<Strike, { kind: 'power' }>,
  options: ChildOptions,
): Promise<Blow> {
  const aside = `${place.home}.aside`
  const watched = watchHome(place.home, aside)
  const environment = { [DISK_ORDER]: JSON.stringify(watched.order) }
  const end = await runChild({ place, task, call }, { ...options, preload, environment })
  cutPower(watched, survival, chanceFrom(seed))
  rmSync(aside, { recursive: true })
  const name = survival === 'synced' ? 'power cut: only what was synced' : 'power cut: and some that was not'
  // A process that came to its end has had its power cut too.
  return { ...blowOf(name, [end]), struck: { [name]: 1 } }
}

/** A file function fails as a disk does, in the process itself or in the thread of its database. */
async function failDisk(place: Place, task: TaskName, fail: DiskFault, options: ChildOptions): Promise<Blow> {
  const journal = `${place.home}.journal`
  const order: DiskOrder = { home: place.home, journal, fail }
  const environment = { [DISK_ORDER]: JSON.stringify(order) }
  const end = await runChild({ place, task }, { ...options, preload, environment })
  const failures = readJournal(journal).length
  rmSync(journal, { force: true })
  const name = `${fail.thread === 'main' ? 'disk' : "database's disk"}: ${fail.code}`
  return { ...blowOf(name, [end]), struck: failures === 0 ? { 'came too late': 1 } : { [name]: failures } }
}

/** Exceeded, a write fails as on a full disk: done by the system, not by us. */
async function limitFiles(
  place: Place,
  task: TaskName,
  bytesMax: number,
  options: ChildOptions,
): Promise<Blow> {
  const through = ['prlimit', `--fsize=${bytesMax}`]
  const end = await runChild({ place, task }, { ...options, through })
  const name = 'files may not grow (RLIMIT_FSIZE)'
  return {
    ...blowOf(name, [end]),
    struck: end.problems.length === 0 ? { 'came too late': 1 } : { [name]: 1 },
  }
}

const preload = new URL('disk-preload.ts', import.meta.url).href

function blowOf(name: string, ends: readonly ChildEnd[]): Blow {
  const killed = ends.filter((end) => end.killed).length
  return {
    struck: { [name]: killed, ...(killed < ends.length && { 'came too late': ends.length - killed }) },
    uncoded: ends.flatMap(({ uncoded }) => uncoded),
    acknowledged: ends.flatMap(({ acknowledged }) => acknowledged),
    signed: ends.flatMap(({ signed }) => signed),
  }
}

/** In this process: what fails is told, and it goes on living. */
async function failPort(place: Place, task: TaskName, fault: PortFault): Promise<Blow> {
  const blow: Blow = { struck: {}, uncoded: [], acknowledged: [], signed: [] }
  const fail = failAt(fault)
  let failures = 0
  const decorate = watchedPorts((port, call, when) => {
    try {
      fail(port, call, when)
    } catch (error) {
      failures++
      throw error
    }
  })
  await within(FAILING_MS_MAX, async () => {
    const club = await openClub({ ...place, clock: { at: tasks[task].clock }, decorate })
    try {
      await runTask(task, club, { at: () => {}, acknowledge: (fact) => void blow.acknowledged.push(fact) })
    } finally {
      await club.close()
    }
  }).catch((error: unknown) => {
    if (!isProblem(error)) blow.uncoded.push(`${fault.port} ${fault.error}: ${describe(error)}`)
  })
  blow.struck = failures === 0 ? { 'came too late': 1 } : { [`${fault.port}: ${fault.error}`]: failures }
  return blow
}

const FAILING_MS_MAX = 240_000

async function within<T>(milliseconds: number, work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('it waits for ever')), milliseconds)
  })
  return Promise.race([work(), late]).finally(() => clearTimeout(timer))
}
