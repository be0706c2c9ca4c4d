// What a recipient owes for what it holds, day by day: derived from the documents and the policy of the day of the release,
// told in the manifest before it is chased, and weighed by the next decision.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { obligationLines } from '../../src/cli/report/obligations-report.ts'
import { ending } from '../../src/custody/ending.ts'
import type { Obligation } from '../../src/custody/obligation.ts'
import { readObligations } from '../../src/custody/read-obligations.ts'
import { canonicalJson } from '../../src/model/canonical.ts'
import type { CopyReportedBody, DestructionStatement } from '../../src/model/custody.ts'
import { type DateNumber, dateOf, dateToIso, daysAfter, startOfDay } from '../../src/model/instant.ts'
import type { CopyDestroyedBody, DisputedBody, ReleaseManifest } from '../../src/model/release.ts'
import { openDelivery } from '../../src/recipient/open-delivery.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { recordDocument } from '../../src/register/record-document.ts'
import { checkRequest } from '../../src/release/check-request.ts'
import { followUp } from '../../src/release/follow-up.ts'
import type { Stated } from '../../src/release/read-release.ts'
import { receiveReceipt } from '../../src/release/receive-receipt.ts'
import { recordDestruction } from '../../src/release/record-destruction.ts'
import { type ReleaseResult, releaseRequest } from '../../src/release/release-request.ts'
import { listObligations } from '../../src/service/obligations.ts'
import { recipientDesk } from '../../src/service/recipient-desk.ts'
import { copyOf, newFolder, type PreparedClub, prepareClub } from '../release/club-places.ts'
import {
  askAndApprove,
  type Club,
  changePolicy,
  hour,
  openClub,
  recipient,
  requestOf,
  start,
  statement,
} from '../release/small-club.ts'

const folders = newFolder('obligations')
afterAll(() => folders.remove())

const zone = 'Europe/London'
const releasedOn = dateOf(start, zone)
const inDays = (days: number) => daysAfter(releasedOn, days)

let prepared: PreparedClub
let club: Club
let released: ReleaseResult

beforeAll(async () => {
  prepared = await prepareClub(join(folders.path, 'prepared'), async (prepared) => {
    await changePolicy(prepared, (policy) => ({
      ...policy,
      entities: policy.entities.map((entity) => ({ ...entity, group: 'oak' })),
      agreements: policy.agreements.map((item) => ({
        ...{ ...item, deleteWithinDays: 60, returnWithinDays: 45, confirmWithinDays: 10, uses: 'ongoing' },
      })),
    }))
    await askAndApprove(prepared, 'letter')
    released = await releaseRequest(await prepared.context(), 'letter')
  })
})
beforeEach(async () => {
  club = await openClub({ ...(await copyOf(prepared)), clock: { at: start + hour } })
})
afterEach(() => club.close())

const register = () => club.app.register
const on = (day: DateNumber) => {
  club.clock.at = startOfDay(day, zone) + 12 * hour
}
const obligations = (day?: DateNumber) => readObligations(club.app, day)
async function one(kind: Obligation['kind'], day?: DateNumber): Promise<Obligation> {
  const found = (await obligations(day)).filter((obligation) => obligation.kind === kind)
  expect(found).toHaveLength(1)
  return found[0]!
}
const brief = ({ state, light, daysLate }: Obligation) =>
  daysLate === undefined ? `${light} ${state}` : `${light} ${state} ${daysLate}`

async function receipt(): Promise<string> {
  const desk = { ...recipientDesk, now: () => club.clock.at }
  const out = join(club.app.configuration.home, 'opened')
  await openDelivery(desk, club.keys, { folder: inHome(released.folder!), out })
  return readFileSync(join(out, 'receipt.txt'), 'utf8')
}
/** The folder of the copy of the club. */
const inHome = (folder: string) => join(club.app.configuration.home, 'outbox', ...folder.split('/').slice(-2))

const destroy = () =>
  recordDestruction(register(), {
    ...{ release: released.release, evidence: 'letter 7', by: 'Acorn', actor: 'dpo' },
  })

async function fileCodes(more: Parameters<typeof requestOf>[2] = {}): Promise<string[]> {
  const asked = requestOf('again', club.clock.at, { id: `again-${club.clock.at}`, ...more })
  const { file } = await checkRequest(await club.context(), asked, { keepArtefact: false })
  return file.map(({ code }) => code)
}

