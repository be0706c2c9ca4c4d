// A penalty of the Commissioner: time for representations, for the notice, for an appeal, and for paying less.
import { dateFromIso, dateToIso, daysAfter } from '../../model/instant.ts'
import { monthsAfter } from '../calendar-days.ts'
import type { ClockInputs } from '../clock-inputs.ts'
import type { Due } from '../due.ts'
import { isDue, type NumberRule, onDay, refused, type Workings } from '../workings.ts'

/** Due: the last day for written representations on a notice of intent (DPA 2018 Sch 16). */
export function makeRepresentations(inputs: ClockInputs<'penalty-representations'>, work: Workings): Due {
  const days = work.number('representations-days', dateFromIso(inputs.given))
  return isDue(days) ? days : representationsUntil(days, inputs, work)
}

/** The same under section 55B of the 1998 Act, which goes on applying to conduct of its time. */
export function makeRepresentations1998(
  inputs: ClockInputs<'penalty-1998-representations'>,
  work: Workings,
): Due {
  const days = work.number('1998-representations-days', dateFromIso(inputs.conductOn))
  return isDue(days) ? days : representationsUntil(days, inputs, work)
}

/** Due: the last day on which a penalty notice may be given. */
export function givePenaltyNotice(
  { given, agreedUntil }: ClockInputs<'penalty-notice'>,
  work: Workings,
): Due {
  const from = dateFromIso(given)
  const months = work.number('penalty-notice-months', from)
  if (isDue(months)) return months
  const last = monthsAfter(from, months.value)
  work.step(
    months,
    `not after ${months.value} months from the notice of intent of ${given}, unless both agree`,
    dateToIso(last),
  )
  const softened = work.rule('penalty-outcome-later', from)
  if (!isDue(softened)) {
    const because = 'an outcome as soon as reasonably practicable after the six months is said to be enough'
    work.step(softened, because, 'a later outcome is possible')
    work.mark('later-outcome', { state: 'promptly', from: dateToIso(last), because })
  }
  if (agreedUntil === undefined || dateFromIso(agreedUntil) <= last) return onDay(last)
  work.step(months, `both agreed to ${agreedUntil}`, agreedUntil)
  return onDay(dateFromIso(agreedUntil))
}

/** Due: the last day for an appeal to the First-tier Tribunal. */
export function appealPenalty({ given }: ClockInputs<'penalty-appeal'>, work: Workings): Due {
  const days = work.number('appeal-days', dateFromIso(given))
  if (isDue(days)) return days
  const last = daysAfter(dateFromIso(given), days.value)
  work.step(days, `${days.value} days after the notice of ${given}`, dateToIso(last))
  return onDay(last)
}

/** Due: the day until which the notice takes less; the notice sets it, the Act does not. */
export function payEarly(inputs: ClockInputs<'penalty-1998-early-payment'>, work: Workings): Due {
  const { given, conductOn, payBy, amountPence } = inputs
  const percent = work.number('1998-early-payment-percent', dateFromIso(conductOn))
  if (isDue(percent)) return percent
  if (dateFromIso(payBy) < dateFromIso(given))
    return refused('the day for early payment is dated before the notice')
  const reduced =
    amountPence === undefined ? undefined : Math.floor((amountPence * (100 - percent.value)) / 100)
  work.step(
    percent,
    `${percent.value} % less if it is paid in full by ${payBy}, the day the notice names`,
    reduced === undefined ? payBy : `${reduced} pence by ${payBy}`,
  )
  return onDay(dateFromIso(payBy))
}

function representationsUntil(
  days: NumberRule,
  { given, until }: { given: string; until?: string },
  work: Workings,
): Due {
  const least = daysAfter(dateFromIso(given), days.value - 1)
  work.step(
    days,
    `at least ${days.value} days beginning when the notice was given: ${given} is day 1`,
    dateToIso(least),
  )
  if (until === undefined) return onDay(least)
  const stated = dateFromIso(until)
  if (stated < least)
    work.step(days, `the notice allows until ${until}, which is too short`, dateToIso(least))
  else work.step(days, `the notice allows until ${until}`, until)
  return onDay(Math.max(stated, least))
}
