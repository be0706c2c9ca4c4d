// A decision comes out again from the facts it kept, and from the register as it stood, whatever was recorded since; where it
// does not, the answer says which fact, of how many, and what has changed.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { canonicalJson } from '../../src/model/canonical.ts'
import type { DecisionBody } from '../../src/model/release.ts'
import { linkPeople } from '../../src/register/link-people.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { recordDocument } from '../../src/register/record-document.ts'
import { restrictProcessing } from '../../src/register/restrict-processing.ts'
import { withdrawConsent } from '../../src/register/withdraw-consent.ts'
import { checkRequest } from '../../src/release/check-request.ts'
import type { DecisionContext } from '../../src/release/decision-context.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { findDecision, type Replay, replayDecision } from '../../src/release/replay-decision.ts'
import { replayRequest } from '../../src/service/replay-request.ts'
import { runInside } from '../cli/run-fairshare.ts'
import { copyOf, newFolder, type PreparedClub, prepareClub } from './club-places.ts'
import { askAndApprove, type Club, changePolicy, openClub, requestOf, statement } from './small-club.ts'

const folders = newFolder('replay')
afterAll(() => folders.remove())

let prepared: PreparedClub
let club: Club

/** Forty people: some said stop, two are one person, one may be another. */
beforeAll(async () => {
  prepared = await prepareClub(join(folders.path, 'prepared'), async (club) => {
    const says = (subject: number) => statement(subject, club.clock.at - 1)
    const { register } = club.app
    await objectToProcessing(register, { ...says(3), qualifier: 'marketing' })
    await withdrawConsent(register, says(9))
    await restrictProcessing(register, { ...says(11), qualifier: 'on' })
    await linkPeople(register, {
      links: [
        { a: 3, b: 4, says: 'same', confidence: 100 },
        { a: 20, b: 21, says: 'same', confidence: 10 },
      ],
      ...{ because: 'they say so', actor: 'dpo' },
    })
  })
})
beforeEach(async () => {
  club = await openClub(await copyOf(prepared))
})
afterEach(() => club.close())

const home = () => club.app.configuration.home
const replay = (decision: string, facts = false) => replayRequest(club.app, { decision, facts })
const ask = async (id: string) => checkRequest(await club.context(), requestOf(id, club.clock.at))

/** Recorded again as it might have been, so that the document on record says something else. */
async function recordOtherwise(id: string, change: (body: DecisionBody) => DecisionBody): Promise<void> {
  const { body } = await findDecision(club.app.register.store, id)
  const changed = canonicalJson(change(body))
  await recordDocument(club.app.register, { kind: 'decision', about: id, body: changed, actor: 'club' })
}

async function replayUnder(context: Partial<DecisionContext>): Promise<Replay> {
  const decision = await findDecision(club.app.register.store, 'letter')
  return replayDecision({ ...(await club.context()), ...context }, decision)
}

/** Everything that may come after a decision, and change what another one would say. */
async function goOn(): Promise<void> {
  const says = (subject: number) => statement(subject, club.clock.at - 1)
  await withdrawConsent(club.app.register, says(5))
  await objectToProcessing(club.app.register, { ...says(6), qualifier: 'marketing' })
  await linkPeople(club.app.register, {
    links: [
      { a: 3, b: 4, says: 'not-same' },
      { a: 7, b: 9, says: 'same', confidence: 100 },
    ],
    ...{ because: 'looked at again', actor: 'dpo' },
  })
  await changePolicy(club, (policy) => ({
    ...policy,
    agreements: policy.agreements.map((agreement) => ({ ...agreement, fields: ['email'] })),
  }))
}

