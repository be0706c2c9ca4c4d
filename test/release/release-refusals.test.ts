// Every way a release is refused: its code, its words, and that nothing is visible afterwards.
import { appendFileSync, copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Assessment, Policy } from '../../src/model/policy.ts'
import { type ProblemCode, problems } from '../../src/model/problem.ts'
import type { CommittedBody } from '../../src/model/release.ts'
import type { SharingRequest } from '../../src/model/request.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { readDocuments } from '../../src/register/record-document.ts'
import { stateCompleteness } from '../../src/register/state-completeness.ts'
import { abandonRelease, abandonRequest } from '../../src/release/abandon-release.ts'
import { approveRequest } from '../../src/release/approve-request.ts'
import { checkRequest } from '../../src/release/check-request.ts'
import { readRelease, readReleases } from '../../src/release/read-release.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { revokeRecipientKey } from '../../src/release/revoke-recipient-key.ts'
import { copyOf, newFolder, type PreparedClub, prepareClub } from './club-places.ts'
import {
  addKey,
  askAndApprove,
  type Club,
  changePolicy,
  day,
  hour,
  minute,
  open,
  openClub,
  requestOf,
  sam,
  start,
  statement,
} from './small-club.ts'

const folders = newFolder('refusals')
afterAll(() => folders.remove())

let approved: PreparedClub
let withoutKey: PreparedClub
let unverified: PreparedClub
let club: Club

beforeAll(async () => {
  const at = (name: string) => join(folders.path, name)
  // Of these, persons 1 to 3 said yes so long ago that it holds until tomorrow.
  const consentAt = (person: number) => (person <= 3 ? start + day - 182 * day : start - 90 * day)
  const ask = (asked: Club) => askAndApprove(asked, 'letter')
  approved = await prepareClub(at('approved'), ask, { consentAt })
  withoutKey = await prepareClub(at('without-key'), ask, { recipientKey: 'none' })
  unverified = await prepareClub(at('unverified'), ask, { recipientKey: 'unverified' })
})

async function begin(prepared: PreparedClub): Promise<void> {
  club = await openClub({ ...(await copyOf(prepared)), clock: { at: start } })
}
beforeEach(() => begin(approved))
afterEach(() => club.close())

const release = async () => releaseRequest(await club.context(), 'letter')
const outbox = () => join(club.app.configuration.home, 'outbox', 'acorn')
const visible = () => (existsSync(outbox()) ? readdirSync(outbox()) : [])

async function expectRefused(code: ProblemCode, words: string | RegExp): Promise<void> {
  const refused: unknown = await release().catch((error: unknown) => error)
  expect(refused).toMatchObject({ code, detail: expect.stringMatching(words) })
  expect(String(refused)).toContain(problems[code].title)
  expect(String(refused)).not.toMatch(/Quetzalname|qzkmail|Xyzzylane|ZQM-/)
  expect(visible()).toEqual([])
}

const weighed: Assessment = {
  ...{ id: 'weighed', kind: 'lia', purpose: 'offers', recipient: 'acorn', outcome: 'passed' },
  ...{ on: 20180101, reviewBy: 20200101, by: 'Dana Whitlock', expected: true },
}

/** Subjects 1 to `last` say stop. */
async function objectAll(last: number, at: number): Promise<void> {
  for (let subject = 1; subject <= last; subject++)
    await objectToProcessing(club.app.register, { ...statement(subject, at), qualifier: 'marketing' })
}

/** One cell of the file differs; `restore` puts it right. */
function changeDataset(): { restore(): void } {
  copyFileSync(club.dataFile, `${club.dataFile}.before`)
  writeFileSync(club.dataFile, readFileSync(club.dataFile, 'utf8').replace('Quetzalname 9', 'Quetzalname 0'))
  return { restore: () => copyFileSync(`${club.dataFile}.before`, club.dataFile) }
}

describe('the recipient’s key', () => {
  test('is missing', async () => {
    await club.close()
    await begin(withoutKey)
    await expectRefused('recipient.key_missing', 'acorn')
    await addKey(club)
    expect((await release()).released).toBe(40)
  })

  test('is there, and its holder has not proved to hold it', async () => {
    await club.close()
    await begin(unverified)
    await expectRefused('release.refused', /^letter: the file is refused \(X953\)$/)
  })

  test('came after the approval, and its holder has not proved to hold it', async () => {
    await club.close()
    await begin(withoutKey)
    await addKey(club, false)
    await expectRefused('recipient.key_missing', 'acorn')
  })
})

