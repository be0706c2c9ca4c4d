// Days and months as the law counts them: dates only, never the zone or language of the machine.
import { Temporal } from 'temporal-polyfill'
import {
  type DateNumber,
  dateToIso,
  type Instant,
  instantFromIso,
  instantToIso,
  localTime,
  microsecondsPerHour,
} from '../model/instant.ts'
import type { Due } from './due.ts'

/** The corresponding date `months` later; where that month has none, its last day. */
export function monthsAfter(date: DateNumber, months: number): DateNumber {
  const later = plain(date).add({ months })
  return later.year * 10_000 + later.month * 100 + later.day
}

export function isWeekend(date: DateNumber): boolean {
  return plain(date).dayOfWeek > 5
}

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

/** e.g. "Friday 2026-12-25" */
export function dayInWords(date: DateNumber): string {
  return `${weekdays[plain(date).dayOfWeek - 1]} ${dateToIso(date)}`
}

/** An instant with its offset; or a local time in `zone`, of which the earlier reading counts: a duty starts no later. */
export function momentIn(text: string, zone: string): Instant {
  return /(Z|[+-]\d{2}:?\d{2})$/i.test(text) ? instantFromIso(text) : localTime(text, zone).earliest
}

export function dueAt(instant: Instant, zone: string): Due {
  const local = Temporal.Instant.fromEpochNanoseconds(BigInt(instant) * 1000n).toZonedDateTimeISO(zone)
  return { state: 'at', at: instantToIso(instant), local: local.toString({ timeZoneName: 'never' }), zone }
}

/** The start of the next full hour on the clocks of the zone: the hour of the event is not counted. */
export function nextHour(instant: Instant, zone: string): Instant {
  const at = Temporal.Instant.fromEpochNanoseconds(BigInt(instant) * 1000n).toZonedDateTimeISO(zone)
  const hour = at.round({ smallestUnit: 'hour', roundingMode: 'floor' })
  return Number(hour.epochNanoseconds / 1000n) + microsecondsPerHour
}

function plain(date: DateNumber): Temporal.PlainDate {
  return Temporal.PlainDate.from(dateToIso(date))
}
