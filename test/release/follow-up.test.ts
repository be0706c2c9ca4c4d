// After a release has left: people who say stop are recalled once, by a numbered removal; nobody else is; and nothing that
// changes in the club afterwards keeps a recall from being made.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isVeto } from '../../src/model/reason.ts'
import type { RemovalManifest, RemovalSealedBody } from '../../src/model/release.ts'
import { applyRemoval } from '../../src/recipient/apply-removal.ts'
import { doubtIdentity } from '../../src/register/doubt-identity.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { presentNotice } from '../../src/register/present-notice.ts'
import { readDocuments } from '../../src/register/record-document.ts'
import { withdrawConsent } from '../../src/register/withdraw-consent.ts'
import { checkRequest } from '../../src/release/check-request.ts'
import { type FollowUpResult, followUp } from '../../src/release/follow-up.ts'
import { readRelease } from '../../src/release/read-release.ts'
import { receiveReceipt } from '../../src/release/receive-receipt.ts'
import { type ReleaseResult, releaseRequest } from '../../src/release/release-request.ts'
import { recipientDesk } from '../../src/service/recipient-desk.ts'
import { copyOf, newFolder, type PreparedClub, prepareClub } from './club-places.ts'
import {
  askAgain,
  askAndApprove,
  type Club,
  changePolicy,
  day,
  hour,
  memberNo,
  minute,
  open,
  openClub,
  openRemoval,
  recipient,
  refsOfPeople,
  requestOf,
  start,
  statement,
} from './small-club.ts'

const folders = newFolder('follow-up')
afterAll(() => folders.remove())

let prepared: PreparedClub
let club: Club
let released: ReleaseResult

beforeAll(async () => {
  prepared = await prepareClub(join(folders.path, 'prepared'), async (prepared) => {
    await askAndApprove(prepared, 'letter')
    released = await releaseRequest(await prepared.context(), 'letter')
  })
})
/** Released to everybody, an hour ago. */
beforeEach(async () => {
  club = await openClub({ ...(await copyOf(prepared)), clock: { at: start + hour } })
})
afterEach(() => club.close())

const home = () => club.app.configuration.home
const says = (subject: number) => statement(subject, club.clock.at)
const objects = (subject: number) =>
  objectToProcessing(club.app.register, { ...says(subject), qualifier: 'marketing' })
const follow = async () => followUp(await club.context())

/** Who is named in a removal, ascending. */
async function recalledBy({ release, folder }: FollowUpResult): Promise<(number | undefined)[]> {
  const { subjectOf } = await refsOfPeople(club, release)
  const refs = await openRemoval(club, folder)
  expect(refs).toEqual([...refs].sort())
  return refs.map(subjectOf).sort((a, b) => a! - b!)
}

test('nobody is called back because data are kept too long or go too often: that is no one’s word', () => {
  const called = (['S301', 'S302', 'S304', 'S305', 'S310', 'S312', 'T806', 'B509'] as const).filter(isVeto)
  expect(called).toHaveLength(8)
  expect((['S308', 'S309', 'N401', 'B510'] as const).filter(isVeto)).toEqual([])
})

