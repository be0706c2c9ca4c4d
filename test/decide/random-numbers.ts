// Numbers that look drawn and are not: the same for the same seed and stream, so that a register of thousands is told by
// two numbers and the first hundred of its people are the same however many follow.

export type Draw = {
  /** A whole number from 0 up to, not including, `below`. */
  below: (below: number) => number
  of: <T>(choices: readonly T[]) => T
  /** True in so many of a hundred cases. */
  percent: (chance: number) => boolean
}

export function drawFrom(seed: number, stream: number): Draw {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(stream + 1, 0xc2b2ae35)) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    of: (choices) => choices[below(choices.length)]!,
    percent: (chance) => below(100) < chance,
  }
}
