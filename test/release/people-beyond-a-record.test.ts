// What one person says reaches every record she can be reached by: through a contact point, and through her other enrolments;
// at the check, at the commit, at the gate, and after the release has left.
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contactRef } from '../../src/intake/normalise-contact.ts'
import type { Policy } from '../../src/model/policy.ts'
import { linkPeople } from '../../src/register/link-people.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { readDisclosures } from '../../src/register/read-disclosures.ts'
import { stateCompleteness } from '../../src/register/state-completeness.ts'
import { catchUpProjection } from '../../src/release/catch-up-projection.ts'
import { checkRequest } from '../../src/release/check-request.ts'
import { explainPerson } from '../../src/release/explain-person.ts'
import { followUp } from '../../src/release/follow-up.ts'
import { readRelease, readReleases } from '../../src/release/read-release.ts'
import { readStanding } from '../../src/release/read-standing.ts'
import { recordDestruction } from '../../src/release/record-destruction.ts'
import type { AtPoint, ReleasePoint } from '../../src/release/release-points.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { copyOf, newFolder, type PreparedClub, prepareClub } from './club-places.ts'
import {
  askAndApprove,
  type Club,
  hour,
  memberNo,
  open,
  openClub,
  openRemoval,
  refsOfPeople,
  requestOf,
  statement,
} from './small-club.ts'

const folders = newFolder('beyond')
afterAll(() => folders.remove())

let club: PreparedClub
beforeAll(async () => {
  club = await prepareClub(join(folders.path, 'club'), async () => {}, {
    policy: { datasets: [membersWithContacts()] },
  })
})

/** The small club's dataset, with the column of e-mail addresses declared as contact points. */
function membersWithContacts(): Policy['datasets'][number] {
  return {
    ...{ id: 'members', location: 'members.csv', format: 'csv', childrenLikely: false },
    contact: { email: 'email' },
    key: { column: 'member_no', kind: 'member' },
    source: { tells: 'she is a member', categories: ['purchases'] },
    fields: [
      { name: 'member_no', type: 'text', category: 'identifier', about: 'subject' },
      { name: 'full_name', type: 'text', category: 'name', about: 'subject' },
      { name: 'email', type: 'text', category: 'email', about: 'subject' },
      { name: 'home_address', type: 'text', category: 'postal-address', about: 'household' },
    ],
  }
}

async function onCopy(work: (club: Club) => Promise<void>): Promise<void> {
  const opened = await openClub(await copyOf(club))
  try {
    await work(opened)
  } finally {
    await opened.close()
  }
}

/** Written as nobody wrote it before. */
const writtenOtherwise = (person: number) => ` QZKMAIL${person}@Club.Example`

async function objectByEmail({ app, clock }: Club, person: number): Promise<void> {
  const ref = contactRef({ kind: 'email', value: writtenOtherwise(person) }, 'GB')!
  await objectToProcessing(app.register, {
    ...{ ...statement(1, clock.at), person: ref, enrolIfUnknown: true, qualifier: 'marketing' },
  })
}

const link = ({ app }: Club, a: number, b: number, confidence: number) =>
  linkPeople(app.register, { links: [{ a, b, says: 'same', confidence }], because: 'alike', actor: 'club' })
const unlink = ({ app }: Club, a: number, b: number) =>
  linkPeople(app.register, { links: [{ a, b, says: 'not-same' }], because: 'two people', actor: 'club' })
const objects = ({ app, clock }: Club, subject: number) =>
  objectToProcessing(app.register, { ...statement(subject, clock.at), qualifier: 'marketing' })

async function countsOf(of: Club, id: string): Promise<Record<string, number>> {
  const { reasons } = await checkRequest(await of.context(), requestOf(id, of.clock.at))
  return Object.fromEntries(reasons.map(({ code, count }) => [code, count]))
}

