// Claims of people in releases that were really made: each proves its one thing, opens nothing else, and holds against nothing
// but itself.
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTreeFile } from '../../src/adapters/files/tree-folder.ts'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { type Check, firstFailure } from '../../src/evidence/check.ts'
import { lateWords } from '../../src/evidence/evidence-lag.ts'
import { sayClaim } from '../../src/evidence/say-claim.ts'
import { sayEvent } from '../../src/evidence/say-event.ts'
import { verifyClaim } from '../../src/evidence/verify-claim.ts'
import { verifyPersonReceipt } from '../../src/evidence/verify-person-receipt.ts'
import { toBase64 } from '../../src/log/base64.ts'
import { openPrefixTree } from '../../src/log/prefix-tree.ts'
import { ReleaseLeaves } from '../../src/log/release-leaves.ts'
import { encodeVerifierKey, signNote } from '../../src/log/signed-note.ts'
import { canonicalHash, canonicalJson } from '../../src/model/canonical.ts'
import {
  type Claim,
  type ClaimRow,
  claimSignedText,
  type EventClaim,
  type ReleaseClaim,
} from '../../src/model/claim.ts'
import type { PersonReceipt } from '../../src/model/person-receipt.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { presentNotice } from '../../src/register/present-notice.ts'
import { protectSubject } from '../../src/register/protect-subject.ts'
import { logVerifierKey } from '../../src/register/publish-log.ts'
import { readSecrets } from '../../src/register/secrets/read-secrets.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { findLeaf } from '../../src/rights/find-leaf.ts'
import { claimRows, type Provable } from '../../src/rights/find-provable.ts'
import { claimsOf, provableOf, receiptOf } from '../../src/service/person-rights.ts'
import { newDatabase, newFolder } from '../release/club-places.ts'
import {
  askAndApprove,
  type Club,
  day,
  foundClub,
  memberNo,
  minute,
  statement,
} from '../release/small-club.ts'
import { changedClaim, claimVectors } from '../verifiers/claim-vectors.ts'

const folders = newFolder('claims')
let club: Club
let key: string
let first: string
let second: string

/** 2 says stop, 3 is protected for her safety, 13 is enrolled in time and is in no file, 14 only afterwards; the others leave. */
beforeAll(async () => {
  club = await foundClub({ home: join(folders.path, 'club'), databaseUrl: await newDatabase(), people: 12 })
  const { register } = club.app
  await objectToProcessing(register, { ...statement(2, club.clock.at), qualifier: 'marketing' })
  await protectSubject(register, { ...statement(3, club.clock.at - 10 * day), qualifier: 'safety' })
  await enrol(13)
  club.clock.at += minute
  await askAndApprove(club, 'letter')
  await releaseRequest(await club.context(), 'letter')
  club.clock.at += day + minute
  await enrol(14)
  await objectToProcessing(register, { ...statement(5, club.clock.at), qualifier: 'marketing' })
  await askAndApprove(club, 'second-letter')
  await releaseRequest(await club.context(), 'second-letter')
  key = logVerifierKey(register)
  const sealed = await register.store.query<{ about: string }>(
    `select about from register.record where kind = 'release.sealed' order by position`,
  )
  ;[first, second] = sealed.map(({ about }) => about) as [string, string]
})
afterAll(async () => {
  await club.close()
  folders.remove()
})

/** Somebody new, shown the notice today. */
async function enrol(person: number): Promise<void> {
  await presentNotice(club.app.register, {
    ...statement(0, club.clock.at),
    person: { kind: 'member', value: memberNo(person) },
    enrolIfUnknown: true,
    notice: 'form@2017-01',
    route: 'online',
  })
}

const meant = (person: number) => ({ kind: 'member', value: memberNo(person) })
const provable = (person: number, grounds = false) => provableOf(club.app, meant(person), { grounds })
const told = (one: Provable) =>
  'release' in one ? `${one.claim} ${one.release}` : `${one.claim} ${one.words.kind}`

/** The claims of this kind; of one release if it is named. */
async function claimed(person: number, kind: Claim['claim'], release?: string, checked?: string) {
  const pick = (from: readonly Provable[]) =>
    from.filter(
      (one) => one.claim === kind && (release === undefined || ('release' in one && one.release === release)),
    )
  const claims = await claimsOf(club.app, meant(person), pick, { grounds: true, checked })
  return claims.map(({ text }) => text)
}