test('a release carries its days from the agreement, and its manifest told the same days', async () => {
  const list = await obligations()
  expect(list.map(({ kind, dueOn }) => [kind, dueOn])).toEqual([
    ['confirm', inDays(10)],
    ['use-window', inDays(28)],
    ['return', inDays(45)],
    ['delete', inDays(60)],
    ['channels', undefined],
    ['uses', undefined],
  ])
  expect(list.map(brief)).toEqual(Array(6).fill('green open'))
  expect(new Set(list.map(({ who }) => who.name))).toEqual(new Set(['Little Acorn Foods Ltd']))
  const text = readFileSync(join(inHome(released.folder!), 'manifest.json'), 'utf8')
  const { duties } = JSON.parse(text) as ReleaseManifest
  for (const { kind, dueOn, source } of list) {
    if (!['confirm', 'return', 'delete'].includes(kind)) continue
    expect(duties.find(({ duty }) => duty === kind)).toMatchObject({ by: dateToIso(dueOn!), source })
  }
})

test('for what never left nobody owes anything', async () => {
  const before = await obligations()
  await askAndApprove(club, 'second')
  const at = (point: string) =>
    point === 'committed' ? Promise.reject(new Error('ends here')) : Promise.resolve()
  await expect(releaseRequest(await club.context(), 'second', { at })).rejects.toThrow('ends here')
  expect(await obligations()).toEqual(before)
})

test('a later agreement gives nobody more time, and a retired one none less', async () => {
  const days = async () => (await obligations()).map(({ dueOn }) => dueOn)
  const before = await days()
  await changePolicy(club, (policy) => ({
    ...policy,
    agreements: policy.agreements.map((item) => ({ ...item, deleteWithinDays: 600, confirmWithinDays: 90 })),
  }))
  expect(await days()).toEqual(before)
  await changePolicy(club, (policy) => ({ ...policy, agreements: [] }))
  expect(await days()).toEqual(before)
})

describe('the receipt', () => {
  test('is near a week before its day, late from the day after, and then nobody opened it', async () => {
    expect(brief(await one('confirm', inDays(2)))).toBe('green open')
    expect(brief(await one('confirm', inDays(3)))).toBe('amber due')
    expect(brief(await one('confirm', inDays(10)))).toBe('amber due')
    const late = await one('confirm', inDays(11))
    expect(brief(late)).toBe('red overdue 1')
    expect(late.words).toMatch(/^Never opened/)
    expect(brief(await one('confirm', inDays(41)))).toBe('red overdue 31')
  })

  test('that came in time is acknowledged; one that came late says so and asks for nothing more', async () => {
    const note = await receipt()
    on(inDays(10))
    await receiveReceipt(register(), note, 'dpo')
    expect(brief(await one('confirm', inDays(30)))).toBe('green acknowledged')
  })

  test('that came late says so and asks for nothing more', async () => {
    const note = await receipt()
    on(inDays(12))
    await receiveReceipt(register(), note, 'dpo')
    const late = await one('confirm')
    expect([brief(late), late.todo]).toEqual(['green acknowledged 2', undefined])
  })

  test('that tells of other rows is red at once, until one for what was sent comes', async () => {
    const note = await receipt()
    const body = { release: released.release, note: 'signed', found: 'other rows' } as DisputedBody
    await recordDocument(register(), {
      ...{ kind: 'release.disputed', about: released.release, body: canonicalJson(body), actor: 'dpo' },
    })
    expect(brief(await one('confirm'))).toBe('red disputed')
    await receiveReceipt(register(), note, 'dpo')
    expect(brief(await one('confirm'))).toBe('green acknowledged')
  })

  test('that nobody agreed a day for is due on the last day of the use', async () => {
    await changePolicy(club, (policy) => ({
      ...policy,
      agreements: policy.agreements.map(({ confirmWithinDays: _, ...item }) => item),
    }))
    await askAndApprove(club, 'second')
    const { release } = await releaseRequest(await club.context(), 'second')
    const found = (await obligations()).find(({ id }) => id === `confirm/${release}`)
    expect(found).toMatchObject({ dueOn: inDays(28), source: 'request second' })
  })
})

