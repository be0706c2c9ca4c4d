// A clock for worked cases and tests: set to an instant of the story, it runs on from there at its usual pace.
import type { Instant } from '../model/instant.ts'

export type StoryClock = {
  now: () => Instant
  set: (to: Instant) => void
}

export function storyClock(start: Instant): StoryClock {
  let from = start
  let setAt = performance.now()
  return {
    now: () => from + Math.floor((performance.now() - setAt) * 1000),
    set(to) {
      from = to
      setAt = performance.now()
    },
  }
}
