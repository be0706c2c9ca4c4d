// An erasure from asked to destroyed, in a club that shares: recipients are told while it is known whom, releases under way are
// finished first, and nobody who was erased comes back into a release, whatever still stands in a file.
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { destroyedLines, erasureLines } from '../../src/cli/report/erasure-report.ts'
import type { Pack } from '../../src/decide/rule.ts'
import { firstFailure } from '../../src/evidence/check.ts'
import { verifyPersonReceipt } from '../../src/evidence/verify-person-receipt.ts'
import { contactRef } from '../../src/intake/normalise-contact.ts'
import { encodeVerifierKey } from '../../src/log/signed-note.ts'
import { monthsAfter } from '../../src/model/instant.ts'
import { checkLog } from '../../src/register/check-log.ts'
import { findSubject } from '../../src/register/find-subject.ts'
import { linkPeople } from '../../src/register/link-people.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { presentNotice } from '../../src/register/present-notice.ts'
import { publishLog } from '../../src/register/publish-log.ts'
import { recordConsent } from '../../src/register/record-consent.ts'
import { foldedRefKey, refKeyText } from '../../src/register/ref-key.ts'
import { requestErasure } from '../../src/register/request-erasure.ts'
import { checkRequest } from '../../src/release/check-request.ts'
import { type DestroyErasedOptions, destroyErased } from '../../src/release/destroy-erased.ts'
import { explainPerson } from '../../src/release/explain-person.ts'
import { followUp } from '../../src/release/follow-up.ts'
import { listErasures } from '../../src/release/list-erasures.ts'
import { recordDestruction } from '../../src/release/record-destruction.ts'
import { type ReleaseResult, releaseRequest } from '../../src/release/release-request.ts'
import { holdPerson, readErasureList } from '../../src/service/erasures.ts'
import { readNamedHistory } from '../../src/service/named-history.ts'
import { receiptOf, subjectOf } from '../../src/service/person-rights.ts'
import { copyOf, newFolder, type PreparedClub, prepareClub } from './club-places.ts'
import {
  askAndApprove,
  type Club,
  changePolicy,
  day,
  hour,
  memberNo,
  minute,
  open,
  openClub,
  requestOf,
  start,
  statement,
} from './small-club.ts'

const folders = newFolder('erasure')
afterAll(() => folders.remove())

const VICTIM = 3
const person = { kind: 'member', value: memberNo(VICTIM) }
/** The evidence of what is asked at the start is kept for six years. */
const due = start + 2_192 * day

let prepared: PreparedClub
let released: ReleaseResult
let receipt: string
let club: Club

beforeAll(async () => {
  prepared = await prepareClub(join(folders.path, 'prepared'), async (prepared) => {
    await askAndApprove(prepared, 'letter')
    released = await releaseRequest(await prepared.context(), 'letter')
    receipt = await receiptOf(prepared.app, person)
  })
})
/** Released to everybody an hour ago; the person asks now. */
beforeEach(async () => {
  club = await openClub({ ...(await copyOf(prepared)), clock: { at: start + hour } })
  await asks(VICTIM)
})
afterEach(() => club.close())

const asks = (subject: number) =>
  requestErasure(club.app.register, { ...statement(subject, club.clock.at), qualifier: 'requested' })
const destroy = async (options: DestroyErasedOptions = {}) => destroyErased(await club.context(), options)
/** While the agreement and everybody’s consent still hold. */
const destroyNow = async (options: DestroyErasedOptions = {}) => {
  const context = await club.context()
  return destroyErased({ ...context, packs: context.packs.map(withoutHold) }, options)
}
const withoutHold = (pack: Pack): Pack => ({
  ...pack,
  parameters: {
    ...pack.parameters,
    evidenceHoldMonths: { ...pack.parameters.evidenceHoldMonths, value: 0 },
  },
})
const tell = async () => followUp(await club.context())
const listed = async () => (await readErasureList(club.app)).asked

