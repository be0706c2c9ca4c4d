// What a source says about time, read as the interval of instants it may mean; never a guess at which one it meant.
// Sentinels are refused; a date that can be read two ways, as one with two digits for its year, covers all its readings.
import { Temporal } from 'temporal-polyfill'
import {
  type DateNumber,
  dateExists,
  type Instant,
  type Interval,
  localTime,
  wholeDay,
} from '../model/instant.ts'

/** How dates are written. Times may follow a date after a space or T in the formats that name them. */
export const timeFormats = [
  'iso',
  'yyyy-mm-dd',
  'yyyymmdd',
  'dd/mm/yyyy',
  'mm/dd/yyyy',
  'dd-mm-yyyy',
  'dd.mm.yyyy',
  'yyyy-mm-dd hh:mm:ss',
  'dd/mm/yyyy hh:mm:ss',
  'mm/dd/yyyy hh:mm:ss',
  'epoch-seconds',
  'epoch-milliseconds',
] as const
export type TimeFormat = (typeof timeFormats)[number]

/**
 * `exact`: one instant, as the source wrote it. `ambiguous`: the text is a date in two orders.
 * `text` is what the source wrote, in memory of its own.
 */
export type TimeReading = Interval & { exact: boolean; ambiguous: boolean; text: string }
/** `undated`: what stands there says that nobody knows, as opposed to something nobody can read. */
export type UnreadableTime = { reason: string; undated?: true }

export function isUnreadable(reading: TimeReading | UnreadableTime): reading is UnreadableTime {
  return 'reason' in reading
}

const SENTINEL: UnreadableTime = { reason: 'sentinel date, not a real one', undated: true }
const OUTSIDE: UnreadableTime = { reason: 'the year lies outside 1900 to 2200', undated: true }
const TWO_DIGIT_YEAR: UnreadableTime = { reason: 'two-digit year' }
const OUT_OF_RANGE: UnreadableTime = { reason: 'no such date between 1900 and 2200' }
const NO_SUCH_TIME: UnreadableTime = { reason: 'no such time of day' }
const UNREADABLE: UnreadableTime = { reason: 'not a date or time in the declared format' }

const DAY_US = 86_400_000_000
const ZONE_SPAN_US = 14 * 3_600_000_000
const EARLIEST = Date.UTC(1900, 0, 1) * 1000
const LATEST = Date.UTC(2201, 0, 1) * 1000

/** Dates repeat millions of times, instants hardly: past this many the cache only costs memory. */
const CACHED_MAX = 65_536
/** No time is written longer; what is would only fill the memory of those that were read. */
const CACHED_CHARACTERS_MAX = 64

/**
 * A reader for one declared format and zone; it remembers what it has read. Without a format it reads ISO, and
 * slashed dates in both orders; without a zone a local time or date is uncertain by 14 hours each way.
 */
export function timeReader(
  format: TimeFormat | undefined,
  zone: string | undefined,
): (text: string) => TimeReading | UnreadableTime {
  const cache = new Map<string, TimeReading | UnreadableTime>()
  const days = new Map<DateNumber, LocalDay>()
  return (text) => {
    const known = cache.get(text)
    if (known !== undefined) return known
    if (cache.size >= CACHED_MAX || text.length > CACHED_CHARACTERS_MAX)
      return readTime(text, format, zone, days)
    const own = unshared(text)
    const reading = readTime(own, format, zone, days)
    cache.set(own, reading)
    return reading
  }
}

/** A copy that does not keep alive the half megabyte of file it was cut from, as a slice would in a cache. */
export function unshared(text: string): string {
  return Buffer.from(text).toString()
}

/** One day in a zone; `offset` is zone minus UTC in µs where it is the same all day, absent on days of a change. */
type LocalDay = Interval & { offset?: number }

type Clock = { hour: number; minute: number; second: number; micros: number }
type Parts = {
  year: number
  month: number
  day: number
  clock: Clock | undefined
  offset: number | undefined
}