async function one(person: number, kind: Claim['claim'], release?: string): Promise<string> {
  const [text] = await claimed(person, kind, release)
  return text!
}

const asEvent = (text: string) => JSON.parse(text) as EventClaim
const asRelease = (text: string) => JSON.parse(text) as ReleaseClaim
const verify = (text: string | Uint8Array, with_ = key) => verifyClaim(Buffer.from(text as string), with_)
const placeOf = (checks: Check[]) => firstFailure(checks)?.place.at
const bytesIn = (text: string) => Buffer.byteLength(text)

/** Whatever members it has: what is not there is not touched. */
type AnyClaim = Omit<EventClaim, 'claim'> & Omit<ReleaseClaim, 'claim'> & { claim: string }

/** As somebody writes it who has the register's key, so that nothing but the proofs stands against it. */
function signed(claim: Claim | AnyClaim): string {
  const { signature: _, ...rest } = claim
  const signer = { name: club.app.register.logOrigin, ...club.app.register.keys.signer }
  return canonicalJson({ ...rest, signature: signNote(claimSignedText(canonicalHash(rest)), signer) })
}

describe('what can be proved', () => {
  test('is listed, each thing by itself', async () => {
    expect((await provable(1)).map(told)).toEqual([
      'shown presentation',
      'answered consent',
      `released ${first}`,
      `released ${second}`,
    ])
    expect((await provable(2)).map(told)).toEqual([
      'shown presentation',
      'answered consent',
      'answered objection',
      `withheld ${first}`,
      `not-released ${first}`,
      `withheld ${second}`,
      `not-released ${second}`,
    ])
    expect((await provable(13)).map(told)).toEqual([
      'shown presentation',
      `not-released ${first}`,
      `not-released ${second}`,
    ])
  })

  test('of a protection is listed only for whoever asks for grounds', async () => {
    expect((await provable(3)).map(told)).not.toContain('answered protection')
    expect((await provable(3, true)).map(told)).toContain('answered protection')
  })

  test('of an erased person is nothing', async () => {
    await club.app.register.store.query('delete from erasable.secret where subject = 12')
    await expect(provable(12)).rejects.toMatchObject({ code: 'person.not_found' })
    await expect(claimed(12, 'released')).rejects.toMatchObject({ code: 'person.not_found' })
  })

  test('never includes that a released record was not released', async () => {
    for (const person of [1, 4, 6]) {
      const kinds = (await provable(person)).filter((item) => 'release' in item).map(({ claim }) => claim)
      expect(kinds).toEqual(['released', 'released'])
      expect(await claimed(person, 'not-released')).toEqual([])
    }
  })
})

describe('a claim holds', () => {
  test.each<[number, Claim['claim'], RegExp]>([
    [1, 'shown', /^On 2018-03-12.* this person was shown the privacy notice form@2017-01.*92 days/],
    [1, 'answered', /^On 2018-03-12.* this person gave consent: recipient acorn, purpose offers, by e-mail/],
    [2, 'withheld', /was considered for the release .*, and withheld\.$/],
    [1, 'released', /^This person’s record was in the release .*: 1 row\./],
    [2, 'not-released', /^This person’s record was not in the release .*\.$/],
    [13, 'not-released', /was not in the release .*, and was not considered for it\.$/],
  ])('of person %i: %s', async (person, kind, words) => {
    for (const text of await claimed(person, kind)) {
      const checks = await verify(text)
      expect(firstFailure(checks)).toBeUndefined()
      expect(checks.length).toBeGreaterThanOrEqual(6)
    }
    const text = await one(person, kind)
    expect(sayClaim(JSON.parse(text) as Claim).says[0]).toMatch(words)
    console.info(`${kind} of ${person}: ${bytesIn(text)} bytes`)
  })

  test('and says why the record stayed', async () => {
    const text = await one(2, 'withheld', first)
    expect(asRelease(text).release.rows[0]!.verdict!.words).toMatchObject({ outcome: 'deny' })
    expect(asRelease(text).release.rows[0]!.verdict!.words.reasons).toContain('S301')
    expect(sayClaim(JSON.parse(text) as Claim).says.join('\n')).toMatch(
      /Because, in the register’s words: .*S301 \(objection marketing\)/,
    )
    expect(await one(2, 'not-released', first)).not.toContain('S301')
  })

  test('and late evidence shows by itself, in the line of the event', async () => {
    const checks = await verify(await one(1, 'shown'))
    expect(checks.map(({ what }) => what)).toContain(
      'the event is in that batch, recorded 92 days after it is said to have happened',
    )
    const onTime = await verify(await one(13, 'shown'))
    expect(onTime.map(({ what }) => what)).toContain('the event is in that batch')
  })

  test('and says of who joined before the register how that was checked, or that nobody recorded it', async () => {
    const [checked] = await claimed(1, 'shown', undefined, 'passport shown at the desk')
    expect(sayClaim(JSON.parse(checked!) as Claim).says.join('\n')).toContain(
      'Joined before this register was kept: enrolled on 2018-06-12, 92 days after what is said of 2018-03-12; identity checked: passport shown at the desk.',
    )
    expect(sayClaim(JSON.parse(await one(1, 'shown')) as Claim).says.join('\n')).toContain(
      'identity checked: nobody recorded how.',
    )
    expect(sayClaim(JSON.parse(await one(13, 'shown')) as Claim).says.join('\n')).not.toContain(
      'Joined before',
    )
  })

  test('and of somebody enrolled after the release it says that this shows little', async () => {
    expect(sayClaim(JSON.parse(await one(14, 'not-released', first)) as Claim).says.join('\n')).toMatch(
      /This enrolment was made 1 day after the release was sealed/,
    )
    expect(
      sayClaim(JSON.parse(await one(14, 'not-released', second)) as Claim).says.join('\n'),
    ).not.toContain('This enrolment was made')
  })
})

