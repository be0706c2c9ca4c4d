// Questions and their answers: one for a code and a notice version, signed by somebody else than who asked, counted only
// while everything it rests on holds, and taken back without a record of it leaving.
import { createPublicKey, verify } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { readDetermination } from '../../src/evidence/verify-determination.ts'
import { signNote } from '../../src/log/signed-note.ts'
import { canonicalJson } from '../../src/model/canonical.ts'
import { instantFromIso } from '../../src/model/instant.ts'
import type { Determination, NoticeVersion } from '../../src/model/policy.ts'
import { isSystematic, type ReasonCode, reasonCodes } from '../../src/model/reason.ts'
import type { DeterminationBody } from '../../src/model/release.ts'
import { statementText } from '../../src/model/statement.ts'
import type { Signer } from '../../src/register/key-ring.ts'
import { readDocuments, recordDocument } from '../../src/register/record-document.ts'
import { withdrawConsent } from '../../src/register/withdraw-consent.ts'
import { addApprover } from '../../src/release/add-approver.ts'
import { approveRequest } from '../../src/release/approve-request.ts'
import { checkRequest } from '../../src/release/check-request.ts'
import { type AnswerGiven, decideQuestion } from '../../src/release/decide-question.ts'
import type { ReleaseContext } from '../../src/release/decision-context.ts'
import { listQuestions } from '../../src/release/list-questions.ts'
import { questionsOf } from '../../src/release/questions-of.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { revokeDetermination } from '../../src/release/revoke-determination.ts'
import { copyOf, newFolder, type PreparedClub, prepareClub } from './club-places.ts'
import {
  askAndApprove,
  type Club,
  canaries,
  changePolicy,
  hour,
  minute,
  open,
  openClub,
  recipient,
  requestOf,
  sam,
  start,
  statement,
} from './small-club.ts'

const dana = signerFromSeed(new Uint8Array(32).fill(11))
const lee = signerFromSeed(new Uint8Array(32).fill(21))
const folders = newFolder('review')
afterAll(() => folders.remove())

const notice = 'form@2017-01'
const question = `B510:${notice}`
/** The consent of people 1 to 12 has run out by the start, that of the others has not: 30 % of the file. */
const consentAt = (person: number) =>
  instantFromIso(person <= 12 ? '2017-11-01T09:00:00Z' : '2018-03-12T09:00:00Z')
const old = Array.from({ length: 12 }, (_, index) => index + 1)

let prepared: PreparedClub
let club: Club

beforeAll(async () => {
  prepared = await prepareClub(
    join(folders.path, 'prepared'),
    async (founded) => {
      await addApprover(founded.app.register, {
        ...{ name: 'Lee Marsh', publicKey: lee.publicKey, actor: 'dpo' },
      })
      await check(founded, 'letter')
    },
    { consentAt },
  )
})
beforeEach(async () => {
  club = await openClub({ ...(await copyOf(prepared)), clock: { at: start + hour } })
})
afterEach(() => club.close())

const check = async (at: Club, id: string, more = {}) =>
  checkRequest(await at.context(), requestOf(id, at.clock.at, more))
const list = async (request = 'letter') => listQuestions(await club.context(), request)
async function answer(changes: Partial<AnswerGiven> = {}) {
  const given = { request: 'letter', question, answer: 'allow', because: 'They asked us to go on.' } as const
  return decideQuestion(await club.context(), { ...given, signer: dana, ...changes })
}
const revoke = (determination: string, signer: Signer = dana) =>
  revokeDetermination(club.app.register, { determination, because: 'It was a mistake.', signer })
const leaving = ({ outcomes }: { outcomes: { allow: number; transform: number } }) =>
  outcomes.allow + outcomes.transform
const approve = async (id: string) => {
  const { policy } = await club.context()
  return approveRequest(club.app.register, policy, { request: id, signer: dana })
}
/** A later minute, so that what was recorded before it lies in the past. */
const later = () => {
  club.clock.at += minute
}
async function released(id: string, context?: ReleaseContext): Promise<number[]> {
  const { folder } = await releaseRequest(context ?? (await club.context()), id)
  if (folder === undefined) return []
  const { subjects } = await open(club, folder, join(club.app.configuration.home, 'opened'))
  return subjects
}

