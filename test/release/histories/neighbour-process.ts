// Run as a process of its own: a second machine that shares the registers of a run of histories, told what to do by messages.
import type { Instant } from '../../../src/model/instant.ts'
import { openClub, type StandingClock } from '../small-club.ts'
import { type Party, partyOf } from './party.ts'
import type { SayingName } from './sayings.ts'

export type Told = { number: number; club: string; now: Instant } & (
  | { does: 'open'; home: string; databaseUrl: string; dataFile: string }
  | { does: 'say'; saying: SayingName; people: readonly number[]; at: Instant }
  | { does: 'release'; request: string }
  | { does: 'go' | 'die' }
  | { does: 'follow up' }
  | { does: 'close' }
)

export type Reply = { number: number } & (
  | { point: string }
  | { value: number | string | undefined }
  | { failure: string }
)

const clubs = new Map<string, { party: Party; clock: StandingClock }>()
/** Releases that wait at a point, by the number of what they were told. */
const waiting = new Map<number, (go: 'go' | 'die') => void>()

process.on('message', (told: Told) => {
  const reply = (answer: Reply) => process.send?.(answer)
  obey(told, reply).then(
    (value) => told.does !== 'go' && told.does !== 'die' && reply({ number: told.number, value }),
    (error: Error) => reply({ number: told.number, failure: error.stack ?? String(error) }),
  )
})

async function obey(told: Told, reply: (answer: Reply) => void): Promise<number | string | undefined> {
  if (told.does === 'open') return open(told)
  if (told.does === 'go' || told.does === 'die') {
    waiting.get(told.number)?.(told.does)
    return undefined
  }
  const { party, clock } = clubs.get(told.club)!
  clock.at = told.now
  if (told.does === 'say') return party.say(told.saying, told.people, told.at)
  if (told.does === 'follow up') return party.followUp()
  if (told.does === 'release')
    return party.release(told.request, {
      passed: (point) => {
        reply({ number: told.number, point })
        return new Promise((go) => waiting.set(told.number, go))
      },
    })
  clubs.delete(told.club)
  await party.close()
  return undefined
}

async function open(told: Told & { does: 'open' }): Promise<undefined> {
  const clock = { at: told.now }
  const { home, databaseUrl, dataFile } = told
  const club = await openClub({ home, databaseUrl, clock })
  const context = () => club.app.decisionContext(() => dataFile)
  clubs.set(told.club, { party: partyOf('another process', { ...club, context }), clock })
}
