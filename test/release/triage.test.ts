// People called back for a word that was spoken before the release and recorded after it: each is recalled like any other,
// and it is told whose promise was missed.
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { lateClassWords, renderTriage } from '../../src/cli/report/triage-report.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { stateCompleteness } from '../../src/register/state-completeness.ts'
import { withdrawConsent } from '../../src/register/withdraw-consent.ts'
import { followUp } from '../../src/release/follow-up.ts'
import { type ReleaseResult, releaseRequest } from '../../src/release/release-request.ts'
import { lateClasses, triageLate } from '../../src/release/triage-late.ts'
import { copyOf, newFolder, type PreparedClub, prepareClub } from './club-places.ts'
import {
  askAndApprove,
  type Club,
  canaries,
  changePolicy,
  day,
  hour,
  openClub,
  openRemoval,
  refsOfPeople,
  start,
  statement,
} from './small-club.ts'

const folders = newFolder('triage')
afterAll(() => folders.remove())

let prepared: PreparedClub
let club: Club
let released: ReleaseResult

/** A feed that comes every day, and said before the release that it was complete to an hour ago. */
beforeAll(async () => {
  const prepare = async (founded: Club) => {
    await stateCompleteness(founded.app.register, {
      ...{ source: 'call centre', completeTo: start - hour, actor: 'club' },
    })
    await askAndApprove(founded, 'letter')
    released = await releaseRequest(await founded.context(), 'letter')
  }
  prepared = await prepareClub(join(folders.path, 'prepared'), prepare, {
    people: 12,
    policy: { feeds: [{ source: 'call centre', everyHours: 24 }] },
  })
})
beforeEach(async () => {
  club = await openClub({ ...(await copyOf(prepared)), clock: { at: start } })
})
afterEach(() => club.close())

const register = () => club.app.register
const withdraws = (subject: number, at: number, source = 'letter') =>
  withdrawConsent(register(), { ...statement(subject, at), source })
const triage = async () => triageLate(await club.context())

async function recalled(): Promise<(number | undefined)[]> {
  const people: (number | undefined)[] = []
  for (const { release, folder } of await followUp(await club.context())) {
    const { subjectOf } = await refsOfPeople(club, release)
    people.push(...(await openRemoval(club, folder)).map(subjectOf))
  }
  return people.sort((a, b) => a! - b!)
}

test('whoever said stop before the release is recalled when it comes in after it', async () => {
  club.clock.at = start + hour
  await withdraws(3, start - 3 * day)
  await withdraws(4, start + hour)
  expect(await recalled()).toEqual([3, 4])
  const [found] = await triage()
  expect(found).toMatchObject({ release: released.release, recalled: 2 })
  expect(found!.late.map(({ subject }) => subject)).toEqual([3])
})

test('a source that had said it was complete to a later time was wrong, and the release relied on it', async () => {
  club.clock.at = start + hour
  await withdraws(3, start - 5 * hour, 'call centre')
  await recalled()
  const [found] = await triage()
  expect(found!.counts).toEqual({ 'feed-wrong': 1, 'recorded-late': 0, 'in-time': 0, unclear: 0 })
  expect(found!.late).toMatchObject([
    {
      class: 'feed-wrong',
      source: 'call centre',
      daysLate: 0,
      reliedOn: true,
      completeTo: { at: start - hour },
    },
  ])
})

test('what the same source heard after the time it spoke for came in time', async () => {
  club.clock.at = start + hour
  await withdraws(3, start - hour / 2, 'call centre')
  await recalled()
  expect((await triage())[0]!.late).toMatchObject([
    { class: 'in-time', reliedOn: false, promised: { hours: 24, source: 'feed call centre' } },
  ])
})

test('a letter that lay for longer than a recipient is given for a removal was our delay', async () => {
  club.clock.at = start + 2 * hour
  await withdraws(3, start - 2 * day)
  await withdraws(4, start - day)
  await recalled()
  expect((await triage())[0]!.late).toMatchObject([
    { subject: 3, class: 'recorded-late', daysLate: 2, promised: { hours: 48 } },
    { subject: 4, class: 'in-time', daysLate: 1 },
  ])
})

test('a day that may be before the release or after it is not counted against anybody', async () => {
  club.clock.at = start + day
  await objectToProcessing(register(), {
    ...{ ...statement(3, start), at: { earliest: start - 9 * hour, latest: start + 15 * hour } },
    qualifier: 'marketing',
  })
  await recalled()
  expect((await triage())[0]!.late).toMatchObject([{ subject: 3, class: 'unclear' }])
})

test('a promise that was changed after the release does not change what was promised', async () => {
  club.clock.at = start + hour
  await changePolicy(club, (policy) => ({ ...policy, feeds: [{ source: 'call centre', everyHours: 1 }] }))
  await withdraws(3, start - hour / 2, 'call centre')
  await recalled()
  expect((await triage())[0]!.late).toMatchObject([{ class: 'in-time', promised: { hours: 24 } }])
})

test('is told in words for each class, with numbers and no value of a person', async () => {
  club.clock.at = start + 2 * hour
  await withdraws(3, start - 2 * day)
  await withdraws(5, start - 5 * hour, 'call centre')
  await recalled()
  const told = renderTriage(await triage())
  expect(told).toContain('2 called back, 2 words from before it')
  expect(told).toContain('person 5  feed-wrong     call centre')
  expect(told).toContain('breach-to-regulator')
  for (const canary of canaries) expect(told).not.toContain(canary)
  expect(Object.keys(lateClassWords)).toEqual([...lateClasses])
})

test('has nothing to say where nobody was called back for an earlier word', async () => {
  expect(renderTriage(await triage())).toContain('Nobody')
  club.clock.at = start + hour
  await withdraws(4, start + hour)
  await recalled()
  expect(renderTriage(await triage())).toContain('Nobody')
})