/** Told, and due. */
async function tellAndWait(): Promise<void> {
  await tell()
  club.clock.at = due
}

describe('an erasure', () => {
  test('is suppressed at once, then held by the rule packs, then due', async () => {
    expect(await listed()).toMatchObject([
      { subject: VICTIM, heldUntil: monthsAfter(20180612, 72), due: false, toTell: [released.release] },
    ])
    await expect(destroy({ subject: VICTIM })).rejects.toMatchObject({ code: 'erasure.not_due' })
    expect(await destroy()).toMatchObject({ destroyed: undefined, epochs: [] })
    await tell()
    expect(await listed()).toMatchObject([{ toTell: [] }])
    club.clock.at = due - 2 * day
    expect(await listed()).toMatchObject([{ due: false }])
    club.clock.at = due
    expect(await listed()).toMatchObject([{ due: true }])
    expect(await destroy({ backupsKeptDays: 30 })).toMatchObject({
      destroyed: { people: 1, epoch: 1, survivors: club.people - 1, lastBackupUnrecoverableOn: 20240712 },
      epochs: [1],
      scrubbed: { tables: true, walOverwritten: true },
      kept: { events: 4, decisions: { files: 1, rows: 1 } },
    })
    expect(await listed()).toEqual([])
  })

  test('waits for a hold, and for nobody who did not ask', async () => {
    await tellAndWait()
    await holdPerson(club.app, person, { until: 20300101, because: 'claim 7' })
    expect(await listed()).toMatchObject([{ due: false, heldUntil: 20300101, because: 'claim 7' }])
    expect((await destroy()).destroyed).toBeUndefined()
    await expect(destroy({ subject: VICTIM })).rejects.toMatchObject({ code: 'erasure.not_due' })
    await expect(destroy({ subject: 9 })).rejects.toMatchObject({ code: 'erasure.not_found' })
    // A shorter hold does not shorten what the packs ask.
    const ended = { until: 20190101, because: 'claim 7 ended' }
    await expect(holdPerson(club.app, person, ended)).rejects.toMatchObject({ code: 'erasure.held' })
    await holdPerson(club.app, person, { ...ended, shorten: true })
    expect(await listed()).toMatchObject([{ due: true, heldUntil: monthsAfter(20180612, 72) }])
  })

  test('without a rule pack in force is never due', async () => {
    const { policy } = await club.context()
    const rules = { controller: policy.controller, packs: [], now: due }
    await expect(listErasures(club.app.register.store, rules)).rejects.toMatchObject({
      code: 'erasure.not_due',
    })
  })
})

test('of who is linked with somebody who stays, it is said that the link leads to their events', async () => {
  const links = (says: 'same' | 'not-same', a: number, b: number) =>
    linkPeople(club.app.register, {
      links: [says === 'same' ? { a, b, says, confidence: 99 } : { a, b, says }],
      ...{ because: 'same address', actor: 'dpo' },
    })
  await links('same', VICTIM, 4)
  await links('same', 5, VICTIM)
  await links('not-same', VICTIM, 5)
  await links('same', 6, 7)
  expect(await listed()).toMatchObject([{ subject: VICTIM, linkedWith: [4] }])
  expect(erasureLines(await readErasureList(club.app)).join('\n')).toContain(
    'linked with person 4: the link stays',
  )
  await tellAndWait()
  const result = await destroy()
  expect(result.kept).toMatchObject({ linked: 1 })
  expect(destroyedLines(result).join('\n')).toContain('Links of 1 person with others who are still here')
})

