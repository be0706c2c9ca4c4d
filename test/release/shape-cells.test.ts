// How one cell leaves: typed cells untouched, free text no spreadsheet executes, transforms done or the cell left empty.
import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DatasetField, FieldTransform } from '../../src/model/policy.ts'
import { type Cell, field, shapeColumn, testKey } from './shape-case.ts'

type Rule = {
  rule: string
  column: Partial<DatasetField>
  to?: Extract<FieldTransform, { as: 'coarsen' }>['to']
  dateFormat?: string
  cells: [before: Cell, after: Cell][]
  neutralised?: number
  dropped?: number
}

const rules: Rule[] = [
  {
    rule: 'free text leaves as it is, spaces included',
    column: {},
    cells: [
      ['Ada Applewick', 'Ada Applewick'],
      ['  Élodie', '  Élodie'],
      ['a=b', 'a=b'],
      ['12 Alder Walk', '12 Alder Walk'],
      [null, null],
      ['𝒜da', '𝒜da'],
    ],
  },
  {
    rule: 'free text that a spreadsheet would execute gets an apostrophe in front',
    column: { category: 'name' },
    cells: [
      ['=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'],
      ['+44 20', "'+44 20"],
      ['-', "'-"],
      ['@SUM(A1)', "'@SUM(A1)"],
      ['\tx', "'\tx"],
      ['\rx', "'\rx"],
      ['\nx', "'\nx"],
      ['＝1', "'＝1"],
      ['＋1', "'＋1"],
      ['－1', "'－1"],
      ['＠x', "'＠x"],
      ['   =1', "'   =1"],
      ['\u00a0=1', "'\u00a0=1"],
      ['\ufeff=1', "'\ufeff=1"],
      ['\u200b@x', "'\u200b@x"],
      ['\u0001=1', "'\u0001=1"],
      ["'=1", "'=1"],
    ],
    neutralised: 16,
  },
  {
    rule: 'a whole number leaves as written, anything else in its column as free text',
    column: { type: 'integer' },
    cells: [
      ['-5', '-5'],
      ['+5', '+5'],
      [' 12 ', ' 12 '],
      ['-5+cmd', "'-5+cmd"],
      ['\t5', "'\t5"],
      ['-1234567890123456', "'-1234567890123456"],
      ['many', 'many'],
    ],
    neutralised: 3,
  },
  {
    rule: 'a yes or no leaves as written',
    column: { type: 'boolean' },
    cells: [
      ['true', 'true'],
      ['N', 'N'],
      ['=true()', "'=true()"],
    ],
    neutralised: 1,
  },
  {
    rule: 'a code leaves as written when it is one of its values',
    column: { type: 'code', values: ['north', '-'] },
    cells: [
      ['north', 'north'],
      [' - ', ' - '],
      ['-south', "'-south"],
    ],
    neutralised: 1,
  },
  {
    rule: 'a phone number leaves as written, and only a phone number',
    column: { category: 'phone' },
    cells: [
      ['+44 20 7946 0018', '+44 20 7946 0018'],
      ['(020) 7946-0018', '(020) 7946-0018'],
      ['+44 20 7946 0018 x12', '+44 20 7946 0018 x12'],
      ['020.7946/0018 ext. 12', '020.7946/0018 ext. 12'],
      ['+12', "'+12"],
      ['-020 7946', "'-020 7946"],
      ['+44+20+1', "'+44+20+1"],
      ['+44 call me', "'+44 call me"],
      ["=020|' /C calc'!A0", "'=020|' /C calc'!A0"],
      ['none', 'none'],
    ],
    neutralised: 5,
  },
  {
    rule: 'a date leaves as ISO, one that cannot be read as written',
    column: { type: 'date' },
    dateFormat: 'dd/mm/yyyy',
    cells: [
      ['05/12/2017', '2017-12-05'],
      [' 5/1/2017', '2017-01-05'],
      ['31/02/2017', '31/02/2017'],
      ['2017-12-05', '2017-12-05'],
      ['01/01/1900', '01/01/1900'],
      ['=TODAY()', "'=TODAY()"],
    ],
    neutralised: 1,
  },
  {
    rule: 'without a date format, a date that can be two days leaves as written',
    column: { type: 'date' },
    cells: [
      ['2017-05-06', '2017-05-06'],
      ['2017-05-06T00:00:00', '2017-05-06'],
      ['05/06/2017', '05/06/2017'],
    ],
  },
  {
    rule: 'several dates leave as ISO when every one of them can be read',
    column: { type: 'dates' },
    dateFormat: 'dd/mm/yyyy',
    cells: [
      ['05/12/2017;6/12/2017', '2017-12-05;2017-12-06'],
      ['05/12/2017;soon', '05/12/2017;soon'],
    ],
  },
  {
    rule: 'a date is coarsened to its year, or left empty',
    column: { type: 'date' },
    to: 'year',
    dateFormat: 'dd/mm/yyyy',
    cells: [
      ['05/12/1985', '1985'],
      ['1985', null],
      ['31/02/1985', null],
      ['01/01/1900', null],
      ['born in May 1985', null],
      [null, null],
      ['  ', null],
    ],
    dropped: 4,
  },
  {
    rule: 'a date is coarsened to its month, never by a guess at which one it is',
    column: { type: 'date' },
    to: 'month',
    cells: [
      ['1985-03-09', '1985-03'],
      ['04/03/1985', null],
    ],
    dropped: 1,
  },
  {
    rule: 'a date is coarsened to its decade',
    column: { type: 'date' },
    to: 'decade',
    cells: [
      ['1985-03-09', '1980s'],
      ['2000-01-01', '2000s'],
    ],
  },
  {
    rule: 'each of several dates is coarsened, or all left empty',
    column: { type: 'dates' },
    to: 'year',
    cells: [
      ['2014-01-09;2016-11-30', '2014;2016'],
      ['2014-01-09;soon', null],
      ['2014-01-09;', null],
    ],
    dropped: 2,
  },
  {
    rule: 'a number is coarsened to a band of ten',
    column: { type: 'integer' },
    to: 'tens',
    cells: [
      ['0', '0-9'],
      ['9', '0-9'],
      ['120', '120-129'],
      [' +129 ', '120-129'],
      ['999999999999999', '999999999999990-999999999999999'],
      ['-1', null],
      ['12.5', null],
      ['1e3', null],
      ['1000000000000000', null],
    ],
    dropped: 4,
  },
  {
    rule: 'a number is coarsened to a band of a hundred',
    column: { type: 'integer' },
    to: 'hundreds',
    cells: [
      ['99', '0-99'],
      ['100', '100-199'],
    ],
  },
  {
    rule: 'a text is coarsened to its first characters, and what is left is free text',
    column: {},
    to: 'first-2',
    cells: [
      ['  ZZ1 2AB', 'ZZ'],
      ['𝒜𝒷c', '𝒜𝒷'],
      ['=1+1', "'=1"],
      ['Z', 'Z'],
      ['  ', null],
    ],
    neutralised: 1,
  },
  {
    rule: 'a phone number is no phone number any more once it is coarsened',
    column: { category: 'phone' },
    to: 'first-4',
    cells: [['+44 20 7946 0018', "'+44 "]],
    neutralised: 1,
  },
]

