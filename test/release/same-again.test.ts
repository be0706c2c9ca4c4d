// The same request on the same state gives the same: trees, manifest but for what a fresh file key changes, in CSV and Parquet.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReleaseManifest } from '../../src/model/release.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { checkRequest } from '../../src/release/check-request.ts'
import { type ReleaseOptions, type ReleaseResult, releaseRequest } from '../../src/release/release-request.ts'
import { copyOf, newFolder, type PreparedClub, prepareClub } from './club-places.ts'
import { askAndApprove, type Club, openClub, requestOf, start, statement } from './small-club.ts'

const folders = newFolder('same-again')
afterAll(() => folders.remove())

let prepared: PreparedClub
beforeAll(async () => {
  prepared = await prepareClub(join(folders.path, 'prepared'), async (club) => {
    await askAndApprove(club, 'letter')
    await objectToProcessing(club.app.register, { ...statement(5, start), qualifier: 'marketing' })
  })
})

/** The prepared state once more, and what `use` makes of it. */
async function onCopy<T>(use: (club: Club) => Promise<T>): Promise<T> {
  const club = await openClub(await copyOf(prepared))
  try {
    return await use(club)
  } finally {
    await club.close()
  }
}

type Made = ReleaseResult & { manifest: ReleaseManifest; readme: string }

const released = (options: ReleaseOptions = {}): Promise<Made> =>
  onCopy(async (club) => {
    const result = await releaseRequest(await club.context(), 'letter', options)
    const read = (file: string) => readFileSync(join(result.folder!, file), 'utf8')
    return { ...result, manifest: JSON.parse(read('manifest.json')), readme: read('README.txt') }
  })

/** What a file key drawn by lot, and nothing else, makes different. */
function withoutKeys({ records, proof, ...manifest }: ReleaseManifest) {
  const { sha256: _, ...recordsAsMade } = records
  const { sha256: __, ...proofAsMade } = proof
  return { ...manifest, records: recordsAsMade, proof: proofAsMade }
}

describe('the same request on the same state', () => {
  test('gives the same trees and the same manifest, under another file key', async () => {
    const [first, second] = [await released(), await released()]
    expect(second.release).toBe(first.release)
    expect(second.released).toBe(39)
    expect(second.roots).toEqual(first.roots)
    expect(withoutKeys(second.manifest)).toEqual(withoutKeys(first.manifest))
    expect(second.readme).toBe(first.readme)
    expect(second.manifest.records.sha256).not.toBe(first.manifest.records.sha256)
    expect(second.manifest.proof.sha256).not.toBe(first.manifest.proof.sha256)
  })

  test('gives the same trees as CSV and as Parquet', async () => {
    const [csv, parquet] = [await released({ format: 'csv' }), await released({ format: 'parquet' })]
    expect(csv.manifest.records.format).toBe('csv')
    expect(parquet.manifest.records.format).toBe('parquet')
    expect(parquet.roots).toEqual(csv.roots)
  })

  test('gives other trees when one person less is in it', async () => {
    const before = await released()
    const after = await onCopy(async (club) => {
      await objectToProcessing(club.app.register, { ...statement(6, start), qualifier: 'marketing' })
      return releaseRequest(await club.context(), 'letter')
    })
    expect(after.released).toBe(before.released - 1)
    expect(after.roots!.released).not.toBe(before.roots!.released)
    expect(after.roots!.decided).not.toBe(before.roots!.decided)
  })

  test('asked again, makes nothing and says the same', async () => {
    const [first, again] = await onCopy(async (club) => [
      await releaseRequest(await club.context(), 'letter'),
      await releaseRequest(await club.context(), 'letter', { format: 'parquet' }),
    ])
    expect([first!.repeated, again!.repeated]).toEqual([false, true])
    const { repeated: _, seconds: __, ...said } = first!
    expect(again).toMatchObject(said)
  })
})

describe('the same people in another order', () => {
  const turned = (path: string) => {
    const [head, ...rows] = readFileSync(path, 'utf8').split('\r\n').slice(0, -1)
    writeFileSync(path, `${[head, ...rows.reverse()].join('\r\n')}\r\n`)
  }

  test('are another file: what was approved is refused', async () => {
    await onCopy(async (club) => {
      turned(club.dataFile)
      await expect(releaseRequest(await club.context(), 'letter')).rejects.toMatchObject({
        code: 'decision.changed',
      })
    })
  })

  test('have another hash, and the same answer when they are checked', async () => {
    const [before, after] = await onCopy(async (club) => {
      const first = await checkRequest(await club.context(), requestOf('order', start))
      turned(club.dataFile)
      return [first, await checkRequest(await club.context(), requestOf('order', start))]
    })
    expect(after!.dataset.sha256).not.toBe(before!.dataset.sha256)
    expect(after!.outcomes).toEqual(before!.outcomes)
  })
})
