// Whether a determination counts at an instant. One in a policy file has days, one that was signed has instants: made in the
// afternoon, it does not reach back to a release of that morning.
import { dateOf, type Instant } from './instant.ts'
import type { Determination } from './policy.ts'

/** `zone`: the controller's, in which the days of policy files are read. */
export function isInForce(determination: Determination, instant: Instant, zone: string): boolean {
  const { at, on, revokedAt, revokedOn } = determination
  const day = dateOf(instant, zone)
  const begun = at === undefined ? on <= day : at <= instant
  const ended = revokedAt === undefined ? revokedOn !== undefined && revokedOn <= day : revokedAt <= instant
  return begun && !ended
}
