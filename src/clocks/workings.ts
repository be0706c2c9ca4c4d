// The paper a clock is worked out on: what was looked up, which step gave what, and which holidays were met.
import { type DateNumber, dateToIso, daysAfter } from '../model/instant.ts'
import { dayInWords, isWeekend } from './calendar-days.ts'
import type { Calendar, ClockLaw, ClockRule, ClockStep } from './clock.ts'
import type { Jurisdiction } from './clock-inputs.ts'
import type { Due } from './due.ts'

/** A rule with the number it was looked up for. */
export type NumberRule = ClockRule & { value: number }

export type Workings = {
  /** The line of this rule in force on the day; else why there is none. */
  rule(name: string, on: DateNumber): ClockRule | Due
  /** The same for a rule that is a number. */
  number(name: string, on: DateNumber): NumberRule | Due
  step(rule: ClockRule, says: string, gives: string): void
  mark(name: string, due: Due): void
  /** The first day from `date` on that is no Saturday, Sunday or public holiday of the nation. */
  workingDay(nation: string, date: DateNumber, onRule: DateNumber): DateNumber | Due
  steps: readonly ClockStep[]
  marks: Readonly<Record<string, Due>>
  pack(): ClockLaw
}

/** Tells a rule, a day or a number from a reason why there is none. */
export function isDue(value: ClockRule | Due | number): value is Due {
  return typeof value === 'object' && 'state' in value
}

export function refused(because: string): Due {
  return { state: 'refused', because }
}

export function onDay(date: DateNumber): Due {
  return { state: 'on', on: dateToIso(date) }
}

export function openWorkings(law: ClockLaw, jurisdiction: Jurisdiction): Workings {
  const steps: ClockStep[] = []
  const marks: Record<string, Due> = {}
  const asked = new Set<string>()
  const met = new Map<Calendar, DateNumber[]>()
  const here = law.rules.filter((line) => line.jurisdiction === jurisdiction)

  const rule = (name: string, on: DateNumber): ClockRule | Due => {
    asked.add(name)
    const lines = here.filter((line) => line.rule === name)
    return inForce(lines, dateToIso(on)) ?? noLine(name, lines, jurisdiction, dateToIso(on))
  }
  const number = (name: string, on: DateNumber): NumberRule | Due => {
    const line = rule(name, on)
    if (isDue(line)) return line
    const { value } = line
    return value === undefined ? refused(`the rule ${name} has no number`) : { ...line, value }
  }
  const step: Workings['step'] = ({ rule, law, authority, verified }, says, gives) => {
    steps.push({ rule, says, law, authority, verified, gives })
  }

  return {
    steps,
    marks,
    rule,
    number,
    step,
    mark(name, due) {
      marks[name] = due
    },
    workingDay(nation, date, onRule) {
      const shift = rule('working-day', onRule)
      if (isDue(shift)) return shift
      const calendar = calendarOf(law.calendars, jurisdiction, nation)
      if ('state' in calendar) return calendar
      const holidays = met.get(calendar) ?? []
      met.set(calendar, holidays)
      const day = firstWorkingDay(calendar, date, holidays)
      if (isDue(day)) return day
      step(shift, shiftInWords(nation, date, day), dateToIso(day))
      return day
    },
    pack: () => ({
      rules: here.filter((line) => asked.has(line.rule)),
      calendars: [...met].map(([calendar, days]) => ({ ...calendar, days: [...new Set(days)].sort() })),
    }),
  }
}

function inForce(lines: readonly ClockRule[], on: string): ClockRule | undefined {
  return lines.find(({ from, to }) => from <= on && (to === undefined || on < to))
}

/** Only a line that says so makes an absence into "no such duty"; otherwise older or foreign law is simply not known here. */
function noLine(name: string, lines: readonly ClockRule[], jurisdiction: Jurisdiction, on: string): Due {
  const first = lines.toSorted((a, b) => (a.from < b.from ? -1 : 1))[0]
  if (first === undefined)
    return refused(`packs/clocks.yaml has no ${name} for the jurisdiction ${jurisdiction}`)
  if (on >= first.from) return refused(`packs/clocks.yaml has no ${name} that holds on ${on}`)
  if (first.before === 'no-duty')
    return {
      state: 'no-duty',
      because: `there was no such duty on ${on}: it begins on ${first.from} (${first.law})`,
    }
  return refused(`packs/clocks.yaml knows ${name} from ${first.from} on, and not what held on ${on}`)
}

/** The holidays of the wrong country are worse than none. */
const nationsOfTheUnitedKingdom = ['england-and-wales', 'scotland', 'northern-ireland']

function calendarOf(
  calendars: readonly Calendar[],
  jurisdiction: Jurisdiction,
  nation: string,
): Calendar | Due {
  const within = nationsOfTheUnitedKingdom.includes(nation)
  if (jurisdiction === 'uk' && !within)
    return refused(`${nation} is none of ${nationsOfTheUnitedKingdom.join(', ')}`)
  if (jurisdiction === 'eu' && within) return refused(`${nation} is no member state of the European Union`)
  return (
    calendars.find((calendar) => calendar.nation === nation) ??
    refused(`there is no calendar with the public holidays of ${nation}`)
  )
}

function firstWorkingDay(calendar: Calendar, date: DateNumber, met: DateNumber[]): DateNumber | Due {
  for (let day = date; ; day = daysAfter(day, 1)) {
    if (day < calendar.from || day > calendar.to) return outside(calendar, day)
    const holiday = calendar.days.includes(day)
    if (holiday) met.push(day)
    if (!holiday && !isWeekend(day)) return day
  }
}

function outside({ nation, from, to }: Calendar, day: DateNumber): Due {
  const [first, last] = [from, to].map((date) => Math.trunc(date / 10_000))
  return refused(
    `${dateToIso(day)} lies outside the calendar of ${nation}, which knows the public holidays of ${first} to ${last} and no others`,
  )
}

function shiftInWords(nation: string, date: DateNumber, day: DateNumber): string {
  if (day === date) return `${dayInWords(date)} is a working day in ${nation}`
  return `${dayInWords(date)} is no working day in ${nation}: the next one is ${dayInWords(day)}`
}