describe('a removal', () => {
  const remove = async () => {
    await objectToProcessing(register(), { ...statement(3, club.clock.at), qualifier: 'marketing' })
    const [made] = await followUp(await club.context())
    return made!
  }

  test('is amber from the moment it is known and red when its hours are over', async () => {
    const { dueAt } = await remove()
    expect(brief(await one('apply-removal'))).toBe('amber due')
    club.clock.at = dueAt
    expect(brief(await one('apply-removal'))).toBe('amber due')
    club.clock.at = dueAt + 1
    expect(brief(await one('apply-removal'))).toBe('red overdue')
    on(daysAfter(dateOf(dueAt, zone), 3))
    expect(brief(await one('apply-removal'))).toBe('red overdue 3')
  })

  test('asks for nothing where the whole release is gone', async () => {
    await remove()
    await destroy()
    expect(brief(await one('apply-removal'))).toBe('green destroyed')
  })
})

describe('the end', () => {
  test('the day named is the last one: from the next the recipient gets nothing more', async () => {
    on(inDays(45))
    expect(brief(await one('return'))).toBe('amber due')
    expect(await fileCodes()).not.toContain('A209')
    on(inDays(46))
    expect(brief(await one('return'))).toBe('red overdue 1')
    expect((await one('return')).blocks).toBe(true)
    expect(await fileCodes()).toContain('A209')
  })

  test('a return that is overdue stops every company of the group, a receipt that is late nobody', async () => {
    const toSister = { recipient: 'other' }
    on(inDays(20))
    expect(brief(await one('confirm'))).toBe('red overdue 10')
    expect(await fileCodes()).not.toContain('A209')
    on(inDays(46))
    expect(await fileCodes(toSister)).toContain('A209')
    await changePolicy(club, (policy) => ({
      ...policy,
      entities: policy.entities.map(({ group: _, ...entity }) => entity),
    }))
    expect(await fileCodes(toSister)).not.toContain('A209')
  })

  test('destroyed by the evidence on record: nothing is asked for any more, and the word is called unsigned', async () => {
    on(inDays(50))
    await destroy()
    const list = await obligations(inDays(90))
    expect(list.filter(({ light }) => light !== 'green')).toEqual([])
    expect(list.map(({ kind, state, daysLate }) => [kind, state, daysLate])).toEqual(
      expect.arrayContaining([
        ['return', 'destroyed', 5],
        ['delete', 'destroyed', undefined],
        ['confirm', 'destroyed', undefined],
      ]),
    )
    expect((await one('delete')).words).toContain('on the word of Acorn, unsigned')
    expect(await fileCodes()).not.toContain('A209')
  })

  test('that nobody agreed on is amber once the use is over', async () => {
    await changePolicy(club, (policy) => ({
      ...policy,
      agreements: policy.agreements.map(({ deleteWithinDays: _, returnWithinDays: __, ...item }) => item),
    }))
    await askAndApprove(club, 'second')
    const { release } = await releaseRequest(await club.context(), 'second')
    const deletion = async (day: DateNumber) =>
      brief((await obligations(day)).find(({ id }) => id === `delete/${release}`)!)
    expect(await deletion(inDays(28))).toBe('green open')
    expect(await deletion(inDays(29))).toBe('amber due')
  })
})

test('a day that is over is shown as the register stood then', async () => {
  on(inDays(50))
  await destroy()
  expect(brief(await one('return', inDays(49)))).toBe('red overdue 4')
  expect(brief(await one('return', inDays(50)))).toBe('green destroyed 5')
  expect(await obligations(daysAfter(releasedOn, -1))).toEqual([])
})

describe('a copy that was reported', () => {
  const report = async (more: Partial<CopyReportedBody>) => {
    const body: CopyReportedBody = {
      ...{ copy: 'c1', holder: recipient, dataset: 'members', madeAt: club.clock.at, place: 'a laptop' },
      ...{ records: 40, fields: ['email'], source: 'audit', by: 'Dana', codes: ['A211'] },
      ...{ deleteBy: dateOf(club.clock.at, zone), ...more },
    }
    await recordDocument(register(), {
      ...{ kind: 'copy.reported', about: 'c1', body: canonicalJson(body), actor: 'dpo' },
    })
  }
  const ofCopy = async (day?: DateNumber) => (await obligations(day)).find(({ id }) => id === 'delete/c1')!

  test('without a grant is red on day one, and late from the next', async () => {
    await report({})
    expect(brief(await ofCopy())).toBe('red due')
    expect((await ofCopy()).blocks).toBe(true)
    expect(brief(await ofCopy(inDays(1)))).toBe('red overdue 1')
  })

  test('with a grant has until the day of the grant', async () => {
    await report({ grant: 'repair', codes: [], deleteBy: inDays(20) })
    expect(brief(await ofCopy())).toBe('green open')
    expect(brief(await ofCopy(inDays(20)))).toBe('amber due')
    expect(brief(await ofCopy(inDays(21)))).toBe('red overdue 1')
  })
})

