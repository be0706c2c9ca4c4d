// Whoever has the register open while a history runs, in this process or in another: says things, releases, follows up.
import type { Instant } from '../../../src/model/instant.ts'
import { isProblem } from '../../../src/model/problem.ts'
import { followUp } from '../../../src/release/follow-up.ts'
import type { ReleasePoint } from '../../../src/release/release-points.ts'
import { releaseRequest } from '../../../src/release/release-request.ts'
import type { Club } from '../small-club.ts'
import { type SayingName, sayings } from './sayings.ts'

/** What a run ended with: nothing to say, the code of a Problem, or its own sudden death. */
export type Ending = 'done' | 'died' | string

export type Party = {
  name: string
  /** The position it was acknowledged at. */
  say(saying: SayingName, people: readonly number[], at: Instant): Promise<number>
  release(request: string, onPoint: OnPoint): Promise<Ending>
  followUp(): Promise<Ending>
  close(): Promise<void>
}

export type OnPoint = {
  /** Says whether the process goes on from this point or dies at it. */
  passed(point: ReleasePoint): Promise<'go' | 'die'>
  /** The file is decided again, in this process: whoever speaks now is heard under the lock, or never. */
  decidingAgain?(): void
}

/** A point that a release passed, and the tick at which it did. */
export type Passed = { point: ReleasePoint; at: number }

class Died extends Error {}

export function partyOf(name: string, club: Club): Party {
  return {
    name,
    say: async (saying, people, at) => (await sayings[saying].say(club.app.register, people, at)).position,
    release: async (request, onPoint) =>
      endingOf(async () => {
        const at = async (point: ReleasePoint) => {
          if ((await onPoint.passed(point)) === 'die') throw new Died()
        }
        const onStep = ({ step }: { step: string }) => {
          if (step === 'deciding again') onPoint.decidingAgain?.()
        }
        await releaseRequest(await club.context(), request, { at, onStep })
      }),
    followUp: () => endingOf(async () => followUp(await club.context())),
    close: () => club.close(),
  }
}

async function endingOf(work: () => Promise<unknown>): Promise<Ending> {
  try {
    await work()
    return 'done'
  } catch (error) {
    if (error instanceof Died) return 'died'
    if (isProblem(error)) return error.code
    throw error
  }
}
