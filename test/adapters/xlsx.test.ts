// Workbooks as tables, in and out: what people type into spreadsheets, and what programs other than ours read and write.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { readSheet } from 'read-excel-file/node'
import { afterAll, describe, expect, it } from 'vitest'
import writeXlsxFile from 'write-excel-file/node'
import { openDelivered } from '../../src/adapters/files/open-delivered.ts'
import { fileTableReader } from '../../src/adapters/files/table-reader.ts'
import { numberFormat } from '../../src/adapters/xlsx/number-format.ts'
import { numberText } from '../../src/adapters/xlsx/number-text.ts'
import { xlsxEncoder } from '../../src/adapters/xlsx/xlsx-encoder.ts'
import { type Cells, readAll, type TableWriter, tableReaderContract } from '../contract/table-reader.ts'
import {
  type MadeWorkbook,
  makeWorkbook,
  oneSheet,
  relation,
  sheetOf,
  text,
  textRows,
} from './make-workbook.ts'

const folder = mkdtempSync(join(tmpdir(), 'fairshare-xlsx-'))
afterAll(() => rmSync(folder, { recursive: true }))
const reader = fileTableReader({ temporaryFolder: join(folder, 'spill') })

let files = 0
function fileOf(content: Uint8Array): string {
  const path = join(folder, `book-${++files}.xlsx`)
  writeFileSync(path, content)
  return path
}

const read = (made: MadeWorkbook, sheet?: string) =>
  readAll(reader, { path: fileOf(makeWorkbook(made)), format: 'xlsx', ...(sheet !== undefined && { sheet }) })

const withOracle: TableWriter = async (path, columns, rows) =>
  writeXlsxFile([
    columns.map((value) => ({ value, type: String })),
    ...rows.map((row) => row.map((value) => (value === null ? null : { value, type: String }))),
  ]).toFile(path)

const withOurs = (columns: string[], rows: Cells): Uint8Array => {
  const encoder = xlsxEncoder(columns)
  const pieces: Uint8Array[] = []
  for (const row of rows) {
    encoder.add(row)
    const piece = encoder.take()
    if (piece !== undefined) pieces.push(piece)
  }
  return Buffer.concat([...pieces, encoder.end() ?? new Uint8Array(0)])
}

tableReaderContract('xlsx', reader, withOracle)

