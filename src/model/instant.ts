// Time as the law sees it: every event has an interval of possible instants, never a point we invented.
// An Instant is whole microseconds since 1970-01-01T00:00:00Z in a plain number (exact to the year 2255).
import { Temporal } from 'temporal-polyfill'
import { Problem } from './problem.ts'

export type Instant = number

export const microsecondsPerMinute = 60_000_000
export const microsecondsPerHour = 60 * microsecondsPerMinute
export const microsecondsPerDay = 24 * microsecondsPerHour

/** A calendar date as the number yyyymmdd, e.g. 20170505. */
export type DateNumber = number

/** The true instant lies somewhere in [earliest, latest]. A grant counts from latest, a veto from earliest. */
export type Interval = { earliest: Instant; latest: Instant }

/** Years outside this range are sentinels or typing errors (T801). */
const YEAR_MIN = 1900
const YEAR_MAX = 2200

/** Of an event its source gives no date: it may have happened at any time there is. */
export const undatedInterval: Interval = {
  earliest: Date.UTC(YEAR_MIN, 0, 1) * 1000,
  latest: Date.UTC(YEAR_MAX + 1, 0, 1) * 1000 - 1,
}

/** Zones on Earth lie within ±14 h; a local time without a zone is uncertain by that much. */
const ZONE_SPAN_US = 14 * 3_600_000_000

export function instantFromIso(text: string): Instant {
  let instant: Temporal.Instant
  try {
    instant = Temporal.Instant.from(text)
  } catch {
    throw new Problem('time.invalid', 'an instant needs a date, a time and a zone')
  }
  return inRange(Number(instant.epochNanoseconds / 1000n))
}

export function instantToIso(instant: Instant): string {
  return Temporal.Instant.fromEpochNanoseconds(BigInt(instant) * 1000n).toString()
}

export function dateFromIso(text: string): DateNumber {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) throw new Problem('time.invalid', 'a date is written yyyy-mm-dd')
  return dateFrom(Number(match[1]), Number(match[2]), Number(match[3]))
}

/** Refuses dates that do not exist and years outside 1900–2200. */
export function dateFrom(year: number, month: number, day: number): DateNumber {
  if (!dateExists(year, month, day))
    throw new Problem('time.invalid', 'no such calendar date between 1900 and 2200')
  return year * 10_000 + month * 100 + day
}

export function dateExists(year: number, month: number, day: number): boolean {
  if (year < YEAR_MIN || year > YEAR_MAX || month < 1 || month > 12 || day < 1) return false
  const days = month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31
  return day <= days
}

export function dateToIso(date: DateNumber): string {
  const digits = String(date).padStart(8, '0')
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`
}

export function dateOf(instant: Instant, zone: string): DateNumber {
  const day = Temporal.Instant.fromEpochMilliseconds(Math.floor(instant / 1000)).toZonedDateTimeISO(zone)
  return day.year * 10_000 + day.month * 100 + day.day
}

/** 00:00 of the date in the zone. */
export function startOfDay(date: DateNumber, zone: string): Instant {
  return Temporal.PlainDate.from(dateToIso(date)).toZonedDateTime(zone).epochMilliseconds * 1000
}

/** A date without a time: somewhere between 00:00 and 24:00 of that day. */
export function wholeDay(date: DateNumber, zone: string): Interval {
  const next = Temporal.PlainDate.from(dateToIso(date)).add({ days: 1 })
  return { earliest: startOfDay(date, zone), latest: next.toZonedDateTime(zone).epochMilliseconds * 1000 }
}

/** A local date and time; in a clock change both readings are possible, without a zone ±14 h are. */
export function localTime(text: string, zone: string | undefined): Interval {
  let local: Temporal.PlainDateTime
  try {
    local = Temporal.PlainDateTime.from(text)
  } catch {
    throw new Problem('time.invalid', 'a local time is written yyyy-mm-ddThh:mm:ss')
  }
  if (zone === undefined) {
    const utc = inRange(Number(local.toZonedDateTime('UTC').epochNanoseconds / 1000n))
    return { earliest: utc - ZONE_SPAN_US, latest: utc + ZONE_SPAN_US }
  }
  const reading = (disambiguation: 'earlier' | 'later') =>
    inRange(Number(local.toZonedDateTime(zone, { disambiguation }).epochNanoseconds / 1000n))
  return { earliest: reading('earlier'), latest: reading('later') }
}

/** The same local time `months` earlier, clamped to the month's end (31 Aug − 6 months = 28 Feb). */
export function monthsBefore(instant: Instant, months: number, zone: string): Instant {
  const at = Temporal.Instant.fromEpochNanoseconds(BigInt(instant) * 1000n).toZonedDateTimeISO(zone)
  return Number(at.subtract({ months }).epochNanoseconds / 1000n)
}

/** Latest birth date of someone who has reached `years` on `on`. A 29 February birthday falls on 1 March in common years. */
export function bornOnMaxForAge(on: DateNumber, years: number): DateNumber {
  const year = Math.trunc(on / 10_000) - years
  const monthDay = on % 10_000
  return monthDay === 229 && !isLeap(year) ? year * 10_000 + 228 : year * 10_000 + monthDay
}

/** True when the zone name is one this runtime knows. */
export function isZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone)
    return true
  } catch {
    return false
  }
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
}

function inRange(instant: Instant): Instant {
  const year = new Date(instant / 1000).getUTCFullYear()
  if (!(year >= YEAR_MIN && year <= YEAR_MAX))
    throw new Problem('time.invalid', 'the year lies outside 1900 to 2200')
  return instant
}

/** The date `days` later. */
export function daysAfter(date: DateNumber, days: number): DateNumber {
  const later = Temporal.PlainDate.from(dateToIso(date)).add({ days })
  return later.year * 10_000 + later.month * 100 + later.day
}

/** The date `months` later, clamped to the month's end (29 Feb + 12 months = 28 Feb). */
export function monthsAfter(date: DateNumber, months: number): DateNumber {
  const later = Temporal.PlainDate.from(dateToIso(date)).add({ months })
  return later.year * 10_000 + later.month * 100 + later.day
}

/** From the first to the last, which is below zero where the last comes before it. */
export function daysBetween(first: DateNumber, last: DateNumber): number {
  const from = Temporal.PlainDate.from(dateToIso(first))
  return from.until(Temporal.PlainDate.from(dateToIso(last)), { largestUnit: 'days' }).days
}
