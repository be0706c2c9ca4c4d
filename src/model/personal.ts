// A personal value in transit: it prints as a placeholder wherever it is logged, formatted or serialised.
import { inspect } from 'node:util'

const values = new WeakMap<Personal<unknown>, unknown>()

export class Personal<T> {
  declare private readonly brand: T

  constructor(value: T) {
    values.set(this, value)
  }

  toString(): string {
    return '‹personal›'
  }

  toJSON(): string {
    return '‹personal›'
  }

  [inspect.custom](): string {
    return '‹personal›'
  }
}

/** The value itself. Call it only where the value is used, never to build a message. */
export function reveal<T>(personal: Personal<T>): T {
  return values.get(personal) as T
}