describe('a workbook that is read', () => {
  it('gives shared, inline and rich texts, without how they are pronounced', async () => {
    const { rows } = await read({
      strings:
        '<si><t>id</t></si><si><t xml:space="preserve"> a b </t></si><si><r><t>Ri</t></r><r><rPr><b/></rPr><t>ch</t></r></si><si><t>名前</t><rPh sb="0" eb="2"><t>ナマエ</t></rPh><phoneticPr fontId="1"/></si>',
      rows: `<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>
        <row r="3"><c r="A3" t="s"><v>2</v></c></row><row r="4"><c r="A4" t="s"><v>3</v></c></row>
        <row r="5"><c r="A5" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r><rPh sb="0" eb="1"><t>no</t></rPh></is></c></row>`,
    })
    expect(rows).toEqual([[' a b '], ['Rich'], ['名前'], ['inline']])
  })

  it('may share an empty text, first or last', async () => {
    const { rows } = await read({
      strings: '<si><t/></si><si><t>id</t></si><si/>',
      rows: `<row><c t="s"><v>1</v></c></row><row>${text('a')}<c t="s"><v>0</v></c></row><row>${text('b')}<c t="s"><v>2</v></c></row>`,
    })
    expect(rows).toEqual([['a'], ['b']])
  })

  it('gives each character that XML has no room for, once', async () => {
    const { rows } = await read({
      rows: textRows([['id'], ['a_x0007_b'], ['_x005F_x0041_'], ['&lt;&amp;&#65;'], ['x_x000D_y']]),
    })
    expect(rows).toEqual([['a\u0007b'], ['_x0041_'], ['<&A'], ['x\ry']])
  })

  it.each([
    ['1001', '', '1001'],
    ['1001.0', '', '1001'],
    ['-0', '', '0'],
    ['1.1000000000000001', '', '1.1'],
    ['999999999999999', '', '999999999999999'],
    ['1.5E+3', '', '1500'],
    ['0.5', '0%', '0.5'],
    ['1234.5', '#,##0.00', '1234.5'],
    ['42', '0000000', '0000042'],
    ['42', '@', '42'],
    ['31107', 'dd/mm/yyyy', '1985-03-01'],
    ['31107.75', 'dd/mm/yyyy', '1985-03-01'],
    ['31107.403553240741', 'yyyy-mm-dd hh:mm:ss', '1985-03-01T09:41:07'],
    ['0.403553240741', 'h:mm AM/PM', '09:41:07'],
    ['31107', 'mmm-yy', '1985-03'],
    ['31107', 'yyyy', '1985'],
    ['31107', 'd-mmm', '--03-01'],
    ['1', 'yyyy-mm-dd', '1900-01-01'],
    ['59', 'yyyy-mm-dd', '1900-02-28'],
    ['61', 'yyyy-mm-dd', '1900-03-01'],
    ['2958465', 'yyyy-mm-dd', '9999-12-31'],
    ['44197', '[$-809]dddd, d mmmm yyyy', '2021-01-01'],
    ['5', '0.0&quot; days&quot;', '5'],
  ])('shows the number %s in the format "%s" as %s', async (value, format, shown) => {
    const { rows, rejects } = await read({
      formats: [format],
      rows: `<row>${text('id')}</row><row><c s="${format === '' ? 0 : 1}"><v>${value}</v></c></row>`,
    })
    expect(rejects).toEqual([])
    expect(rows).toEqual([[shown]])
  })

  it('counts days from 1904 where it says so', async () => {
    const rows = `<row>${text('id')}</row><row><c s="1"><v>0</v></c></row><row><c s="1"><v>29645</v></c></row>`
    const workbook = `<workbookPr date1904="1"/>${oneSheet}`
    const read1904 = await read({ workbook, formats: ['yyyy-mm-dd'], rows })
    expect(read1904.rows).toEqual([['1904-01-01'], ['1985-03-01']])
  })

  it('knows the formats that no file spells out', () => {
    const shown = (id: number) => {
      const read = numberText('31107.5', numberFormat(id, undefined), false)
      return 'text' in read ? read.text : 'refused'
    }
    expect([0, 2, 10, 14, 15, 17, 22, 30, 46, 49, 57].map(shown)).toEqual([
      ...['31107.5', '31107.5', '31107.5', '1985-03-01', '1985-03-01', '1985-03'],
      ...['1985-03-01T12:00:00', '1985-03-01', 'refused', '31107.5', '1985-03-01'],
    ])
  })

  it('leaves out, with its place, each record that has a cell nobody typed or sees', async () => {
    const spoiled: [string, RegExp][] = [
      ['<c><f>A1</f><v>5</v></c>', /^cell A2 is a formula.*paste it as values/],
      ['<c t="str"><f>A1</f><v>x</v></c>', /^cell A3 is a formula/],
      ['<c t="e"><v>#N/A</v></c>', /^cell A4 holds an error/],
      ['<c><v>1234567890123456</v></c>', /^cell A5 .*15 digits/],
      ['<c><v>1E+21</v></c>', /^cell A6 .*15 digits/],
      ['<c><v>1E-9</v></c>', /^cell A7 .*cannot be written out/],
      ['<c s="1"><v>60</v></c>', /^cell A8 is a date that does not exist/],
      ['<c s="1"><v>-1</v></c>', /^cell A9 is a date that does not exist/],
      ['<c s="1"><v>2958466</v></c>', /^cell A10 is a date that does not exist/],
      ['<c s="2"><v>123456789</v></c>', /^cell A11 .*other signs/],
      ['<c s="3"><v>1.5</v></c>', /^cell A12 is a length of time/],
      [text('a_x0000_b'), /^cell A13 holds a NUL/],
      [text('x'.repeat(32_768)), /^cell A14 has more than 32767 characters/],
      ['<c t="s"><v>99</v></c>', /^cell A15 has a text that is not in the file/],
      ['<c t="new"><v>1</v></c>', /^cell A16 is of a kind/],
      ['<c><v>NaN</v></c>', /^cell A17 is a number that cannot be read/],
      ['<c t="d"><v>yesterday</v></c>', /^cell A18 is of a kind/],
      [`${text('a')}${text('b')}${text('c')}`, /^it has 3 cells, the header has 2/],
    ]
    const formats = ['yyyy-mm-dd', '000\\-00\\-0000', '[h]:mm']
    const lines = spoiled.map(([cell]) => `<row>${cell}</row>`).join('')
    const {
      rows,
      rejects,
      recordNumbers,
      lines: places,
    } = await read({
      formats,
      rows: `<row>${text('id')}${text('note')}</row>${lines}<row>${text('last')}</row>`,
    })
    expect(rows).toEqual([['last', null]])
    expect(recordNumbers).toEqual([spoiled.length + 1])
    expect(places).toEqual([spoiled.length + 2])
    expect(rejects.map(({ line }) => line)).toEqual(spoiled.map((_, index) => index + 2))
    for (const [index, [, reason]] of spoiled.entries()) expect(rejects[index]!.reason).toMatch(reason)
  })

  it('takes true, false and dates of ISO for what they are', async () => {
    const cells = ['<c t="b"><v>1</v></c>', '<c t="b"><v>0</v></c>', '<c t="d"><v>1985-03-01</v></c>']
    const { rows } = await read({
      rows: `<row>${text('id')}</row>${cells.map((cell) => `<row>${cell}</row>`).join('')}`,
    })
    expect(rows).toEqual([['true'], ['false'], ['1985-03-01']])
  })

  it('leaves out the cells that a formula in another cell has filled', async () => {
    const { rows, rejects } = await read({
      rows: `<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>
        <row r="2"><c r="A2"><f t="array" ref="A2:A3">B2:B3</f><v>1</v></c></row>
        <row r="3"><c r="A3"><v>2</v></c></row><row r="4"><c r="A4"><v>3</v></c></row>`,
    })
    expect(rows).toEqual([['3']])
    expect(rejects.map(({ line }) => line)).toEqual([2, 3])
  })

  it('leaves out hidden rows and says so; a filter hides rows', async () => {
    const { rows, rejects } = await read({
      rows: `<row>${text('id')}</row><row hidden="1">${text('a')}</row><row ht="0" customHeight="1">${text('b')}</row><row>${text('c')}</row>`,
    })
    expect(rows).toEqual([['c']])
    expect(rejects).toEqual([2, 3].map((line) => ({ line, reason: expect.stringContaining('hidden') })))
  })

  it('skips empty rows, and columns without a name at the end', async () => {
    const cell = (place: string, value: string) =>
      `<c r="${place}" t="inlineStr"><is><t>${value}</t></is></c>`
    const { table, rows, lines, recordNumbers } = await read({
      rows: `<row r="2"><c r="A2" s="1"/></row>
        <row r="3">${cell('A3', ' id ')}${cell('B3', 'note')}<c r="C3" s="1"/></row>
        <row r="5">${cell('B5', 'x')}<c r="D5" s="1"/></row><row r="7"/><row r="9"><c r="A9"><v>9</v></c></row>`,
    })
    expect(table.columns).toEqual(['id', 'note'])
    expect(rows).toEqual([
      [null, 'x'],
      ['9', null],
    ])
    expect(lines).toEqual([5, 9])
    expect(recordNumbers).toEqual([1, 2])
  })

  it('takes no cell from outside of a row', async () => {
    const { rows } = await read({
      rows: `<row>${text('id')}</row><row>${text('a')}</row><other>${text('b')}</other><row>${text('c')}</row>`,
    })
    expect(rows).toEqual([['a'], ['c']])
  })

  it('is read under whatever prefix its marks have, and past marks of other vocabularies', async () => {
    const strict = 'http://purl.oclc.org/ooxml/spreadsheetml/main'
    const { rows } = await read({
      parts: {
        'xl/worksheets/sheet1.xml': `<x:worksheet xmlns:x="${strict}" xmlns:m="urn:m"><x:sheetData><m:row><m:c><m:v>0</m:v></m:c></m:row><x:row><x:c t="inlineStr"><x:is><x:t>id</x:t></x:is></x:c></x:row><x:row><x:c><m:f>evil</m:f><x:v>7</x:v></x:c></x:row></x:sheetData></x:worksheet>`,
        '_rels/.rels': `<Relationships><Relationship Id="a" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/xl/workbook.xml"/></Relationships>`,
      },
    })
    expect(rows).toEqual([['7']])
  })

  const two = `<sheets><sheet name="People" sheetId="1" r:id="r1"/><sheet name="Old list" sheetId="2" r:id="r2"/></sheets>`
  const second = { 'xl/worksheets/sheet2.xml': sheetOf({ rows: textRows([['id'], ['second']]) }) }

  it('of several sheets has to be told which', async () => {
    const made = { workbook: two, parts: second, rows: textRows([['id'], ['first']]) }
    await expect(read(made)).rejects.toMatchObject({
      code: 'file.unreadable',
      detail: expect.stringMatching(/"People", "Old list"/),
    })
    expect((await read(made, 'Old list')).rows).toEqual([['second']])
    await expect(read(made, 'Young list')).rejects.toMatchObject({
      detail: expect.stringContaining('"People"'),
    })
  })

  it('is read where one sheet alone is not hidden', async () => {
    const workbook = two.replace('sheetId="1"', 'sheetId="1" state="veryHidden"')
    const made = { workbook, parts: second, rows: textRows([['id'], ['first']]) }
    expect((await read(made)).rows).toEqual([['second']])
  })

  const people = textRows([
    ['id', 'note'],
    ['1', 'a'],
  ])
  const refused: [string, MadeWorkbook, RegExp][] = [
    [
      'merged cells',
      { rows: people, after: '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>' },
      /merged cells/,
    ],
    [
      'a hidden column',
      { rows: people, before: '<cols><col min="2" max="2" hidden="1"/></cols>' },
      /hidden column, note/,
    ],
    [
      'a column of no width',
      { rows: people, before: '<cols><col min="1" max="1" width="0"/></cols>' },
      /hidden column, id/,
    ],
    ['a name twice', { rows: textRows([['id', 'id']]) }, /two columns .* named id/],
    [
      'a column without a name',
      {
        rows: `<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c><c r="C1" t="inlineStr"><is><t>x</t></is></c></row>`,
      },
      /column 2 .* no name/,
    ],
    ['no column names', { rows: textRows([['Anna', 'anna@example.org']]) }, /looks like a record/],
    [
      'a computed column name',
      { rows: `<row><c t="str"><f>A2</f><v>id</v></c></row>` },
      /cell A1 is a formula/,
    ],
    ['nothing', { rows: '' }, /sheet is empty/],
    [
      'a sheet of charts only',
      {
        rows: people,
        parts: {
          'xl/_rels/workbook.xml.rels': `<Relationships>${relation('r1', 'chartsheet', 'chart.xml')}</Relationships>`,
        },
      },
      /no table of cells/,
    ],
    ['macros', { rows: people, parts: { 'xl/vbaProject.bin': 'x' } }, /holds macros/],
    [
      'another kind of workbook',
      {
        rows: people,
        parts: {
          '_rels/.rels': `<Relationships>${relation('a', 'officeDocument', 'xl/workbook.bin')}</Relationships>`,
          'xl/workbook.bin': 'x',
        },
      },
      /\.xlsb/,
    ],
  ]
  it.each(refused)('with %s is refused', async (_, made, detail) => {
    await expect(read(made)).rejects.toMatchObject({
      code: 'file.unreadable',
      detail: expect.stringMatching(detail),
    })
  })

  it('is told from what has another ending in Excel', async () => {
    const ole = (name: string) => {
      const bytes = Buffer.alloc(2048)
      Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(bytes)
      bytes.writeUInt16LE(9, 30)
      Buffer.from(name, 'utf16le').copy(bytes, 512)
      return bytes
    }
    const detailOf = (bytes: Uint8Array) =>
      reader.open({ path: fileOf(bytes), format: 'xlsx' }).then(
        () => 'read',
        (error: { detail?: string }) => error.detail ?? String(error),
      )
    expect(await detailOf(ole('EncryptedPackage'))).toMatch(/password/)
    expect(await detailOf(ole('Workbook'))).toMatch(/\.xls\b/)
    expect(await detailOf(Buffer.from('id,note\n1,a\n'))).toMatch(/is not a workbook/)
    expect(await detailOf(Buffer.from('PK'))).toMatch(/is not a workbook/)
  })

  it('written by another program gives numbers, dates and texts as they were meant', async () => {
    const path = join(folder, 'oracle.xlsx')
    await writeXlsxFile([
      [{ value: 'id' }, { value: 'born' }, { value: 'joined' }, { value: 'yes' }],
      [
        { value: 1001, type: Number },
        { value: new Date(Date.UTC(1985, 2, 1)), type: Date, format: 'dd/mm/yyyy' },
        { value: new Date(Date.UTC(2017, 4, 5, 9, 41, 7)), type: Date, format: 'yyyy-mm-dd hh:mm:ss' },
        { value: true, type: Boolean },
      ],
    ]).toFile(path)
    const { rows } = await readAll(reader, { path, format: 'xlsx' })
    expect(rows).toEqual([['1001', '1985-03-01', '2017-05-05T09:41:07', 'true']])
  })
})

