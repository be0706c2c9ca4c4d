// What must hold of every clock, on generated requests, pauses and instants.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isWeekend } from '../../src/clocks/calendar-days.ts'
import type { ClockResult } from '../../src/clocks/clock.ts'
import type { Pause } from '../../src/clocks/clock-inputs.ts'
import { computeClock, recomputeClock } from '../../src/clocks/compute-clock.ts'
import { dateFromIso, dateToIso, daysAfter, instantFromIso, instantToIso } from '../../src/model/instant.ts'
import { clockLaw } from './clock-law.ts'

const nations = ['england-and-wales', 'scotland', 'northern-ireland']
const nation = fc.constantFrom(...nations)
/** 1 January 2021 to late 2027: years in which every rule of access requests is known, and every answer within the calendars. */
const received = fc.integer({ min: 0, max: 2500 }).map((days) => daysAfter(20210101, days))
/** Days after receipt on which a pause begins, and its length less one. */
const spells = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 12 })), {
  maxLength: 3,
})
const pausesFrom = (first: number, list: readonly (readonly [number, number])[]): Pause[] =>
  list.map(([start, more]) => ({
    from: dateToIso(daysAfter(first, start)),
    to: dateToIso(daysAfter(first, start + more)),
  }))

function access(first: number, of: string, pauses: readonly Pause[]): ClockResult {
  const inputs = { jurisdiction: 'uk', nation: of, right: 'access', received: dateToIso(first), pauses }
  return computeClock('rights-request', inputs, clockLaw)
}

function dateOf({ due }: ClockResult): number {
  if (due.state !== 'on') throw new Error(`${due.state}: ${'because' in due ? due.because : ''}`)
  return dateFromIso(due.on)
}

test('a request is due after it came, on a working day of the nation', () => {
  fc.assert(
    fc.property(received, nation, spells, (first, of, list) => {
      const due = dateOf(access(first, of, pausesFrom(first, list)))
      const { days } = clockLaw.calendars.find((calendar) => calendar.nation === of)!
      expect(due).toBeGreaterThan(first)
      expect(isWeekend(due)).toBe(false)
      expect(days).not.toContain(due)
    }),
  )
})

test('a further pause never makes it due earlier', () => {
  fc.assert(
    fc.property(
      received,
      nation,
      spells,
      fc.nat({ max: 60 }),
      fc.nat({ max: 20 }),
      (first, of, list, start, more) => {
        const before = dateOf(access(first, of, pausesFrom(first, list)))
        const after = dateOf(access(first, of, pausesFrom(first, [...list, [start, more]])))
        expect(after).toBeGreaterThanOrEqual(before)
      },
    ),
  )
})

test('a pause inside the month moves the end of the period by exactly its days', () => {
  fc.assert(
    fc.property(
      received,
      fc.integer({ min: 0, max: 20 }),
      fc.integer({ min: 0, max: 30 }),
      (first, start, more) => {
        const end = (result: ClockResult) => result.marks['extension-notice-by']
        const before = end(access(first, 'scotland', []))
        const after = end(access(first, 'scotland', pausesFrom(first, [[start, more]])))
        if (before?.state !== 'on' || after?.state !== 'on') throw new Error('no date')
        expect(after.on).toBe(dateToIso(daysAfter(dateFromIso(before.on), more + 1)))
      },
    ),
  )
})

test('what came later is not due earlier', () => {
  fc.assert(
    fc.property(received, nation, fc.nat({ max: 40 }), (first, of, later) => {
      expect(dateOf(access(daysAfter(first, later), of, []))).toBeGreaterThanOrEqual(
        dateOf(access(first, of, [])),
      )
    }),
  )
})

