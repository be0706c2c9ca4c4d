// The law the tests compute with: what the program ships, and the calendar that the table brings.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Calendar, ClockLaw } from '../../src/clocks/clock.ts'
import type { Due } from '../../src/clocks/due.ts'
import { dateFromIso } from '../../src/model/instant.ts'
import { shippedClockLaw } from '../../src/service/shipped-calendars.ts'

export type ClockRow = {
  duty: string
  inputs: Record<string, unknown>
  due: string
  marks?: Record<string, string>
  why: string
}

type Table = {
  calendars: (Omit<Calendar, 'days' | 'from' | 'to'> & { from: string; to: string; days: string[] })[]
  rows: ClockRow[]
}

const table: Table = parse(readFileSync(new URL('clock-table.yaml', import.meta.url), 'utf8'))

export const clockRows: readonly ClockRow[] = table.rows

const shipped = shippedClockLaw()

export const clockLaw: ClockLaw = {
  rules: shipped.rules,
  calendars: [
    ...shipped.calendars,
    ...table.calendars.map(({ from, to, days, ...rest }) => ({
      ...rest,
      from: dateFromIso(from),
      to: dateFromIso(to),
      days: days.map(dateFromIso),
    })),
  ],
}

/** A date, an instant, or the state. */
export function shortDue(due: Due): string {
  if (due.state === 'on') return due.on
  return due.state === 'at' ? due.at : due.state
}
