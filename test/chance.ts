// Chance that is the same each time, from a seed that is printed.

export type Chance = {
  /** From 0 up to, not including, `max`. */
  upTo(max: number): number
  /** Both ends included. */
  between(min: number, max: number): number
  happens(probability: number): boolean
  pick<T>(choices: readonly T[]): T
}

export function chanceFrom(seed: number): Chance {
  const next = randomFrom(seed)
  const upTo = (max: number) => Math.floor(next() * max)
  return {
    upTo,
    between: (min, max) => min + upTo(max - min + 1),
    happens: (probability) => next() < probability,
    pick(choices) {
      if (choices.length === 0) throw new Error('there is nothing to choose from')
      return choices[upTo(choices.length)]!
    },
  }
}

/** Numbers from 0 up to 1 (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
