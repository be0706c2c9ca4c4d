// Rights of Articles 15 to 22: a month to answer, two more if it is complex, and days on which the clock stands still.
import { type DateNumber, dateFromIso, dateToIso, daysAfter, daysBetween } from '../../model/instant.ts'
import { monthsAfter } from '../calendar-days.ts'
import type { ClockInputs, Pause } from '../clock-inputs.ts'
import type { Due } from '../due.ts'
import { isDue, onDay, refused, type Workings } from '../workings.ts'

type Request = ClockInputs<'rights-request'>

export function answerRightsRequest(inputs: Request, work: Workings): Due {
  const period = firstPeriod(inputs, work)
  if ('state' in period) return period
  // Not moved to a working day: the notice is due before the period itself ends.
  work.mark('extension-notice-by', onDay(period.end))
  return closing(inputs, period.end, work)
}

/** Every day on which the controller waits for the person to say what they are looking for. */
export function stopTheClock(inputs: ClockInputs<'stop-the-clock'>, work: Workings): Due {
  if (inputs.pauses.length === 0) return refused('no pause is given')
  return answerRightsRequest({ ...inputs, right: inputs.right ?? 'access' }, work)
}

export function extendRightsRequest(inputs: ClockInputs<'rights-extension'>, work: Workings): Due {
  const { noticeGiven: notice, ...request } = inputs
  const period = firstPeriod(request, work)
  if ('state' in period) return period
  const more = work.number('extension-months', dateFromIso(inputs.received))
  if (isDue(more)) return more
  work.mark('extension-notice-by', onDay(period.end))
  const given = dateFromIso(notice)
  if (given < dateFromIso(inputs.received))
    return refused('the notice of extension is dated before the request')
  if (given > period.end) {
    work.step(
      more,
      `notice on ${notice} came after the first month had ended: nothing is extended`,
      'no extension',
    )
    return closing(request, period.end, work)
  }
  work.step(
    more,
    `notice with reasons on ${notice}, before the first month ended: ${more.value} further months`,
    `${more.value} months`,
  )
  const end = endOf(request, period.relevant, period.months + more.value, work)
  return isDue(end) ? end : closing(request, end, work)
}

type Period = { relevant: DateNumber; months: number; end: DateNumber }

function firstPeriod(inputs: Request, work: Workings): Period | Due {
  const received = dateFromIso(inputs.received)
  const month = work.number('answer-months', received)
  if (isDue(month)) return month
  const dates = [received, inputs.identityReceived, inputs.feePaid].flatMap((date) =>
    date === undefined ? [] : [typeof date === 'number' ? date : dateFromIso(date)],
  )
  const relevant = Math.max(...dates)
  work.step(
    month,
    'the time runs from the latest of: request received, identity information received, fee paid',
    dateToIso(relevant),
  )
  const end = endOf(inputs, relevant, month.value, work)
  return isDue(end) ? end : { relevant, months: month.value, end }
}

function endOf(inputs: Request, relevant: DateNumber, months: number, work: Workings): DateNumber | Due {
  const counting = work.rule('corresponding-date', dateFromIso(inputs.received))
  if (isDue(counting)) return counting
  const end = monthsAfter(relevant, months)
  const clamped = end % 100 !== relevant % 100
  work.step(
    counting,
    `${months === 1 ? 'one month' : `${months} months`} from ${dateToIso(relevant)}: ${clamped ? 'that month has no such date, so its last day' : 'the corresponding date'}`,
    dateToIso(end),
  )
  const pauses = inputs.pauses ?? []
  return pauses.length === 0 ? end : afterPauses(inputs, pauses, relevant, end, work)
}

/** Days of a pause that lie in the period do not count, first and last day included; a day in two pauses is one day. */
function afterPauses(
  { right, received }: Request,
  pauses: readonly Pause[],
  relevant: DateNumber,
  unpaused: DateNumber,
  work: Workings,
): DateNumber | Due {
  if (right !== 'access')
    return refused(
      'the clock can be stopped for an access request only; say that this is one (right: access)',
    )
  const stop = work.rule('pause', dateFromIso(received))
  if (isDue(stop)) return stop
  let end = unpaused
  let counted = daysAfter(relevant, -1)
  for (const pause of pauses.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    const from = Math.max(dateFromIso(pause.from), daysAfter(counted, 1))
    if (dateFromIso(pause.from) > end) {
      work.step(stop, `the pause from ${pause.from} begins after the period had ended`, dateToIso(end))
      continue
    }
    if (pause.to === undefined) {
      const because = `the clock has stood still since ${pause.from}, until the person answers: there is no due date yet`
      work.step(stop, because, 'no due date')
      return { state: 'open', because }
    }
    const to = dateFromIso(pause.to)
    const days = Math.max(0, daysBetween(from, to) + 1)
    end = daysAfter(end, days)
    counted = Math.max(counted, to)
    work.step(
      stop,
      `${days} ${days === 1 ? 'day' : 'days'} from ${pause.from} to ${pause.to} not counted`,
      dateToIso(end),
    )
  }
  return end
}

function closing({ nation, received }: Request, end: DateNumber, work: Workings): Due {
  const day = work.workingDay(nation, end, dateFromIso(received))
  return isDue(day) ? day : onDay(day)
}