const reasonsOf = async (of: Club, id: string, person: number) => {
  const explained = await explainPerson(
    await of.context(),
    requestOf(id, of.clock.at),
    { kind: 'member', value: memberNo(person) },
    'regulator',
  )
  return explained.reasons.map(({ code }) => code)
}

function onceAt(point: ReleasePoint, work: () => Promise<void>): AtPoint {
  let done = false
  return async (passed) => {
    if (passed !== point || done) return
    done = true
    await work()
  }
}

async function releasedSubjects(of: Club, at?: AtPoint): Promise<number[]> {
  const result = await releaseRequest(await of.context(), 'letter', at === undefined ? {} : { at })
  const opened = await open(of, result.folder!, join(of.app.configuration.home, 'opened'))
  return opened.subjects
}

// --- contact points ----------------------------------------------------------------------------------------------

test('whoever objects under an e-mail address alone is kept back in every record that has it', () =>
  onCopy(async (here) => {
    await objectByEmail(here, 7)
    expect(await countsOf(here, 'letter')).toEqual({ S303: 1 })
    expect(await reasonsOf(here, 'letter', 7)).toEqual(['S303'])
    expect(await reasonsOf(here, 'letter', 8)).toEqual([])
  }))

test.each(['before-commit', 'committed'] as const)(
  'an objection under a new e-mail address is honoured when it comes at %s',
  (point) =>
    onCopy(async (here) => {
      await askAndApprove(here, 'letter')
      const subjects = await releasedSubjects(
        here,
        onceAt(point, () => objectByEmail(here, 7)),
      )
      expect(subjects).toHaveLength(39)
      expect(subjects).not.toContain(7)
    }),
)

test('an objection under a new e-mail address after the release is recalled, and nobody else with it', () =>
  onCopy(async (here) => {
    await askAndApprove(here, 'letter')
    expect(await releasedSubjects(here)).toHaveLength(40)
    here.clock.at += hour
    await objectByEmail(here, 7)
    const [removal, ...others] = await followUp(await here.context())
    expect(others).toEqual([])
    const { subjectOf } = await refsOfPeople(here, removal!.release)
    expect((await openRemoval(here, removal!.folder)).map(subjectOf)).toEqual([7])
    expect(await followUp(await here.context())).toEqual([])
  }))

// --- persons as clusters -----------------------------------------------------------------------------------------

test('what one enrolment of a person refuses counts for the other, until they are taken apart', () =>
  onCopy(async (here) => {
    await objects(here, 3)
    expect(await countsOf(here, 'letter')).toEqual({ S301: 1 })
    await link(here, 4, 3, 98)
    expect(await countsOf(here, 'letter')).toEqual({ S301: 2 })
    expect(await reasonsOf(here, 'letter', 4)).toEqual(['S301'])
    await unlink(here, 3, 4)
    expect(await countsOf(here, 'letter')).toEqual({ S301: 1 })
    expect(await reasonsOf(here, 'letter', 4)).toEqual([])
  }))

test('a link nobody is sure of keeps both back, until it is ruled out', () =>
  onCopy(async (here) => {
    await link(here, 4, 3, 60)
    expect(await countsOf(here, 'letter')).toEqual({ T806: 2 })
    expect(await reasonsOf(here, 'letter', 4)).toEqual(['T806'])
    await unlink(here, 3, 4)
    expect(await countsOf(here, 'letter')).toEqual({})
  }))

test.each(['before-commit', 'committed'] as const)(
  'an objection of one enrolment at %s takes the other out too',
  (point) =>
    onCopy(async (here) => {
      await link(here, 4, 3, 98)
      await askAndApprove(here, 'letter')
      const subjects = await releasedSubjects(
        here,
        onceAt(point, async () => {
          await objects(here, 3)
        }),
      )
      expect(subjects).toHaveLength(38)
      expect(subjects).not.toContain(4)
    }),
)

