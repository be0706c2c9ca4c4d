// What every table reader does, whatever the format of the file.
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { RejectedRecord, TableFile, TableReader } from '../../src/intake/table-reader.ts'

export type Cells = (string | null)[][]

/** Writes a table of text columns to `path` in some format. */
export type TableWriter = (path: string, columns: string[], rows: Cells) => Promise<void>

export async function readAll(reader: TableReader, file: TableFile, wanted?: string[]) {
  const table = await reader.open(file)
  const rejects: RejectedRecord[] = []
  const rows: Cells = []
  const recordNumbers: number[] = []
  const lines: number[] = []
  for await (const batch of table.read(wanted ?? table.columns, (rejected) => rejects.push(rejected))) {
    for (let row = 0; row < batch.count; row++) {
      rows.push(batch.columns.map((column) => column[row] ?? null))
      recordNumbers.push(batch.recordNumbers[row]!)
      lines.push(batch.lines[row]!)
    }
  }
  return { table, rows, rejects, recordNumbers, lines }
}

export function tableReaderContract(
  format: TableFile['format'],
  reader: TableReader,
  write: TableWriter,
): void {
  describe(`a table reader over ${format}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairshare-reader-'))
    afterAll(() => rmSync(folder, { recursive: true }))
    const at = (name: string) => join(folder, name)
    const columns = ['id', 'note']
    const nasty = [
      ['1', "'; DROP TABLE event; --"],
      ['2', 'a,b;c\td"e'],
      ['3', 'two\nlines'],
      ['4', 'naïve – 名前 👶'],
      ['5', null],
      ['6', "=cmd|' /C calc'!A0"],
    ]

    it('returns every cell as written, in file order', async () => {
      await write(at('nasty'), columns, nasty)
      const { rows, rejects, recordNumbers, table } = await readAll(reader, { path: at('nasty'), format })
      expect(rows).toEqual(nasty)
      expect(rejects).toEqual([])
      expect(recordNumbers).toEqual([1, 2, 3, 4, 5, 6])
      expect(table.sha256).toMatch(/^[0-9a-f]{64}$/)
      expect(table.sizeBytes).toBeGreaterThan(0)
    })

    it('reads only the columns asked for, in the order asked', async () => {
      await write(at('some'), ['a', 'b', 'c'], [['1', '2', '3']])
      const { rows } = await readAll(reader, { path: at('some'), format }, ['c', 'a'])
      expect(rows).toEqual([['3', '1']])
    })

    it('takes names of files and columns that look like SQL for names', async () => {
      const name = `it's [a] "name" * ? ; DROP TABLE x.${format}`
      const column = `a"b'c~d/e$.f; DROP TABLE x`
      await write(at(name), ['id', column], [['1', 'kept']])
      const { table, rows } = await readAll(reader, { path: at(name), format }, [column])
      expect(table.columns.toSorted()).toEqual([column, 'id'].toSorted())
      expect(rows).toEqual([['kept']])
    })

    it('names the columns there are when one is missing', async () => {
      await write(at('columns'), columns, nasty)
      const table = await reader.open({ path: at('columns'), format })
      expect(() => table.read(['member_no'], () => {})).toThrow(
        expect.objectContaining({
          code: 'mapping.invalid',
          detail: expect.stringMatching(/member_no.*id.*note/),
        }),
      )
    })

    it('keeps file order over many batches', async () => {
      const rows = Array.from({ length: 20_000 }, (_, index) => [String(index), `note ${index % 7}`])
      await write(at('many'), columns, rows)
      const read = await readAll(reader, { path: at('many'), format }, columns)
      expect(read.rows).toEqual(rows)
      expect(read.recordNumbers.every((number, index) => number === index + 1)).toBe(true)
    })

    it('says when a file is not there, is a folder or is empty', async () => {
      writeFileSync(at('empty'), '')
      await expect(reader.open({ path: at('absent'), format })).rejects.toMatchObject({
        code: 'file.missing',
      })
      await expect(reader.open({ path: folder, format })).rejects.toMatchObject({ code: 'file.unreadable' })
      await expect(reader.open({ path: at('empty'), format })).rejects.toMatchObject({
        code: 'file.unreadable',
      })
    })

    it('notices that a file was replaced after it was opened', async () => {
      await write(at('swapped'), columns, nasty)
      const table = await reader.open({ path: at('swapped'), format })
      await write(at('swapped'), columns, nasty.slice(0, 3))
      const drain = async () => {
        for await (const _ of table.read(columns, () => {}));
      }
      await expect(drain()).rejects.toMatchObject({ code: 'file.unreadable' })
    })

    it('does not take half a file for a whole one', async () => {
      const rows = Array.from({ length: 3000 }, (_, index) => [String(index), 'x'.repeat(20)])
      await write(at('half'), columns, rows)
      const whole = await readAll(reader, { path: at('half'), format }, columns)
      truncateSync(at('half'), Math.floor(whole.table.sizeBytes / 2) + 1)
      const outcome = await readAll(reader, { path: at('half'), format }, columns).catch(
        (error: unknown) => error,
      )
      if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'file.unreadable' })
      else expect(outcome).toMatchObject({ rejects: [{ reason: expect.any(String) }] })
    })
  })
}