describe('a claim tells no more than it is for', () => {
  test('of an event: not the secret, nor what opens another event', async () => {
    const secret = (await secretOf(1)).toString('base64')
    const [shown] = await claimed(1, 'shown')
    const [answered] = await claimed(1, 'answered')
    expect(shown).not.toContain(secret)
    const { event, ...rest } = asEvent(shown!)
    const other = asEvent(answered!).event
    const swapped = { ...rest, claim: 'answered' as const, event: { ...other, key: event.key } }
    expect(placeOf(await verify(signed(swapped)))).toBe('event')
  })

  test('a masked reason is not in the file in any form', async () => {
    for (const kind of ['withheld', 'not-released'] as const) {
      const text = await one(3, kind, first)
      expect(firstFailure(await verify(text))).toBeUndefined()
      expect(text).not.toMatch(/[^A-Za-z0-9+/](S3|C7)\d\d|safety|protect|bereave|verdict|masks/)
      expect(sayClaim(JSON.parse(text) as Claim).says.join('\n')).not.toMatch(/safety|protect|S310/i)
    }
    expect(sayClaim(JSON.parse(await one(3, 'withheld', first)) as Claim).says).toContain(
      'The reason is not in this file.',
    )
  })

  test('and is small', async () => {
    for (const kind of ['shown', 'answered'] as const)
      for (const text of await claimed(1, kind)) expect(bytesIn(text)).toBeLessThan(3000)
    for (const [person, kind] of [
      [1, 'released'],
      [2, 'withheld'],
      [2, 'not-released'],
      [13, 'not-released'],
    ] as const)
      expect(bytesIn(await one(person, kind))).toBeLessThan(7000)
  })
})

