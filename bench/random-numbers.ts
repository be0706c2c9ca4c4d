// Numbers that look random and are the same in every run.

/** The generator of Park and Miller: 16807 times the last, modulo 2³¹ − 1. */
export class RandomNumbers {
  #last: number

  constructor(seed: number) {
    this.#last = seed
  }

  /** A whole number from 0 below `limit`. */
  below(limit: number): number {
    this.#last = (this.#last * 16_807) % 2_147_483_647
    return this.#last % limit
  }
}
