// A calendar file of packs/calendars → public holidays as numbers; a file that does not hold together is refused whole.
import { type DateNumber, dateFromIso } from '../model/instant.ts'
import { isWeekend } from './calendar-days.ts'
import type { Calendar } from './clock.ts'
import { readFileYaml, textAt, unreadable } from './read-file-yaml.ts'

export function readCalendar(file: string, text: string): Calendar {
  const value = readFileYaml(file, text, ['nation', 'from', 'to', 'source', 'days'])
  const [from, to] = [dateAt(value, 'from', file), dateAt(value, 'to', file)]
  const { days } = value
  if (typeof days !== 'object' || days === null || Array.isArray(days))
    throw unreadable(file, 'days is a list of date: name')
  const dates = Object.keys(days).map((date) => dateIn(date, file))
  for (const date of dates) {
    if (date < from || date > to) throw unreadable(file, `${date} lies outside from and to`)
    if (isWeekend(date))
      throw unreadable(file, `${date} is a Saturday or Sunday: give the day off in its place`)
  }
  return {
    nation: textAt(value, 'nation', file),
    from,
    to,
    days: dates.sort(),
    source: textAt(value, 'source', file),
  }
}

function dateAt(value: Readonly<Record<string, unknown>>, key: string, file: string): DateNumber {
  return dateIn(textAt(value, key, file), file)
}

function dateIn(text: string, file: string): DateNumber {
  try {
    return dateFromIso(text)
  } catch {
    throw unreadable(file, `${text.slice(0, 40)} is no date, yyyy-mm-dd`)
  }
}
