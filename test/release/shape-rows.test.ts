// The delivered rows: who is in the file decides, in the order of the file; the same rows are the same bytes; read back they
// are what was shaped; a file that changed is refused; nothing grows with its size.
import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { parquetEncoder } from '../../src/adapters/parquet/parquet-encoder.ts'
import { xlsxEncoder } from '../../src/adapters/xlsx/xlsx-encoder.ts'
import { Problem } from '../../src/model/problem.ts'
import { hasBit, planShape } from '../../src/release/shape/plan-shape.ts'
import { shapeRows } from '../../src/release/shape/shape-rows.ts'
import {
  type Cell,
  datasetFile,
  declared,
  everyone,
  type Format,
  field,
  folder,
  newPath,
  openTable,
  readBack,
  refOf,
  shapeInto,
  testKey,
} from './shape-case.ts'

afterAll(() => rm(folder, { recursive: true }))

const formats: Format[] = ['csv', 'parquet', 'xlsx']
const postal = [
  field('parent_name', { category: 'name' }),
  field('home_address', { category: 'postal-address' }),
]

function planOf(fields = postal, format: Format = 'csv', fieldsSeen = 2 ** fields.length - 1) {
  const { request, policy } = declared({ fields })
  return planShape(request, policy, fieldsSeen, format)
}

async function problemOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing was refused',
    (error) => (error instanceof Problem ? error.code : String(error)),
  )
}

const people: Cell[][] = [
  ['Ada Applewick', '1 Alder Walk, Amberby, ZZ1 1AB'],
  ['Beth "Bee" Birchmoor', '2 Bramble Close'],
  ['-', null],
  [null, '4\r\nCowslip Road'],
  ['Edie', '=5'],
]

test('a CSV file has a header, CRLF, and quotes only where a reader needs them', async () => {
  const { bytes, neutralised, dropped, rows } = await shapeInto(
    await datasetFile(postal, people),
    planOf(),
    everyone(5, 2),
  )
  expect(bytes.toString()).toBe(
    [
      'fairshare_ref,parent_name,home_address',
      'R0000000,Ada Applewick,"1 Alder Walk, Amberby, ZZ1 1AB"',
      'R0000001,"Beth ""Bee"" Birchmoor",2 Bramble Close',
      "R0000002,'-,",
      'R0000003,,"4\r\nCowslip Road"',
      "R0000004,Edie,'=5",
      '',
    ].join('\r\n'),
  )
  expect({ neutralised, dropped, rows }).toEqual({ neutralised: [0, 1, 1], dropped: [0, 0, 0], rows: 5 })
})

test('the columns are the reference and the fields that some notice covers, in the order of the request', () => {
  const { request, policy } = declared({
    fields: [field('born_on', { type: 'date', category: 'birth-date' }), ...postal, field('=phone')],
    transforms: [{ field: 'born_on', as: 'coarsen', to: 'year' }],
  })
  const plan = planShape(request, policy, 0b1011, 'csv')
  expect(plan.columns.map(({ source, ...column }) => [column, source?.field, source?.bit])).toEqual([
    [
      {
        name: 'fairshare_ref',
        type: 'reference',
        category: 'identifier',
        treatment: 'keep',
        note: 'line of this file',
      },
      undefined,
      undefined,
    ],
    [
      { name: 'born_on', type: 'date', category: 'birth-date', treatment: 'coarsen', note: 'year only' },
      'born_on',
      0,
    ],
    [{ name: 'parent_name', type: 'text', category: 'name', treatment: 'keep' }, 'parent_name', 1],
    [{ name: "'=phone", type: 'text', category: 'own-words', treatment: 'keep' }, '=phone', 3],
  ])
})

test('a field the dataset does not have, or a transform that does not fit, makes no plan', () => {
  const { request, policy } = declared({ fields: postal })
  expect(() => planShape({ ...request, fields: ['shoe_size'] }, policy, 1, 'csv')).toThrow('shoe_size')
  expect(() => planShape({ ...request, dataset: 'other' }, policy, 1, 'csv')).toThrow('other')
  const misfit = declared({
    fields: postal,
    transforms: [{ field: 'parent_name', as: 'coarsen', to: 'year' }],
  })
  expect(() => planShape(misfit.request, misfit.policy, 3, 'csv')).toThrow('parent_name')
})

test('masks are read bit by bit, whichever kind of number they are', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 52n - 1n }), fc.integer({ min: 0, max: 51 }), (mask, bit) => {
      expect(hasBit(Number(mask), 2 ** bit)).toBe(((mask >> BigInt(bit)) & 1n) === 1n)
      if (mask < 2n ** 32n)
        expect(hasBit(Int32Array.of(Number(mask))[0]!, 2 ** bit)).toBe(((mask >> BigInt(bit)) & 1n) === 1n)
    }),
  )
})

