// A personal data breach: hours that run on through nights, weekends and clock changes.
import { dateOf, type Instant, microsecondsPerHour } from '../../model/instant.ts'
import { dueAt, momentIn, nextHour } from '../calendar-days.ts'
import type { ClockRule } from '../clock.ts'
import type { ClockInputs } from '../clock-inputs.ts'
import type { Due } from '../due.ts'
import { isDue, type Workings } from '../workings.ts'

export function reportBreachToRegulator(inputs: ClockInputs<'breach-to-regulator'>, work: Workings): Due {
  const { zone, jurisdiction } = inputs
  const aware = momentIn(inputs.aware, zone)
  const name = inputs.provider === true ? 'provider-breach-hours' : 'breach-hours'
  const hours = work.number(name, dateOf(aware, zone))
  if (isDue(hours)) return hours
  let start = aware
  if (jurisdiction === 'eu') {
    const counting = work.rule('hour-of-event', dateOf(aware, zone))
    if (isDue(counting)) return counting
    start = nextHour(aware, zone)
    work.step(counting, 'the hour in which it became known is not counted', instantInWords(start, zone))
  }
  return elapsed(hours, start, zone, work)
}

export function tellSubjectsOfBreach(inputs: ClockInputs<'breach-to-subjects'>, work: Workings): Due {
  const aware = momentIn(inputs.aware, inputs.zone)
  const rule = work.rule('breach-subjects', dateOf(aware, inputs.zone))
  if (isDue(rule)) return rule
  if (!inputs.highRisk) {
    const because =
      'a breach that is unlikely to bring a high risk need not be told to the people; it is recorded all the same'
    work.step(rule, because, 'no duty')
    return { state: 'no-duty', because }
  }
  const because = 'high risk: the people are told without undue delay; the law names no last hour'
  work.step(rule, because, 'without undue delay')
  return { state: 'promptly', from: inputs.aware, because }
}

export function tellControllerOfBreach(inputs: ClockInputs<'breach-to-controller'>, work: Workings): Due {
  const { zone, agreementHours } = inputs
  const aware = momentIn(inputs.aware, zone)
  const house = work.number('processor-breach-hours', dateOf(aware, zone))
  if (isDue(house)) return house
  return elapsed(agreed(house, agreementHours), aware, zone, work)
}

/** Hours the parties agreed, in place of the house's: then it is their agreement that says so. */
export function agreed<R extends ClockRule & { value: number }>(house: R, hours: number | undefined): R {
  if (hours === undefined) return house
  return { ...house, value: hours, law: `the agreement; ${house.law}` }
}

export function elapsed(
  rule: ClockRule & { value: number },
  start: Instant,
  zone: string,
  work: Workings,
): Due {
  const due = dueAt(start + rule.value * microsecondsPerHour, zone)
  work.step(
    rule,
    `${rule.value} ${rule.value === 1 ? 'hour' : 'hours'} from ${instantInWords(start, zone)}, every hour counted`,
    due.state === 'at' ? `${due.local} (${zone})` : '',
  )
  return due
}

function instantInWords(instant: Instant, zone: string): string {
  const due = dueAt(instant, zone)
  return due.state === 'at' ? `${due.local} (${zone})` : ''
}
