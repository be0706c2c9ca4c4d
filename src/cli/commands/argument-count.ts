// How many arguments a command takes: one too many is a typing error, and ignoring it would do something else.
import { Problem } from '../../model/problem.ts'

/** Refuses more than `max`, without repeating them: what stands in the wrong place may be anything. */
export function atMost(max: number, given: readonly string[], instead: string): void {
  if (given.length > max) throw new Problem('usage.invalid', instead)
}