describe('a question', () => {
  test('stands for all records of one code and notice, with samples from all over the file and no name', async () => {
    const { questions, undeterminable, answers, stale } = await list()
    expect(questions).toEqual([
      {
        ...{ id: question, code: 'B510', notice, count: 12, alone: 12 },
        samples: [2, 4, 7, 9, 11].map((number) => ({ ordinal: number, subject: number })),
      },
    ])
    expect({ undeterminable, answers, stale }).toEqual({ undeterminable: [], answers: [], stale: false })
    const printed = JSON.stringify(await list())
    expect(canaries.filter((canary) => printed.includes(canary))).toEqual([])
    expect((await list()).questions).toEqual(questions)
  })

  test('counts the records that something else holds back too, and lists what nobody may answer', async () => {
    await withdrawConsent(club.app.register, statement(3, club.clock.at - minute))
    await check(club, 'letter')
    const { questions, undeterminable } = await list()
    expect(questions).toMatchObject([{ id: question, count: 12, alone: 11 }])
    expect(undeterminable).toContainEqual({ code: 'B509', count: 1, why: 'no-override' })
    await expect(answer({ question: 'B509' })).rejects.toMatchObject({ code: 'question.closed' })
    await expect(answer({ question: `B509:${notice}` })).rejects.toMatchObject({ code: 'question.closed' })
    await expect(answer({ question: `N405:${notice}` })).rejects.toMatchObject({ code: 'question.not_found' })
  })

  test('is none where no notice is on record, for whatever code', () => {
    const groups = [{ notice: undefined, weighing: ['B510', 'N401'] as ReasonCode[], count: 3 }]
    expect(questionsOf(groups, ['G102', 'A201'])).toEqual({
      questions: [{ id: 'G102', code: 'G102', count: 3, alone: 0 }],
      undeterminable: [
        { code: 'A201', count: 3, why: 'no-override' },
        { code: 'N401', count: 3, why: 'no-override' },
        { code: 'B510', count: 3, why: 'no-notice' },
      ],
    })
  })
})

