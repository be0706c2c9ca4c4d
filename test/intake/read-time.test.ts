// Stated times as intervals of instants.
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { isUnreadable, readDate, type TimeFormat, timeReader } from '../../src/intake/read-time.ts'
import { instantFromIso, instantToIso } from '../../src/model/instant.ts'

const LONDON = 'Europe/London'

function span(text: string, format?: TimeFormat, zone?: string): [string, string] | string {
  const reading = timeReader(format, zone)(text)
  if (isUnreadable(reading)) return reading.reason
  return [instantToIso(reading.earliest), instantToIso(reading.latest)]
}

describe('an instant with a zone', () => {
  it.each([
    ['2017-05-05T09:41:07Z', '2017-05-05T09:41:07Z'],
    ['2017-05-05 09:41:07+01:00', '2017-05-05T08:41:07Z'],
    ['2017-05-05T09:41Z', '2017-05-05T09:41:00Z'],
    ['2017-05-05T09:41:07.123456Z', '2017-05-05T09:41:07.123456Z'],
    ['2017-05-05T09:41:07.5-0530', '2017-05-05T15:11:07.5Z'],
  ])('is one point: %s', (text, expected) => {
    expect(span(text)).toEqual([expected, expected])
  })

  it('is the same with and without its fraction of nothing', () => {
    const seconds = fc.integer({ min: -2_000_000_000, max: 7_000_000_000 })
    fc.assert(
      fc.property(seconds, (second) => {
        const text = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`
        const strip = (reading: object) => ({ ...reading, text: undefined })
        expect(strip(timeReader('iso', undefined)(text))).toEqual(
          strip(timeReader('iso', undefined)(text.replace('Z', '.000Z'))),
        )
      }),
    )
  })

  it('is read as Temporal reads it', () => {
    const instants = fc.date({
      min: new Date('1900-01-02'),
      max: new Date('2200-12-30'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(instants, fc.integer({ min: -840, max: 840 }), (date, minutes) => {
        fc.pre(date.getTime() !== 0)
        const zone = `${minutes < 0 ? '-' : '+'}${new Date(Math.abs(minutes) * 60_000).toISOString().slice(11, 16)}`
        const text = `${new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1)}${zone}`
        fc.pre(!text.startsWith('1970-01-01') && !text.startsWith('1900-01-01'))
        const reading = timeReader('iso', undefined)(text)
        const expected = Number(Temporal.Instant.from(text).epochMilliseconds) * 1000
        expect(reading).toMatchObject({ earliest: expected, latest: expected, exact: true })
      }),
    )
  })
})

describe('a local time', () => {
  it('is a point in its zone', () => {
    expect(span('2017-05-05 09:41:07', 'yyyy-mm-dd hh:mm:ss', LONDON)).toEqual([
      '2017-05-05T08:41:07Z',
      '2017-05-05T08:41:07Z',
    ])
  })

  it('has both readings where the clock goes back, and where it jumps over the time', () => {
    expect(span('2017-10-29T01:30:00', 'iso', LONDON)).toEqual([
      '2017-10-29T00:30:00Z',
      '2017-10-29T01:30:00Z',
    ])
    expect(span('2017-03-26T01:30:00', 'iso', LONDON)).toEqual([
      '2017-03-26T00:30:00Z',
      '2017-03-26T01:30:00Z',
    ])
  })

  it('is uncertain by 14 hours each way without a zone', () => {
    expect(span('2017-05-05T12:00:00')).toEqual(['2017-05-04T22:00:00Z', '2017-05-06T02:00:00Z'])
  })

  it('is read as Temporal reads it on every day of zones with odd changes', () => {
    const zones = [
      'Europe/London',
      'Australia/Lord_Howe',
      'America/Sao_Paulo',
      'Pacific/Apia',
      'Africa/Casablanca',
    ]
    const readers = new Map(zones.map((zone) => [zone, timeReader('iso', zone)]))
    const minute = fc.integer({ min: 0, max: 12 * 365 * 1440 })
    fc.assert(
      fc.property(fc.constantFrom(...zones), minute, (zone, minutes) => {
        const local = Temporal.PlainDateTime.from('2008-01-01T00:00').add({ minutes })
        const reading = readers.get(zone)!(`${local.toString({ smallestUnit: 'second' })}`)
        const as = (disambiguation: 'earlier' | 'later') =>
          local.toZonedDateTime(zone, { disambiguation }).epochMilliseconds * 1000
        expect(reading).toMatchObject({ earliest: as('earlier'), latest: as('later') })
      }),
      { numRuns: 600 },
    )
  })
})

describe('a date without a time', () => {
  it('is its whole day in the zone', () => {
    expect(span('05/05/2017', 'dd/mm/yyyy', LONDON)).toEqual(['2017-05-04T23:00:00Z', '2017-05-05T23:00:00Z'])
    expect(span('2017-10-29', 'iso', LONDON)).toEqual(['2017-10-28T23:00:00Z', '2017-10-30T00:00:00Z'])
  })

  it('is uncertain by 14 hours more without a zone', () => {
    expect(span('2017-05-05')).toEqual(['2017-05-04T10:00:00Z', '2017-05-06T14:00:00Z'])
  })

  it('is read by its declared order only', () => {
    const may = ['2017-05-02T23:00:00Z', '2017-05-03T23:00:00Z']
    expect(span('03/05/2017', 'dd/mm/yyyy', LONDON)).toEqual(may)
    expect(span('05/03/2017', 'mm/dd/yyyy', LONDON)).toEqual(may)
    expect(span('3.5.2017', 'dd.mm.yyyy', LONDON)).toEqual(may)
    expect(span('20170503', 'yyyymmdd', LONDON)).toEqual(may)
    expect(span('03/05/2017', 'iso', LONDON)).toMatch(/declared format/)
    expect(span('2017-05-03', 'dd/mm/yyyy', LONDON)).toMatch(/declared format/)
    expect(span('25/12/2017', 'mm/dd/yyyy', LONDON)).toMatch(/no such date/)
  })

  it('covers both readings when its order is not declared and both exist', () => {
    expect(span('03/04/2017', undefined, LONDON)).toEqual(['2017-03-04T00:00:00Z', '2017-04-03T23:00:00Z'])
    expect(timeReader(undefined, LONDON)('03/04/2017')).toMatchObject({ ambiguous: true })
    expect(span('25/12/2017', undefined, LONDON)).toEqual(['2017-12-25T00:00:00Z', '2017-12-26T00:00:00Z'])
    expect(timeReader(undefined, LONDON)('05/05/2017')).toMatchObject({ ambiguous: false })
  })

  it('declared or not, lies within what the undeclared reading allows', () => {
    const day = fc.integer({ min: 1, max: 28 })
    fc.assert(
      fc.property(day, day, fc.integer({ min: 1901, max: 2199 }), (first, second, year) => {
        const text = `${first}/${second}/${year}`
        const open = timeReader(undefined, LONDON)(text)
        for (const format of ['dd/mm/yyyy', 'mm/dd/yyyy'] as const) {
          const declared = timeReader(format, LONDON)(text)
          if (isUnreadable(declared)) continue
          expect(open).toSatisfy(
            (reading: typeof declared) =>
              reading.earliest <= declared.earliest && reading.latest >= declared.latest,
          )
        }
      }),
    )
  })
})

describe('what is no time', () => {
  it.each([
    '1900-01-01',
    '1970-01-01T00:00:00Z',
    '1970-01-01T01:00:00+01:00',
    '01/01/1970',
    '9999-12-31',
    '9999-12-31T23:59:59Z',
    '31/12/9999',
    '0000-00-00',
    '0000-00-00 00:00:00',
    '00/00/0000',
  ])('is refused as a sentinel: %s', (text) => {
    expect(span(text, undefined, LONDON)).toBe('sentinel date, not a real one')
  })

  it('covers both centuries when the year has two digits, whatever the format says', () => {
    expect(span('03/04/17', 'dd/mm/yyyy', LONDON)).toEqual(['1917-04-03T00:00:00Z', '2017-04-03T23:00:00Z'])
    expect(span('03/04/17', undefined, LONDON)).toEqual(['1903-04-17T00:00:00Z', '2017-04-03T23:00:00Z'])
    expect(span('17-04-03', undefined, LONDON)).toEqual(['1903-04-17T00:00:00Z', '2017-04-03T23:00:00Z'])
    expect(span('17-04-03', 'yyyy-mm-dd', LONDON)).toBe('not a date or time in the declared format')
    expect(span('01/01/70', 'dd/mm/yyyy')).toBe('sentinel date, not a real one')
  })

  it.each([
    '',
    'yesterday',
    '2017-02-29',
    '2201-01-01',
    '1899-12-31',
    '2017-05-05T24:00:00Z',
    '2017-05-05T09:41:07+15:00',
    '2017-13-01',
    '2017-02-29T00:00:00Z',
    '2017-05-0xT09:41:07Z',
    '2017-05-05T09:60:07Z',
    '43000',
    "2017-05-05'; --",
  ])('is refused: %j', (text) => {
    expect(span(text, undefined, LONDON)).toEqual(expect.any(String))
  })

  it('counts epoch seconds and milliseconds when they are declared', () => {
    expect(span('1493977267', 'epoch-seconds')).toEqual(['2017-05-05T09:41:07Z', '2017-05-05T09:41:07Z'])
    expect(span('1493977267000', 'epoch-milliseconds')).toEqual([
      '2017-05-05T09:41:07Z',
      '2017-05-05T09:41:07Z',
    ])
    expect(span('0', 'epoch-seconds')).toBe('sentinel date, not a real one')
    expect(span('99999999999', 'epoch-seconds')).toMatch(/year lies outside/)
  })

  it('never becomes an interval that ends before it begins, nor throws', () => {
    const soup = fc.string({ unit: fc.constantFrom(...'0129/-.: TZ+'), maxLength: 25 })
    const format = fc.constantFrom<TimeFormat | undefined>(undefined, 'iso', 'dd/mm/yyyy', 'epoch-seconds')
    fc.assert(
      fc.property(soup, format, fc.constantFrom(undefined, LONDON), (text, declared, zone) => {
        const reading = timeReader(declared, zone)(text)
        if (!isUnreadable(reading)) expect(reading.earliest).toBeLessThanOrEqual(reading.latest)
      }),
      { numRuns: 500 },
    )
  })
})

it('a reader that remembers answers as one that does not', () => {
  const remembering = timeReader(undefined, LONDON)
  for (const text of ['03/04/2017', '2017-05-05T09:41:07Z', '03/04/2017', 'x', '2017-05-05T09:41:07Z', 'x'])
    expect(remembering(text)).toEqual(timeReader(undefined, LONDON)(text))
  expect(remembering('2017-05-05T09:41:07Z')).toMatchObject({
    earliest: instantFromIso('2017-05-05T09:41:07Z'),
  })
})

describe('a birth date', () => {
  it.each<[string | null, TimeFormat | undefined, number | undefined]>([
    ['1985-03-02', undefined, 19850302],
    ['1985-03-02T00:00:00', undefined, 19850302],
    ['02/03/1985', 'dd/mm/yyyy', 19850302],
    ['02/02/1985', undefined, 19850202],
    ['25/12/1985', undefined, 19851225],
    ['02/03/1985', undefined, undefined],
    ['1985-03-02T10:00:00', undefined, undefined],
    ['1970-01-01', undefined, undefined],
    ['1970-01-01T00:00:00Z', undefined, undefined],
    ['1900-01-01', undefined, undefined],
    ['9999-12-31', undefined, undefined],
    ['02/03/85', 'dd/mm/yyyy', undefined],
    ['1985', undefined, undefined],
    ['31/02/1985', 'dd/mm/yyyy', undefined],
    [null, undefined, undefined],
  ])('%j declared as %s is %s', (text, format, expected) => {
    expect(readDate(text, format)).toBe(expected)
  })
})