const TIME = String.raw`(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?`
const ISO = new RegExp(String.raw`^(\d{4})-?(\d{2})-?(\d{2})(?:[T ]${TIME}(Z|[+-]\d{2}(?::?\d{2})?)?)?$`, 'i')
const NUMBERS = new RegExp(String.raw`^(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:[T ]${TIME})?$`)
const YEAR_FIRST_SHORT = /^\d{2}-\d{2}-\d{2}(?:[T ].*)?$/

function readTime(
  text: string,
  format: TimeFormat | undefined,
  zone: string | undefined,
  days: Map<DateNumber, LocalDay>,
): TimeReading | UnreadableTime {
  const trimmed = text.trim()
  if (format === undefined || format === 'iso') {
    const instant = plainInstant(trimmed)
    if (instant !== undefined)
      return { earliest: instant, latest: instant, exact: true, ambiguous: false, text: trimmed }
  }
  if (format === 'epoch-seconds' || format === 'epoch-milliseconds') return readEpoch(trimmed, format)
  const readings = readingsOf(trimmed, format)
  if ('reason' in readings) return readings
  let earliest = Number.POSITIVE_INFINITY
  let latest = Number.NEGATIVE_INFINITY
  for (const parts of readings) {
    if (isStartOfTime(parts)) return SENTINEL
    const interval = intervalOf(parts, zone, days)
    if ('reason' in interval) return interval
    earliest = Math.min(earliest, interval.earliest)
    latest = Math.max(latest, interval.latest)
  }
  return { earliest, latest, exact: earliest === latest, ambiguous: readings.length > 1, text: trimmed }
}

/**
 * The form most instants have, 2017-05-05T09:41:07Z, without a regular expression: a file may hold millions, all
 * different. Anything doubtful is undefined, for the slower reading to judge.
 */
function plainInstant(text: string): Instant | undefined {
  if (text.length !== 20 || text[4] !== '-' || text[7] !== '-' || text[10] !== 'T') return undefined
  if (text[13] !== ':' || text[16] !== ':' || text[19] !== 'Z') return undefined
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2)
  const [month, day] = [twoDigits(text, 5), twoDigits(text, 8)]
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)]
  // NaN of a character that is no digit fails every comparison. Years of the sentinels go the slower way.
  if (!(year > 1970 && year <= 2200 && hour < 24 && minute < 60 && second < 60)) return undefined
  if (!dateExists(year, month, day)) return undefined
  return Date.UTC(year, month - 1, day, hour, minute, second) * 1000
}

function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48
  const ones = text.charCodeAt(at + 1) - 48
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN
}

/** Every reading that exists: of an order of day and month that nobody declared, of a year of two digits. */
function readingsOf(text: string, format: TimeFormat | undefined): Parts[] | UnreadableTime {
  const iso = ISO.exec(text)
  if (iso !== null) return acceptsIso(text, format) ? isoParts(iso) : UNREADABLE
  const match = NUMBERS.exec(text)
  if (match === null) return YEAR_FIRST_SHORT.test(text) ? TWO_DIGIT_YEAR : UNREADABLE
  const order = orderOf(match[2]!, match[5] !== undefined, format)
  if (order === undefined) return UNREADABLE
  const clock = clockOf(match, 5)
  if (clock === null) return NO_SUCH_TIME
  const short = match[4]!.length === 2
  const [first, second, third] = [Number(match[1]), Number(match[3]), Number(match[4])]
  const dayFirst = { year: third, month: second, day: first }
  const monthFirst = { year: third, month: first, day: second }
  const written =
    order === 'month-first'
      ? [monthFirst]
      : order === 'day-first' || first === second
        ? [dayFirst]
        : [dayFirst, monthFirst]
  if (short && format === undefined) written.push({ year: first, month: second, day: third })
  const possible = written.flatMap((date) =>
    (short ? centuries : [0]).map((century) => ({
      ...date,
      year: century + date.year,
      clock,
      offset: undefined,
    })),
  )
  const readings = possible.filter((parts) => dateExists(parts.year, parts.month, parts.day))
  if (readings.length > 0) return readings
  if (possible.some(isEndOfTime)) return SENTINEL
  return possible.some(({ year }) => isYear(year)) ? OUT_OF_RANGE : OUTSIDE
}

