// Article 14: people whose data came from elsewhere are told within a month, and never later than first contact or disclosure.
import { dateFromIso, dateToIso, daysAfter } from '../../model/instant.ts'
import { monthsAfter } from '../calendar-days.ts'
import type { ClockInputs } from '../clock-inputs.ts'
import type { Due } from '../due.ts'
import { isDue, onDay, refused, type Workings } from '../workings.ts'

export function informPeople(inputs: ClockInputs<'article-14'>, work: Workings): Due {
  const obtained = dateFromIso(inputs.obtained)
  const month = work.number('inform-months', obtained)
  const reminder = work.number('inform-reminder-days', obtained)
  if (isDue(month)) return month
  if (isDue(reminder)) return reminder
  const corresponding = monthsAfter(obtained, month.value)
  work.step(
    month,
    `at the latest ${month.value === 1 ? 'one month' : `${month.value} months`} after ${inputs.obtained}`,
    dateToIso(corresponding),
  )
  const end = work.workingDay(inputs.nation, corresponding, obtained)
  if (isDue(end)) return end
  let last = end
  for (const [event, words] of events) {
    const text = inputs[event]
    if (text === undefined) continue
    const on = dateFromIso(text)
    if (on < obtained) return refused(`the ${words} is dated before the data was obtained`)
    work.step(month, `and no later than the ${words}`, text)
    last = Math.min(last, on)
  }
  const remind = Math.min(last, daysAfter(obtained, reminder.value))
  work.step(
    reminder,
    `a reminder ${reminder.value} days after ${inputs.obtained}, or when it is due`,
    dateToIso(remind),
  )
  work.mark('reminder', onDay(remind))
  return onDay(last)
}

const events = [
  ['firstCommunication', 'first communication with the person'],
  ['firstDisclosure', 'first disclosure to another recipient'],
] as const
