// The receipts of people in a release that was really made: whoever stayed finds the verdict that kept her, and its reason.
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OpenedRow, PersonReceipt } from '../../src/model/person-receipt.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import type { ReleasePoint } from '../../src/release/release-points.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { receiptOf } from '../../src/service/person-rights.ts'
import { newDatabase, newFolder } from '../release/club-places.ts'
import { askAndApprove, type Club, foundClub, memberNo, minute, statement } from '../release/small-club.ts'

const folders = newFolder('receipts')
let club: Club

/** 2 says stop before the check, 3 between check and release, 4 while the file is being sealed; 1 leaves. */
beforeAll(async () => {
  club = await foundClub({ home: join(folders.path, 'club'), databaseUrl: await newDatabase(), people: 12 })
  await stop(2)
  club.clock.at += minute
  await askAndApprove(club, 'letter')
  await stop(3)
  club.clock.at += minute
  let once = false
  const at = async (point: ReleasePoint) => {
    if (point !== 'records-sealed' || once) return
    once = true
    await stop(4)
  }
  const { released } = await releaseRequest(await club.context(), 'letter', { at })
  expect(released).toBe(9)
})
afterAll(async () => {
  await club.close()
  folders.remove()
})

const stop = (subject: number) =>
  objectToProcessing(club.app.register, { ...statement(subject, club.clock.at), qualifier: 'marketing' })

/** Verified, or there is none. */
async function rowOf(person: number): Promise<OpenedRow> {
  const text = await receiptOf(club.app, { kind: 'member', value: memberNo(person) })
  const { releases } = JSON.parse(text) as PersonReceipt
  expect(releases).toHaveLength(1)
  expect(releases[0]!.rows).toHaveLength(1)
  return releases[0]!.rows[0]!
}

test('a denied person’s receipt contains S301', async () => {
  const { verdict, released } = await rowOf(2)
  expect(released.commitment).toBeUndefined()
  expect(verdict).toMatchObject({ fields: 0, words: { outcome: 'deny' } })
  expect(verdict!.words.reasons).toContain('S301')
})

test.each([
  ['between check and release', 3],
  ['while the file was sealed', 4],
])('a person who stopped %s finds the verdict that kept her out', async (_, person) => {
  const { verdict, released } = await rowOf(person)
  expect(released.commitment).toBeUndefined()
  expect(verdict).toMatchObject({ fields: 0, words: { outcome: 'deny' } })
  expect(verdict!.words.reasons).toContain('S301')
})

test('whoever left finds with which fields', async () => {
  const { verdict, released } = await rowOf(1)
  expect(released.commitment).toBeDefined()
  expect(verdict).toMatchObject({ fields: 3, words: { reasons: [] } })
})