/** A year of two digits is of one of these; to drop it would hide a later showing behind an earlier one. */
const centuries = [1900, 2000]

function acceptsIso(text: string, format: TimeFormat | undefined): boolean {
  const compact = text.charCodeAt(4) !== 45
  if (format === 'yyyymmdd') return compact && text.length === 8
  if (compact) return false
  if (format === 'yyyy-mm-dd') return text.length === 10
  return format === undefined || format === 'iso' || format === 'yyyy-mm-dd hh:mm:ss'
}

function isoParts(match: RegExpExecArray): Parts[] | UnreadableTime {
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])]
  const clock = clockOf(match, 4)
  const offset = offsetOf(match[8])
  if (clock === null || offset === null) return NO_SUCH_TIME
  const parts = { year, month, day, clock, offset }
  if (dateExists(year, month, day)) return [parts]
  if (isEndOfTime(parts)) return SENTINEL
  return isYear(year) ? OUT_OF_RANGE : OUTSIDE
}

/** Of a year that can be meant; what is wrong then is the day. */
function isYear(year: number): boolean {
  return dateExists(year, 1, 1)
}

/** Which orders a day and month separated so may have; undefined when the declared format is another. */
function orderOf(
  separator: string,
  hasTime: boolean,
  format: TimeFormat | undefined,
): 'day-first' | 'month-first' | 'either' | undefined {
  if (format === undefined) return separator === '.' ? 'day-first' : 'either'
  const [date, time] = format.split(' ')
  if (hasTime !== (time !== undefined)) return undefined
  if (date === `dd${separator}mm${separator}yyyy`) return 'day-first'
  if (date === `mm${separator}dd${separator}yyyy`) return 'month-first'
  return undefined
}

function clockOf(match: RegExpExecArray, from: number): Clock | undefined | null {
  if (match[from] === undefined) return undefined
  const [hour, minute, second] = [Number(match[from]), Number(match[from + 1]), Number(match[from + 2] ?? 0)]
  const micros = Number((match[from + 3] ?? '').slice(0, 6).padEnd(6, '0'))
  return hour < 24 && minute < 60 && second < 60 ? { hour, minute, second, micros } : null
}