describe('the rules', () => {
  test('give the same bytes from the facts that were kept', async () => {
    const { artefact, outcomes } = await ask('letter')
    expect(outcomes.allow).toBeGreaterThan(0)
    expect(outcomes.deny).toBeGreaterThan(3)
    expect(await replay('letter')).toMatchObject({
      ...{ request: 'letter', answer: 'identical', changed: [], counts: [] },
      rules: { identical: true, sha256: { was: artefact!.sha256, now: artefact!.sha256 } },
    })
  })

  test('are asked of the newest decision, of the one at a position, or of the position alone', async () => {
    const first = await ask('letter')
    const { position } = await findDecision(club.app.register.store, 'letter')
    await withdrawConsent(club.app.register, statement(5, club.clock.at - 1))
    const second = await ask('letter')
    const sha256 = async (named: string) => (await replay(named)).rules.sha256.now
    expect(second.artefact!.sha256).not.toBe(first.artefact!.sha256)
    expect(await sha256('letter')).toBe(second.artefact!.sha256)
    expect(await sha256(`letter@${position}`)).toBe(first.artefact!.sha256)
    expect(await sha256(`${position}`)).toBe(first.artefact!.sha256)
    for (const unknown of ['nothing', 'letter@1', '1'])
      await expect(replay(unknown)).rejects.toMatchObject({ code: 'request.not_found' })
  })

  test('give what they gave when the policy has changed since', async () => {
    await ask('letter')
    await goOn()
    expect(await replay('letter')).toMatchObject({ answer: 'identical', changed: [] })
  })

  test('are held to the facts of the request that were kept', async () => {
    await ask('letter')
    await recordOtherwise('letter', ({ requestFacts, ...body }) => ({
      ...body,
      requestFacts: { ...requestFacts, consentAtMin: club.clock.at },
    }))
    const { answer, rules, counts } = await replay('letter')
    expect(answer).toBe('differs')
    expect(rules).toMatchObject({
      identical: false,
      records: { was: 40, now: 40, alone: { was: 0, now: 0 } },
    })
    expect(rules.records!.differing).toBeGreaterThan(30)
    expect(rules.records!.columns.map(({ column }) => column)).toContain('outcome')
    expect(rules.records!.ordinals).toHaveLength(5)
    expect(counts.map(({ what }) => what)).toContain('B510')
  })

  test('are refused another artefact than the one on record', async () => {
    const { artefact } = await ask('letter')
    const bytes = readFileSync(artefact!.path)
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(artefact!.path, bytes)
    await expect(replay('letter')).rejects.toMatchObject({ code: 'decision.changed' })
  })

  test('come out for a decision that kept no facts of the request', async () => {
    await ask('letter')
    await recordOtherwise('letter', ({ requestFacts: _, noticeFacts: __, ...body }) => body)
    await goOn()
    expect(await replay('letter', true)).toMatchObject({ answer: 'identical', facts: { identical: true } })
  })

  test('that counted otherwise are named', async () => {
    await ask('letter')
    await recordOtherwise('letter', (body) => ({ ...body, outcomes: { ...body.outcomes, allow: 1 } }))
    const { answer, counts, rules } = await replay('letter')
    expect({ answer, same: rules.identical }).toEqual({ answer: 'differs', same: true })
    expect(counts).toEqual([expect.objectContaining({ what: 'allow', was: 1 })])
  })
})

describe('what has changed', () => {
  test('in a pack makes the rules other rules, and explains what differs', async () => {
    await ask('letter')
    const { readBook } = await club.context()
    const { answer, changed, rules } = await replayUnder({
      readBook: async (...given) => {
        const book = await readBook(...given)
        const packs = book.packs.map((pack) => ({
          ...pack,
          rules: pack.rules.filter(({ code }) => code !== 'S301' && code !== 'S302'),
        }))
        return { ...book, packs }
      },
    })
    expect(answer).toBe('other-rules')
    expect(changed.map(({ what, explains }) => [what, explains])).toContainEqual(['pack', ['rules']])
    expect(rules.records!.differing).toBeGreaterThan(0)
  })

  test('in a word of a pack makes them other rules though nothing differs', async () => {
    await ask('letter')
    const { readBook } = await club.context()
    const { answer, changed, rules } = await replayUnder({
      readBook: async (...given) => {
        const book = await readBook(...given)
        return { ...book, packs: book.packs.map((pack) => ({ ...pack, title: `${pack.title}.` })) }
      },
    })
    expect({ answer, same: rules.identical }).toEqual({ answer: 'other-rules', same: true })
    expect(changed.every(({ explains }) => explains.length === 0)).toBe(true)
  })

  test('in the decider, the projection, the codes or the policy is named', async () => {
    await ask('letter')
    await recordOtherwise('letter', (body) => ({
      ...body,
      ...{ deciderVersion: 0, projectionVersion: 0, policyHash: 'another' },
      maskCodes: body.maskCodes.slice(1),
    }))
    const { answer, changed } = await replay('letter')
    expect(answer).toBe('other-rules')
    expect(changed.map(({ what }) => what)).toEqual(['policy', 'decider', 'projection', 'mask codes'])
  })

  test('in the projection or the policy alone leaves the rules what they were', async () => {
    await ask('letter')
    await recordOtherwise('letter', (body) => ({ ...body, projectionVersion: 0 }))
    const { answer, changed } = await replay('letter')
    expect(answer).toBe('identical')
    expect(changed).toEqual([expect.objectContaining({ what: 'projection', was: '0', explains: [] })])
  })
})

