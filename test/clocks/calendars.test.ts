// The calendars that ship, against an independent measure; and files that do not hold together.
import Holidays from 'date-holidays'
import { describe, expect, test } from 'vitest'
import { isWeekend } from '../../src/clocks/calendar-days.ts'
import { readCalendar } from '../../src/clocks/read-calendar.ts'
import { readClockRules } from '../../src/clocks/read-clock-rules.ts'
import { dateFromIso } from '../../src/model/instant.ts'
import { shippedClockLaw } from '../../src/service/shipped-calendars.ts'

const { calendars, rules } = shippedClockLaw()
const years = Array.from({ length: 11 }, (_, index) => 2018 + index)

/** What the measure has and we have not, or the other way round, and why ours stands. */
const explained: Readonly<Record<string, { ours: number[]; theirs: number[]; because: string }>> = {
  'england-and-wales': { ours: [], theirs: [], because: '' },
  scotland: {
    ours: [20260615],
    theirs: [],
    because: 'the Royal Proclamation of February 2026 (World Cup) is younger than the measure’s data',
  },
  'northern-ireland': { ours: [], theirs: [], because: '' },
}

describe.each([
  ['england-and-wales', ['ENG', 'WLS']],
  ['scotland', ['SCT']],
  ['northern-ireland', ['NIR']],
] as const)('the calendar of %s', (nation, states) => {
  const { days, from, to } = calendars.find((calendar) => calendar.nation === nation)!

  test('covers whole years, and has no weekend and no day twice', () => {
    expect([from, to]).toEqual([20180101, 20281231])
    expect(days.filter(isWeekend)).toEqual([])
    expect(new Set(days).size).toBe(days.length)
  })

  test.each(states)('differs from the independent measure (%s) only where that is explained', (state) => {
    const measure = new Holidays('GB', state)
    const theirs = years
      .flatMap((year) => measure.getHolidays(year, 'en'))
      .filter(({ type }) => type === 'public' || type === 'bank')
      .map(({ date }) => dateFromIso(date.slice(0, 10)))
      .filter((date) => !isWeekend(date))
    expect(theirs.length).toBeGreaterThan(80)
    expect({
      ours: days.filter((date) => !theirs.includes(date)),
      theirs: [...new Set(theirs)].filter((date) => !days.includes(date)),
    }).toEqual({ ours: explained[nation]!.ours, theirs: explained[nation]!.theirs })
  })
})

test('the days that were holidays once are there', () => {
  const has = (nation: string, ...dates: number[]) =>
    expect(calendars.find((calendar) => calendar.nation === nation)!.days).toEqual(
      expect.arrayContaining(dates),
    )
  const everywhere = [20200508, 20220602, 20220603, 20220919, 20230508]
  for (const { nation } of calendars) has(nation, ...everywhere)
  for (const { days } of calendars) {
    expect(days).not.toContain(20200504)
    expect(days).not.toContain(20220530)
  }
})

describe('a calendar file is refused', () => {
  const good = 'nation: x\nfrom: 2026-01-01\nto: 2026-12-31\nsource: s\ndays:\n  2026-01-01: a\n'
  const refusal = (text: string) => () => readCalendar('x.yaml', text)
  test('never as it should be', () => expect(refusal(good)()).toMatchObject({ days: [20260101] }))
  test.each([
    ['with a day on a weekend', good.replace('2026-01-01: a', '2026-01-03: a'), 'Saturday or Sunday'],
    ['with a day outside its years', good.replace('2026-01-01: a', '2027-01-01: a'), 'outside from and to'],
    ['with a day twice', `${good}  2026-01-01: b\n`, 'unique'],
    ['with a date that does not exist', good.replace('2026-01-01: a', '2026-02-30: a'), 'no date'],
    ['without a source', good.replace('source: s\n', ''), 'source is missing'],
    ['with a key it does not know', `${good}also: this\n`, 'the key also'],
  ])('%s', (_, text, words) => expect(refusal(text)).toThrow(words))
})

describe('the file of the clocks’ numbers is refused', () => {
  const line = (from: string, to?: string) =>
    `  - { rule: r, jurisdiction: uk, value: 1, unit: days, from: ${from}, ${to ? `to: ${to}, ` : ''}law: l, source: s, authority: house, verified: true }\n`
  const refusal = (text: string) => () => readClockRules('clocks.yaml', `clocks:\n${text}`)
  test('never where one line ends as the next begins', () =>
    expect(refusal(line('2020-01-01', '2021-01-01') + line('2021-01-01'))()).toHaveLength(2))
  test.each([
    ['where two lines hold on one day', line('2020-01-01') + line('2021-01-01'), 'two lines that hold'],
    ['with an authority nobody is', line('2020-01-01').replace('house', 'hearsay'), 'authority of r'],
    ['with a number that is none', line('2020-01-01').replace('value: 1', 'value: soon'), 'value of r'],
    ['with a number without its unit', line('2020-01-01').replace('unit: days, ', ''), 'has a unit'],
    [
      'that does not say whether it was verified',
      line('2020-01-01').replace('true', 'perhaps'),
      'verified of r',
    ],
    ['with a day that does not exist', line('2020-02-30'), 'no such calendar date'],
  ])('%s', (_, text, words) => expect(refusal(text)).toThrow(words))
})

test('what was not read in its source says so', () => {
  expect(
    rules.filter(({ verified, source }) => !verified && !/memory/.test(source)).map(({ rule }) => rule),
  ).toEqual([])
  expect(rules.filter(({ verified }) => !verified).length).toBeGreaterThan(5)
})