test('a work order is closed when it ends, also one that the policy no longer has', async () => {
  const order = {
    ...{ id: 'repair', recipient: 'other', dataset: 'members', purpose: 'offers', task: 'mend the file' },
    ...{
      people: ['R. Holt'],
      place: 'our office',
      from: releasedOn,
      until: inDays(5),
      fields: [],
      by: 'Dana',
    },
  }
  await changePolicy(club, (policy) => ({ ...policy, workOrders: [order] }))
  await changePolicy(club, (policy) => ({ ...policy, workOrders: [] }))
  expect(brief(await one('close-work-order', inDays(5)))).toBe('amber due')
  const late = await one('close-work-order', inDays(6))
  expect([brief(late), late.who.name]).toEqual(['red overdue 1', 'Other Ltd'])
  await recordDocument(register(), {
    ...{ kind: 'work-order.closed', about: 'repair', actor: 'dpo' },
    body: canonicalJson({ workOrder: 'repair', by: 'Dana', closedOn: releasedOn }),
  })
  expect(brief(await one('close-work-order', inDays(6)))).toBe('green met')
})

test('a certificate that leaves backups ends nothing, and the list says until when they hold it', () => {
  const statement = { backups: { goneBy: 20181001 } } as DestructionStatement
  const body = { copy: 'c1', certificate: { statement, note: '' }, evidence: '', by: 'Acorn' }
  const partly = { position: 9, recordedAt: start, body } as Stated<CopyDestroyedBody>
  const owed = { id: 'delete/c1', kind: 'delete', of: { copy: 'c1' }, source: 'copy grant repair' } as const
  const late = ending(
    { ...owed, who: { id: recipient, name: 'Acorn' }, words: 'Destroy it', dueOn: 20180811 },
    { partly },
    { today: 20180813, now: start, zone },
  )
  expect(brief(late)).toBe('red overdue 2')
  expect(late.words).toBe('Destroy it: certified, but backups hold it until 2018-10-01')
  expect(late.todo).toMatch(/^Ask for a new signed certificate/)
  expect(late.todo).not.toContain('fairshare destroyed')
})

describe('the list', () => {
  test('has red first, each colour as a word, and what to do below', async () => {
    const list = await listObligations(club.app, { on: inDays(46) })
    const lines = obligationLines(list, { all: false, color: false })
    expect(lines[0]).toMatch(
      /^RED {4}confirm +Little Acorn Foods Ltd +letter@\d+ +was due 2018-06-22, 36 days late/,
    )
    expect(lines[1]).toMatch(/^ {7}→ Ask who has the folder/)
    expect(lines[2]).toMatch(/^RED {4}return /)
    expect(lines[4]).toMatch(/^green {2}delete /)
    expect(lines.at(-1)).toBe(
      '2018-07-28: 2 red, 0 amber, 4 green. 3 are done or merely hold: --all shows them.',
    )
    const painted = obligationLines(list, { all: true, color: true })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours
    expect(painted.map((line) => line.replaceAll(/\x1b\[\d+m/g, ''))).toEqual(
      obligationLines(list, { all: true, color: false }),
    )
    expect(painted[0]).toContain('\x1b[31mRED\x1b[39m')
  })

  test('refuses a name nobody knows, which would look like one who owes nothing', async () => {
    await expect(listObligations(club.app, { recipient: 'acron' })).rejects.toMatchObject({
      code: 'value.invalid',
    })
    await expect(listObligations(club.app, { release: 'letter@1' })).rejects.toMatchObject({
      code: 'release.not_found',
    })
    expect((await listObligations(club.app, { recipient: 'other' })).obligations).toEqual([])
    expect((await listObligations(club.app, { release: released.release })).obligations).toHaveLength(6)
  })
})