describe('the facts', () => {
  test('come out of the register as it stood, whatever was recorded since', async () => {
    await askAndApprove(club, 'letter')
    const { position } = await findDecision(club.app.register.store, 'letter')
    await releaseRequest(await club.context(), 'letter')
    await askAndApprove(club, 'second')
    await goOn()
    await ask('third')
    for (const decision of [`letter@${position}`, 'second', 'third'])
      expect(await replay(decision, true)).toMatchObject({
        answer: 'identical',
        facts: { identical: true, facts: [], stated: [] },
      })
  })

  test('that were gathered from a copy with a row missing are named', async () => {
    const whole = await ask('first')
    await club.app.engine.run('delete from restriction where subject = 11')
    const { outcomes } = await ask('letter')
    expect(outcomes.allow).toBe(whole.outcomes.allow + 1)
    const { answer, facts } = await replay('letter', true)
    expect(answer).toBe('differs')
    expect(facts!.facts.map(({ column, subjects }) => [column, subjects])).toEqual([['restrictedAt', [11]]])
  })

  test('that were gathered from a copy with a row too many are named, and of whom', async () => {
    await ask('first')
    await club.app.engine.run('insert into restriction select * replace (12 as subject) from restriction')
    await ask('letter')
    const { answer, rules, facts } = await replay('letter', true)
    expect({ answer, same: rules.identical }).toEqual({ answer: 'differs', same: true })
    expect(facts!.facts).toEqual([
      { column: 'restrictedAt', rows: 1, people: 1, ordinals: [12], subjects: [12] },
    ])
  })

  test('of the request are held to those that were kept', async () => {
    await ask('letter')
    await recordOtherwise('letter', ({ requestFacts, ...body }) => ({
      ...body,
      requestFacts: { ...requestFacts, smallFileMin: 1 },
    }))
    const { facts } = await replay('letter', true)
    expect(facts!.stated).toEqual([expect.objectContaining({ fact: 'smallFileMin', was: 1 })])
  })

  test('are not worked out from another file, and nobody is enrolled by it', async () => {
    await ask('letter')
    writeFileSync(club.dataFile, `${readFileSync(club.dataFile, 'utf8')}ZQM-99999,Quetzalname,,\r\n`)
    const { subject_count: before } = await head()
    await expect(replay('letter', true)).rejects.toMatchObject({ code: 'decision.changed' })
    expect((await head()).subject_count).toBe(before)
    expect(readdirSync(join(home(), 'temporary'))).toEqual([])
  })

  const head = async () => {
    const [row] = await club.app.register.store.query<{ subject_count: number; position: number }>(
      'select subject_count, position from register.head',
    )
    return row!
  }

  test('leave nothing behind, neither on record nor on disk', async () => {
    await ask('letter')
    const before = await head()
    const decisions = readdirSync(join(home(), 'decisions'))
    await replay('letter', true)
    expect(await head()).toEqual(before)
    expect(readdirSync(join(home(), 'decisions'))).toEqual(decisions)
    expect(readdirSync(join(home(), 'temporary'))).toEqual([])
  })
})

describe('the command', () => {
  test('says that it comes out again, or what does not, and ends accordingly', async () => {
    await ask('letter')
    const { home, databaseUrl } = club.app.configuration
    const place = { home, ...(databaseUrl !== undefined && { databaseUrl }) }
    await club.close()
    const environment = { FAIRSHARE_HOME: home, DATABASE_URL: databaseUrl }
    const replayed = async (...more: string[]) => runInside(['replay', 'letter', ...more], environment)
    const same = await replayed('--facts')
    expect({ exit: same.exit, stderr: same.stderr }).toEqual({ exit: 0, stderr: '' })
    expect(same.stdout).toMatch(
      /^letter@\d+, decided 2018-06-12T\S+: it comes out again\.\nRules: the same bytes/,
    )
    expect(same.stdout).toContain('Facts: all the same')

    club = await openClub(place)
    await club.app.engine.run('insert into restriction select * replace (12 as subject) from restriction')
    await ask('letter')
    await recordOtherwise('letter', (body) => ({ ...body, deciderVersion: 0, considered: 41 }))
    await club.close()
    const other = await replayed('--facts')
    expect(other.exit).toBe(1)
    expect(other.stdout).toContain('not the same rules. Those of then are not at hand')
    expect(other.stdout).toContain('counted otherwise: considered was 41, is 40')
    expect(other.stdout).toContain('restrictedAt: of 1 person, e.g. #12')
    expect(other.stdout).toMatch(/decider \(version\): 0 → \d+; may explain the rules and the facts/)
    const json = JSON.parse((await replayed('--json')).stdout)
    expect(json).toMatchObject({ answer: 'other-rules', rules: { identical: true } })
    club = await openClub(place)
  })
})
