// Where the rounds take place: one club on each store, brought to the three points at which tasks begin, once; each round gets a
// copy of its own. The data folders lie in memory where that is large enough: what survives a power cut is worked out, not tried.
import { randomUUID } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openPgliteStore } from '../../src/adapters/pglite/open-pglite-store.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { requestErasure } from '../../src/register/request-erasure.ts'
import { followUp } from '../../src/release/follow-up.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { createDatabase, dropDatabase, type PostgresServer, startPostgres } from '../postgres-server.ts'
import {
  askAndApprove,
  type Club,
  foundClub,
  hour,
  openClub,
  start,
  statement,
} from '../release/small-club.ts'
import { erased, type PlaceName, recalled, stopped } from './tasks.ts'

export const storeNames = ['postgres', 'pglite'] as const
export type StoreName = (typeof storeNames)[number]

export type Place = { home: string; databaseUrl?: string }

export type Places = {
  /** A folder for whatever else a run needs. */
  folder: string
  take(store: StoreName, place: PlaceName): Promise<Place>
  giveBack(place: Place): Promise<void>
  close(): Promise<void>
}

type Stage = { home: string; database?: string }

const MEMORY = '/dev/shm'
const MEMORY_BYTES_MIN = 2 << 30

export async function preparePlaces(stores: readonly StoreName[] = storeNames): Promise<Places> {
  const folder = mkdtempSync(join(roomiest(), 'fairshare-faults-'))
  const server = stores.includes('postgres') ? await startPostgres() : undefined
  const prepared = new Map<StoreName, Record<PlaceName, Stage>>()
  await Promise.all(
    stores.map(async (store) => {
      prepared.set(store, await prepareStages(join(folder, store), store === 'postgres' ? server : undefined))
    }),
  )
  const takeCopy = (stage: Stage) => copyStage(stage, join(folder, `round-${randomUUID()}`), server)
  return {
    folder,
    take: async (store, place) => placeOf(await takeCopy(prepared.get(store)![place]), server),
    async giveBack({ home, databaseUrl }) {
      rmSync(home, { recursive: true, force: true })
      if (databaseUrl !== undefined) await dropDatabase(server!.url, new URL(databaseUrl).pathname.slice(1))
    },
    async close() {
      await server?.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function roomiest(): string {
  if (!existsSync(MEMORY)) return tmpdir()
  const { bavail, bsize } = statfsSync(MEMORY)
  return bavail * bsize >= MEMORY_BYTES_MIN ? MEMORY : tmpdir()
}

async function prepareStages(folder: string, server?: PostgresServer): Promise<Record<PlaceName, Stage>> {
  const approved = await emptyStage(join(folder, 'approved'), server)
  const founded = await foundClub(placeOf(approved, server))
  await askAndApprove(founded, 'letter')
  await objectToProcessing(founded.app.register, { ...statement(stopped, start), qualifier: 'marketing' })
  await founded.close()
  const released = await copyStage(approved, join(folder, 'released'), server)
  await atStage(released, server, async (club) => {
    await releaseRequest(await club.context(), 'letter')
    club.clock.at = start + hour
    await objectToProcessing(club.app.register, {
      ...statement(recalled, club.clock.at),
      qualifier: 'marketing',
    })
  })
  const due = await copyStage(released, join(folder, 'due'), server)
  await atStage(due, server, async (club) => {
    club.clock.at = start + hour
    await requestErasure(club.app.register, { ...statement(erased, club.clock.at), qualifier: 'requested' })
    await followUp(await club.context())
  })
  return { approved, released, due }
}

async function atStage(
  stage: Stage,
  server: PostgresServer | undefined,
  work: (club: Club) => Promise<void>,
): Promise<void> {
  const club = await openClub({ ...placeOf(stage, server), clock: { at: start } })
  await work(club)
  await club.close()
}

async function emptyStage(home: string, server?: PostgresServer): Promise<Stage> {
  mkdirSync(home, { recursive: true })
  if (server !== undefined) return { home, database: await newDatabase(server) }
  // initdb once, here: every other register of a run is a copy of this one.
  await (await openPgliteStore({ folder: join(home, 'register') })).close()
  return { home }
}

async function copyStage({ home, database }: Stage, to: string, server?: PostgresServer): Promise<Stage> {
  cpSync(home, to, { recursive: true })
  return database === undefined ? { home: to } : { home: to, database: await newDatabase(server!, database) }
}

async function newDatabase({ url }: PostgresServer, template?: string): Promise<string> {
  const name = `fault_${randomUUID().replaceAll('-', '')}`
  await createDatabase(url, name, template)
  return name
}

function placeOf({ home, database }: Stage, server?: PostgresServer): Place {
  return database === undefined ? { home } : { home, databaseUrl: server!.url.replace(/[^/]+$/, database) }
}