describe('recipients', () => {
  test('are told first, as afterwards nobody can find the lines', async () => {
    club.clock.at = due
    await expect(destroy()).rejects.toMatchObject({
      code: 'erasure.recipients_not_told',
      detail: expect.stringContaining(released.release),
    })
    expect(await findSubject(club.app.register, person)).toBe(VICTIM)
    const [removal] = await tell()
    expect(removal).toMatchObject({ release: released.release, count: 1 })
    expect((await destroy()).destroyed).toMatchObject({ people: 1 })
    expect(await tell()).toEqual([])
  })

  test('are not told by what is sealed and was not put into the outbox', async () => {
    const context = await club.context()
    const failing = {
      ...context.outbox,
      deliver: async () => {
        throw new Error('the outbox is away')
      },
    }
    await expect(followUp({ ...context, outbox: failing })).rejects.toThrow('away')
    club.clock.at = due
    expect(await listed()).toMatchObject([{ toTell: [released.release] }])
    await expect(destroy()).rejects.toMatchObject({ code: 'erasure.recipients_not_told' })
  })

  test('need no telling who have shown that they destroyed what they got', async () => {
    club.clock.at = due
    const evidence = {
      release: released.release,
      evidence: 'certificate 1',
      by: 'Little Acorn',
      actor: 'dpo',
    }
    await recordDestruction(club.app.register, evidence)
    expect((await destroy()).destroyed).toMatchObject({ people: 1 })
  })

  test('of whom others share a contact point are told of these too, before it is forgotten whose it was', async () => {
    await withContacts()
    await askAndApprove(club, 'second')
    await releaseRequest(await club.context(), 'second')
    const contact = await objects(8)
    await tell()
    await asks(contact)
    const later = await objects(9)
    await asks(later)
    club.clock.at = due
    await expect(destroy()).rejects.toMatchObject({
      code: 'erasure.recipients_not_told',
      detail: expect.stringContaining('made just now'),
    })
    expect((await destroy()).destroyed).toMatchObject({ people: 3 })
  })

  test('of a release under way come first', async () => {
    await askAndApprove(club, 'second')
    const stops = (point: string) => {
      if (point === 'staged') throw new Error('stopped')
    }
    await expect(releaseRequest(await club.context(), 'second', { at: stops })).rejects.toThrow('stopped')
    await tell()
    club.clock.at = due
    await expect(destroy()).rejects.toMatchObject({ code: 'erasure.release_unfinished' })
  })
})

describe('once the keys are destroyed', () => {
  beforeEach(async () => {
    await tellAndWait()
    await destroy()
  })

  test('the log verifies, and so does the receipt the person has', async () => {
    const { register, log } = club.app
    await publishLog(register, log)
    expect(await checkLog(register, log)).toMatchObject({ holds: true })
    const key = encodeVerifierKey(register.logOrigin, register.keys.signer.publicKey)
    expect(firstFailure(await verifyPersonReceipt(Buffer.from(receipt, 'utf8'), key))).toBeUndefined()
  })

  test('who asks about the person is told in plain words that nothing leads there', async () => {
    for (const ask of [
      () => subjectOf(club.app.register, person),
      () => receiptOf(club.app, person),
      () => readNamedHistory(club.app.register, person),
    ])
      await expect(ask()).rejects.toMatchObject({
        code: 'person.not_found',
        detail: expect.stringContaining('was erased on 2024-06-12'),
      })
    await expect(subjectOf(club.app.register, { ...person, value: 'x' })).rejects.toMatchObject({
      detail: 'nobody is enrolled under this member',
    })
  })

  test('others are found, and get their receipts', async () => {
    expect(await receiptOf(club.app, { kind: 'member', value: memberNo(4) })).toContain('"secret"')
  })

  test('the projection holds no row of a file about the person any more', async () => {
    const { engine } = club.app
    const [file] = await engine.rows<{ number: number }>('select max(number) as number from dataset_file')
    expect(
      await engine.rows(`select 1 as found from dataset_${file!.number} where subject = ${VICTIM}`),
    ).toEqual([])
    const [others] = await engine.rows(`select count(*) as count from dataset_${file!.number}`)
    expect(others).toEqual({ count: club.people - 1 })
  })

  test('a file that still holds the person meets the suppression list', async () => {
    const result = await checkRequest(await club.context(), requestOf('late', club.clock.at))
    expect(result.outcomes.deny).toBe(club.people)
    const explained = await explainPerson(
      await club.context(),
      requestOf('late', club.clock.at),
      person,
      'regulator',
    )
    expect(explained.subject).toBe(club.people + 1)
    expect(explained.reasons[0]).toMatchObject({ code: 'S304' })
    // Enrolled out of a file, with the key by which another writing of the reference is known.
    const { keys, store } = club.app.register
    expect(await store.query(`select folded from erasable.ref where subject = ${explained.subject}`)).toEqual(
      [{ folded: refKeyText(foldedRefKey(keys, 'member', `${person.value.toLowerCase()}.`)) }],
    )
  })
})

