// The clocks' numbers and the calendars that come with the program: packs/clocks.yaml and packs/calendars/.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ClockLaw } from '../clocks/clock.ts'
import { readCalendar } from '../clocks/read-calendar.ts'
import { readClockRules } from '../clocks/read-clock-rules.ts'
import { packageRoot, pathBelow } from './package-root.ts'

export function shippedClockLaw(): ClockLaw {
  const folder = pathBelow(packageRoot, 'packs/calendars/')
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
  return {
    rules: readClockRules('packs/clocks.yaml', read(pathBelow(packageRoot, 'packs/clocks.yaml'))),
    calendars: files.map((name) => readCalendar(`packs/calendars/${name}`, read(join(folder, name)))),
  }
}

function read(path: string): string {
  return readFileSync(path, 'utf8')
}