test('only members are in the file, each with the fields that may leave for her', async () => {
  const members = { count: 3, ordinals: Int32Array.of(1, 2, 5), fields: Int32Array.of(0b10, 0b11, 0b00) }
  const { given, dropped } = await shapeInto(await datasetFile(postal, people), planOf(), members)
  expect(given).toEqual([
    ['R0000000', null, '1 Alder Walk, Amberby, ZZ1 1AB'],
    ['R0000001', 'Beth "Bee" Birchmoor', '2 Bramble Close'],
    ['R0000002', null, null],
  ])
  expect(dropped).toEqual([0, 2, 1])
})

test('a record that the file spoils leaves a gap in the numbers, and the members stay who they are', async () => {
  const path = await datasetFile(postal, people)
  const lines = (await readFile(path, 'utf8')).split('\n')
  await writeFile(path, [...lines.slice(0, 2), 'spoiled', ...lines.slice(2)].join('\n'))
  const members = { count: 2, ordinals: Float64Array.of(1, 3), fields: Float64Array.of(3, 3) }
  const { given } = await shapeInto(path, planOf(), members)
  expect(given.map(([, name]) => name)).toEqual(['Ada Applewick', 'Beth "Bee" Birchmoor'])
  const spoiled = { count: 1, ordinals: Float64Array.of(2), fields: Float64Array.of(3) }
  expect(await problemOf(shapeInto(path, planOf(), spoiled))).toBe('decision.changed')
})

test('without a field that may leave, rows are their references alone', async () => {
  const { bytes } = await shapeInto(
    await datasetFile(postal, people),
    planOf(postal, 'csv', 0),
    everyone(2, 0),
  )
  expect(bytes.toString()).toBe('fairshare_ref\r\nR0000000\r\nR0000001\r\n')
})

test('a workbook gets formulas as the texts they are, and no cell longer than a spreadsheet takes', async () => {
  const fields = [field('=a'), field('b', { type: 'dates' })]
  const rows = [
    ['=1+1', '2017-05-05'],
    ['x'.repeat(32_767), 'x'.repeat(32_768)],
    ['-', '2017-05-05;'.repeat(3000)],
  ]
  const path = await datasetFile(fields, rows)
  const book = await shapeInto(path, planOf(fields, 'xlsx'), everyone(3, 2))
  expect(book.given.map(([, ...cells]) => cells)).toEqual([rows[0], [rows[1]![0], null], ['-', null]])
  expect([book.neutralised, book.dropped]).toEqual([
    [0, 0, 0],
    [0, 0, 2],
  ])
  expect((await readBack(book.bytes, 'xlsx')).columns).toEqual(['fairshare_ref', '=a', 'b'])
  const csv = await shapeInto(path, planOf(fields, 'csv'), everyone(3, 2))
  expect([csv.neutralised, csv.dropped]).toEqual([
    [0, 2, 0],
    [0, 0, 0],
  ])
})

