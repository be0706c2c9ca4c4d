// The readers of CSV, Parquet and JSON: one contract for all, and what each format can spoil.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { openCsv } from '../../src/adapters/files/csv-reader.ts'
import { type CsvLimits, CsvScanner, csvLimits } from '../../src/adapters/files/csv-scanner.ts'
import { fileTableReader } from '../../src/adapters/files/table-reader.ts'
import type { RejectedRecord } from '../../src/intake/table-reader.ts'
import { type Cells, readAll, type TableWriter, tableReaderContract } from '../contract/table-reader.ts'

const folder = mkdtempSync(join(tmpdir(), 'fairshare-readers-'))
const reader = fileTableReader({ temporaryFolder: join(folder, 'spill') })
const duckdb = await DuckDBInstance.create(':memory:')
const connection = await duckdb.connect()
afterAll(() => {
  connection.closeSync()
  duckdb.closeSync()
  rmSync(folder, { recursive: true })
})

let files = 0
function file(content: string | Uint8Array): string {
  const path = join(folder, `file-${++files}`)
  writeFileSync(path, content)
  return path
}

const quoted = (cell: string | null) => (cell === null ? '' : `"${cell.replaceAll('"', '""')}"`)
const writeCsv: TableWriter = async (path, columns, rows) =>
  writeFileSync(path, [columns, ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join(''))
const writeJson: TableWriter = async (path, columns, rows) =>
  writeFileSync(
    path,
    rows
      .map((row) => `${JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, row[i]])))}\n`)
      .join(''),
  )
const writeParquet: TableWriter = async (path, columns, rows) => {
  const source = `${path}.ndjson`
  await writeJson(
    source,
    columns.map((_, index) => `c${index}`),
    rows,
  )
  const text = (value: string) => `'${value.replaceAll("'", "''")}'`
  const select = columns.map((name, index) => `c${index}::varchar AS "${name.replaceAll('"', '""')}"`)
  const from = text(source.replace(/[[*?]/g, '[$&]'))
  await connection.run(
    `COPY (SELECT ${select.join(', ')} FROM read_json(${from}, format='newline_delimited', columns={${columns.map((_, i) => `c${i}: 'VARCHAR'`).join(', ')}})) TO ${text(path)} (FORMAT parquet)`,
  )
}

tableReaderContract('csv', reader, writeCsv)
tableReaderContract('json', reader, writeJson)
tableReaderContract('parquet', reader, writeParquet)

describe('a CSV file', () => {
  const csv = (content: string | Uint8Array, wanted?: string[]) =>
    readAll(reader, { path: file(content), format: 'csv' }, wanted)

  it('may start with a byte order mark and end its lines with CRLF', async () => {
    const { table, rows } = await csv('\uFEFFid,note\r\n1,a\r\n2,b\r\n')
    expect(table.columns).toEqual(['id', 'note'])
    expect(rows).toEqual([
      ['1', 'a'],
      ['2', 'b'],
    ])
  })

  it.each([',', ';', '\t'])('is read with the delimiter of its header: %j', async (delimiter) => {
    const { table, rows } = await csv(`id${delimiter}"a, b; c"\n1${delimiter}x\n`)
    expect(table.columns).toEqual(['id', 'a, b; c'])
    expect(rows).toEqual([['1', 'x']])
  })

  it('may name its delimiter', async () => {
    const path = file('a,b;c\n1,2;3\n')
    expect((await readAll(reader, { path, format: 'csv', delimiter: ';' })).rows).toEqual([['1,2', '3']])
  })

  it('counts physical lines through quoted line breaks and skips empty lines', async () => {
    const { rows, lines, recordNumbers } = await csv('id,note\n1,"a\n\nb"\n\n2,c\n3,d')
    expect(rows).toEqual([
      ['1', 'a\n\nb'],
      ['2', 'c'],
      ['3', 'd'],
    ])
    expect(lines).toEqual([2, 6, 7])
    expect(recordNumbers).toEqual([1, 2, 3])
  })

  it('loses only the records that are spoiled, and says where and why', async () => {
    const { rows, rejects, recordNumbers } = await csv(
      'id,note\n1,a\n2\n3,a,b\n4,5" pipe\n5,"a" b\n6,a\rb\n7,a\0b\n8,last\n9',
    )
    expect(rows).toEqual([
      ['1', 'a'],
      ['8', 'last'],
    ])
    expect(recordNumbers).toEqual([1, 8])
    expect(rejects.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8, 10])
    expect(rejects.map(({ reason }) => reason)).toEqual([
      'it has 1 cell, the header has 2',
      'it has 3 cells, the header has 2',
      expect.stringContaining('a quote stands inside a cell'),
      expect.stringContaining('after a closing quote'),
      expect.stringContaining('carriage return'),
      expect.stringContaining('NUL'),
      expect.stringContaining('truncated'),
    ])
  })

  it('rejects a record that is not UTF-8 even where the wrong cell is not asked for', async () => {
    const latin1 = Buffer.from('id,note\n1,caf\xe9\n2,tea\n', 'latin1')
    for (const wanted of [['id'], ['note']]) {
      const { rows, rejects } = await csv(latin1, wanted)
      expect(rows).toHaveLength(1)
      expect(rejects).toEqual([{ line: 2, reason: 'it is not valid UTF-8' }])
    }
  })

  it('reports a quote that is never closed with the lines it swallowed', async () => {
    const { rows, rejects } = await csv('id,note\n1,a\n2,"open\n3,c\n4,d\n')
    expect(rows).toEqual([['1', 'a']])
    expect(rejects).toEqual([{ line: 3, reason: expect.stringMatching(/never closed: lines 3 to 5/) }])
  })

  it('rejects a huge cell without holding it, and goes on after it', async () => {
    const limits: CsvLimits = { ...csvLimits, cellBytes: 1000, recordBytes: 4000 }
    const huge = 'x'.repeat(3_000_000)
    const path = file(`id,note\n1,a\n2,"${huge}\n""${huge}"\n3,${'y'.repeat(1001)}\n4,b\n`)
    const { rows, rejects, lines } = await readAll(
      { open: (table) => openCsv(table, limits) },
      { path, format: 'csv' },
    )
    expect(rows).toEqual([
      ['1', 'a'],
      ['4', 'b'],
    ])
    expect(rejects.map(({ line }) => line)).toEqual([3, 5])
    expect(lines).toEqual([2, 6])
  })

  it.each([
    ['id,note,id\n1,a,b\n', /two columns .* named id/],
    ['id,,note\n', /column 2 .* has no name/],
    ['Anna,anna@example.org\n', /looks like a record/],
    ['1001,1985-03-02\n', /looks like a record/],
    [Buffer.from('caf\xe9,b\n', 'latin1'), /not UTF-8/],
    [Buffer.from('\uFEFFid,note\n', 'utf16le'), /UTF-16/],
    ['id,"note\n1,a\n', /quote in line 1/],
    ['id,note\r1,a\r', /CR alone/],
  ])('with an unusable header is unreadable: %j', async (content, detail) => {
    await expect(csv(content)).rejects.toMatchObject({
      code: 'file.unreadable',
      detail: expect.stringMatching(detail),
    })
  })

  it('says nothing of a person when the header is missing', async () => {
    const error = await csv('Anna Smith,anna@example.org\n').catch((thrown: unknown) => thrown)
    expect(String(error)).not.toMatch(/Anna|example/)
  })

  it('with a header alone has no rows', async () => {
    expect((await csv('id,note\n')).rows).toEqual([])
    expect((await csv('id,note')).rows).toEqual([])
  })
})

describe('the CSV scanner', () => {
  const scan = (bytes: Buffer, cuts: number[], columnCount: number) => {
    const rejects: RejectedRecord[] = []
    const wanted = Array.from({ length: columnCount }, (_, index) => index)
    const scanner = new CsvScanner(
      { delimiter: 44, columnCount, wanted, firstLine: 1 },
      { ...csvLimits, batchRows: 3 },
      (rejected) => rejects.push(rejected),
    )
    const rows: Cells = []
    const lines: number[] = []
    const drain = () => {
      for (let batch = scanner.next(); batch !== undefined; batch = scanner.next())
        for (let row = 0; row < batch.count; row++) {
          rows.push(batch.columns.map((column) => column[row]!))
          lines.push(batch.lines[row]!)
        }
    }
    let from = 0
    for (const cut of [
      ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b),
      bytes.length,
    ]) {
      scanner.push(bytes.subarray(from, cut))
      from = cut
      drain()
    }
    scanner.end()
    drain()
    return { rows, rejects, lines }
  }

  const anyCell = fc.string({
    unit: fc.constantFrom('a', 'é', '"', ',', '\n', '\r', ' ', '👶'),
    maxLength: 6,
  })

  it('reads back what was written, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyCell, anyCell, anyCell), { maxLength: 12 }),
        fc.constantFrom('\n', '\r\n'),
        fc.array(fc.nat(), { maxLength: 6 }),
        (table, lineEnd, cuts) => {
          const text = table.map((row) => row.map(quoted).join(',') + lineEnd).join('')
          const { rows, rejects } = scan(Buffer.from(text), cuts, 3)
          expect(rejects).toEqual([])
          expect(rows).toEqual(table.map((row) => row.map((cell) => (cell === '' ? null : cell))))
        },
      ),
    )
  })

  it('agrees with csv-parse on everything csv-parse accepts, and cuts never matter', () => {
    const soup = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ',', '\n', '\n'), maxLength: 30 })
    fc.assert(
      fc.property(soup, fc.array(fc.nat(), { maxLength: 6 }), (text, cuts) => {
        const bytes = Buffer.from(text)
        const whole = scan(bytes, [], 2)
        expect(scan(bytes, cuts, 2)).toEqual(whole)
        let oracle: string[][]
        try {
          oracle = parse(bytes, { record_delimiter: '\n', relax_column_count: true, skip_empty_lines: true })
        } catch {
          return
        }
        expect(whole.rows).toEqual(
          oracle
            .filter((row) => row.length === 2)
            .map((row) => row.map((cell) => (cell === '' ? null : cell))),
        )
        expect(whole.rows.length + whole.rejects.length).toBe(oracle.length)
      }),
      { numRuns: 400 },
    )
  })
})

