// An objection, or consent taken back: at once here, and recipients hear of it within the hours agreed with them.
import { dateOf, dateToIso, daysAfter } from '../../model/instant.ts'
import { momentIn } from '../calendar-days.ts'
import type { ClockInputs } from '../clock-inputs.ts'
import type { Due } from '../due.ts'
import { isDue, onDay, type Workings } from '../workings.ts'
import { agreed, elapsed } from './report-breach.ts'

/** Due: when every recipient has been told. */
export function honourStop(inputs: ClockInputs<'objection' | 'withdrawal'>, work: Workings): Due {
  const { zone, heard, agreementHours } = inputs
  const at = momentIn(heard, zone)
  const day = dateOf(at, zone)
  const inside = work.rule('stop-inside', day)
  const hours = work.number('recipients-hours', day)
  const inFlight = work.number('mailing-in-flight-days', day)
  if (isDue(inside)) return inside
  if (isDue(hours)) return hours
  const because = 'it counts from this instant: no release after it may disregard it'
  work.step(inside, because, heard)
  work.mark('inside', { state: 'promptly', from: heard, because })
  if (!isDue(inFlight)) {
    const last = daysAfter(day, inFlight.value)
    work.step(
      inFlight,
      `a mailing already under way may still arrive for ${inFlight.value} days`,
      dateToIso(last),
    )
    work.mark('mailing-in-flight-until', onDay(last))
  }
  return elapsed(agreed(hours, agreementHours), at, zone, work)
}