describe('the approval', () => {
  test('is missing', async () => {
    await checkRequest(await club.context(), requestOf('letter', start))
    await expectRefused(
      'approval.missing',
      /the decision at position \d+ was approved, this is the one at \d+/,
    )
  })

  test('was never given for this request', async () => {
    const context = await club.context()
    await checkRequest(context, requestOf('unapproved', start))
    await expect(releaseRequest(context, 'unapproved')).rejects.toMatchObject({
      code: 'approval.missing',
      detail: expect.stringMatching(/unapproved, decided at position \d+/),
    })
    expect(visible()).toEqual([])
  })

  test('cannot come from whoever asked', async () => {
    const { policy } = await club.context()
    await expect(
      approveRequest(club.app.register, policy, { request: 'letter', signer: sam }),
    ).rejects.toMatchObject({
      code: 'approval.invalid',
      detail: 'Sam Idris has asked for it; somebody else approves it',
    })
  })

  test('has run out: to the hour', async () => {
    club.clock.at = start + 72 * hour
    await expectRefused('approval.expired', /it held until 2018-06-15T09:00:00/)
    club.clock.at -= minute
    expect((await release()).released).toBeGreaterThan(0)
  })

  test('holds for another rule than the one in force now', async () => {
    // A change of the policy outdates the decision before anybody looks at the approval.
    await changePolicy(club, (policy) => ({
      ...policy,
      controller: { ...policy.controller, approval: { rule: 'second-person', validHours: 1 } },
    }))
    await expectRefused('decision.stale', 'letter: the policy changed since it was checked')
  })
})

describe('what was decided on', () => {
  const changes: [string, (policy: Policy) => Policy][] = [
    ['an agreement is retired', (policy) => ({ ...policy, agreements: [] })],
    [
      'a purpose is worded anew',
      (policy) => ({ ...policy, purposes: policy.purposes.map((p) => ({ ...p, text: 'Offers' })) }),
    ],
  ]
  test.each(changes)('is stale when %s', async (_, change) => {
    await changePolicy(club, change)
    await expectRefused('decision.stale', 'the policy changed since it was checked')
  })

  test('is stale when the policy changes after everything was made ready, before the lock', async () => {
    const context = await club.context()
    await changePolicy(club, (policy) => ({ ...policy, agreements: [] }))
    await expect(releaseRequest(context, 'letter')).rejects.toMatchObject({ code: 'decision.stale' })
    expect(await readReleases(club.app.register.store)).toEqual([])
  })

  test('changed: the file of people, after the check; restored, it leaves', async () => {
    const { restore } = changeDataset()
    await expectRefused('decision.changed', 'the file of members is not the one that was checked')
    expect(await readReleases(club.app.register.store)).toEqual([])
    restore()
    expect((await release()).released).toBe(40)
  })

  test.each(['committed', 'staged', 'before-gate'] as const)(
    'changed: the file of people, at “%s”; restored, the same command finishes',
    async (point) => {
      let restore = () => {}
      const at = (passed: string) => {
        if (passed === point) restore = changeDataset().restore
      }
      await expect(releaseRequest(await club.context(), 'letter', { at })).rejects.toMatchObject({
        code: 'decision.changed',
      })
      await expectRefused('decision.changed', 'the file of members is not the one that was checked')
      restore()
      const { released, folder } = await release()
      expect(released).toBe(40)
      const opened = await open(club, folder!, join(club.app.configuration.home, 'opened'))
      expect(opened.records).toContain('Quetzalname 9')
    },
  )

  test('changed: one byte of the verdicts', async () => {
    const folder = join(club.app.configuration.home, 'decisions')
    const path = join(folder, readdirSync(folder)[0]!)
    const bytes = readFileSync(path)
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(path, bytes)
    await expectRefused('decision.changed', /the verdicts in letter@\d+\.parquet/)
  })

  test('changed: the verdicts a release was committed with', async () => {
    // Deciding again after 20 minutes writes the verdicts that count.
    club.clock.at += 20 * minute
    const died = new Error('died')
    const at = (passed: string) => {
      if (passed === 'committed') throw died
    }
    await expect(releaseRequest(await club.context(), 'letter', { at })).rejects.toBe(died)
    const [document] = await readDocuments(club.app.register.store, { kind: 'release.committed' })
    const { artefact } = JSON.parse(document!.body) as CommittedBody
    expect(artefact.file).toMatch(/\.release\.parquet$/)
    appendFileSync(join(club.app.configuration.home, 'decisions', artefact.file), 'x')
    await expectRefused('decision.changed', /\.release\.parquet/)
  })
})