describe('a Parquet file', () => {
  it('of other types arrives as text: ISO dates and instants, true and false, whole floats without a point', async () => {
    const path = join(folder, 'typed.parquet')
    await connection.run(
      `SET TimeZone = 'Asia/Tokyo'; COPY (SELECT 1001::DOUBLE AS id, DATE '2017-05-05' AS d, TIMESTAMP '2017-05-05 09:41:07' AS ts,
        TIMESTAMPTZ '2017-05-05 09:41:07+01' AS tz, true AS yes, 1.5::FLOAT AS f, 12::HUGEINT AS h, '' AS none,
        TIMESTAMP_MS '2017-05-05 09:41:07.5' AS ms) TO '${path}' (FORMAT parquet)`,
    )
    const { rows } = await readAll(reader, { path, format: 'parquet' })
    expect(rows).toEqual([
      [
        '1001',
        '2017-05-05',
        '2017-05-05T09:41:07',
        '2017-05-05T08:41:07.000000Z',
        'true',
        '1.5',
        '12',
        null,
        '2017-05-05T09:41:07.5',
      ],
    ])
  })

  it('keeps its cells apart whatever is in them', async () => {
    const piece = fc.constantFrom('\x1f', '\ufeff', 'a', '0', '\n', 'é', '𝒜')
    const cell = fc.option(fc.string({ unit: piece, minLength: 1, maxLength: 4 }))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 30 }), async (rows) => {
        const path = join(folder, `cells-${++files}.parquet`)
        await writeParquet(path, ['a', 'b'], rows)
        // DuckDB's client drops a byte order mark in front of a cell it hands over by itself.
        const plain = (read: Cells) =>
          read.map((row) => row.map((one) => one?.replaceAll('\ufeff', '') || null))
        expect(plain((await readAll(reader, { path, format: 'parquet' })).rows)).toEqual(plain(rows))
      }),
      { numRuns: 60 },
    )
  })

  it('keeps its order across row groups, slices and batches, with a cell among them that holds a separator', async () => {
    const path = join(folder, 'slices.parquet')
    await connection.run(
      `COPY (SELECT i::VARCHAR AS id, CASE i WHEN 150000 THEN 'x\x1fy' ELSE 'note ' || i % 7 END AS note
        FROM range(1, 300001) AS numbers(i)) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 10000)`,
    )
    const { rows, recordNumbers } = await readAll(reader, { path, format: 'parquet' })
    expect(rows).toHaveLength(300_000)
    const wrong = rows.findIndex(([id, note], index) => {
      const number = index + 1
      return id !== String(number) || note !== (number === 150_000 ? 'x\x1fy' : `note ${number % 7}`)
    })
    expect(wrong).toBe(-1)
    expect(recordNumbers.every((number, index) => number === index + 1)).toBe(true)
  })

  it('is read though a column of it is called file_row_number', async () => {
    const path = join(folder, 'numbered.parquet')
    const rows = [
      ['7', 'a'],
      ['5', null],
    ]
    await writeParquet(path, ['File_Row_Number', 'note'], rows)
    expect((await readAll(reader, { path, format: 'parquet' })).rows).toEqual(rows)
  })

  it('can be left in the middle', async () => {
    const path = join(folder, 'left.parquet')
    await connection.run(
      `COPY (SELECT i::VARCHAR AS id FROM range(400000) AS numbers(i)) TO '${path}' (FORMAT parquet)`,
    )
    const table = await reader.open({ path, format: 'parquet' })
    let batches = 0
    for await (const batch of table.read(['id'], () => {})) {
      expect(batch.columns[0]![0]).toBe('0')
      batches++
      break
    }
    expect(batches).toBe(1)
  })

  it('is not taken for one when it is something else', async () => {
    for (const content of ['id,note\n1,a\n', 'PAR1', `PAR1${'x'.repeat(100)}PAR1`])
      await expect(reader.open({ path: file(content), format: 'parquet' })).rejects.toMatchObject({
        code: 'file.unreadable',
      })
  })

  it('gets no column from the name of its folder', async () => {
    const path = join(folder, 'year=2017.parquet')
    await writeParquet(path, ['id'], [['1']])
    expect((await reader.open({ path, format: 'parquet' })).columns).toEqual(['id'])
  })
})