/** µs east of UTC; undefined without a zone, null when no place on Earth has it. */
function offsetOf(text: string | undefined): number | undefined | null {
  if (text === undefined) return undefined
  if (text === 'Z' || text === 'z') return 0
  const digits = text.slice(1).replace(':', '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2) || 0)
  if (minutes > 14 * 60 || Number(digits.slice(2) || 0) > 59) return null
  return (text[0] === '-' ? -minutes : minutes) * 60_000_000
}

/** Dates that software writes when it has none: impossible ones, and possible ones. */
function isEndOfTime(parts: Parts): boolean {
  const date = dateOfParts(parts)
  return date === 0 || date === 99991231
}

function isStartOfTime(parts: Parts): boolean {
  const date = dateOfParts(parts)
  return date === 19000101 || date === 19700101
}

function dateOfParts(parts: Parts): DateNumber {
  return parts.year * 10_000 + parts.month * 100 + parts.day
}

function intervalOf(
  parts: Parts,
  zone: string | undefined,
  days: Map<DateNumber, LocalDay>,
): Interval | UnreadableTime {
  const midnight = Date.UTC(parts.year, parts.month - 1, parts.day) * 1000
  const { clock } = parts
  if (clock === undefined) {
    if (zone === undefined)
      return { earliest: midnight - ZONE_SPAN_US, latest: midnight + DAY_US + ZONE_SPAN_US }
    return localDay(parts, zone, days)
  }
  const local = midnight + ((clock.hour * 60 + clock.minute) * 60 + clock.second) * 1_000_000 + clock.micros
  if (parts.offset !== undefined) return point(local - parts.offset)
  if (zone === undefined) return { earliest: local - ZONE_SPAN_US, latest: local + ZONE_SPAN_US }
  const day = localDay(parts, zone, days)
  if (day.offset !== undefined) return point(local - day.offset)
  return localTime(isoLocal(local), zone)
}

function point(instant: Instant): Interval | UnreadableTime {
  if (instant === 0) return SENTINEL
  if (instant < EARLIEST || instant >= LATEST) return OUTSIDE
  return { earliest: instant, latest: instant }
}

/** Microseconds of a local time counted as if it were UTC, written without a zone. */
function isoLocal(local: number): string {
  const micros = String(((local % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0')
  return `${new Date(Math.floor(local / 1_000_000) * 1000).toISOString().slice(0, 19)}.${micros}`
}

function localDay(parts: Parts, zone: string, days: Map<DateNumber, LocalDay>): LocalDay {
  const date = dateOfParts(parts)
  const known = days.get(date)
  if (known !== undefined) return known
  const day: LocalDay = wholeDay(date, zone)
  const midnight = Date.UTC(parts.year, parts.month - 1, parts.day) * 1000
  if (!changesClock(day, zone)) day.offset = midnight - day.earliest
  days.set(date, day)
  return day
}

/** True when the zone's clock changes in the day, its two midnights included. */
function changesClock(day: Interval, zone: string): boolean {
  const before = Temporal.Instant.fromEpochMilliseconds(day.earliest / 1000 - 1).toZonedDateTimeISO(zone)
  const change = before.getTimeZoneTransition('next')
  return change !== null && change.epochMilliseconds * 1000 <= day.latest
}

function readEpoch(
  text: string,
  format: 'epoch-seconds' | 'epoch-milliseconds',
): TimeReading | UnreadableTime {
  if (!/^-?\d{1,15}(\.\d{1,6})?$/.test(text)) return UNREADABLE
  const interval = point(Math.round(Number(text) * (format === 'epoch-seconds' ? 1_000_000 : 1000)))
  return 'reason' in interval ? interval : { ...interval, exact: true, ambiguous: false, text }
}

/**
 * A birth date or another date of a person; undefined = unknown: absent, impossible, a sentinel, or readable as two
 * different dates. A midnight behind it is passed over, as databases add one.
 */
export function readDate(text: string | null, format: TimeFormat | undefined): DateNumber | undefined {
  if (text === null) return undefined
  const whole = text.trim()
  const trimmed = whole.replace(/[T ]00:00(?::00(?:\.0+)?)?Z?$/, '')
  const readings = readingsOf(trimmed, format)
  if ('reason' in readings) return undefined
  const [only] = readings
  if (only === undefined || readings.length > 1 || only.clock !== undefined) return undefined
  const date = dateOfParts(only)
  return date === 19000101 || date === 19700101 ? undefined : date
}

/** `readDate` for one format, remembering what it has read. */
export function dateReader(format: TimeFormat | undefined): (text: string | null) => DateNumber | undefined {
  const cache = new Map<string, DateNumber | undefined>()
  return (text) => {
    if (text === null) return undefined
    const known = cache.get(text)
    if (known !== undefined || cache.has(text)) return known
    const date = readDate(text, format)
    if (cache.size < CACHED_MAX && text.length <= CACHED_CHARACTERS_MAX) cache.set(unshared(text), date)
    return date
  }
}

export function isTimeFormat(text: string): text is TimeFormat {
  return (timeFormats as readonly string[]).includes(text)
}
