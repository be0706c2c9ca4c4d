// The clients of a history: what they say, to whom, and what each was told when.
import { setTimeout } from 'node:timers/promises'
import { type Instant, microsecondsPerDay } from '../../../src/model/instant.ts'
import { minute } from '../small-club.ts'
import type { Operation } from './history.ts'
import { type SayingName, sayingNames, sayings } from './sayings.ts'
import type { Stage } from './stage.ts'

/** Too many doubts at once would hold the whole file back, and rightly. */
const DOUBTS_MAX = 2
const FINAL_MAX = 1

export class Voices {
  readonly operations: Operation[] = []
  readonly #stage: Stage
  readonly #waiting: Promise<void>[] = []
  #doubts = 0
  #finals = 0

  constructor(stage: Stage) {
    this.#stage = stage
  }

  /** Starts so many and waits for none; each at once, or in a moment, so that it may meet anything. */
  speak(count: number, when: 'at once' | 'soon' = 'soon'): void {
    for (let n = 0; n < count; n++) {
      const { chance, club } = this.#stage
      const party = chance.pick(this.#stage.parties)
      const says = this.#choose()
      const people = this.#people(says)
      const at = this.#when(club.clock.at)
      const after = when === 'at once' || chance.happens(0.5) ? 0 : chance.upTo(120)
      this.#waiting.push(this.#say(party, says, people, { at, after }))
    }
  }

  async fallSilent(): Promise<void> {
    await Promise.all(this.#waiting.splice(0))
  }

  async #say(
    party: Stage['parties'][number],
    says: SayingName,
    people: readonly number[],
    { at, after }: { at: Instant; after: number },
  ): Promise<void> {
    if (after > 0) await setTimeout(after)
    const { tick } = this.#stage
    const operation: Operation = {
      ...{ client: party.name, says, kind: sayings[says].kind, people, invoked: tick() },
    }
    this.operations.push(operation)
    const position = await party.say(says, people, at)
    operation.acknowledged = { at: tick(), position }
  }

  #choose(): SayingName {
    const total = sayingNames.reduce((sum, name) => sum + sayings[name].weight, 0)
    let left = this.#stage.chance.upTo(total)
    const says = sayingNames.find((name) => {
      left -= sayings[name].weight
      return left < 0
    })!
    if (sayings[says].final === true && ++this.#finals > FINAL_MAX) return 'objects'
    if (says === 'is doubted' && ++this.#doubts > DOUBTS_MAX) return 'withdraws everything'
    return says
  }

  #people(says: SayingName): number[] {
    const { chance, club } = this.#stage
    const one = 1 + chance.upTo(club.people)
    if (sayings[says].kind !== 'links') return [one]
    const other = 1 + ((one + chance.upTo(club.people - 1)) % club.people)
    return [one, other].sort((a, b) => a - b)
  }

  /** Other clocks go before or after ours; and a letter may have lain for weeks. */
  #when(now: Instant): Instant {
    const { chance } = this.#stage
    if (chance.happens(0.15)) return now - chance.upTo(40) * microsecondsPerDay
    return now + Math.floor(((chance.upTo(240) - 120) * minute) / 60)
  }
}