describe('a JSON file', () => {
  const json = (content: string | Uint8Array) => readAll(reader, { path: file(content), format: 'json' })

  it('of one object per line loses only the lines that are spoiled', async () => {
    const { rows, rejects } = await json(
      Buffer.from(
        '{"a":1,"b":"x"}\n{"a":2,\n{"a":"caf\xe9"}\n7\n{"a":3,"a":4}\n{"b":{"c":[1]},"a":true}\n{"a":"tr',
        'latin1',
      ),
    )
    expect(rows).toEqual([
      ['1', 'x'],
      ['true', '{"c":[1]}'],
    ])
    expect(rejects.map(({ line }) => line)).toEqual([2, 3, 4, 5, 7])
  })

  it('finds a key that only the last record has', async () => {
    const lines = Array.from({ length: 30_000 }, () => '{"a":1}\n').join('')
    expect((await json(`${lines}{"a":1,"late":2}\n`)).table.columns).toEqual(['a', 'late'])
  })

  it('may be an array of objects; an array that breaks off is unreadable', async () => {
    expect((await json('  [{"a":"1"},{"a":null},5]')).rows).toEqual([['1'], [null]])
    await expect(json('[{"a":"1"},{"a":"secret')).rejects.toMatchObject({
      code: 'file.unreadable',
      message: expect.not.stringContaining('secret'),
    })
  })

  it('without a single object is unreadable', async () => {
    await expect(json('this is not JSON\n')).rejects.toMatchObject({ code: 'file.unreadable' })
  })
})
