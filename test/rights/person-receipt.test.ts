// A person's receipt: it opens what the log says of that person, verifies without the register, and nothing in it can be
// changed without a place being told.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { type Check, firstFailure } from '../../src/evidence/check.ts'
import { verifyPersonReceipt } from '../../src/evidence/verify-person-receipt.ts'
import { encodeVerifierKey, signNote } from '../../src/log/signed-note.ts'
import { type Canonical, canonicalHash, canonicalJson } from '../../src/model/canonical.ts'
import { eventKinds } from '../../src/model/event.ts'
import {
  type OpenedEvent,
  type PersonReceipt,
  personReceiptSignedText,
} from '../../src/model/person-receipt.ts'
import type { Register } from '../../src/register/register.ts'
import { issueReceipt } from '../../src/rights/issue-receipt.ts'
import type { ReleaseFiles } from '../../src/rights/release-files.ts'
import { changeEachByte, unnoticed } from '../log/change-each-byte.ts'
import { memoryPlaces } from '../register/log-places.ts'
import { openTestRegister, type TestRegister } from '../register/test-registers.ts'
import { commit, fillRegister, people, record, seal, takeOut } from './small-register.ts'

const release = '3-post@5'
const takenOut = { outcome: 0, fields: 1, masks: [1] }
/** What the file of verdicts says; D commits to no field of a row that stayed. 1 left with two rows, 2 was denied, 3 is masked, 4 left and was recalled, 5 was taken out before anything left. */
const rows = [
  { subject: 1, verdict: { outcome: 3, fields: 3, masks: [0] } },
  { subject: 2, verdict: { outcome: 0, fields: 2, masks: [0b101] } },
  { subject: 3, verdict: { outcome: 0, fields: 0, masks: [0b010] } },
  { subject: 1, verdict: { outcome: 2, fields: 1, masks: [0] } },
  { subject: 4, verdict: { outcome: 3, fields: 3, masks: [0] } },
  { subject: 5, verdict: takenOut },
]

