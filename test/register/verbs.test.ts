// The verbs on both stores: names become numbers, statements become one event each, policy is published in versions.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Personal } from '../../src/model/personal.ts'
import type { DecisionBody } from '../../src/model/release.ts'
import { disputeAccuracy } from '../../src/register/dispute-accuracy.ts'
import { doubtIdentity } from '../../src/register/doubt-identity.ts'
import { findSubject } from '../../src/register/find-subject.ts'
import { listNumber } from '../../src/register/list-number.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import type { Register } from '../../src/register/open-register.ts'
import { presentNotice } from '../../src/register/present-notice.ts'
import { protectSubject } from '../../src/register/protect-subject.ts'
import { type PolicyItem, publishPolicy, readPublishedPolicy } from '../../src/register/publish-policy.ts'
import { readHistory } from '../../src/register/read-history.ts'
import { recordConsent } from '../../src/register/record-consent.ts'
import { recordDecision } from '../../src/register/record-decision.ts'
import { readDocuments } from '../../src/register/record-document.ts'
import { recordEvent, type Statement } from '../../src/register/record-event.ts'
import { reportAbsence } from '../../src/register/report-absence.ts'
import { requestErasure } from '../../src/register/request-erasure.ts'
import { restrictProcessing } from '../../src/register/restrict-processing.ts'
import { seedRecord } from '../../src/register/seed-record.ts'
import { readTerms, termNumbers } from '../../src/register/term-numbers.ts'
import { withdrawConsent } from '../../src/register/withdraw-consent.ts'
import { openOn } from './open-on.ts'
import { openTestRegister, storeKinds, type TestRegister } from './test-registers.ts'

const may2017 = { earliest: 1_493_942_400_000_000, latest: 1_494_028_800_000_000 }