describe('a removal', () => {
  test('names exactly those who said stop since, once', async () => {
    await objects(3)
    await withdrawConsent(club.app.register, says(9))
    await objectToProcessing(club.app.register, { ...says(4), qualifier: 'marketing', recipient: 'other' })
    await objectToProcessing(club.app.register, { ...says(5), qualifier: 'marketing', channel: 'post' })
    await presentNotice(club.app.register, { ...says(6), notice: 'form@2017-01', route: 'online' })
    const [removal, ...more] = await follow()
    expect(more).toEqual([])
    expect(removal).toMatchObject({ release: released.release, removal: 1, recipient, count: 2 })
    expect(await recalledBy(removal!)).toEqual([3, 9])
    expect(removal!.dueAt).toBe(club.clock.at + 48 * hour)
    expect(await follow()).toEqual([])
  })

  test('is not made where nobody said anything', async () => {
    expect(await follow()).toEqual([])
    const kinds = ['removal.sealed', 'removal.delivered']
    expect(await readDocuments(club.app.register.store, { kind: kinds })).toEqual([])
  })

  test('is numbered within its release, and names each person in one only', async () => {
    await objects(3)
    const [first] = await follow()
    await objects(3)
    await objects(8)
    const [second] = await follow()
    expect([first!.removal, second!.removal]).toEqual([1, 2])
    expect([await recalledBy(first!), await recalledBy(second!)]).toEqual([[3], [8]])
  })

  test('comes once for every release that holds the person', async () => {
    await askAndApprove(club, 'second-letter')
    const again = await releaseRequest(await club.context(), 'second-letter')
    await objects(3)
    const removals = await follow()
    expect(removals.map(({ release, count }) => [release, count])).toEqual([
      [released.release, 1],
      [again.release, 1],
    ])
    expect(await Promise.all(removals.map(recalledBy))).toEqual([[3], [3]])
  })

  test('is applied by the recipient, whose receipt closes it', async () => {
    await open(club, released.folder!, join(home(), 'opened'))
    await objects(3)
    await objects(4)
    const [removal] = await follow()
    const desk = { ...recipientDesk, now: () => club.clock.at }
    const into = join(home(), 'opened')
    const { receiptPath } = await applyRemoval(desk, club.keys, { folder: removal!.folder, into })
    const records = readFileSync(join(into, 'records.csv'), 'utf8')
    expect(records.split('\r\n')).toHaveLength(club.people)
    expect(records).not.toMatch(/qzkmail[34]@/)
    await receiveReceipt(club.app.register, readFileSync(receiptPath, 'utf8'), 'club')
    const { removals } = await readRelease(club.app.register.store, released.release)
    expect(removals.map(({ applied }) => applied?.body.receipt)).toEqual([
      expect.objectContaining({ removal: 1, asked: 2, removed: 2, absent: 0 }),
    ])
  })

  test('says by when, and is signed for; its page agrees with what is recorded', async () => {
    await objects(3)
    const [removal] = await follow()
    const page = JSON.parse(readFileSync(join(removal!.folder, 'removal.json'), 'utf8')) as RemovalManifest
    expect(page).toMatchObject({ release: released.release, removal: 1, count: 1 })
    expect(Date.parse(page.dueAt) * 1000).toBe(removal!.dueAt)
  })
})

describe('who took the stop back before it was followed up', () => {
  test('is not recalled: what stands now is that she may be sent to', async () => {
    // The withdrawal is on record for ever, and so is the newer yes; calling her line back would undo what she asked last.
    await withdrawConsent(club.app.register, says(3))
    club.clock.at += minute
    await askAgain(club.app.register, [3], club.clock.at)
    expect(await follow()).toEqual([])
  })

  test('is recalled when she says stop once more', async () => {
    await withdrawConsent(club.app.register, says(3))
    club.clock.at += minute
    await askAgain(club.app.register, [3], club.clock.at)
    await follow()
    club.clock.at += minute
    await withdrawConsent(club.app.register, says(3))
    const [removal] = await follow()
    expect(await recalledBy(removal!)).toEqual([3])
  })

  test('stays recalled when the removal has gone out, whatever she says later', async () => {
    await withdrawConsent(club.app.register, says(3))
    await follow()
    club.clock.at += minute
    await askAgain(club.app.register, [3], club.clock.at)
    await withdrawConsent(club.app.register, statement(3, club.clock.at + minute))
    expect(await follow()).toEqual([])
  })

  test('is not recalled when a doubt about who she is was settled', async () => {
    await doubtIdentity(club.app.register, { ...says(3), qualifier: 'open' })
    club.clock.at += minute
    await doubtIdentity(club.app.register, { ...says(3), qualifier: 'resolved' })
    expect(await follow()).toEqual([])
  })
})