describe('a person’s receipt', () => {
  let opened: TestRegister
  let register: Register
  let files: ReleaseFiles
  let key: string
  const places = memoryPlaces()
  const receipts = new Map<number, string>()

  beforeAll(async () => {
    opened = await openTestRegister('pglite')
    register = opened.register
    await fillRegister(register)
    const committed = await commit(register, release, [1, 4, 5])
    const amended = await record(register, 'release.amended', release, { round: 1, removed: 1, members: 2 })
    await takeOut(register, committed, 5, amended, 'amended', takenOut)
    const trees = await seal(register, release, rows, [1, 4])
    files = {
      ...trees,
      // What the file of verdicts said of 5 before; the tree holds what took 5 out.
      readVerdicts: async (artefact, subject) =>
        subject === 5 ? [{ outcome: 3, fields: 3, masks: [0] }] : trees.readVerdicts(artefact, subject),
    }
    const delivered = await record(register, 'release.delivered', release, { folder: 'somewhere' })
    await takeOut(register, committed, 4, delivered, 'recalled')
    key = encodeVerifierKey(register.logOrigin, register.keys.signer.publicKey)
    for (let subject = 1; subject <= people; subject++)
      receipts.set(subject, await issueReceipt(register, places, files, subject))
  })
  afterAll(() => opened.dispose())

  const receiptOf = (subject: number) => JSON.parse(receipts.get(subject)!) as PersonReceipt
  const verify = (text: string | Uint8Array, with_ = key) =>
    verifyPersonReceipt(Buffer.from(text as string), with_)
  const placeOf = (checks: Check[]) => firstFailure(checks)?.place.at

  function openedAt({ events }: PersonReceipt, index: number): OpenedEvent {
    const event = events[index]!
    if ('commitment' in event) throw new Error('is closed')
    return event
  }

  /** As somebody writes it who has the register's key, so that nothing but the proofs stands against it. */
  function signed(receipt: PersonReceipt): string {
    const { signature: _, ...rest } = receipt
    const signer = { name: register.logOrigin, ...register.keys.signer }
    const signature = signNote(personReceiptSignedText(canonicalHash(rest)), signer)
    return canonicalJson({ ...rest, signature })
  }

  test('verifies for everybody, whatever batches their events came in', async () => {
    for (const [subject, text] of receipts) {
      const checks = await verify(text)
      expect(firstFailure(checks)).toBeUndefined()
      const { events, releases } = receiptOf(subject)
      expect(events).toHaveLength(subject - 1 + (subject === 3 ? 2 : 0))
      expect(checks).toHaveLength(5 + events.length + releases.length)
    }
  })

  test('says in numbers what was committed, and in words what the numbers mean', () => {
    const [consent] = receiptOf(3).events.slice(-2)
    expect(consent).toMatchObject({
      ord: 0,
      fields: { kind: 2, channel: 2, qualifier: 1, statedText: 'am fünften Mai 2017' },
      words: {
        kind: 'consent',
        earliest: '2017-05-05T00:00:00Z',
        qualifier: 'given',
        channel: 'email',
        purpose: 'offers',
        recipient: 'little-acorn',
        jurisdiction: 'uk',
        source: 'web form',
        grade: 'A',
      },
    })
  })

  test('proves that there is a stop, and tells its ground only to whoever asks for it', async () => {
    const ground = /safety|bereave|letter|-86400000000/
    const stop = receiptOf(3).events.at(-1)!
    expect(Object.keys(stop).sort()).toEqual(
      ['commitment', 'entry', 'ord', 'path', 'position', 'proof', 'word'].sort(),
    )
    expect(stop).toMatchObject({ word: 'stop', commitment: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(receipts.get(3)).not.toMatch(ground)
    const text = await issueReceipt(register, places, files, 3, { grounds: true })
    expect(firstFailure(await verify(text))).toBeUndefined()
    const { events } = JSON.parse(text) as PersonReceipt
    expect(events.at(-1)).toMatchObject({
      fields: { earliest: -86_400_000_000 },
      words: { qualifier: 'safety', source: 'letter' },
    })
    expect(events).toHaveLength(receiptOf(3).events.length)
  })

  test('another kind of statement cannot be kept closed as a stop', async () => {
    const receipt = receiptOf(3)
    const { fields: _, words: __, ...consent } = openedAt(receipt, 2)
    const [{ commitment }] = (await register.store.query<{ commitment: Uint8Array }>(
      'select commitment from register.event where position = $1 and ord = $2',
      [consent.position, consent.ord],
    )) as [{ commitment: Uint8Array }]
    receipt.events[2] = { ...consent, commitment: Buffer.from(commitment).toString('hex'), word: 'stop' }
    expect(placeOf(await verify(signed(receipt)))).toBe('events[2].word')
  })

  test('of a release that was given up it says so', async () => {
    const given = '6-given-up@8'
    await commit(register, given, [6])
    const trees = await seal(register, given, [{ subject: 6, verdict: rows[0]!.verdict }], [6])
    await record(register, 'release.abandoned', given, { because: 'the policy changed' })
    const text = await issueReceipt(register, places, trees, 6)
    const checks = await verify(text)
    expect(firstFailure(checks)).toBeUndefined()
    expect(checks.map(({ what }) => what)).toContainEqual(
      `release ${given}: 1 of 1 rows considered is in what was sealed, and given up before it left`,
    )
  })

  test('has proofs of less than 3 kB each', () => {
    for (const [, text] of receipts) {
      const { enrolment, events, releases } = JSON.parse(text) as PersonReceipt
      for (const proof of [enrolment, ...events, ...releases.flatMap((one) => one.rows)])
        expect(Buffer.byteLength(canonicalJson(proof as unknown as Canonical))).toBeLessThan(3000)
    }
  })

  test('shows that both rows of a member left, and what was decided on each', () => {
    const [one] = receiptOf(1).releases
    expect(one!.words).toMatchObject({ recipient: 'Acorn Ltd', purpose: 'offers for babies' })
    expect(one!.rows.map(({ verdict }) => verdict?.words)).toEqual([
      { outcome: 'allow', reasons: [] },
      { outcome: 'transform', reasons: [] },
    ])
    expect(one!.rows.every(({ released }) => released.commitment !== undefined)).toBe(true)
  })

  test('shows that a record was considered and did not leave, and why', () => {
    const [one] = receiptOf(2).releases
    expect(one!.rows).toHaveLength(1)
    expect(one!.rows[0]!.verdict?.words).toEqual({ outcome: 'deny', reasons: ['S301', 'N402'] })
    expect(one!.rows[0]!.released.commitment).toBeUndefined()
  })

  test('keeps a masked reason closed, though it proves that the record was considered', () => {
    const [row] = receiptOf(3).releases[0]!.rows
    expect(row!.verdict).toBeUndefined()
    expect(row!.decided.proof.result).toBe('inclusion')
    expect(receipts.get(3)).not.toContain('S310')
  })

  test('opens the verdict that took a person out, not the earlier one', () => {
    const [one] = receiptOf(5).releases
    expect(one!.words.removed).toBe('amended')
    expect(one!.rows[0]!.verdict).toMatchObject({ outcome: 0, fields: 0, masks: [1] })
    expect(one!.rows[0]!.released.commitment).toBeUndefined()
  })

  test('shows of a recalled record that it left, and says that it was recalled', () => {
    const [one] = receiptOf(4).releases
    expect(one!.words.removed).toBe('recalled')
    expect(one!.rows[0]!.released.commitment).toBeDefined()
  })

  test('does not speak of releases that never considered the person', () => {
    expect(receiptOf(6).releases).toEqual([])
  })

  test('names a release without proofs when its trees are gone', async () => {
    const gone: ReleaseFiles = { openTree: async () => undefined, readVerdicts: async () => undefined }
    const text = await issueReceipt(register, places, gone, 1)
    expect(firstFailure(await verify(text))).toBeUndefined()
    expect(JSON.parse(text).releases).toMatchObject([{ release, rows: [] }])
    expect(JSON.parse(await issueReceipt(register, places, gone, 2)).releases).toEqual([])
  })

  test('a tree that is not the one sealed gives no receipt', async () => {
    const other = await seal(register, '4-other@9', rows, [1])
    const wrong: ReleaseFiles = { ...files, openTree: (_, tree) => other.openTree('4-other@9', tree) }
    await expect(issueReceipt(register, places, wrong, 1)).rejects.toMatchObject({ code: 'register.corrupt' })
  })

  test('is trusted under the key that the verifier knows, and no other', async () => {
    const stranger = signerFromSeed(new Uint8Array(32).fill(99))
    const checks = await verify(receipts.get(3)!, encodeVerifierKey(register.logOrigin, stranger.publicKey))
    expect(placeOf(checks)).toBe('register.verifierKey')
  })

  test('no byte of it can be changed', async () => {
    // Of 2 every byte; 3 has every kind of event and 1 has releases: of those every seventh.
    for (const [subject, step] of [
      [2, 1],
      [1, 7],
      [3, 7],
    ] as const) {
      const bytes = Buffer.from(receipts.get(subject)!, 'utf8')
      const { asked, missed } = await unnoticed(
        [...changeEachByte(bytes, 1)].filter(({ at }) => at % step === 0),
        async (changed) => firstFailure(await verify(changed)) !== undefined,
      )
      expect(missed).toEqual([])
      expect(asked).toBe(Math.ceil(bytes.length / step))
    }
  })

  type Change = (old: never) => unknown
  const gone: Change = () => undefined
  const more: Change = (old: number) => old + 1
  const to =
    (value: unknown): Change =>
    () =>
      value

  test.each<[string, number, string, Change]>([
    ['enrolment', 3, 'subject', more],
    ['enrolment', 3, 'secret', to('ab'.repeat(32))],
    ['enrolment', 3, 'enrolment.index', more],
    ['enrolment', 3, 'enrolment.path', (old: string[]) => old.slice(1)],
    ['enrolment.position', 3, 'enrolment.position', more],
    ['events[2].position', 3, 'events.2.position', more],
    ['events[0]', 3, 'events.0.ord', more],
    ['events[2]', 3, 'events.2.fields.statedText', (old: string) => `${old}!`],
    ['events[2]', 3, 'events.2.fields.statedText', gone],
    ['events[2].words.kind', 3, 'events.2.words.kind', to('objection')],
    ['events[2].words.purpose', 3, 'events.2.words.purpose', gone],
    ['events[2].fields.kind', 3, 'events.2.fields.kind', (old: number) => old + 256],
    ['events[2]', 3, 'events.2.fields.qualifier', to(eventKinds.consent.qualifiers['given-by-parent'])],
    ['events[2].fields.qualifier', 3, 'events.2.fields.qualifier', to(4)],
    ['events[3]', 3, 'events.3.commitment', to('ab'.repeat(32))],
    ['events[3]', 3, 'events.3.path', to(['ab'.repeat(32)])],
    ['events[3].word', 3, 'events.3.word', to('safety')],
    ['events[3].fields', 3, 'events.3.fields', to({})],
    ['events[2].word', 3, 'events.2.commitment', to('ab'.repeat(32))],
    ['events[1].entry', 3, 'events.1.entry', (old: string) => `${old} `],
    ['releases[0].sealed.body', 1, 'releases.0.sealed.salt', to('cd'.repeat(32))],
    ['releases[0].release', 1, 'releases.0.release', to('4-other@9')],
    ['releases[0].rows[0].decided', 1, 'releases.0.rows', (old: unknown[]) => old.toReversed()],
    ['releases[0].rows[0].decided', 1, 'releases.0.rows', (old: unknown[]) => old.slice(1)],
    ['releases[0].rows[1].verdict', 1, 'releases.0.rows.1.verdict.fields', to(3)],
    ['releases[0].rows[0].verdict.words.outcome', 1, 'releases.0.rows.0.verdict.words.outcome', to('deny')],
    ['releases[0].rows[1].released', 1, 'releases.0.rows.1.released.commitment', gone],
    ['releases[0].rows', 1, 'releases.0.sealed', gone],
    ['releases[0].rows[0].why', 1, 'releases.0.rows.0.why', to('because')],
  ])(
    'even the register’s key does not help to change what was logged: %s',
    async (place, subject, member, change) => {
      const receipt = receiptOf(subject)
      const path = member.split('.')
      const last = path.pop()!
      const holder = path.reduce<Record<string, unknown>>(
        (value, name) => value[name] as Record<string, unknown>,
        receipt as unknown as Record<string, unknown>,
      )
      const changed = change(holder[last] as never)
      if (changed === undefined) delete holder[last]
      else holder[last] = changed
      expect(placeOf(await verify(signed(receipt)))).toBe(place)
    },
  )

  test.each([1, 2, 4, 5])(
    'what opens the events of one person does not open those of another: %i',
    async (other) => {
      const receipt = receiptOf(3)
      const theirs = receiptOf(other)
      const withTheirEvents = signed({ ...receipt, events: [...receipt.events, ...theirs.events] })
      if (theirs.events.length > 0)
        expect(placeOf(await verify(withTheirEvents))).toBe(`events[${receipt.events.length}]`)
      const withTheirRelease = signed({ ...receipt, releases: theirs.releases })
      expect(placeOf(await verify(withTheirRelease))).toBe('releases[0].rows[0].decided')
    },
  )

  test('a name that no commitment binds rests on the signature', async () => {
    const receipt = receiptOf(3)
    openedAt(receipt, 2).words.recipient = 'broker'
    const checks = await verify(canonicalJson(receipt))
    expect(placeOf(checks)).toBe('signature')
    expect(firstFailure(checks)?.what).toBe('the register signed the words')
  })

  test('proofs against two checkpoints are refused: one log may have been shown as two', async () => {
    const later = JSON.parse(await issueReceipt(register, places, files, 3)) as PersonReceipt
    await record(register, 'request', 'something else', {})
    const last = JSON.parse(await issueReceipt(register, places, files, 3)) as PersonReceipt
    const mixed = { ...last, events: [later.events[0]!, ...last.events.slice(1)] }
    expect(placeOf(await verify(signed(mixed)))).toBe('events[0].proof')
  })

  test('without the secret there is nothing to open', async () => {
    await register.store.query('delete from erasable.secret where subject = 7')
    await expect(issueReceipt(register, places, files, 7)).rejects.toMatchObject({ code: 'person.not_found' })
    // What was handed out before still opens: destroying the register's copy destroys no other.
    expect(firstFailure(await verify(receipts.get(7)!))).toBeUndefined()
  })

  test('a record that was to stay and left shows as the first failure', async () => {
    const leaked = '5-leak@7'
    await commit(register, leaked, [1])
    const trees = await seal(register, leaked, rows, [1, 2])
    const receipt = await issueReceipt(register, places, trees, 2)
    expect(placeOf(await verify(receipt))).toBe('releases[0].rows[0].released')
  })
})
