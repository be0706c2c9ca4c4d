// Article 36: the regulator's weeks to answer a consultation before high-risk processing.
import { dateFromIso, dateToIso, daysAfter } from '../../model/instant.ts'
import { monthsAfter } from '../calendar-days.ts'
import type { ClockInputs } from '../clock-inputs.ts'
import type { Due } from '../due.ts'
import { isDue, onDay, type Workings } from '../workings.ts'

export function consultRegulator(inputs: ClockInputs<'article-36'>, work: Workings): Due {
  const received = dateFromIso(inputs.received)
  const weeks = work.number('consult-weeks', received)
  const more = work.number('consult-extension-weeks', received)
  const notice = work.number('consult-notice-months', received)
  if (isDue(weeks)) return weeks
  if (isDue(more)) return more
  if (isDue(notice)) return notice
  let last = daysAfter(received, weeks.value * 7)
  work.step(weeks, `${weeks.value} weeks after ${inputs.received}: the same day of the week`, dateToIso(last))
  work.mark('extension-notice-by', onDay(monthsAfter(received, notice.value)))
  if (inputs.extended === true) {
    last = daysAfter(last, more.value * 7)
    work.step(more, `extended by ${more.value} weeks`, dateToIso(last))
  }
  const day = work.workingDay(inputs.nation, last, received)
  return isDue(day) ? day : onDay(day)
}
