// The other process as this one sees it: a party whose every word is a message there and back.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ReleasePoint } from '../../../src/release/release-points.ts'
import type { StandingClock } from '../small-club.ts'
import type { Reply, Told } from './neighbour-process.ts'
import type { OnPoint, Party } from './party.ts'

type What = Told extends infer T ? (T extends Told ? Omit<T, 'number'> : never) : never
type Waiting = {
  resolve(value: number | string | undefined): void
  reject(error: Error): void
  onPoint: OnPoint | undefined
}

export type Neighbour = {
  open(club: { home: string; databaseUrl: string; dataFile: string; clock: StandingClock }): Promise<Party>
  stop(): Promise<void>
}

export function startNeighbour(): Neighbour {
  const script = fileURLToPath(new URL('neighbour-process.ts', import.meta.url))
  const child = fork(script, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] })
  const waiting = new Map<number, Waiting>()
  let numbers = 0
  const tell = (what: What, onPoint?: OnPoint) =>
    new Promise<number | string | undefined>((resolve, reject) => {
      const number = ++numbers
      waiting.set(number, { resolve, reject, onPoint })
      child.send({ ...what, number })
    })
  child.on('message', (reply: Reply) => hear(child, waiting, reply))
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the other process ended'))
  })
  return {
    async open({ clock, ...place }) {
      const club = place.home
      const said = () => ({ club, now: clock.at })
      await tell({ does: 'open', ...said(), ...place })
      return {
        name: 'another process',
        say: async (saying, people, at) => Number(await tell({ does: 'say', ...said(), saying, people, at })),
        release: async (request, onPoint) =>
          String(await tell({ does: 'release', ...said(), request }, onPoint)),
        followUp: async () => String(await tell({ does: 'follow up', ...said() })),
        close: async () => {
          await tell({ does: 'close', ...said() })
        },
      }
    },
    async stop() {
      child.disconnect()
      await ended
    },
  }
}

function hear(child: ChildProcess, waiting: Map<number, Waiting>, reply: Reply): void {
  const { number } = reply
  const { resolve, reject, onPoint } = waiting.get(number)!
  if ('point' in reply) {
    onPoint!
      .passed(reply.point as ReleasePoint)
      .then((does) => child.send({ number, does, club: '', now: 0 } satisfies Told), reject)
    return
  }
  waiting.delete(number)
  if ('failure' in reply) reject(new Error(reply.failure))
  else resolve(reply.value)
}
