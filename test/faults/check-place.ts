// What must hold in a data folder and its register after a fault, whatever it was. Each check returns sentences about what does
// not; none of them writes.
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { openSetEngine } from '../../src/adapters/duckdb/open-set-engine.ts'
import type { SetEngine } from '../../src/decide/set-engine.ts'
import type { TreeHead } from '../../src/log/checkpoint.ts'
import { MerkleRoot } from '../../src/log/merkle.ts'
import { eventKindNames } from '../../src/model/event.ts'
import { checkLog } from '../../src/register/check-log.ts'
import { readCheckpoint } from '../../src/register/publish-log.ts'
import { firstDifference } from '../../src/register/read-leaves.ts'
import type { RegisterStore } from '../../src/register/store.ts'
import { catchUpProjection } from '../../src/release/catch-up-projection.ts'
import { linkConfidenceMin } from '../../src/release/project-links.ts'
import { type ReleaseState, readReleases } from '../../src/release/read-release.ts'
import type { App } from '../../src/service/open-app.ts'
import { type Club, canaries } from '../release/small-club.ts'
import type { Acknowledged } from './tasks.ts'

// --- the register ------------------------------------------------------------------------------------------------

/** Positions are dense, the head is where they end, every batch is whole. */
export async function checkPositions(store: RegisterStore): Promise<string[]> {
  const [found] = await store.query<
    Record<'batches' | 'last' | 'head' | 'broken' | 'people' | 'counted', number>
  >(
    `select (select count(*) from register.batch)::int4 as batches,
            (select coalesce(max(position), 0) from register.batch) as last,
            h.position as head, h.subject_count as counted,
            (select count(*) from register.subject)::int4 as people,
            (select count(*) from register.batch b where b.event_count <>
              (select count(*) from register.event e where e.position = b.position))::int4 as broken
       from register.head h`,
  )
  const { batches, last, head, broken, people, counted } = found!
  return [
    ...(batches === last && last === head ? [] : [`${batches} batches up to ${last}, head at ${head}`]),
    ...(broken === 0 ? [] : [`${broken} batches without all of their events`]),
    ...(people === counted ? [] : [`${people} people, the head says ${counted}`]),
  ]
}

/** Everything anybody was told is on record is found there again. */
export async function checkAcknowledged(
  store: RegisterStore,
  acknowledged: readonly Acknowledged[],
): Promise<string[]> {
  const rows = await store.query<{ position: number; idempotency_key: string }>(
    'select position, idempotency_key from register.batch where idempotency_key = any($1::text[])',
    [acknowledged.map(({ key }) => key)],
  )
  const found = new Map(rows.map((row) => [row.idempotency_key, row.position]))
  return acknowledged
    .filter(({ key, position }) => found.get(key) !== position)
    .map(
      ({ key, position }) =>
        `"${key}" was acknowledged at ${position} and is at ${found.get(key) ?? 'no position'}`,
    )
}

/** Batches of each kind: what is repeated after a fault must not be there twice. Names may be numbered in one batch or in two. */
export async function countKinds(store: RegisterStore): Promise<Map<string, number>> {
  const rows = await store.query<{ kind: string; count: number }>(
    `select kind, count(*)::int4 as count from register.batch where kind <> 'term' group by kind
     union all select 'names that have a number', count(*)::int4 from register.term`,
  )
  return new Map(rows.map(({ kind, count }) => [kind, count]))
}

/** Sealed once more is what becomes of files that were lost between seal and delivery; everything else happens once. */
const repeatable = new Set(['release.sealed', 'release.amended', 'removal.sealed'])

export function compareKinds(
  found: ReadonlyMap<string, number>,
  expected: ReadonlyMap<string, number>,
  exactly = false,
): string[] {
  return [...new Set([...found.keys(), ...expected.keys()])]
    .filter((kind) => (exactly || !repeatable.has(kind)) && found.get(kind) !== expected.get(kind))
    .map((kind) => `${found.get(kind) ?? 0} of ${kind}, undisturbed it is ${expected.get(kind) ?? 0}`)
}

// --- the log -----------------------------------------------------------------------------------------------------

/** What stands signed, in the folder and in the second place: nobody may ever be shown anything that does not go on from it. */
export async function signedTrees({ register, log }: App): Promise<TreeHead[]> {
  const trees = [await readCheckpoint(register, log.store), await log.signed.read()]
  return trees.filter((tree) => tree !== undefined)
}

export async function checkLogGoesOn(app: App, earlier: readonly TreeHead[]): Promise<string[]> {
  const head = await app.register.store.query<{ position: number }>('select position from register.head')
  const beyond = earlier.filter(({ size }) => size > head[0]!.position)
  if (beyond.length > 0)
    return [`a tree of ${beyond[0]!.size} was signed, the register ends at ${head[0]!.position}`]
  const difference = await firstDifference(app.register.store, new MerkleRoot(), earlier)
  const forked =
    difference === undefined ? [] : [`the signed tree of ${difference.size} is not of this register`]
  const check = await checkLog(app.register, app.log)
  return [...forked, ...(check.holds ? [] : [`log: ${check.place}: ${check.found}`])]
}

// --- what left ---------------------------------------------------------------------------------------------------