for (const format of formats) {
  test(`without members a ${format} file has its columns and no rows`, async () => {
    const { bytes } = await shapeInto(
      await datasetFile(postal, people),
      planOf(postal, format),
      everyone(0, 2),
    )
    expect(await readBack(bytes, format)).toEqual({
      columns: ['fairshare_ref', 'parent_name', 'home_address'],
      rows: [],
    })
  })

  test(`what is read back from ${format} is, cell by cell, what was shaped; the same rows are the same bytes`, async () => {
    const piece = fc.constantFrom(...'=-,;"\'\t\r\n é𝒜\ufeffaZ9'.split(/(?:)/u))
    const cell = fc.oneof(
      fc.constant(null),
      fc.string({ unit: piece, minLength: 1 }),
      fc.string({ unit: 'binary', minLength: 1 }).map((text) => text.replaceAll('\0', '0')),
    )
    const fields = [field('a;b, "c"'), field('d'), field('e')]
    const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(rows, async (drawn) => {
        const path = await datasetFile(fields, drawn)
        const plan = planOf(fields, format)
        const { bytes, given } = await shapeInto(path, plan, everyone(drawn.length, 3))
        expect(await readBack(bytes, format)).toEqual({
          columns: ['fairshare_ref', 'a;b, "c"', 'd', 'e'],
          rows: given,
        })
        const again = await shapeInto(path, plan, everyone(drawn.length, 3))
        expect(again.bytes.equals(bytes)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })

  test(`a cell with a NUL, which no reader of ${format} must meet, is left empty and counted`, async () => {
    const encoder = parquetEncoder(['member_no', 'parent_name', 'home_address'])
    encoder.add(['M1', 'A\0da', 'here'])
    const path = newPath('parquet')
    await writeFile(path, encoder.end()!)
    const { given, dropped } = await shapeInto(path, planOf(postal, format), everyone(1, 2))
    expect(given).toEqual([['R0000000', null, 'here']])
    expect(dropped).toEqual([0, 1, 0])
  })

  test(`many rows of ${format} pass in pieces, each row given once and in order`, async () => {
    const count = format === 'xlsx' ? 20_000 : 100_000
    const path = await manyPeople(count)
    const plan = planOf(postal, format)
    let given = 0
    const shaped = shapeRows({
      table: await openTable(path),
      plan,
      members: everyone(count, 2),
      refs: refOf,
      pseudonymKey: testKey,
      encoders: { parquet: parquetEncoder, xlsx: xlsxEncoder },
      onRow: (member, cells) => {
        if (member !== given || cells[0] !== refOf(member))
          throw new Error(`row ${member} after ${given} rows`)
        given++
      },
    })
    const chunks: Uint8Array[] = []
    for await (const chunk of shaped.chunks) {
      expect(chunk.length).toBeLessThan(3 << 20)
      chunks.push(chunk)
      // A chunk is due as soon as it is full: rows are not gathered beyond it.
      if (chunks.length === 1) expect(given).toBeLessThan(0.7 * count)
    }
    expect(chunks.length).toBeGreaterThan(1)
    expect(given).toBe(count)
    const { rows } = await readBack(Buffer.concat(chunks), format)
    expect(rows).toHaveLength(count)
    const last = [refOf(count - 1), `Name ${count}`, `${count} Alder Walk, Amberby`]
    expect(rows.at(-1)).toEqual(last)
  })
}

test('a Parquet file is one that others read, in row groups of at most 65,536 rows', async () => {
  const { bytes } = await shapeInto(await manyPeople(70_000), planOf(postal, 'parquet'), everyone(70_000, 2))
  const path = newPath('parquet')
  await writeFile(path, bytes)
  const engine = await DuckDBInstance.create(':memory:')
  const connection = await engine.connect()
  const groups = await connection.runAndReadAll(
    `select distinct row_group_id, row_group_num_rows from parquet_metadata('${path}') order by 1`,
  )
  expect(groups.getRowsJson().map(([, rows]) => Number(rows))).toEqual([65_536, 70_000 - 65_536])
  const last = await connection.runAndReadAll(`select * from '${path}' offset 69999`)
  expect(last.getRowsJson()).toEqual([[refOf(69_999), 'Name 70000', '70000 Alder Walk, Amberby']])
  connection.closeSync()
  engine.closeSync()
})

test('a file that was written to since it was opened is refused', async () => {
  const path = await datasetFile(postal, people)
  const table = await openTable(path)
  await appendFile(path, 'M6,Fern,6 Elm Rise\n')
  expect(await problemOf(shapeInto(path, planOf(), everyone(5, 2), { table }))).toBe('decision.changed')
})

test('a file that has gone since it was opened is refused', async () => {
  const path = await datasetFile(postal, people)
  const table = await openTable(path)
  await rename(path, newPath('moved'))
  expect(await problemOf(shapeInto(path, planOf(), everyone(5, 2), { table }))).toBe('decision.changed')
})

test('a member whose record the file no longer has is refused', async () => {
  const path = await datasetFile(postal, people)
  expect(await problemOf(shapeInto(path, planOf(), everyone(6, 2)))).toBe('decision.changed')
  const members = { count: 2, ordinals: Float64Array.of(0, 1), fields: Float64Array.of(3, 3) }
  expect(await problemOf(shapeInto(path, planOf(), members))).toBe('decision.changed')
})

test('an error of whoever takes the rows is his own', async () => {
  const path = await datasetFile(postal, people)
  const onRow = () => {
    throw new Problem('disk.full', 'no room')
  }
  expect(await problemOf(shapeInto(path, planOf(), everyone(5, 2), { onRow }))).toBe('disk.full')
})

test('a delivered file that is cut short or not of its format is unreadable', async () => {
  const { bytes } = await shapeInto(
    await datasetFile(postal, people),
    planOf(postal, 'parquet'),
    everyone(5, 2),
  )
  expect(await problemOf(readBack(bytes.subarray(0, bytes.length - 9), 'parquet'))).toBe('file.unreadable')
  expect(await problemOf(readBack(Buffer.from('a,b\r\n1,2\r\n'), 'parquet'))).toBe('file.unreadable')
  expect(await problemOf(readBack(Buffer.from('a,b\r\n1,2\r\n3'), 'csv'))).toBe('file.unreadable')
})

async function manyPeople(count: number): Promise<string> {
  const rows = Array.from({ length: count }, (_, index) => [
    `Name ${index + 1}`,
    `${index + 1} Alder Walk, Amberby`,
  ])
  return datasetFile(postal, rows)
}