describe('the time', () => {
  test('is before what is recorded', async () => {
    club.clock.at = start - 10 * minute
    await expectRefused('clock.back', 'by 11 minutes')
  })

  test('is a little before what is recorded, as two clocks are', async () => {
    club.clock.at = start - 4 * minute
    expect((await release()).released).toBe(40)
  })

  test('is too early', async () => {
    await askAndApprove(club, 'tomorrow', { releaseAt: start + day })
    const context = await club.context()
    await expect(releaseRequest(context, 'tomorrow')).rejects.toMatchObject({
      code: 'release.early',
      detail: 'tomorrow is not to be released yet',
    })
    expect(visible()).toEqual([])
    club.clock.at = start + day - 15 * minute
    expect((await releaseRequest(context, 'tomorrow')).released).toBeGreaterThan(0)
  })

  test('has passed: a yes that ran out since is not carried, and nobody comes in for it', async () => {
    club.clock.at = start + 2 * day
    const { released, removedSinceDecision, folder } = await release()
    expect([released, removedSinceDecision]).toEqual([37, 3])
    const { subjects } = await open(club, folder!, join(club.app.configuration.home, 'opened'))
    expect(subjects).toEqual(Array.from({ length: 37 }, (_, n) => n + 4))
  })
})

describe('the file as a whole', () => {
  test('is stopped: it says why', async () => {
    // Long enough that the agreement does not cover the use.
    const asked = await checkRequest(await club.context(), {
      ...requestOf('letter', start),
      purpose: 'offers',
      channels: ['post'],
    })
    expect(asked.file.map(({ code }) => code)).toContain('A205')
    await expectRefused('release.refused', /letter: the file is refused \(.*A205.*\)/)
  })

  test.each([
    ['in-place', {}],
    // As nobody else learns of them, no agreement is asked for, and no yes to the recipient.
    [
      'hosted',
      { agreement: 'none', channels: ['post'], basis: 'legitimate-interests', fields: ['full_name'] },
    ],
  ] as [NonNullable<SharingRequest['delivery']>, Partial<SharingRequest>][])(
    'asked for as %s may be used, and is not there to be released: nobody gets a copy of it',
    async (delivery, more) => {
      await changePolicy(club, (policy) => ({ ...policy, assessments: [weighed] }))
      const asked = await askAndApprove(club, 'letter', { delivery, ...more })
      expect([asked.file, asked.outcomes.allow]).toEqual([[], 40])
      await expectRefused('release.refused', `letter: it was asked for as ${delivery}, and no copy leaves`)
      expect(await readReleases(club.app.register.store)).toEqual([])
    },
  )

  test('is behind: its source turns out to be incomplete after the approval', async () => {
    const { register } = club.app
    await changePolicy(club, (policy) => ({ ...policy, feeds: [{ source: 'stop-page', everyHours: 24 }] }))
    const complete = { source: 'stop-page', actor: 'club' }
    await stateCompleteness(register, { ...complete, completeTo: start })
    await askAndApprove(club, 'letter')
    await stateCompleteness(register, { ...complete, completeTo: start - 2 * day })
    await expectRefused('release.refused', /letter: the file is refused \(T807\)/)
    await stateCompleteness(register, { ...complete, completeTo: start - hour })
    expect((await release()).released).toBe(40)
  })

  test('is left with four people, as others said stop from a later time on: it points at each of them', async () => {
    await objectAll(36, start + hour)
    expect((await askAndApprove(club, 'letter')).outcomes.allow).toBe(40)
    await expectRefused('release.refused', /letter: the file is refused \(F905\)/)
  })

  test('is left with five people: it leaves', async () => {
    await objectAll(35, start + hour)
    await askAndApprove(club, 'letter')
    expect((await release()).released).toBe(5)
  })

  test.each([
    [35, 5],
    [36, 0],
  ])('loses %i people between commit and seal: %i leave', async (people, leaving) => {
    const at = async (point: string) => {
      if (point === 'before-gate' && (await readReleases(club.app.register.store))[0]?.amended.length === 0)
        await objectAll(people, start)
    }
    const result = releaseRequest(await club.context(), 'letter', { at })
    if (leaving > 0) return expect(await result).toMatchObject({ released: leaving })
    await expect(result).rejects.toMatchObject({
      code: 'decision.stale',
      detail: expect.stringMatching(/: 4 would be left \(F905\)$/),
    })
    expect(visible()).toEqual([])
    expect((await readReleases(club.app.register.store))[0]?.abandoned).toBeDefined()
  })

  test('is not known', async () => {
    await expect(releaseRequest(await club.context(), 'nothing')).rejects.toMatchObject({
      code: 'request.not_found',
      detail: 'nothing',
    })
  })

  test('holds nobody who may leave: that is on record, and no folder is made', async () => {
    for (let subject = 1; subject <= club.people; subject++)
      await objectToProcessing(club.app.register, { ...statement(subject, start), qualifier: 'marketing' })
    const first = await release()
    expect(first).toMatchObject({ released: 0, folder: undefined, roots: undefined, repeated: false })
    expect(visible()).toEqual([])
    const state = await readRelease(club.app.register.store, first.release)
    expect([state.empty?.body.considered, state.committed]).toEqual([40, undefined])
    const again = await release()
    expect(again).toMatchObject({ release: first.release, released: 0, folder: undefined, repeated: true })
    expect(await readDocuments(club.app.register.store, { kind: 'release.empty' })).toHaveLength(1)
  })

  test('loses its last people between commit and seal: nothing leaves, and nothing is left lying', async () => {
    const at = async (point: string) => {
      if (point !== 'before-gate') return
      const all = Array.from({ length: club.people }, (_, n) => n + 1)
      await Promise.all(
        all.map((subject) =>
          objectToProcessing(club.app.register, { ...statement(subject, start), qualifier: 'marketing' }),
        ),
      )
    }
    const result = await releaseRequest(await club.context(), 'letter', { at })
    expect(result).toMatchObject({ released: 0, folder: undefined, removedSinceDecision: 40 })
    expect(visible()).toEqual([])
    expect(readdirSync(join(club.app.configuration.home, 'outbox', '.staging'))).toEqual([])
    expect(await release()).toMatchObject({ released: 0, folder: undefined, repeated: true })
  })
})

