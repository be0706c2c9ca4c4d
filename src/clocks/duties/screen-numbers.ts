// The Telephone Preference Service: a number is protected 28 days after it was registered, so lists are screened that often.
import { dateFromIso, dateToIso, daysAfter } from '../../model/instant.ts'
import type { ClockInputs } from '../clock-inputs.ts'
import type { Due } from '../due.ts'
import { isDue, onDay, refused, type Workings } from '../workings.ts'

/** Due: the day of the call, by which a screening from the last 28 days must exist. */
export function screenNumbers({ callOn, screenedOn }: ClockInputs<'tps-screening'>, work: Workings): Due {
  const call = dateFromIso(callOn)
  const days = work.number('tps-days', call)
  if (isDue(days)) return days
  const earliest = daysAfter(call, -days.value)
  work.step(
    days,
    `a call on ${callOn} needs a screening no more than ${days.value} days old`,
    `from ${dateToIso(earliest)} on`,
  )
  work.mark('screening-not-before', onDay(earliest))
  if (screenedOn !== undefined) {
    const screened = dateFromIso(screenedOn)
    if (screened > call) return refused('the screening is dated after the call')
    const holds = screened >= earliest
    work.step(
      days,
      `the screening of ${screenedOn} ${holds ? 'covers this call' : 'is too old: screen again'}`,
      holds ? 'covered' : 'not covered',
    )
    if (holds) work.mark('screening-serves-until', onDay(daysAfter(screened, days.value)))
    else work.mark('screen-again-by', onDay(call))
  }
  return onDay(call)
}

/** Due: the first day on which a marketing call breaks the rule. */
export function protectNumber({ registeredOn }: ClockInputs<'tps-registration'>, work: Workings): Due {
  const registered = dateFromIso(registeredOn)
  const days = work.number('tps-days', registered)
  if (isDue(days)) return days
  const first = daysAfter(registered, days.value)
  work.step(days, `${days.value} days after ${registeredOn} the number is protected`, dateToIso(first))
  return onDay(first)
}