describe('an answer', () => {
  test('lets its records go, at the next check and in the release', async () => {
    const { position, statement: signed, early } = await answer()
    expect(signed).toMatchObject({
      ...{ determination: 'd1', code: 'B510', notice, recipient, purpose: 'offers', answer: 'allow' },
      ...{ held: 12, request: 'letter', requestedBy: 'Sam Idris', approver: 'dana-whitlock' },
    })
    expect(early).toBe(true)
    expect(await list()).toMatchObject({
      ...{ questions: [], stale: true },
      answers: [{ id: 'd1', by: 'Dana Whitlock', counts: true, signed: true }],
    })
    later()
    expect(leaving(await askAndApprove(club, 'card'))).toBe(40)
    expect(await list('card')).toMatchObject({ questions: [], stale: false })
    expect((await released('card')).sort((a, b) => a - b)).toEqual([...old, ...range(13, 40)])
    const [document] = await readDocuments(club.app.register.store, { kind: 'determination', position })
    expect(document).toMatchObject({ about: 'd1', actor: 'Dana Whitlock' })
  })

  test('is signed byte for byte as the format says', async () => {
    await answer()
    const [document] = await readDocuments(club.app.register.store, { kind: 'determination' })
    const { note } = JSON.parse(document!.body) as DeterminationBody
    const [text = '', signature = ''] = note.split('\n\n')
    const [format, json] = text.split('\n')
    expect(format).toBe('fairshare/determination@v1')
    expect(json).toBe(canonicalJson(JSON.parse(json!)))
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), dana.publicKey])
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' })
    const bytes = Buffer.from(signature.trim().split(' ')[2]!, 'base64').subarray(4)
    expect(verify(null, Buffer.from(`${text}\n`), key, bytes)).toBe(true)
  })

  test('does not reach back: a release dated before it is held as before', async () => {
    const before = club.clock.at
    await answer()
    later()
    const held = await checkRequest(await club.context(), requestOf('earlier', before - 1))
    expect(leaving(held)).toBe(28)
    expect(leaving(await check(club, 'after'))).toBe(40)
  })

  test('does not serve a request of the person who gave it', async () => {
    await answer()
    later()
    expect(leaving(await check(club, 'own', { requestedBy: 'dana  WHITLOCK' }))).toBe(28)
    expect(await list('own')).toMatchObject({
      questions: [{ id: question }],
      answers: [{ id: 'd1', counts: false, why: 'whoever asks does not answer' }],
    })
    expect(leaving(await check(club, 'another', { requestedBy: 'Lee Marsh' }))).toBe(40)
  })

  const refused: [string, Partial<AnswerGiven>, string][] = [
    ['of whoever asked', { signer: sam }, 'determination.invalid'],
    [
      'with a key that nobody has',
      { signer: signerFromSeed(new Uint8Array(32).fill(9)) },
      'approver.not_found',
    ],
    ['in the name of somebody else', { signer: dana, as: 'lee-marsh' }, 'determination.invalid'],
    ['without a reason', { because: '  ' }, 'value.invalid'],
    ['with a reason that is not what it seems', { because: 'yes\u202eon' }, 'value.invalid'],
    ['about a request nobody checked', { request: 'none' }, 'request.not_found'],
  ]
  test.each(refused)('%s is refused, and nothing is recorded', async (_, changes, code) => {
    await expect(answer(changes)).rejects.toMatchObject({ code })
    expect(await readDocuments(club.app.register.store, { kind: 'determination' })).toEqual([])
  })

  test('is given once, until it is revoked', async () => {
    await answer()
    await expect(answer({ signer: lee })).rejects.toMatchObject({ code: 'question.closed' })
    await revoke('d1', lee)
    await expect(revoke('d1')).rejects.toMatchObject({ code: 'question.closed' })
    await expect(revoke('d7')).rejects.toMatchObject({ code: 'determination.not_found' })
    expect((await answer({ signer: lee })).statement.determination).toBe('d2')
    expect(await list()).toMatchObject({
      answers: [
        { id: 'd1', counts: false },
        { id: 'd2', counts: true },
      ],
    })
  })

  test('"refuse" closes the question and lets nothing go', async () => {
    await answer({ answer: 'refuse' })
    later()
    expect(leaving(await check(club, 'letter'))).toBe(28)
    expect((await list()).questions).toEqual([])
  })

  test('"refuse" outweighs an "allow" that a policy file declares', async () => {
    const declared: Determination = {
      ...{ id: 'go-on', code: 'B510', notice, recipient, purpose: 'offers', answer: 'allow' },
      ...{ on: 20180101, by: 'Lee Marsh', because: 'They asked.' },
    }
    await changePolicy(club, (policy) => ({ ...policy, determinations: [declared] }))
    expect(leaving(await check(club, 'file'))).toBe(40)
    await check(club, 'other', { requestedBy: 'Lee Marsh' })
    await answer({ request: 'other', answer: 'refuse' })
    later()
    expect(leaving(await check(club, 'file'))).toBe(28)
    // Neither a key that is lost nor whoever it was refused to lifts it.
    await expect(revoke('d1', lee)).rejects.toMatchObject({ code: 'determination.invalid' })
    await replaceKeyOfDana()
    expect(leaving(await check(club, 'file'))).toBe(28)
    await revoke('d1', sam)
    later()
    expect(leaving(await check(club, 'file'))).toBe(40)
  })
})