describe('between the commit and the gate', () => {
  const died = new Error('died')
  const dieAt = async (point: string) => {
    const at = (passed: string) => {
      if (passed === point) throw died
    }
    await expect(releaseRequest(await club.context(), 'letter', { at })).rejects.toBe(died)
  }
  const states = async () => readReleases(club.app.register.store)

  test.each(['committed', 'before-gate'])(
    'the policy changed (died at %s): nothing leaves, and a new answer can',
    async (point) => {
      await dieAt(point)
      await changePolicy(club, (policy) => ({
        ...policy,
        purposes: policy.purposes.map((purpose) => ({ ...purpose, text: 'Offers' })),
      }))
      await expectRefused('decision.stale', 'the policy changed since')
      expect((await states())[0]?.abandoned?.body.because).toBe('decision.stale')
      await askAndApprove(club, 'letter')
      expect(await release()).toMatchObject({ released: 40, repeated: false })
    },
  )

  test('the recipient has a new key: nothing is sealed to the old one', async () => {
    await dieAt('committed')
    club.clock.at += minute
    await addKey(club)
    await expectRefused('decision.stale', 'was replaced or revoked since')
    expect((await states())[0]?.abandoned).toBeDefined()
  })

  test('the recipient’s key was revoked: nothing is sealed to it, and the next answer is no', async () => {
    await dieAt('committed')
    const because = 'Its laptop was stolen.'
    await revokeRecipientKey(club.app.register, { recipient: 'acorn', because, actor: 'test' })
    await expectRefused('decision.stale', 'was replaced or revoked since')
    expect((await states())[0]?.abandoned).toBeDefined()
    await askAndApprove(club, 'letter')
    await expect(release()).rejects.toMatchObject({ code: 'release.refused' })
  })

  test('the approval has run out', async () => {
    await dieAt('before-gate')
    club.clock.at += 80 * hour
    await expectRefused('approval.expired', 'it held until')
    expect((await states())[0]?.abandoned?.body.because).toBe('approval.expired')
  })

  test('days have passed since the seal: whoever said stop in between is left out', async () => {
    await dieAt('checkpoint-signed')
    await objectToProcessing(club.app.register, { ...statement(7, start), qualifier: 'marketing' })
    club.clock.at += day
    expect(await release()).toMatchObject({ released: 39 })
  })

  test('the members are declared anew, under other references: a stop counts all the same', async () => {
    await dieAt('renamed')
    await objectToProcessing(club.app.register, { ...statement(7, start), qualifier: 'marketing' })
    await changePolicy(club, (policy) => ({
      ...policy,
      datasets: policy.datasets.map((dataset) => ({ ...dataset, key: { ...dataset.key, kind: 'customer' } })),
    }))
    const { recalls } = await release()
    expect(recalls).toMatchObject([{ count: 1 }])
  })

  test('its folder was visible already: it may have been taken, so nobody gives it up, and it goes on', async () => {
    await dieAt('renamed')
    await expect(abandonRequest(await club.context(), 'letter', 'too late')).rejects.toMatchObject({
      code: 'release.refused',
      detail: expect.stringMatching(/lies in the outbox/),
    })
    expect(await release()).toMatchObject({ released: 40 })
  })

  test('somebody gives it up: nothing is left lying, and it cannot be given up twice', async () => {
    await dieAt('before-gate')
    const context = await club.context()
    expect(await abandonRequest(context, 'letter', 'asked for by mistake')).toHaveLength(1)
    expect(await abandonRequest(context, 'letter', 'again')).toEqual([])
    expect(await release()).toMatchObject({ released: 0, folder: undefined })
    expect(visible()).toEqual([])
    await askAndApprove(club, 'letter')
    const { release: id } = await release()
    await expect(abandonRelease(context, id, 'too late')).rejects.toMatchObject({ code: 'release.refused' })
  })
})
