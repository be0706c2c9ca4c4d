// A few kilobytes that stand for gigabytes: taken in pieces that fit, or refused with a code; never unpacked whole.
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileTableReader } from '../../src/adapters/files/table-reader.ts'
import { newFolder } from '../release/club-places.ts'

const folders = newFolder('bombs')
afterAll(() => folders.remove())
const place = (name: string) => join(folders.path, name)
const reader = fileTableReader({ temporaryFolder: place('temporary') })

const BATCH_BYTES_MAX = 64 << 20

describe('a Parquet file', () => {
  const files: Record<string, string> = {
    'long-cells': "select i::varchar as id, repeat('a', 1000000) as name from range(200) t(i)",
    'too-long-a-cell': "select '1' as id, repeat('a', 3000000) as name",
    'too-long-a-record': `select '1' as id, ${Array.from({ length: 9 }, (_, i) => `repeat('a', 1000000) as c${i}`).join(', ')}`,
    'its-own-row-number': "select i as file_row_number, repeat('a', 1000000) as name from range(2000) t(i)",
  }
  const pathOf = (name: string) => place(`${name}.parquet`)
  const read = async (name: string, columns: string[], take: (bytes: number) => void = () => {}) => {
    const table = await reader.open({ path: pathOf(name), format: 'parquet' })
    for await (const batch of table.read(columns, () => {}))
      take(batch.columns.flat().reduce((sum, cell) => sum + (cell?.length ?? 0), 0))
  }

  beforeAll(async () => {
    const connection = await (await DuckDBInstance.create(':memory:')).connect()
    for (const [name, sql] of Object.entries(files))
      await connection.run(`copy (${sql}) to '${pathOf(name)}' (format parquet, compression zstd)`)
  })

  test('of 2 kB with 200 MB of cells is read in batches that fit', async () => {
    expect(statSync(pathOf('long-cells')).size).toBeLessThan(5000)
    const batches: number[] = []
    await read('long-cells', ['id', 'name'], (bytes) => batches.push(bytes))
    expect(batches.reduce((sum, bytes) => sum + bytes, 0)).toBeGreaterThan(200_000_000)
    expect(Math.max(...batches)).toBeLessThanOrEqual(BATCH_BYTES_MAX)
  })

  test.each([
    ['too-long-a-cell', ['id', 'name'], 'a cell of more than 1048576 bytes'],
    [
      'too-long-a-record',
      ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'],
      'one of more than 8388608 bytes',
    ],
    ['its-own-row-number', ['name'], 'records of more than 32768 bytes'],
  ])('with %s is refused', async (name, columns, detail) => {
    await expect(read(name, columns)).rejects.toMatchObject({
      code: 'file.unreadable',
      detail: expect.stringContaining(detail),
    })
  })
})

test('a packed file in the place of a plain one is not unpacked', async () => {
  for (const format of ['csv', 'json', 'parquet'] as const) {
    const path = place(`people.${format}`)
    writeFileSync(path, gzipSync(Buffer.alloc(50_000_000, 'member_no,name\n')))
    await expect(reader.open({ path, format })).rejects.toMatchObject({ code: 'file.unreadable' })
  }
})