test.each(['before-commit', 'committed'] as const)('a link at %s joins what each has refused', (point) =>
  onCopy(async (here) => {
    await objects(here, 3)
    await askAndApprove(here, 'letter')
    const subjects = await releasedSubjects(
      here,
      onceAt(point, async () => {
        await link(here, 4, 3, 98)
      }),
    )
    expect(subjects).toHaveLength(38)
    expect(subjects).not.toContain(4)
  }),
)

// --- releases ----------------------------------------------------------------------------------------------------

test('the projection and the reference tell the same disclosures: members as they left, not of what was given up', () =>
  onCopy(async (here) => {
    const { register, engine } = here.app
    await askAndApprove(here, 'letter')
    expect(
      await releasedSubjects(
        here,
        onceAt('committed', async () => void (await objects(here, 5))),
      ),
    ).toHaveLength(39)
    here.clock.at += hour
    await objects(here, 6)
    await followUp(await here.context())
    await engine.inTurn(() => catchUpProjection(register, engine, 95))
    const rows = await engine.rows<{ subject: number; at: number }>(
      'select subject, recipient, latest as at from disclosure order by subject',
    )
    // 5 never left; 6 did, and was called back.
    expect(rows.map(({ subject }) => subject)).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1).filter((subject) => subject !== 5),
    )
    const reference = await readDisclosures(register.store, [5, 6, 7], Number.MAX_SAFE_INTEGER)
    expect([...reference.keys()]).toEqual([6, 7])
    const { subject: _, ...seen } = rows.find(({ subject }) => subject === 6)!
    expect(reference.get(6)).toEqual([seen])
  }))

test('whoever was taken out at the release says that more stood against the record than when it was decided', () =>
  onCopy(async (here) => {
    await askAndApprove(here, 'letter')
    await releasedSubjects(
      here,
      onceAt('committed', async () => void (await objects(here, 5))),
    )
    const [{ verdict }] = (await here.app.register.store.query<{ verdict: string }>(
      'select verdict from register.release_removal where subject = 5',
    )) as [{ verdict: string }]
    const [release] = await readReleases(here.app.register.store)
    const codes = codesOf(JSON.parse(verdict).masks, release!.committed!.body.maskCodes)
    expect(codes).toEqual(expect.arrayContaining(['S301', 'T803']))
  }))

test('a recipient’s proof of destruction and the word of a source stand in what a request is judged by', () =>
  onCopy(async (here) => {
    const { register } = here.app
    await askAndApprove(here, 'letter')
    await releasedSubjects(here)
    const release = (await readReleases(register.store))[0]!.release
    const request = requestOf('next', here.clock.at)
    expect((await readStanding(register.store, request)).releases).toMatchObject([{ destroyed: false }])
    const proof = { evidence: 'certificate 17', by: 'Acorn', actor: 'club' }
    await expect(recordDestruction(register, { release: 'none@1', ...proof })).rejects.toMatchObject({
      code: 'release.not_found',
    })
    await recordDestruction(register, { release, ...proof })
    expect((await readRelease(register.store, release)).destroyed?.body).toEqual({
      release,
      evidence: 'certificate 17',
      by: 'Acorn',
    })
    await objects(here, 5)
    expect(await followUp(await here.context())).toEqual([])
    await stateCompleteness(register, { source: 'stop page', completeTo: here.clock.at, actor: 'club' })
    const standing = await readStanding(register.store, request)
    expect(standing.releases).toMatchObject([{ destroyed: true }])
    expect(standing.feeds).toEqual(new Map([['stop page', here.clock.at]]))
    const tomorrow = here.clock.at + 24 * hour
    await expect(
      stateCompleteness(register, { source: 'stop page', completeTo: tomorrow, actor: 'club' }),
    ).rejects.toMatchObject({ code: 'time.invalid' })
  }))

function codesOf(masks: number[], codes: readonly string[]): string[] {
  return codes.filter((_, index) => (BigInt(masks[Math.floor(index / 52)] ?? 0) >> BigInt(index % 52)) & 1n)
}