describe('a claim cannot be changed', () => {
  test('no byte of it', async () => {
    for (const [person, kind] of [
      [1, 'shown'],
      [1, 'released'],
      [2, 'withheld'],
      [13, 'not-released'],
    ] as const) {
      const bytes = Buffer.from(await one(person, kind), 'utf8')
      for (let at = 0; at < bytes.length; at++) {
        const changed = Buffer.from(bytes)
        changed[at]! ^= 1 << (createHash('sha256').update(`${kind} ${at}`).digest()[0]! % 8)
        expect(firstFailure(await verify(changed)), `byte ${at} of ${kind}`).toBeDefined()
      }
    }
  })

  type Change = (claim: AnyClaim) => unknown
  test.each<[string, number, Claim['claim'], Change]>([
    ['event', 1, 'shown', (claim) => claim.subject++],
    ['event', 1, 'shown', (claim) => claim.event.ord++],
    ['event', 1, 'shown', (claim) => (claim.event.fields.latest += 1000)],
    ['event', 1, 'shown', (claim) => (claim.event.path = '')],
    ['event', 1, 'shown', (claim) => (claim.event.key = toBase64(new Uint8Array(32)))],
    ['event.key', 1, 'shown', (claim) => (claim.event.key = claim.event.key.slice(4))],
    ['event.path', 1, 'shown', (claim) => (claim.event.path += ' ')],
    ['event.logged.entry', 1, 'shown', (claim) => (claim.event.logged.entry += ' ')],
    ['event.logged', 1, 'shown', (claim) => (claim.event.logged.path = '')],
    ['event.words.latest', 1, 'shown', (claim) => (claim.event.words.latest = '2018-03-11T09:00:00Z')],
    ['event.notice', 1, 'shown', (claim) => delete claim.event.notice],
    ['event.enrolledAt', 1, 'shown', (claim) => (claim.event.enrolledAt += 1e12)],
    ['claim', 1, 'shown', (claim) => Reflect.set(claim, 'claim', 'answered')],
    ['claim', 1, 'answered', (claim) => Reflect.set(claim, 'claim', 'shown')],
    ['secret', 1, 'shown', (claim) => Reflect.set(claim, 'secret', toBase64(new Uint8Array(32)))],
    ['issued.checked', 1, 'shown', (claim) => (claim.issued.checked = 'by\ntelephone')],
    ['issued.at', 1, 'shown', (claim) => (claim.issued.at = 'yesterday')],
    ['enrolment', 2, 'withheld', (claim) => claim.subject++],
    ['enrolment', 2, 'withheld', (claim) => (claim.secret = toBase64(new Uint8Array(32)))],
    ['enrolment', 2, 'withheld', (claim) => claim.enrolment.index++],
    ['release.release', 2, 'withheld', (claim) => (claim.release.release += '0')],
    [
      'release.sealed.body',
      2,
      'withheld',
      (claim) => (claim.release.sealed.salt = toBase64(new Uint8Array(32))),
    ],
    [
      'release.sealed.logged.entry',
      2,
      'withheld',
      (claim) => (claim.release.sealed.logged = claim.enrolment.logged),
    ],
    ['release.rows', 2, 'withheld', (claim) => claim.release.rows.shift()],
    [
      'release.rows[1]',
      2,
      'withheld',
      (claim) => claim.release.rows.pop() && claim.release.rows.push(claim.release.rows[0]!),
    ],
    ['release.rows[0].decided', 2, 'not-released', (claim) => claim.release.rows.shift()],
    ['release.rows[0]', 2, 'not-released', (claim) => claim.release.rows.pop()],
    ['release.rows[0].verdict', 2, 'withheld', (claim) => (claim.release.rows[0]!.verdict!.fields = 1)],
    [
      'release.rows[0].verdict.words.outcome',
      2,
      'withheld',
      (claim) => (claim.release.rows[0]!.verdict!.words.outcome = 'allow'),
    ],
    [
      'release.rows[0]',
      2,
      'not-released',
      (claim) =>
        (claim.release.rows[0]!.verdict = {
          outcome: 0,
          fields: 0,
          masks: [0],
          words: { outcome: 'deny', reasons: [] },
        }),
    ],
    ['release.rows', 1, 'released', (claim) => delete claim.release.rows[0]!.released.commitment],
    [
      'release.rows[0].released',
      1,
      'released',
      (claim) => (claim.release.rows[0]!.released.commitment = toBase64(new Uint8Array(32))),
    ],
    ['release.rows[0].released', 1, 'released', (claim) => claim.release.rows[0]!.released.path.depth++],
    [
      'release.rows[0]',
      1,
      'released',
      (claim) => (claim.release.rows[0]!.decided = claim.release.rows[0]!.released),
    ],
    ['signature', 2, 'withheld', (claim) => (claim.release.words.recipient = 'Somebody Else Ltd')],
  ])('not even with the register’s key: %s (%i, %s)', async (place, person, kind, change) => {
    const claim = JSON.parse(
      await one(person, kind, kind === 'shown' || kind === 'answered' ? undefined : first),
    ) as AnyClaim
    change(claim)
    const text = place === 'signature' ? canonicalJson(claim) : signed(claim)
    expect(placeOf(await verify(text))).toBe(place)
  })

  test('into one under another key', async () => {
    const stranger = signerFromSeed(new Uint8Array(32).fill(99))
    const other = encodeVerifierKey(club.app.register.logOrigin, stranger.publicKey)
    expect(placeOf(await verify(await one(1, 'shown'), other))).toBe('register.verifierKey')
    const claim = asEvent(await one(1, 'shown'))
    const claimed = signed({ ...claim, register: { ...claim.register, verifierKey: other } })
    expect(placeOf(await verify(claimed, other))).toBe('checkpoint')
  })
})

