// What the register knows of a recipient when the next request comes: earlier releases, how long they may be kept, the key,
// the feeds, the approval.
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ageSealer } from '../../src/adapters/age/age-sealer.ts'
import type { Standing } from '../../src/decide/standing.ts'
import { dateOf, daysAfter } from '../../src/model/instant.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { stateCompleteness } from '../../src/register/state-completeness.ts'
import { abandonRequest } from '../../src/release/abandon-release.ts'
import { addRecipientKey } from '../../src/release/add-recipient-key.ts'
import { checkRequest } from '../../src/release/check-request.ts'
import { readStanding, type StandingOptions } from '../../src/release/read-standing.ts'
import { recordDestruction } from '../../src/release/record-destruction.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { copyOf, newFolder, type PreparedClub, prepareClub } from './club-places.ts'
import {
  addKey,
  askAndApprove,
  type Club,
  changePolicy,
  day,
  hour,
  openClub,
  recipient,
  requestOf,
  start,
  statement,
} from './small-club.ts'

const folders = newFolder('standing')
afterAll(() => folders.remove())

let prepared: PreparedClub
let club: Club
let release: string
let decision: number

beforeAll(async () => {
  prepared = await prepareClub(join(folders.path, 'prepared'), async (prepared) => {
    await askAndApprove(prepared, 'letter')
    ;({ release } = await releaseRequest(await prepared.context(), 'letter'))
    decision = Number(release.split('@')[1])
  })
})
/** Released to everybody, an hour ago. */
beforeEach(async () => {
  club = await openClub({ ...(await copyOf(prepared)), clock: { at: start + hour } })
})
afterEach(() => club.close())

const standing = (
  options: StandingOptions = {},
  request = requestOf('next', start + hour),
): Promise<Standing> => readStanding(club.app.register.store, request, options)
const deletedBy = daysAfter(dateOf(start, 'Europe/London'), 60)

test('an earlier release stands there with its records, its agreement and the day of deletion', async () => {
  const { releases } = await standing()
  expect(releases).toEqual([
    {
      ...{ recipient, agreement: 'acorn-2018', records: club.people, deleteBy: deletedBy, destroyed: false },
      ...{ at: expect.any(Number), onBehalfOf: [], subProcessors: [] },
    },
  ])
  expect(releases[0]!.at - start).toBeLessThan(hour)
  expect(await standing({ besides: release })).toMatchObject({ releases: [] })
})

test('a later agreement gives nobody more time for what they hold already, nor does a retired one', async () => {
  await changePolicy(club, (policy) => ({
    ...policy,
    agreements: policy.agreements.map((item) => ({ ...item, deleteWithinDays: 600 })),
  }))
  expect((await standing()).releases[0]?.deleteBy).toBe(deletedBy)
  await changePolicy(club, (policy) => ({ ...policy, agreements: [] }))
  expect((await standing()).releases[0]).toMatchObject({ deleteBy: deletedBy, agreement: 'acorn-2018' })
})

test('it stands there as destroyed once the recipient has shown so', async () => {
  const { register } = club.app
  await recordDestruction(register, { release, evidence: 'certificate 4', by: 'Acorn', actor: 'dpo' })
  expect((await standing()).releases[0]?.destroyed).toBe(true)
})

test('a release under way counts for what it may take, owes no deletion yet, and is gone when given up', async () => {
  const context = await club.context()
  await askAndApprove(club, 'second')
  await expect(
    releaseRequest(context, 'second', {
      at: async (point) => {
        if (point === 'committed') throw new Error('the process ends here')
      },
    }),
  ).rejects.toThrow('ends here')
  const under = (await standing()).releases.at(-1)
  expect(under).toMatchObject({ records: club.people, deleteBy: undefined, destroyed: false })
  await abandonRequest(context, 'second', 'no longer wanted')
  expect((await standing()).releases).toHaveLength(1)
})

test('the newest word of a source counts, and another source is not heard of', async () => {
  const { register } = club.app
  expect((await standing()).feeds.size).toBe(0)
  for (const completeTo of [start - hour, start - 2 * hour])
    await stateCompleteness(register, { source: 'crm', completeTo, actor: 'dpo' })
  expect([...(await standing()).feeds]).toEqual([['crm', start - 2 * hour]])
})

test('a key is verified, unverified, or there is none', async () => {
  const of = async (who: string) =>
    (await standing({}, requestOf('next', start, { recipient: who }))).recipientKey
  expect([await of(recipient), await of('other')]).toEqual(['verified', undefined])
  const context = await club.context()
  const card = { ...club.keys.card, name: 'other' }
  const path = join(folders.path, 'challenge.age')
  await addRecipientKey(context.register, ageSealer, context.policy, {
    ...{ recipient: 'other', card, path, actor: 'dpo' },
  })
  expect(await of('other')).toBe('unverified')
})

test('a new card that nobody verified does not take the verified key away', async () => {
  await addKey(club, false)
  expect((await standing()).recipientKey).toBe('verified')
})

test('whoever approved this decision is known by name, and of another decision nobody', async () => {
  const request = requestOf('letter', start)
  expect((await standing({ decision }, request)).approvedBy).toBe('Dana Whitlock')
  expect((await standing({ decision: decision + 1 }, request)).approvedBy).toBeUndefined()
  expect((await standing({}, request)).approvedBy).toBeUndefined()
})

test('a check refuses while a deletion is overdue, and no longer once it is shown to be done', async () => {
  club.clock.at = start + 62 * day
  const codes = async () => {
    const asked = requestOf('again', club.clock.at, { id: `again-${club.clock.at}` })
    const { file } = await checkRequest(await club.context(), asked, { keepArtefact: false })
    return file.map(({ code }) => code)
  }
  expect(await codes()).toContain('A209')
  await recordDestruction(club.app.register, { release, evidence: 'certificate', by: 'Acorn', actor: 'dpo' })
  expect(await codes()).not.toContain('A209')
})

test('a list that may be used once is used once', async () => {
  await changePolicy(club, (policy) => ({
    ...policy,
    agreements: policy.agreements.map((item) => ({ ...item, uses: 'one-off', recordsMax: club.people + 1 })),
  }))
  const { file } = await checkRequest(await club.context(), requestOf('again', club.clock.at))
  expect(file.map(({ code }) => code)).toContain('A206')
})

test('who said stop before it left is no record of it', async () => {
  await objectToProcessing(club.app.register, { ...statement(3, club.clock.at), qualifier: 'marketing' })
  await askAndApprove(club, 'second')
  await releaseRequest(await club.context(), 'second')
  expect((await standing()).releases.map(({ records }) => records)).toEqual([club.people, club.people - 1])
})