describe.each(storeKinds)('on %s', (kind) => {
  let opened: TestRegister
  let register: Register

  beforeAll(async () => {
    opened = await openTestRegister(kind)
    register = opened.register
    await publishPolicy(register, [notice('2015', 'We share with Acme Baby Ltd.')], 'dpo')
  })
  afterAll(() => opened.dispose())

  async function position(): Promise<number> {
    const [row] = await register.store.query<{ position: number }>('select position from register.head')
    return row!.position
  }

  function statement(member: string, more: Partial<Statement> = {}): Statement {
    return {
      person: { kind: 'member', value: new Personal(member) },
      at: may2017,
      grade: 'A',
      source: 'web form',
      actor: 'intake',
      enrolIfUnknown: true,
      ...more,
    }
  }

  test('terms are numbered once, densely, and mean the same to whoever asks', async () => {
    const before = (await readTerms(register)).length
    const first = await termNumbers(register, 'recipient', ['broker', 'party', 'broker'])
    expect([...first]).toEqual([
      ['broker', before + 1],
      ['party', before + 2],
    ])
    const at = await position()
    expect(await termNumbers(register, 'recipient', ['party'])).toEqual(new Map([['party', before + 2]]))
    expect(await position()).toBe(at)
    const elsewhere = await openOn(register.store)
    const [one, two] = await Promise.all([
      termNumbers(register, 'purpose', ['post', 'party']),
      termNumbers(elsewhere, 'purpose', ['party', 'post']),
    ])
    expect(one.get('party')).toBe(two.get('party'))
    expect((await readTerms(register)).map(({ number }) => number)).toEqual(
      Array.from({ length: before + 4 }, (_, n) => n + 1),
    )
  })

  test('every verb records one event that says what was stated and nothing else', async () => {
    const says = statement('every verb')
    await presentNotice(register, { ...says, notice: 'join@2015', route: 'online' })
    await recordConsent(register, {
      ...says,
      qualifier: 'given',
      notice: 'join@2015',
      purpose: 'news',
      channel: 'email',
    })
    await withdrawConsent(register, { ...says, purpose: 'news' })
    await objectToProcessing(register, { ...says, qualifier: 'marketing', channel: 'post' })
    await restrictProcessing(register, { ...says, qualifier: 'on' })
    await requestErasure(register, { ...says, qualifier: 'requested' })
    await protectSubject(register, { ...says, qualifier: 'bereavement' })
    await doubtIdentity(register, { ...says, qualifier: 'open', grade: 'C' })
    await disputeAccuracy(register, { ...says, qualifier: 'open' })
    await reportAbsence(register, { ...says, qualifier: 'gone-away' })
    await listNumber(register, { ...says, qualifier: 'ctps' })
    await seedRecord(register, { ...says, qualifier: 'canary' })
    const subject = (await findSubject(register, { kind: 'member', value: 'every verb' }))!
    const [published] = await readPublishedPolicy(register)
    const purpose = (await termNumbers(register, 'purpose', ['news'])).get('news')!
    const history = await readHistory(register, subject)
    const absent = { route: 0, notice: 0, purpose: 0, recipient: 0, channel: 0, basis: 0, qualifier: 0 }
    const common = { ord: 0, subject, ...may2017, grade: 1, source: expect.any(Number), ...absent }
    expect(history.map(({ position: _, ...rest }) => rest)).toEqual([
      {
        ...common,
        kind: 'presentation',
        notice: published!.number,
        route: (await termNumbers(register, 'route', ['online'])).get('online'),
      },
      { ...common, kind: 'consent', notice: published!.number, purpose, channel: 2, qualifier: 1 },
      { ...common, kind: 'withdrawal', purpose },
      { ...common, kind: 'objection', channel: 1, qualifier: 1 },
      { ...common, kind: 'restriction', qualifier: 1 },
      { ...common, kind: 'erasure', qualifier: 1 },
      { ...common, kind: 'protection', qualifier: 1 },
      { ...common, kind: 'identity_doubt', qualifier: 1, grade: 3 },
      { ...common, kind: 'dispute', qualifier: 1 },
      { ...common, kind: 'absence', qualifier: 2 },
      { ...common, kind: 'listing', qualifier: 2 },
      { ...common, kind: 'seed', qualifier: 1 },
    ])
    const positions = history.map((event) => event.position)
    expect(positions).toEqual([...positions].sort((a, b) => a - b))
  })

  test('a repeated statement is recorded once, whether its person was new or not', async () => {
    const objection = {
      ...statement('repeats'),
      qualifier: 'marketing' as const,
      idempotencyKey: `repeat-${kind}`,
    }
    const first = await objectToProcessing(register, objection)
    expect(first.repeated).toBe(false)
    expect(await objectToProcessing(register, objection)).toEqual({ ...first, repeated: true })
    await expect(objectToProcessing(register, { ...objection, qualifier: 'general' })).rejects.toMatchObject({
      code: 'idempotency.conflict',
    })
    const subject = (await findSubject(register, { kind: 'member', value: 'repeats' }))!
    expect(await readHistory(register, subject)).toHaveLength(1)
  })

  test('two statements about one new person at once enrol that person once', async () => {
    const says = statement('met twice')
    await Promise.all([
      objectToProcessing(register, { ...says, qualifier: 'marketing' }),
      restrictProcessing(register, { ...says, qualifier: 'on' }),
    ])
    const subject = (await findSubject(register, { kind: 'member', value: 'met twice' }))!
    expect(await readHistory(register, subject)).toHaveLength(2)
    const bySubject = await restrictProcessing(register, {
      ...says,
      person: { subject },
      qualifier: 'lifted',
    })
    expect((await readHistory(register, subject)).at(-1)).toMatchObject({ position: bySubject.position })
  })

  test('an unknown person is not enrolled unless asked to, and the error does not say who', async () => {
    const at = await position()
    const refused = await withdrawConsent(
      register,
      statement('nobody we know', { enrolIfUnknown: false }),
    ).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'person.not_found' })
    expect(String(refused)).not.toContain('nobody we know')
    expect(await position()).toBe(at)
  })

  test('a notice that was never published cannot have been shown', async () => {
    for (const unpublished of ['join@2016', 'join', '@2015', 'leave@2015'])
      await expect(presentNotice(register, { ...statement('x'), notice: unpublished })).rejects.toMatchObject(
        { code: 'policy.not_found' },
      )
  })

  test('what a kind of event cannot say is refused, and so is a word outside its vocabulary', async () => {
    const says = statement('x')
    for (const scope of [{ notice: 'join@2015' }, { qualifier: 'perhaps' }, {}])
      await expect(recordEvent(register, 'objection', { ...says, ...scope })).rejects.toMatchObject({
        code: 'value.invalid',
      })
  })

  test('values that look like SQL are values', async () => {
    const sly = "'); delete from register.batch; --"
    await objectToProcessing(register, { ...statement(sly, { source: sly }), qualifier: 'marketing' })
    const subject = (await findSubject(register, { kind: 'member', value: sly }))!
    const [event] = await readHistory(register, subject)
    const term = (await readTerms(register)).find(({ number }) => number === event!.source)
    expect(term!.name).toBe(sly)
  })

  test('a decision is kept as asked and as answered', async () => {
    const body = { request: { id: 'r1' }, considered: 0 } as unknown as DecisionBody
    const decision = { body, actor: 'cli', idempotencyKey: 'r1' }
    const first = await recordDecision(register, decision)
    expect(await recordDecision(register, decision)).toEqual({ ...first, repeated: true })
    const [found] = await readDocuments(register.store, { kind: 'decision', about: 'r1' })
    expect(found).toMatchObject({ position: first.position, body: '{"considered":0,"request":{"id":"r1"}}' })
  })

  describe('publishing policy', () => {
    const entity = (name: string, body: string): PolicyItem => ({ kind: 'entity', name, body })
    const first = [
      notice('2015', 'We share with Acme Baby Ltd.'),
      entity('acme', '{"a":1}'),
      entity('b', '{}'),
    ]

    test('appends what is new and nothing when nothing changed', async () => {
      const done = await publishPolicy(register, first, 'dpo')
      expect(done.unchanged).toBe(1)
      expect(done.published.map(({ name, version }) => [name, version])).toEqual([
        ['acme', '1'],
        ['b', '1'],
      ])
      const at = await position()
      expect(done.position).toBe(at)
      expect(await publishPolicy(register, first, 'dpo')).toEqual({
        position: undefined,
        published: [],
        retired: [],
        unchanged: 3,
      })
      expect(await position()).toBe(at)
    })

    test('appends what changed as the next version and retires what is gone, but never a notice', async () => {
      const done = await publishPolicy(register, [entity('acme', '{"a":2}')], 'dpo')
      expect(done.published).toMatchObject([{ name: 'acme', version: '2', previous: '1' }])
      expect(done.retired).toMatchObject([{ name: 'b', version: '2', previous: '1' }])
      const rows = await readPublishedPolicy(register)
      expect(rows.map(({ name, version, current, body }) => [name, version, current, body])).toEqual([
        ['join', '2015', true, 'We share with Acme Baby Ltd.'],
        ['acme', '1', false, '{"a":1}'],
        ['b', '1', false, '{}'],
        ['acme', '2', true, '{"a":2}'],
        ['b', '2', false, undefined],
      ])
      expect(rows.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5])
    })

    test('brings a retired item back as a further version', async () => {
      const done = await publishPolicy(register, [entity('acme', '{"a":2}'), entity('b', '{}')], 'dpo')
      expect(done.published).toEqual([{ kind: 'entity', name: 'b', version: '3', number: 6 }])
    })

    test('refuses other text for a notice version that was published', async () => {
      await expect(
        publishPolicy(register, [notice('2015', 'We share with political parties.')], 'dpo'),
      ).rejects.toMatchObject({ code: 'policy.invalid', message: expect.stringContaining('never changes') })
    })

    test('a further notice version stands beside the earlier ones', async () => {
      const items = [notice('2018', 'And with parties.'), entity('acme', '{"a":2}'), entity('b', '{}')]
      const done = await publishPolicy(register, items, 'dpo')
      expect(done.published).toMatchObject([{ name: 'join', version: '2018', previous: '2015' }])
      const current = (await readPublishedPolicy(register)).filter((row) => row.current)
      expect(current.map(({ name, version }) => `${name}@${version}`).sort()).toEqual([
        'acme@2',
        'b@3',
        'join@2015',
        'join@2018',
      ])
    })

    test('two publishers at once publish a change once', async () => {
      const items = [entity('acme', '{"a":3}'), entity('b', '{}')]
      const both = await Promise.all([
        publishPolicy(register, items, 'dpo'),
        publishPolicy(register, items, 'dpo'),
      ])
      expect(both.flatMap(({ published }) => published)).toMatchObject([{ name: 'acme', version: '3' }])
    })
  })
})

function notice(version: string, body: string): PolicyItem {
  return { kind: 'notice', name: 'join', version, body }
}