describe('that a released record was not released cannot be forged', () => {
  /** What the trees of a release really say of a key: the best that a forger can do. */
  async function shownFor(
    release: string,
    secret: Uint8Array,
    ordinal: number,
    id = release,
  ): Promise<ClaimRow> {
    const leaves = new ReleaseLeaves(club.app.register.registerId, id)
    const key = new Uint8Array(32)
    const found = async (tree: 'decided' | 'released') => {
      const file = (await openTreeFile(join(club.app.configuration.home, 'trees'), release, tree))!
      try {
        return await findLeaf(await openPrefixTree(file.sizeBytes, file.readAt), key)
      } finally {
        await file.close()
      }
    }
    leaves.decidedKey(secret, 0, ordinal, key, 0)
    const decided = await found('decided')
    leaves.rowOpening(secret, 0, ordinal, key, 0)
    leaves.releasedKey(key, 0, key, 0)
    const released = await found('released')
    const rows = claimRows('not-released', { rows: [], beyond: { decided, released } })
    return rows[0]!
  }

  async function forged(rows: ClaimRow[], more: Partial<ReleaseClaim> = {}): Promise<string | undefined> {
    const { release, ...claim } = asRelease(await one(6, 'released', first))
    return placeOf(
      await verify(
        signed({ ...claim, ...more, claim: 'not-released', release: { ...(more.release ?? release), rows } }),
      ),
    )
  }

  test('by what the trees say of the row itself', async () => {
    const row = await shownFor(first, await secretOf(6), 0)
    expect(await forged([row])).toBe('release.rows[0]')
    const { commitment: _, ...hidden } = row.released
    const { commitment: __, ...undecided } = row.decided!
    expect(await forged([{ decided: undecided, released: hidden }])).toBe('release.rows[0].decided')
    const last = await shownFor(first, await secretOf(6), 1)
    expect(await forged([{ ...row, released: hidden }, last])).toBe('release.rows[0].released')
  })

  test('by a row of another number', async () => {
    for (const ordinal of [1, 2, 77])
      expect(await forged([await shownFor(first, await secretOf(6), ordinal)])).toBe(
        'release.rows[0].decided',
      )
  })

  test('by a row of somebody else, nor by the secret of somebody else', async () => {
    const row = await shownFor(first, await secretOf(13), 0)
    expect(await forged([row])).toBe('release.rows[0].decided')
    expect(await forged([row], { secret: toBase64(await secretOf(13)) })).toBe('enrolment')
  })

  test('by the trees of another release', async () => {
    // 5 left with the first release and not with the second.
    const absent = asRelease(await one(5, 'withheld', second))
    const released = asRelease(await one(5, 'released', first))
    const rows = absent.release.rows.map(({ verdict: _, ...row }) => row)
    const notReleased = (release: ReleaseClaim['release']) =>
      signed({ ...released, claim: 'not-released', release })
    expect(placeOf(await verify(notReleased({ ...released.release, rows })))).toBe('release.rows[0].decided')
    expect(placeOf(await verify(notReleased({ ...absent.release, release: first, rows })))).toBe(
      'release.release',
    )
    const other = [await shownFor(second, await secretOf(5), 0, first)]
    expect(placeOf(await verify(notReleased({ ...released.release, rows: other })))).toBe(
      'release.rows[0].decided',
    )
  })

  test('by the name of another register', async () => {
    const { register } = asRelease(await one(6, 'released', first))
    const row = await shownFor(first, await secretOf(6), 5)
    const other = { ...register, id: register.id.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }
    expect(await forged([row], { register: other })).toBe('enrolment.logged.entry')
  })
})

describe('a receipt says the same of late evidence', () => {
  test('in its lines, with when it was issued and how it was checked who asked', async () => {
    const text = await receiptOf(club.app, meant(1), { grounds: false, checked: 'by telephone' })
    const checks = await verifyPersonReceipt(Buffer.from(text), key)
    expect(firstFailure(checks)).toBeUndefined()
    expect(checks.map(({ what }) => what)).toContain(
      'event 1 of 2 is in the log, recorded 92 days after it is said to have happened',
    )
    expect((JSON.parse(text) as PersonReceipt).issued).toEqual({
      at: '2018-06-13T09:02:00Z',
      checked: 'by telephone',
    })
  })

  test.each(['', 'a\tb', 'x'.repeat(501), '\u202eevil', '\ud800'])(
    'refuses words that cannot stand in a line: %j',
    async (checked) => {
      await expect(receiptOf(club.app, meant(1), { grounds: false, checked })).rejects.toMatchObject({
        code: 'value.invalid',
      })
    },
  )
})

