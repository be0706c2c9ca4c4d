// A list that somebody keeps in a workbook, and asks for as one: decided, released and opened like any other.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSheet } from 'read-excel-file/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import writeXlsxFile from 'write-excel-file/node'
import { fileTableReader } from '../../src/adapters/files/table-reader.ts'
import { xlsxEncoder } from '../../src/adapters/xlsx/xlsx-encoder.ts'
import type { ReleaseManifest } from '../../src/model/release.ts'
import { openDelivery } from '../../src/recipient/open-delivery.ts'
import { type ReleaseResult, releaseRequest } from '../../src/release/release-request.ts'
import { sheetLimits } from '../../src/release/shape/row-encoder.ts'
import { recipientDesk } from '../../src/service/recipient-desk.ts'
import { readAll } from '../contract/table-reader.ts'
import { newFolder } from './club-places.ts'
import { askAndApprove, type Club, foundClub, policy } from './small-club.ts'

const folders = newFolder('xlsx')
afterAll(() => folders.remove())

let club: Club
let result: ReleaseResult
let header: string[]
let asCsv: string[][]

beforeAll(async () => {
  const [dataset] = policy.datasets
  const datasets = [{ ...dataset!, format: 'xlsx' as const, sheet: 'Members' }]
  club = await foundClub({ home: join(folders.path, 'home'), policy: { datasets } })
  asCsv = (
    await readAll(fileTableReader({ temporaryFolder: folders.path }), { path: club.dataFile, format: 'csv' })
  ).rows.map((row) => row.map((cell) => cell ?? ''))
  header = readFileSync(club.dataFile, 'utf8').split('\r\n')[0]!.split(',')
  await writeWorkbook(asCsv)
  await askAndApprove(club, 'letter')
  result = await releaseRequest(await club.context(), 'letter', { format: 'xlsx' })
})
afterAll(() => club?.close())

/** As another program writes it, with a sheet in front that is not meant. */
async function writeWorkbook(rows: readonly string[][]): Promise<void> {
  const data = [header, ...rows].map((row) => row.map((value) => ({ value, type: String })))
  const notes = [[{ value: 'nothing' }]]
  await writeXlsxFile([
    { data: notes, sheet: 'Notes' },
    { data, sheet: 'Members' },
  ]).toFile(club.dataFile)
}

describe('a release of a workbook as a workbook', () => {
  test('lets out whom the sheet named in the policy holds', () => {
    expect(result.released).toBeGreaterThan(30)
    const manifest: ReleaseManifest = JSON.parse(readFileSync(join(result.folder!, 'manifest.json'), 'utf8'))
    expect(manifest.records).toMatchObject({
      file: 'records.xlsx.age',
      format: 'xlsx',
      rows: result.released,
    })
  })

  test('is opened by the recipient with the rows the log holds, and read by another program', async () => {
    const desk = { ...recipientDesk, now: () => club.clock.at }
    const out = join(folders.path, 'opened')
    const { recordsPath, receipt } = await openDelivery(desk, club.keys, { folder: result.folder!, out })
    expect(recordsPath).toBe(join(out, 'records.xlsx'))
    expect(receipt.released).toBe(result.roots!.released)
    const [header, ...rows] = await readSheet(readFileSync(recordsPath))
    expect(header![0]).toBe('fairshare_ref')
    expect(rows).toHaveLength(result.released)
    const known = new Set(asCsv.flat())
    expect(
      rows.every(([, ...cells]) => cells.every((cell) => cell === null || known.has(String(cell)))),
    ).toBe(true)
  })

  test('asked again as CSV is the release that was made', async () => {
    const again = await releaseRequest(await club.context(), 'letter', { format: 'csv' })
    expect(again).toMatchObject({ repeated: true, release: result.release })
  })

  test('of a file that was changed since is refused', async () => {
    await askAndApprove(club, 'later')
    await writeWorkbook(asCsv.slice(1))
    await expect(releaseRequest(await club.context(), 'later', { format: 'xlsx' })).rejects.toMatchObject({
      code: 'decision.changed',
    })
  })
})

test('a sheet takes no more records than Excel opens', () => {
  const encoder = xlsxEncoder(['a'])
  for (let row = 0; row < sheetLimits.records; row++) encoder.add([null])
  expect(() => encoder.add([null])).toThrow(expect.objectContaining({ code: 'format.unfit' }))
})
