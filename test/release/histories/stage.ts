// Where histories run one after the other: a club on PostgreSQL with three clients, two of them with connections of their own
// and one of these in another process, on a second home; and the releases whose copies are still out.
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openPostgresStore } from '../../../src/adapters/postgres/open-postgres-store.ts'
import { openRegister } from '../../../src/register/open-register.ts'
import { type Chance, chanceFrom } from '../../chance.ts'
import { readMigrations } from '../../global-setup.ts'
import { type Club, openClub, start } from '../small-club.ts'
import { type Blindness, type Sight, withSight } from './blind.ts'
import type { Tick } from './history.ts'
import type { Neighbour } from './neighbour.ts'
import { type Party, partyOf } from './party.ts'

/** A release that is out: what was opened of it, once and for good. */
export type Opened = {
  release: string
  rows: readonly number[]
  /** By the number of the removal. */
  removals: Map<number, readonly number[]>
}

export type Stage = {
  seed: number
  chance: Chance
  club: Club
  /** The first one asks and releases; the others speak, and the last one releases too. */
  parties: readonly [Party, Party, Party]
  homes: readonly [string, string]
  tick(): Tick
  /** People who cannot come back. */
  lost: Set<number>
  open: Opened[]
  blindness: Blindness | undefined
  sight: Sight
  close(): Promise<void>
}

export type StageOptions = {
  seed: number
  /** A club that was prepared, and nobody has open: its home is copied. */
  prepared: string
  home: string
  databaseUrl: string
  neighbour: Neighbour
  blindness?: Blindness
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const { seed, prepared, home, databaseUrl, neighbour, blindness } = options
  const homes = [join(home, 'first'), join(home, 'second')] as const
  for (const one of homes) cpSync(prepared, one, { recursive: true })
  mkdirSync(join(homes[0], 'opened'))
  const clock = { at: start }
  const club = await openClub({ home: homes[0], databaseUrl, clock })
  const writer = await secondWriter(club, databaseUrl)
  const { dataFile } = club
  const second = await neighbour.open({ home: homes[1], databaseUrl, dataFile, clock })
  const sight: Sight = { blind: false }
  const seeing = blindness === undefined ? club : withSight(club, sight)
  let ticks = 0
  return {
    ...{ seed, club, homes, sight, blindness, lost: new Set(), open: [] },
    chance: chanceFrom(seed),
    parties: [partyOf('the first process', seeing), writer, second],
    tick: () => ++ticks,
    async close() {
      await second.close()
      await writer.close()
      await club.close()
    },
  }
}

/** Connections of its own, and a group committer of its own. */
async function secondWriter(club: Club, url: string): Promise<Party> {
  const store = await openPostgresStore({ url, connectionsMax: 3 })
  const { keys, now } = club.app.register
  const register = await openRegister({ store, keys, migrations: readMigrations(), now })
  const party = partyOf('other connections', { ...club, app: { ...club.app, register } })
  return { ...party, close: () => store.close() }
}

/** The verdicts of decisions lie beside each process; whoever goes on with a release needs them. */
export function shareDecisions(homes: readonly [string, string]): void {
  const [one, other] = homes.map((home) => join(home, 'decisions')) as [string, string]
  for (const folder of [one, other]) mkdirSync(folder, { recursive: true })
  cpSync(one, other, { recursive: true, force: false })
  cpSync(other, one, { recursive: true, force: false })
}
