// A complaint to the controller: acknowledged within thirty days, of which the day it came is the first.
import { dateFromIso, dateToIso, daysAfter } from '../../model/instant.ts'
import type { ClockInputs } from '../clock-inputs.ts'
import type { Due } from '../due.ts'
import { isDue, onDay, type Workings } from '../workings.ts'

export function acknowledgeComplaint({ received }: ClockInputs<'complaint'>, work: Workings): Due {
  const first = dateFromIso(received)
  const days = work.number('complaint-days', first)
  if (isDue(days)) return days
  const last = daysAfter(first, days.value - 1)
  work.step(
    days,
    `${days.value} days beginning when it was received: ${received} is day 1; the Act names no shift to a working day`,
    dateToIso(last),
  )
  work.mark('outcome', {
    state: 'promptly',
    from: received,
    because: 'enquire, and tell the person of progress and outcome, without undue delay',
  })
  return onDay(last)
}
