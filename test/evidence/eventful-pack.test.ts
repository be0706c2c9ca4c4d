// Packs of a club where things happened at every moment between the question and the day after: what is honest holds, whatever
// happened, and what happened is told.
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { NoteSigner } from '../../src/log/signed-note.ts'
import { linkPeople } from '../../src/register/link-people.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { followUp } from '../../src/release/follow-up.ts'
import type { ReleasePoint } from '../../src/release/release-points.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { newDatabase, newFolder } from '../release/club-places.ts'
import {
  askAndApprove,
  type Club,
  day,
  foundClub,
  memberNo,
  minute,
  statement,
} from '../release/small-club.ts'
import { importShowings } from './club-with-pack.ts'
import { finding, honestPack, manifestIn, signerOf, textOf, verify } from './dishonest-operator.ts'

const folders = newFolder('eventful')
let club: Club
let signer: NoteSigner
const releases: string[] = []

const stop = (subject: number) =>
  objectToProcessing(club.app.register, { ...statement(subject, club.clock.at), qualifier: 'marketing' })

async function release(id: string, at?: (point: ReleasePoint) => Promise<void>): Promise<string> {
  const made = await releaseRequest(await club.context(), id, { ...(at && { at }) })
  releases.push(made.release)
  return made.release
}

/** 1 stands in the file twice, and so stays. 2 says stop before the check, 3 between check and release, 4 while it is sealed, 5 when it has left. */
beforeAll(async () => {
  club = await foundClub({ home: join(folders.path, 'club'), databaseUrl: await newDatabase(), people: 14 })
  signer = signerOf(club.app.register)
  const [, first] = readFileSync(club.dataFile, 'utf8').split('\r\n')
  appendFileSync(club.dataFile, `${first}\r\n`)
  await stop(2)
  club.clock.at += day
  await askAndApprove(club, 'letter')
  await stop(3)
  club.clock.at += minute
  let once = false
  await release('letter', async (point) => {
    if (point !== 'records-sealed' || once) return
    once = true
    await stop(4)
  })
  club.clock.at += day
  await stop(5)
  await followUp(await club.context())
  await importShowings(club, [6, 7], club.clock.at - 40 * day)
  await linkPeople(club.app.register, {
    links: [{ a: 8, b: 9, says: 'same', confidence: 99 }],
    because: 'One address.',
    actor: 'club',
  })
  club.clock.at += minute
  await askAndApprove(club, 'second')
  await release('second')
})
afterAll(async () => {
  await club.close()
  folders.remove()
})

test('a pack of the first release holds, with the receipts of everybody', async () => {
  const asked = { scope: { release: releases[0]! }, sample: { size: 14, seed: 'all' } }
  const pack = await honestPack(club, asked, 'first.zip')
  expect(await finding(pack, signer)).toBe('')
  const { says } = await verify(pack, signer)
  const text = says.join('\n')
  expect(text).toContain('1 taken out again before anything left')
  expect(text).toContain('1 removal sent after it')
  expect(text).toContain(
    '15 records of 14 people considered; 10 were to leave (0 of them reduced), 4 denied, 0 waiting for a person, 1 taken out again.',
  )
  expect(textOf(pack, `releases/${releases[0]}/people.csv`).split('\n')).toHaveLength(17)
})

test('a pack of the period holds, of all releases in it', async () => {
  const asked = { scope: { from: 20180601, to: 20180801 }, sample: { size: 14, seed: 'period' } }
  const pack = await honestPack(club, asked, 'period.zip')
  expect(manifestIn(pack).releases).toEqual(releases)
  expect(await finding(pack, signer)).toBe('')
})

test.each([1, 2, 3, 4, 5, 6, 8, 9])('a pack of person %i holds', async (subject) => {
  const pack = await honestPack(club, { scope: { subject } }, `person-${subject}.zip`)
  expect(await finding(pack, signer)).toBe('')
  for (const bytes of pack.values()) expect(Buffer.from(bytes).includes(memberNo(subject))).toBe(false)
})