describe('a workbook that is written', () => {
  const columns = ['fairshare_ref', '=name', 'postcode']
  const nasty: Cells = [
    ['R1', '=HYPERLINK("http://example.org")', '007'],
    ['R2', null, '+441632960000'],
    ['R3', ' two\nlines\ttab ', '1E5'],
    ['R4', '@sum & <b> ]]> \' "', '2017-05-05'],
    ['R5', 'naïve – 名前 👶', '_x0041_'],
  ]

  it('is read by another program cell by cell, all of them text', async () => {
    const sheet = await readSheet(Buffer.from(withOurs(columns, nasty)), { trim: false })
    expect(sheet[0]).toEqual(columns)
    // That program knows no escapes of characters.
    expect(sheet.slice(1, 5)).toEqual(nasty.slice(0, 4))
  })

  it('holds texts and no formula, in cells of the format Text', async () => {
    const path = fileOf(withOurs(columns, nasty))
    const { rows } = await readAll(reader, { path, format: 'xlsx' })
    expect(rows).toEqual(nasty)
    const delivered = await openDelivered(path, 'xlsx')
    expect(delivered.columns).toEqual(columns)
  })

  it('is the same to the byte for the same rows, in any time zone', () => {
    const zone = process.env.TZ
    try {
      process.env.TZ = 'Asia/Tokyo'
      const there = withOurs(columns, nasty)
      process.env.TZ = 'America/Lima'
      expect(Buffer.from(withOurs(columns, nasty)).equals(there)).toBe(true)
    } finally {
      if (zone === undefined) delete process.env.TZ
      else process.env.TZ = zone
    }
  })

  it('gives back every text, whatever is in it', async () => {
    const piece = fc.constantFrom(
      ...'_x0041_<&>"\'= \t\r\n\u0001\u001f\ufeff\ufffe\u2028é𝒜Z'.split(/(?:)/u),
      '_x005F_',
      ']]>',
    )
    const cell = fc.option(fc.string({ unit: piece, minLength: 1, maxLength: 8 }))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 30 }), async (drawn) => {
        const rows = drawn.map((cells, index) => [`R${index}`, ...cells])
        const path = fileOf(withOurs(['ref', 'a', 'b'], rows))
        expect((await readAll(reader, { path, format: 'xlsx' })).rows).toEqual(rows)
      }),
      { numRuns: 50 },
    )
  })

  it('with a second sheet is no delivered file any more', async () => {
    const workbook = `<sheets><sheet name="a" sheetId="1" r:id="r1"/><sheet name="b" sheetId="2" state="hidden" r:id="r2"/></sheets>`
    const path = fileOf(makeWorkbook({ workbook, rows: textRows([['fairshare_ref'], ['R1']]) }))
    await expect(openDelivered(path, 'xlsx')).rejects.toMatchObject({ code: 'file.unreadable' })
  })

  it('begins as every ZIP file does, and says no clock', () => {
    const bytes = withOurs(columns, nasty)
    expect(Buffer.from(bytes).readUInt32LE(0)).toBe(0x04034b50)
    // Date and time in the form of DOS: midnight of 1 January 1980.
    expect(Buffer.from(bytes).readUInt32LE(10)).toBe(0x00210000)
    expect(readFileSync(fileOf(bytes)).equals(Buffer.from(bytes))).toBe(true)
  })
})