describe('a recall is made', () => {
  test('not because time has passed: an old yes was new when the file left', async () => {
    club.clock.at += 200 * day
    await presentNotice(club.app.register, { ...says(3), notice: 'form@2017-01', route: 'online' })
    expect(await follow()).toEqual([])
  })

  test('though the file of people has long been written anew', async () => {
    await objects(3)
    writeFileSync(club.dataFile, readFileSync(club.dataFile, 'utf8').replace(/\r\nZQM-00001,.*/, ''))
    const [removal] = await follow()
    expect(await recalledBy(removal!)).toEqual([3])
  })

  test('though the file of people is gone', async () => {
    await objects(3)
    rmSync(club.dataFile)
    const [removal] = await follow()
    expect(await recalledBy(removal!)).toEqual([3])
  })

  test('though the agreement is retired', async () => {
    await objects(3)
    await changePolicy(club, (policy) => ({ ...policy, agreements: [] }))
    const [removal] = await follow()
    expect(await recalledBy(removal!)).toEqual([3])
  })

  test('from every release, though one cannot be followed up', async () => {
    await askAndApprove(club, 'second-letter')
    const second = await releaseRequest(await club.context(), 'second-letter')
    await objects(3)
    // The verdicts of the first are lost; those of the second are there.
    const { committed } = await readRelease(club.app.register.store, released.release)
    rmSync(join(home(), 'decisions', committed!.body.artefact.file))
    await follow().catch(() => {})
    const { removals } = await readRelease(club.app.register.store, second.release)
    expect(removals.map(({ delivered }) => delivered?.body.removal)).toEqual([1])
  })
})

describe('two processes that follow up at once', () => {
  test('make one removal of each number, and recall everybody once', async () => {
    const second = join(folders.path, 'second')
    const kept = (path: string) => !/projection|temporary/.test(path)
    cpSync(home(), second, { recursive: true, filter: kept })
    const { databaseUrl } = club.app.configuration
    const other = await openClub({ home: second, databaseUrl: databaseUrl!, clock: club.clock })
    const recalled: (number | undefined)[][] = []
    for (let round = 1; round <= 4; round++) {
      await objects(2 * round)
      const first = follow()
      await objects(2 * round + 1)
      const made = await Promise.all([first, followUp(await other.context())])
      for (const removal of made.flat()) recalled.push(await recalledBy(removal))
    }
    for (const removal of await follow()) recalled.push(await recalledBy(removal))
    await other.close()
    expect(recalled.flat().sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
    const sealed = await readDocuments(club.app.register.store, { kind: 'removal.sealed' })
    const numbers = sealed.map(({ body }) => (JSON.parse(body) as RemovalSealedBody).removal)
    expect(numbers).toEqual(recalled.map((_, index) => index + 1))
  })
})

describe('a person with two rows', () => {
  test('never leaves, so is never recalled', async () => {
    const text = readFileSync(club.dataFile, 'utf8')
    writeFileSync(club.dataFile, `${text}${memberNo(3)},Quetzalname 3,other3@club.example,Plughton\r\n`)
    const context = await club.context()
    const { reasons, outcomes } = await checkRequest(context, requestOf('twice', club.clock.at))
    expect(reasons.find(({ code }) => code === 'T806')?.count).toBe(2)
    expect(outcomes.allow).toBe(club.people - 1)
  })

  test('leaves when somebody has decided that it may, and is recalled from both', async () => {
    await changePolicy(club, (policy) => ({
      ...policy,
      determinations: [
        {
          ...{ id: 'twice', code: 'T806', notice: 'form@2017-01', recipient, purpose: 'offers' },
          ...{ answer: 'allow', on: 20180601, by: 'Dana Whitlock', because: 'Two addresses of one person.' },
        },
      ],
    }))
    const text = readFileSync(club.dataFile, 'utf8')
    writeFileSync(club.dataFile, `${text}${memberNo(3)},Quetzalname 3,qzkmail3@other.example,Plughton\r\n`)
    const { outcomes } = await askAndApprove(club, 'twice')
    expect(outcomes.allow).toBe(club.people + 1)
    const { folder, release } = await releaseRequest(await club.context(), 'twice')
    mkdirSync(join(home(), 'opened'), { recursive: true })
    const { refs, subjects } = await open(club, folder!, join(home(), 'opened', 'twice'))
    const hers = refs.filter((_, row) => subjects[row] === 3)
    expect(hers).toHaveLength(2)
    await objects(3)
    const removal = (await follow()).find((made) => made.release === release)
    expect(await openRemoval(club, removal!.folder)).toEqual(hers.sort())
  })
})