for (const { rule, column, to, dateFormat, cells, neutralised = 0, dropped = 0 } of rules)
  test(rule, async () => {
    const shaped = await shapeColumn(
      field('it', column),
      cells.map(([before]) => before),
      {
        ...(to !== undefined && { transforms: [{ field: 'it', as: 'coarsen', to }] }),
        ...(dateFormat !== undefined && { dateFormat }),
      },
    )
    expect(shaped.cells).toEqual(cells.map(([, after]) => after))
    expect(shaped).toMatchObject({ neutralised, dropped })
  })

test('the pseudonym in docs/spec/cells.md is the one it says', async () => {
  const page = await readFile(join(import.meta.dirname, '../../docs/spec/cells.md'), 'utf8')
  const [pseudonym] = /p_[0-9A-Z]+/.exec(page) ?? []
  expect(page).toContain('the field `it` and the value `M123`')
  expect((await shapeColumn(field('it'), ['M123'], { transforms: pseudonymised })).cells).toEqual([pseudonym])
})

const pseudonymised: FieldTransform[] = [{ field: 'it', as: 'pseudonymise' }]

test('a pseudonym is 128 bits of a keyed hash over recipient, purpose, field and value', async () => {
  const { cells, dropped } = await shapeColumn(field('it'), ['M123', ' M123 ', null, ' '], {
    transforms: pseudonymised,
  })
  const digest = createHmac('sha256', testKey)
    .update('fairshare/v1/pseudonym\0acorn\0offers\0it\0M123')
    .digest()
  const expected = `p_${crockfordByBigInt(digest.subarray(0, 16))}`
  expect(expected).toMatch(/^p_[0-9A-HJKMNP-TV-Z]{26}$/)
  expect(cells).toEqual([expected, expected, null, null])
  expect(dropped).toBe(0)
})