test('nobody who was erased is in a later release, whatever comes in between, in whatever order', async () => {
  const erased = [VICTIM, 11]
  await asks(11)
  await tell()
  club.clock.at += hour
  await destroyNow()
  type Step = 'consents' | 'objects' | 'checks'
  const steps = fc.array(fc.constantFrom<Step>('consents', 'objects', 'checks'), { maxLength: 4 })
  let round = 0
  await fc.assert(
    fc.asyncProperty(steps, async (taken) => {
      const id = `round-${++round}`
      for (const step of taken) {
        club.clock.at += minute
        if (step === 'checks')
          await checkRequest(await club.context(), requestOf(`${id}-again`, club.clock.at))
        else for (const number of erased) await says(number, step)
      }
      club.clock.at += minute
      await askAndApprove(club, id)
      const result = await releaseRequest(await club.context(), id)
      const { subjects } = await open(club, result.folder!, join(club.app.configuration.home, id))
      expect(subjects).toHaveLength(club.people - erased.length)
      expect(subjects.filter((number) => erased.includes(number))).toEqual([])
    }),
    { numRuns: 6 },
  )
})

test('a contact point that was objected to under stays suppressed in every record when its own enrolment is erased', async () => {
  await withContacts()
  const contact = await objects(8)
  const before = await checkRequest(await club.context(), requestOf('before', club.clock.at))
  await asks(contact)
  await tell()
  club.clock.at += hour
  expect((await destroyNow({ subject: contact })).destroyed).toMatchObject({ people: 1 })
  const after = await checkRequest(await club.context(), requestOf('after', club.clock.at))
  const suppressed = (result: typeof before) => result.reasons.find(({ code }) => code === 'S303')?.count
  expect([suppressed(before), suppressed(after)]).toEqual([1, 1])
})

// --- what the club does ------------------------------------------------------------------------------------------

/** The people’s e-mail addresses become contact points. */
function withContacts(): Promise<void> {
  return changePolicy(club, (policy) => ({
    ...policy,
    datasets: policy.datasets.map((dataset) => ({ ...dataset, contact: { email: 'email' } })),
  }))
}

/** Whoever reads a person's mail objects, known by the address alone; returns the number under which that is enrolled. */
async function objects(number: number): Promise<number> {
  const ref = contactRef({ kind: 'email', value: `qzkmail${number}@club.example` }, 'GB')!
  const { person: _, ...said } = statement(number, club.clock.at)
  await objectToProcessing(club.app.register, {
    ...{ ...said, person: ref, enrolIfUnknown: true, qualifier: 'marketing' },
  })
  return (await findSubject(club.app.register, ref))!
}

async function says(number: number, what: 'consents' | 'objects'): Promise<void> {
  const { person: _, ...said } = statement(number, club.clock.at)
  const who = { ...said, person: { kind: 'member', value: memberNo(number) }, enrolIfUnknown: true }
  if (what === 'objects')
    await objectToProcessing(club.app.register, { ...who, qualifier: 'general', recipient: 'other' })
  else {
    await presentNotice(club.app.register, { ...who, notice: 'form@2017-01', route: 'online' })
    await recordConsent(club.app.register, {
      ...{ ...who, notice: 'form@2017-01', purpose: 'offers', recipient: 'acorn' },
      ...{ channel: 'email', qualifier: 'given' },
    })
  }
}