test('an extension is due later than the request, and never where its notice was late', () => {
  fc.assert(
    fc.property(received, nation, fc.nat({ max: 60 }), (first, of, days) => {
      const plain = access(first, of, [])
      const inputs = { jurisdiction: 'uk', nation: of, received: dateToIso(first) }
      const noticeGiven = dateToIso(daysAfter(first, days))
      const extended = computeClock('rights-extension', { ...inputs, noticeGiven }, clockLaw)
      const by = plain.marks['extension-notice-by']
      if (by?.state !== 'on') throw new Error('no date')
      if (noticeGiven <= by.on) expect(dateOf(extended)).toBeGreaterThan(dateOf(plain))
      else expect(dateOf(extended)).toBe(dateOf(plain))
    }),
  )
})

test('72 hours are 259,200,000,000 microseconds whatever the clocks on the wall do', () => {
  const zones = fc.constantFrom('Europe/London', 'Europe/Dublin', 'Pacific/Apia', 'Asia/Kathmandu')
  const changes = ['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z'].map(instantFromIso)
  const around = fc.tuple(fc.constantFrom(...changes), fc.integer({ min: -96 * 3600, max: 24 * 3600 }))
  fc.assert(
    fc.property(around, zones, ([change, seconds], zone) => {
      const aware = change + seconds * 1_000_000
      const inputs = { jurisdiction: 'uk', aware: instantToIso(aware), zone }
      const { due } = computeClock('breach-to-regulator', inputs, clockLaw)
      if (due.state !== 'at') throw new Error(due.state)
      expect(instantFromIso(due.at) - aware).toBe(259_200e6)
      expect(instantFromIso(due.local)).toBe(instantFromIso(due.at))
    }),
  )
})

test('in the Union the hour of the event is left out, and nothing else', () => {
  const seconds = fc.integer({ min: 0, max: 40_000_000 })
  fc.assert(
    fc.property(seconds, (second) => {
      const aware = instantFromIso('2026-01-01T00:00:00Z') + second * 1_000_000
      const inputs = { aware: instantToIso(aware), zone: 'Europe/Brussels' }
      const [uk, eu] = (['uk', 'eu'] as const).map((jurisdiction) => {
        const { due } = computeClock('breach-to-regulator', { ...inputs, jurisdiction }, clockLaw)
        if (due.state !== 'at') throw new Error(due.state)
        return instantFromIso(due.at)
      })
      expect(eu! - uk!).toBeGreaterThan(0)
      expect(eu! - uk!).toBeLessThanOrEqual(3600e6)
      expect(eu! % 3600e6).toBe(0)
    }),
  )
})

test('a result is computed again from nothing but itself', () => {
  fc.assert(
    fc.property(received, nation, spells, (first, of, list) => {
      const stored = JSON.parse(JSON.stringify(access(first, of, pausesFrom(first, list))))
      expect(recomputeClock(stored)).toEqual(stored)
    }),
  )
})

test('the time zone and the language of the process change nothing', () => {
  const program = `
    const { computeClock } = await import('./src/clocks/compute-clock.ts')
    const { shippedClockLaw } = await import('./src/service/shipped-calendars.ts')
    const law = shippedClockLaw()
    const place = { jurisdiction: 'uk', nation: 'scotland' }
    const zone = 'Europe/London'
    console.log(JSON.stringify([
      computeClock('rights-request', { ...place, received: '2026-11-25' }, law),
      computeClock('article-14', { ...place, obtained: '2026-02-28' }, law),
      computeClock('breach-to-regulator', { jurisdiction: 'uk', aware: '2026-10-25T01:30', zone }, law),
    ]))`
  const runs = [
    { TZ: 'UTC', LC_ALL: 'C' },
    { TZ: 'Pacific/Apia', LC_ALL: 'ar_EG.UTF-8' },
  ].map((environment) =>
    spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: fileURLToPath(new URL('../../', import.meta.url)),
      env: { ...process.env, ...environment },
      encoding: 'utf8',
    }),
  )
  expect(runs[0]!.stdout).toContain('2026-12-29')
  expect(runs[1]!.stdout).toBe(runs[0]!.stdout)
})