test('a pseudonym is another one for another value, recipient, purpose, field or key', async () => {
  const one = async (name: string, value: string, more: object) => {
    const transforms: FieldTransform[] = [{ field: name, as: 'pseudonymise' }]
    return (await shapeColumn(field(name), [value], { transforms, ...more })).cells[0]!
  }
  const pseudonyms = await Promise.all([
    one('it', 'M123', {}),
    one('it', 'M124', {}),
    one('it', 'M123', { recipient: 'snugglewell' }),
    one('it', 'M123', { purpose: 'research' }),
    one('that', 'M123', {}),
    one('it', 'M123', { key: Buffer.alloc(32, 8) }),
  ])
  expect(new Set(pseudonyms).size).toBe(pseudonyms.length)
  expect(await one('it', 'M123', {})).toBe(pseudonyms[0])
})

/** What a spreadsheet makes a formula of, said another way than the code says it. */
function looksExecutable(cell: string): boolean {
  const characters = [...cell]
  const start = characters.findIndex((one) => !/[\p{Z}\p{Cc}\p{Cf}]/u.test(one))
  const unseen = start < 0 ? characters : characters.slice(0, start)
  return unseen.some((one) => '\t\r\n'.includes(one)) || '=+-@＝＋－＠'.includes(characters[start] ?? ' ')
}

test('no free text leaves in a form that a spreadsheet executes, and nothing else is touched', async () => {
  const piece = fc.constantFrom(...'=+-@＝＋－＠ \t\r\n\u00a0\u200b\ufeff\'";,aZ9é𝒜'.split(/(?:)/u))
  const cell = fc.oneof(fc.string({ unit: piece, minLength: 1, maxLength: 6 }), fc.string({ unit: 'binary' }))
  const cells = fc.array(cell, { minLength: 50, maxLength: 200 })
  await fc.assert(
    fc.asyncProperty(cells, async (drawn) => {
      const texts = drawn.map((one) => (one === '' ? null : one.replaceAll('\0', '0')))
      const shaped = await shapeColumn(field('it'), texts)
      let neutralised = 0
      for (const [index, after] of shaped.cells.entries()) {
        const before = texts[index]!
        if (before === null) expect(after).toBeNull()
        else if (looksExecutable(before)) {
          expect(after).toBe(`'${before}`)
          neutralised++
        } else expect(after).toBe(before)
      }
      expect(shaped).toMatchObject({ neutralised, dropped: 0 })
    }),
    { numRuns: 40 },
  )
})

function crockfordByBigInt(bytes: Uint8Array): string {
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`) << 2n
  let text = ''
  for (let i = 0; i < 26; i++) {
    text = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[Number(number & 31n)] + text
    number >>= 5n
  }
  return text
}