describe('an answer counts no longer', () => {
  test('once it is revoked, though it was checked and approved: nothing of it leaves', async () => {
    await answer()
    later()
    expect(leaving(await askAndApprove(club, 'card'))).toBe(40)
    await revoke('d1')
    expect(await released('card')).toEqual(range(13, 40))
  })

  test('once it is revoked before the check, for a request that names an instant before that', async () => {
    await answer()
    later()
    const named = club.clock.at
    later()
    await revoke('d1')
    const checked = await checkRequest(await club.context(), requestOf('card', named))
    await approve('card')
    expect(leaving(checked)).toBe(40)
    expect(await released('card')).toEqual(range(13, 40))
  })

  test('once it is revoked while the release prepares itself', async () => {
    await answer()
    later()
    await askAndApprove(club, 'card')
    const context = await club.context()
    let revoked = false
    const columns: typeof context.engine.columns = async (sql) => {
      if (!revoked) await revoke('d1')
      revoked = true
      return context.engine.columns(sql)
    }
    expect(await released('card', { ...context, engine: { ...context.engine, columns } })).toEqual(
      range(13, 40),
    )
    expect(revoked).toBe(true)
  })

  test('once it is revoked between the commit and the gate: the release is given up', async () => {
    await answer()
    later()
    await askAndApprove(club, 'card')
    const at = async (point: string) => {
      if (point === 'before-gate') await revoke('d1')
    }
    await expect(releaseRequest(await club.context(), 'card', { at })).rejects.toMatchObject({
      code: 'decision.stale',
    })
    await expect(released('card')).resolves.toEqual([])
  })

  test('once the key that signed it is replaced, and the list says so', async () => {
    await answer()
    later()
    await askAndApprove(club, 'card')
    await replaceKeyOfDana()
    expect(await list('card')).toMatchObject({
      questions: [{ id: question, count: 12 }],
      answers: [{ id: 'd1', counts: false, why: 'the key that signed it was replaced since' }],
    })
    expect(leaving(await check(club, 'again'))).toBe(28)
    await expect(released('card')).rejects.toMatchObject({ code: 'approval.invalid' })
    // Whoever has a key that counts may answer it anew.
    expect((await answer({ request: 'again', signer: lee })).statement.determination).toBe('d2')
  })

  test('even if what revokes it is signed by nobody', async () => {
    await answer()
    const body = canonicalJson({ statement: {}, note: '' })
    await record('determination-revoked', 'd1', body)
    later()
    expect(leaving(await check(club, 'card'))).toBe(28)
  })
})

describe('an answer that somebody with a hand on the register wrote counts for nothing', () => {
  type Body = DeterminationBody
  const forgeries: [string, (body: Body) => Body, string][] = [
    [
      'another text beside the signed one',
      (b) => ({ ...b, statement: { ...b.statement, code: 'B511' } }),
      'signed',
    ],
    ['signed by another key', (b) => signed({ ...b.statement }, sam), 'signature'],
    ['for another register', (b) => signed({ ...b.statement, register: 'other' }), 'another register'],
    ['a code that nobody may answer', (b) => signed({ ...b.statement, code: 'B509' }), 'nobody may answer'],
    ['by whoever asked', (b) => signed({ ...b.statement, requestedBy: 'Dana Whitlock' }), 'who asked'],
    ['by nobody on record', (b) => signed({ ...b.statement, approver: 'nobody' }), 'not on record'],
    ['dated back', (b) => signed({ ...b.statement, determinedAt: start }), 'dated otherwise'],
  ]
  function signed(statement: Body['statement'], signer: Signer = dana): Body {
    return { statement, note: signNote(statementText(statement), { name: 'dana-whitlock', ...signer }) }
  }

  test.each(forgeries)('%s', async (_, forge, why) => {
    await answer()
    const [document] = await readDocuments(club.app.register.store, { kind: 'determination' })
    const forged = forge(JSON.parse(document!.body) as Body)
    await revoke('d1')
    const moved = { ...forged.statement, determination: 'd2' }
    const resigned = why === 'signature' || why === 'signed' ? forged : signed(moved)
    const body = { ...resigned, statement: moved }
    await record('determination', 'd2', canonicalJson({ ...body, statement: { ...body.statement } }))
    later()
    expect(leaving(await check(club, 'card'))).toBe(28)
    const { answers } = await list('card')
    expect(answers.find(({ id }) => id === 'd2')).toMatchObject({
      counts: false,
      why: expect.stringContaining(why),
    })
  })

  test('the same statement signed by the approver would count', async () => {
    await answer()
    const [document] = await readDocuments(club.app.register.store, { kind: 'determination' })
    await revoke('d1')
    const { statement: first } = JSON.parse(document!.body) as Body
    const body = signed({ ...first, determination: 'd2' })
    await record('determination', 'd2', canonicalJson({ ...body, statement: { ...body.statement } }))
    later()
    expect(leaving(await check(club, 'card'))).toBe(40)
  })

  test('any byte of it changed', async () => {
    await answer()
    const [document] = await readDocuments(club.app.register.store, { kind: 'determination' })
    const key = `dana-whitlock+${/dana-whitlock\+(\S+?)"/.exec(await approverKey())?.[1]}`
    expect(readDetermination(document!.body).holds(key)).toBeUndefined()
    const body = Buffer.from(document!.body)
    const passed = []
    for (let at = 0; at < body.length; at++) {
      const changed = Buffer.from(body)
      changed[at] = changed[at]! ^ 1
      const read = readDetermination(changed.toString())
      if (read.holds(key) === undefined) passed.push(at)
    }
    expect(passed).toEqual([])
  })

  test('what cannot be read is listed as such', async () => {
    await record('determination', 'd1', '{"statement":1}')
    expect(await list()).toMatchObject({
      questions: [{ id: question }],
      unreadable: [{ id: 'd1', why: expect.stringContaining('cannot be read') }],
    })
    expect((await answer()).statement.determination).toBe('d2')
  })
})