describe('what a claim says is no more than was proved', () => {
  const { claims } = claimVectors()
  const saidOf = (of: string, ...changes: Parameters<typeof changedClaim>[1]) =>
    sayClaim(changedClaim(of, changes)).says.join('\n')

  test('reasons are told as the register’s word: no commitment binds what a code is called', () => {
    const said = saidOf('withheld', {
      at: ['release', 'rows', 0, 'verdict', 'words', 'reasons'],
      to: ['B511'],
    })
    expect(said).toContain('Because, in the register’s words: B511')
    expect(said).not.toContain('Because: ')
  })

  test('of a record that was to leave it does not say that it was withheld', () => {
    expect(saidOf('withheld')).toContain(', and withheld.')
    const said = saidOf('withheld', {
      at: ['release', 'rows', 0, 'verdict'],
      to: { outcome: 3, fields: 3, masks: [0], words: { outcome: 'allow', reasons: [] } },
    })
    expect(said).toContain(', and is not in what was sealed.')
    expect(said).not.toContain('withheld')
  })

  test('of somebody enrolled between decision and release it says so', () => {
    const second = asEvent(JSON.stringify(claims['answered no more'])).event.logged.entry
    const enrolled = { at: ['enrolment', 'logged', 'entry'], to: second }
    const decided = (position: number) => ({ at: ['release', 'release'], to: `5-letter@${position}` })
    const words = 'before the release was sealed and after it was decided: it cannot have been considered'
    expect(saidOf('not released', enrolled, decided(1))).toContain(words)
    expect(saidOf('not released', enrolled, decided(2))).not.toContain('This enrolment was made')
  })

  test('of absence it names the earlier document that a release may have', () => {
    const { doesNotSay } = sayClaim(claims['not released']!)
    expect(doesNotSay.join('\n')).toContain('amended before it left has an earlier sealed document')
    expect(sayClaim(claims.released!).doesNotSay.join('\n')).not.toContain('amended before')
  })

  /** Of a showing from `earliest` to `latest`, in days from the day it was recorded on. */
  function shownOn(earliest: number, latest: number): { words: string; line: string } {
    const { fields, words } = asEvent(JSON.stringify(claims.shown)).event
    const recordedAt = fields.latest
    const when = { earliest: recordedAt + earliest * day, latest: recordedAt + latest * day }
    return {
      words: sayEvent({ ...fields, ...when }, words, recordedAt),
      line: lateWords(when, recordedAt),
    }
  }

  test.each([
    [-0.5, -0.5, '(recorded within a day;', ''],
    [0.5, 0.5, '(recorded within a day;', ''],
    [-1.5, -0.5, '(recorded within a day;', ''],
    [-3, -3, '(recorded 3 days later, on 2018-02-01;', ', recorded 3 days after it is said'],
    [
      ...[-40, -3, '(recorded 3 days after the end of that time, on 2018-02-01;'],
      ', recorded 3 days after it is said',
    ],
    [-40_000, -0.5, '(recorded within a day of the end of that time, on 2018-02-01;', ''],
    [-40_000, 9.5, '(recorded on 2018-02-01, 9 days before the end of that time;', ''],
    [
      ...[63_000, 63_000, '(recorded 63000 days before it, on 2018-02-01;'],
      ', recorded 63000 days before it is said',
    ],
  ] as [number, number, string, string][])(
    'a showing from %d to %d days after it was recorded is told as it is',
    (earliest, latest, inWords, inLine) => {
      const { words, line } = shownOn(earliest, latest)
      expect(words).toContain(inWords)
      expect(inLine === '' ? line : line.slice(0, inLine.length)).toBe(inLine)
    },
  )
})

describe('what other programs are held to', () => {
  const { key: vectorKey, cases } = claimVectors()

  test.each(cases)('$of: $why', async ({ of, holds, place, changes, signature }) => {
    const claim = { ...changedClaim(of, changes), signature }
    const checks = await verifyClaim(Buffer.from(canonicalJson(claim)), vectorKey)
    expect(placeOf(checks)).toBe(holds ? undefined : place)
  })
})

async function secretOf(subject: number): Promise<Buffer> {
  const { store, keys } = club.app.register
  const { bytes, at } = await store.transaction((session) =>
    readSecrets(session, keys, Int32Array.of(subject)),
  )
  const from = at.get(subject)!
  return Buffer.from(bytes.slice(from, from + 32))
}