/** Nothing lies where a recipient may fetch it that the register has not sealed, byte for byte, and signed its log over. */
export async function checkOutbox({ register, configuration, log }: App): Promise<string[]> {
  const outbox = join(configuration.home, 'outbox')
  const states = await readReleases(register.store)
  const signed = (await log.signed.read())?.size ?? 0
  const found: string[] = []
  for (const recipient of namesIn(outbox).filter((name) => !name.startsWith('.')))
    for (const name of namesIn(join(outbox, recipient))) {
      found.push(...checkDelivery(join(outbox, recipient, name), name, states))
      const sealed = states.find(({ release }) => release === name)?.sealed
      if (sealed !== undefined && sealed.position > signed)
        found.push(`${name} left before a checkpoint covered it`)
    }
  for (const { release, delivered, committed } of states)
    if (delivered !== undefined && !existsSync(join(outbox, committed!.body.request.recipient, release)))
      found.push(`${release} is on record as delivered, and is not there`)
  return found
}

function checkDelivery(folder: string, name: string, states: readonly ReleaseState[]): string[] {
  const [release, removal] = name.split('.removal-')
  const state = states.find((candidate) => candidate.release === release)
  const expected = removal === undefined ? releaseFiles(state) : removalFiles(state, Number(removal))
  if (expected === undefined) return [`${name} lies in the outbox and is not on record as sealed`]
  return Object.entries(expected)
    .filter(([file, sha256]) => sha256 !== hashOf(join(folder, file)))
    .map(([file]) => `${name}: ${file} is not what was sealed`)
}

function releaseFiles(state: ReleaseState | undefined): Record<string, string> | undefined {
  const { sealed, committed } = state ?? {}
  if (sealed === undefined || committed === undefined) return undefined
  return {
    'manifest.json': sealed.body.manifestSha256,
    'README.txt': sealed.body.readmeSha256,
    [`records.${committed.body.format}.age`]: sealed.body.recordsSha256,
    'proof.bin.age': sealed.body.proofSha256,
  }
}

function removalFiles(state: ReleaseState | undefined, number: number): Record<string, string> | undefined {
  const removal = state?.removals.find(({ sealed }) => sealed.body.removal === number)
  if (removal === undefined) return undefined
  const { manifestSha256, removalSha256 } = removal.sealed.body
  return { 'removal.json': manifestSha256, 'removals.csv.age': removalSha256 }
}

function hashOf(path: string): string | undefined {
  return existsSync(path) ? createHash('sha256').update(readFileSync(path)).digest('hex') : undefined
}

/** A release is whole or absent once the ordinary run is over: nothing is under way, and nothing half made lies about. */
export async function checkNothingUnderWay({ register, configuration }: App): Promise<string[]> {
  const states = await readReleases(register.store)
  const open = states.filter(
    ({ empty, abandoned, delivered, removals }) =>
      (empty === undefined && abandoned === undefined && delivered === undefined) ||
      removals.some((removal) => removal.delivered === undefined),
  )
  const staged = namesIn(join(configuration.home, 'outbox', '.staging'))
  return [
    ...open.map(({ release }) => `${release} is still under way`),
    ...staged.map((name) => `${name} is still staged`),
  ]
}

// --- the projection ----------------------------------------------------------------------------------------------

/** It holds what one made anew from the register holds. */
export async function checkProjection(club: Club): Promise<string[]> {
  const { app } = club
  const { packs } = await club.context()
  const confidence = linkConfidenceMin(packs)
  const fresh = await openSetEngine({
    file: ':memory:',
    temporaryFolder: join(app.configuration.home, 'fresh'),
  })
  try {
    await catchUpProjection(app.register, app.engine, confidence)
    await catchUpProjection(app.register, fresh, confidence)
    const differing: string[] = []
    for (const table of [
      ...eventKindNames,
      'disclosure',
      'person_mate',
      'link_doubt',
      'repeated_showing',
      'projected',
    ])
      if ((await digestOf(app.engine, table)) !== (await digestOf(fresh, table)))
        differing.push(`the projection's ${table} is not what the register says`)
    return differing
  } finally {
    await fresh.close()
  }
}

async function digestOf(engine: SetEngine, table: string): Promise<string> {
  const [row] = await engine.rows<{ digest: string }>(
    `select count(*) || ':' || coalesce(sum(hash(t)), 0)::varchar as digest from ${table} t`,
  )
  return row!.digest
}

// --- what lies about ---------------------------------------------------------------------------------------------

/** People's data lie in the files they came from and nowhere else, not even in files that nobody reads any more. */
export function checkLeftBehind(home: string, since: number): string[] {
  return filesBelow(home)
    .filter((path) => !relative(home, path).startsWith('data') && lstatSync(path).mtimeMs >= since)
    .filter((path) => holdsCanary(readFileSync(path)))
    .map((path) => `${relative(home, path)} holds somebody's data`)
}

export function holdsCanary(bytes: Buffer): boolean {
  return canaries.some((canary) => bytes.includes(canary) || bytes.includes(Buffer.from(canary, 'utf16le')))
}

export function checkNoTemporaryFiles(home: string): string[] {
  return namesIn(join(home, 'temporary')).map((name) => `temporary/${name} was left`)
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => lstatSync(path).isFile())
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}
