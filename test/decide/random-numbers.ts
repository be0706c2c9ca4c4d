// Numbers that look drawn and are not: the same for the same seed and stream, so that a register of thousands is told by
// two numbers and the first hundred of its people are the same however many follow.

import { randomFrom } from '../chance.ts'

export type Draw = {
  /** A whole number from 0 up to, not including, `below`. */
  below: (below: number) => number
  of: <T>(choices: readonly T[]) => T
  /** True in so many of a hundred cases. */
  percent: (chance: number) => boolean
}

export function drawFrom(seed: number, stream: number): Draw {
  const next = randomFrom(Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(stream + 1, 0xc2b2ae35))
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    of: (choices) => choices[below(choices.length)]!,
    percent: (chance) => below(100) < chance,
  }
}