describe('a file that fails too often for the same kind of reason', () => {
  const base = { notice: 'form', version: '2017-01', id: notice }
  const unheard: NoticeVersion = {
    ...base,
    ...{ effectiveOn: 20170101, routes: ['online'], language: 'en-GB', materialChange: true },
    wording: 'We share your name, your e-mail address and that you are a member.',
    recipients: [{ entity: recipient, quote: '' }],
    list: 'closed',
    purposes: [{ purpose: 'dpv:DirectMarketing', quote: '' }],
    channels: [{ channel: 'email', quote: '' }],
    categories: ['name', 'email', 'purchases'],
    // No right to object is told: N411.
    consentForm: 'separate',
    readBy: 'Dana Whitlock',
  }

  test('is held as a whole until somebody answers; vetoes and lapsed consent never make it so', async () => {
    const systematic = reasonCodes.filter(isSystematic)
    expect(systematic.every((code) => /^(N4|T8)\d\d$|^B51[12]$/.test(code))).toBe(true)
    expect(systematic).toEqual(expect.arrayContaining(['N401', 'N405', 'N411', 'T802', 'B511', 'B512']))
    // 12 of 40 consents lapsed are more than a fifth, and no failure of how people were told.
    expect((await check(club, 'lapsed')).file).toEqual([])
    const place = await prepareClub(join(folders.path, `untold-${start}`), async () => {}, {
      policy: { notices: [unheard] },
      // After 25 May 2018: the Act of 1998 has no N411.
      consentAt: () => instantFromIso('2018-06-01T09:00:00Z'),
    })
    const untold = await openClub({ ...(await copyOf(place)), clock: { at: start + hour } })
    try {
      const held = await check(untold, 'letter')
      expect(held.file).toMatchObject([{ code: 'G110', cleared: false }])
      const context = await untold.context()
      expect(await listQuestions(context, 'letter')).toMatchObject({
        questions: [
          { id: 'G110', count: 40, alone: 0, samples: { length: 5 } },
          { id: `N411:${notice}`, count: 40, alone: 40 },
        ],
      })
      const given = { request: 'letter', question: 'G110', answer: 'allow', because: 'Looked into.' } as const
      await decideQuestion(context, { ...given, signer: dana })
      untold.clock.at += minute
      expect((await check(untold, 'letter')).file).toMatchObject([{ code: 'G110', cleared: true }])
      expect(await listQuestions(context, 'letter')).toMatchObject({ questions: [{ id: `N411:${notice}` }] })
    } finally {
      await untold.close()
    }
  })
})

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)

async function replaceKeyOfDana(): Promise<void> {
  const publicKey = signerFromSeed(new Uint8Array(32).fill(22)).publicKey
  await addApprover(club.app.register, { name: 'Dana Whitlock', publicKey, actor: 'dpo' })
}

async function approverKey(): Promise<string> {
  const documents = await readDocuments(club.app.register.store, { kind: 'approver', about: 'dana-whitlock' })
  return documents[0]!.body
}

function record(kind: string, about: string, body: string) {
  return recordDocument(club.app.register, { kind, about, body, actor: 'somebody' })
}
