// Reminders: each duty at each stage once, to whoever can do something about it; what was not accepted is tried again.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { reminderLines } from '../../src/cli/report/obligations-report.ts'
import type { Obligation } from '../../src/custody/obligation.ts'
import type { Letter, Post, Posted } from '../../src/custody/post.ts'
import { readObligations } from '../../src/custody/read-obligations.ts'
import { stageOf } from '../../src/custody/reminder-stages.ts'
import { type Reminding, sendReminders } from '../../src/custody/send-reminders.ts'
import { recogniseFile, verifyFile } from '../../src/evidence/verify-file.ts'
import { openNote } from '../../src/log/signed-note.ts'
import { canonicalJson } from '../../src/model/canonical.ts'
import {
  type DateNumber,
  dateOf,
  dateToIso,
  daysAfter,
  instantToIso,
  startOfDay,
} from '../../src/model/instant.ts'
import type { RemindedBody } from '../../src/model/release.ts'
import { objectToProcessing } from '../../src/register/object-to-processing.ts'
import { readDocuments, recordDocument } from '../../src/register/record-document.ts'
import { followUp } from '../../src/release/follow-up.ts'
import { readReleases } from '../../src/release/read-release.ts'
import { recordDestruction } from '../../src/release/record-destruction.ts'
import { releaseRequest } from '../../src/release/release-request.ts'
import { remind } from '../../src/service/mail-reminders.ts'
import {
  attachmentOf,
  closeMailServers,
  headersOf,
  login,
  startMailServer,
  trustTestCertificate,
} from '../adapters/mail-server.ts'
import { copyOf, newFolder, type PreparedClub, prepareClub } from '../release/club-places.ts'
import {
  askAndApprove,
  type Club,
  canaries,
  changePolicy,
  hour,
  openClub,
  recipient,
  start,
  statement,
} from '../release/small-club.ts'

const folders = newFolder('reminders')
afterAll(() => folders.remove())

const zone = 'Europe/London'
const releasedOn = dateOf(start, zone)
const inDays = (days: number) => daysAfter(releasedOn, days)

let prepared: PreparedClub
let club: Club
let release: string

beforeAll(async () => {
  prepared = await prepareClub(join(folders.path, 'prepared'), async (prepared) => {
    await changePolicy(prepared, (policy) => ({
      ...policy,
      entities: policy.entities.map((entity) => ({
        ...entity,
        contact: { email: 'data@acorn.example' },
      })),
      agreements: policy.agreements.map((item) => ({ ...item, confirmWithinDays: 10 })),
    }))
    await askAndApprove(prepared, 'letter')
    ;({ release } = await releaseRequest(await prepared.context(), 'letter'))
  })
})
beforeEach(async () => {
  club = await openClub({ ...(await copyOf(prepared)), clock: { at: start + hour } })
})
afterEach(() => club.close())

const on = (day: DateNumber) => {
  club.clock.at = startOfDay(day, zone) + 12 * hour
}

/** A way of sending that keeps what it took, and answers as it is told to. */
function listening(way: Post['way'], answer: (letter: Letter) => Posted = () => ({ accepted: true })) {
  const letters: Letter[] = []
  const post: Post = {
    way,
    reaches: ({ address, reader }) => (way === 'mail' ? address !== undefined : reader !== undefined),
    async send(letter) {
      const posted = answer(letter)
      if (posted.accepted) letters.push(letter)
      return posted
    },
  }
  return { post, letters }
}

async function send(posts: readonly Post[], more: Partial<Reminding> = {}) {
  const { register } = club.app
  const reminding: Reminding = {
    ...{ register, controller: { id: 'club', name: 'Club Ltd' }, posts, actor: 'dpo' },
    addresses: { holders: new Map([[recipient, 'data@acorn.example']]), us: undefined },
    ...{ today: dateOf(register.now(), zone), ...more },
  }
  return sendReminders(reminding, await readObligations({ register }))
}
const told = async () =>
  (await readDocuments(club.app.register.store, { kind: 'release.reminded', about: release })).map(
    ({ body }) => JSON.parse(body) as RemindedBody,
  )

test('each stage comes on its day, and of two that have come the later alone', () => {
  const owed = { kind: 'delete', dueOn: 20180811, state: 'due', light: 'amber' } as Obligation
  const stages = (days: readonly DateNumber[], more: Partial<Obligation> = {}) =>
    days.map((day) => stageOf({ ...owed, ...more }, day))
  expect(stages([20180803, 20180804, 20180810, 20180811])).toEqual([
    ...[undefined, 'week-before', 'week-before', 'last-day'],
  ])
  const late = { state: 'overdue', light: 'red' } as const
  expect(stages([20180812, 20180817, 20180818, 20180825, 20190101], late)).toEqual([
    ...['day-late', 'day-late', 'week-late', 'fortnight-late', 'fortnight-late'],
  ])
  for (const state of ['open', 'acknowledged', 'met', 'destroyed'] as const)
    expect(stages([20180804, 20180901], { state, light: 'green' })).toEqual([undefined, undefined])
  expect(stages([20180804, 20180811], { kind: 'apply-removal' })).toEqual([undefined, 'last-day'])
  expect(stages([20180804], { state: 'disputed', light: 'red' })).toEqual(['at-once'])
  // A removal counts in hours, and can be over on its own day.
  const removal = { ...late, kind: 'apply-removal' } as const
  expect(stages([20180811, 20180812], removal)).toEqual(['hours-late', 'day-late'])
})

test('a duty is reminded of once at each stage and by each way, whoever runs it again', async () => {
  const file = listening('outbox')
  const mail = listening('mail')
  const daily = async (from: number, to: number) => {
    for (let day = from; day <= to; day++) {
      on(inDays(day))
      await send([file.post, mail.post])
      await send([file.post, mail.post])
    }
  }
  await daily(0, 40)
  const expected = ['week-before', 'last-day', 'day-late', 'week-late', 'fortnight-late']
  for (const { letters } of [file, mail])
    expect(letters.map(({ name }) => name)).toEqual(
      expected.map((stage) => `confirm.${release}.${stage}.${dateToIso(inDays(10))}`),
    )
  expect(await told()).toHaveLength(10)
  expect(new Set(mail.letters.map(({ digest }) => digest)).size).toBe(5)
}, 60_000)

describe('what has been told is told again, once, when', () => {
  const who = { id: recipient, name: 'Little Acorn Foods Ltd' }
  const addresses = { holders: new Map([[recipient, 'data@acorn.example']]), us: 'privacy@club.example' }
  /** The same duty as it was and as it became: how many are sent of each, and once more. */
  async function sentOf(today: DateNumber, was: Obligation, became: Obligation) {
    const file = listening('outbox')
    const mail = listening('mail')
    const reminding = {
      ...{ register: club.app.register, controller: { id: 'club', name: 'Club Ltd' } },
      ...{ addresses, posts: [file.post, mail.post], today, actor: 'dpo' },
    }
    const sent: number[] = []
    for (const obligation of [was, was, became, became])
      sent.push((await sendReminders(reminding, [obligation])).length)
    return { sent, letters: [...file.letters, ...mail.letters] }
  }

  test('its day has moved', async () => {
    const order: Obligation = {
      ...{ id: 'close-work-order/wo1', kind: 'close-work-order', of: { workOrder: 'wo1' }, who },
      ...{ words: 'Close the work order: mend it', source: 'work order wo1', dueOn: inDays(8) },
      ...{ state: 'overdue', light: 'red' },
    }
    const { sent, letters } = await sentOf(inDays(10), order, { ...order, dueOn: inDays(9) })
    expect(sent).toEqual([1, 0, 1, 0])
    expect(new Set(letters.map(({ digest }) => digest)).size).toBe(2)

    const owed = { ...order, id: `delete/${release}`, kind: 'delete', of: { release } } satisfies Obligation
    const both = await sentOf(inDays(10), owed, { ...owed, dueOn: inDays(9) })
    expect(both.sent).toEqual([3, 0, 3, 0])
    // No letter takes the other's place in the outbox.
    expect(new Set(both.letters.map(({ name }) => name))).toEqual(
      new Set([8, 9].map((day) => `delete.${release}.day-late.${dateToIso(inDays(day))}`).concat('red')),
    )
  })

  test('a removal was sealed again, with other hours', async () => {
    const removal: Obligation = {
      ...{ id: `apply-removal/${release}/1`, kind: 'apply-removal', of: { release }, who },
      ...{ words: 'Take 1 line out', source: 'the law pack', dueOn: inDays(8), dueAt: start },
      ...{ state: 'overdue', light: 'red' },
    }
    const again = { ...removal, dueAt: start + hour }
    const { sent, letters } = await sentOf(inDays(8), removal, again)
    expect(sent).toEqual([3, 0, 3, 0])
    expect(new Set(letters.map(({ digest }) => digest)).size).toBe(4)
    const [first] = letters
    const due = instantToIso(start)
    expect(first!.subject).toBe(`Overdue: take lines out, release ${release}, was due ${due}`)
    expect(first!.text).toContain(`It was due by ${due} (the law pack).`)
  })

  test('its recipient disputes it a second time', async () => {
    on(inDays(2))
    const mail = listening('mail')
    const dispute = async (found: string) => {
      const body = canonicalJson({ release, note: 'signed', found })
      await recordDocument(club.app.register, {
        ...{ kind: 'release.disputed', about: release, body, actor: 'dpo' },
      })
      for (const _ of [1, 2]) await send([mail.post], { addresses })
    }
    await dispute('other rows')
    await dispute('other rows again')
    expect(mail.letters.map(({ subject }) => subject)).toEqual(Array(2).fill('1 obligation is red'))
    expect(new Set(mail.letters.map(({ digest }) => digest)).size).toBe(2)
  })
})

test('what is answered is not reminded of', async () => {
  const { post, letters } = listening('outbox')
  on(inDays(61))
  await recordDestruction(club.app.register, { release, evidence: 'letter', by: 'Acorn', actor: 'dpo' })
  expect([await send([post]), letters]).toEqual([[], []])
})

test('the letter is signed, says what, by when and how to answer, and nothing of any person', async () => {
  const { post, letters } = listening('outbox')
  on(inDays(61))
  await send([post])
  const deletion = letters.find(({ name }) => name.startsWith('delete.'))!
  const [trusted] = club.keys.trusted
  expect(openNote(deletion.note, [trusted!]).text).toBe(`fairshare/reminder@v1\n\n${deletion.text}`)
  expect(deletion.subject).toBe(`Overdue: delete every copy, release ${release}, was due 2018-08-11`)
  for (const words of [
    'Club Ltd to Little Acorn Foods Ltd: this is overdue',
    'The last day was 2018-08-11 (agreement acorn-2018).',
    'nothing more goes to you or to a company of your group',
    'fairshare certify',
  ])
    expect(deletion.text).toContain(words)
  for (const { text, subject } of letters)
    for (const canary of canaries) expect(`${subject}${text}`).not.toContain(canary)
})

describe('what is not accepted', () => {
  const later: Posted = { accepted: false, because: 'try later', over: false }

  test('is not on record, and is tried again by the next run with the same name and id', async () => {
    on(inDays(10))
    const tried: Letter[] = []
    const first = listening('mail', (letter) => {
      tried.push(letter)
      return later
    })
    expect(await send([first.post])).toMatchObject([{ outcome: 'not-sent', because: 'try later' }])
    expect(await told()).toEqual([])
    const second = listening('mail')
    expect(await send([second.post])).toMatchObject([{ outcome: 'sent' }])
    expect(second.letters.map(({ digest, name }) => [digest, name])).toEqual(
      tried.map(({ digest, name }) => [digest, name]),
    )
  })

  test('keeps no other letter back, unless the way itself is closed', async () => {
    on(inDays(61))
    const refusing = listening('mail', ({ name }) =>
      name.startsWith('delete.') ? later : { accepted: true },
    )
    expect((await send([refusing.post])).map(({ outcome }) => outcome).sort()).toEqual(['not-sent', 'sent'])
    on(inDays(68))
    const down = listening('mail', () => ({ ...later, over: true }))
    const file = listening('outbox')
    const outcomes = (await send([down.post, file.post])).map(({ way, outcome }) => `${way} ${outcome}`)
    expect(outcomes).toEqual(['mail not-sent', 'outbox sent', 'outbox sent'])
  })

  test('because the process ended before the record is sent once more', async () => {
    on(inDays(10))
    const { store } = club.app.register
    const { post, letters } = listening('outbox')
    const dying = {
      ...club.app.register,
      store: { ...store, transaction: () => Promise.reject(new Error('killed')) },
    }
    await expect(send([post], { register: dying })).rejects.toThrow('killed')
    expect(await send([post])).toMatchObject([{ outcome: 'sent' }])
    expect(letters.map(({ note }) => note)).toEqual([letters[0]!.note, letters[0]!.note])
  })
})

test('a dry run says what would go, and sends and records nothing', async () => {
  on(inDays(10))
  const { post, letters } = listening('outbox')
  expect(await send([post], { dryRun: true })).toMatchObject([{ outcome: 'planned', stage: 'last-day' }])
  expect([letters, await told()]).toEqual([[], []])
})

test('what is ours to do is told to us: once, all of it in one mail, and only what is red', async () => {
  const mail = listening('mail')
  const addresses = { holders: new Map(), us: 'privacy@club.example' }
  on(inDays(10))
  expect(await send([mail.post], { addresses })).toEqual([])
  on(inDays(61))
  const reminders = await send([mail.post], { addresses })
  expect(reminders.map(({ to, outcome }) => [to, outcome])).toEqual([
    ['us', 'sent'],
    ['us', 'sent'],
  ])
  expect(mail.letters.map(({ subject }) => subject)).toEqual(['2 obligations are red'])
  expect(await send([mail.post], { addresses })).toEqual([])
})

test('a removal that we have not sent is no reminder to its recipient', async () => {
  const { register } = club.app
  await objectToProcessing(register, { ...statement(3, club.clock.at), qualifier: 'marketing' })
  const context = await club.context()
  const outbox = { ...context.outbox, deliver: () => Promise.reject(new Error('the disk is gone')) }
  await expect(followUp({ ...context, outbox })).rejects.toThrow('the disk is gone')
  on(inDays(5))
  const file = listening('outbox')
  await send([file.post])
  expect(file.letters.map(({ name }) => name)).toEqual([
    `confirm.${release}.week-before.${dateToIso(inDays(10))}`,
  ])
})

test('a line break in what was published ends no line of a letter', async () => {
  await changePolicy(club, (policy) => ({
    ...policy,
    purposes: policy.purposes,
    entities: policy.entities.map((entity) => ({
      ...entity,
      names: [{ name: 'Acorn\r\nBcc: all@evil.example' }],
    })),
  }))
  await askAndApprove(club, 'second')
  await releaseRequest(await club.context(), 'second')
  on(inDays(10))
  const { post, letters } = listening('mail')
  await send([post])
  expect(letters).toHaveLength(2)
  for (const { subject, text } of letters) {
    expect(subject).not.toMatch(/[\r\n]/)
    expect(text).not.toMatch(/\r|^Bcc/m)
  }
})

test('whoever gets one checks its signature as any other file’s, and is told what the letter says', async () => {
  on(inDays(10))
  const [{ path } = { path: undefined }] = await remind(club.app, { dryRun: false })
  const note = readFileSync(path!)
  const [trusted] = club.keys.trusted
  expect(recogniseFile(note)).toBe('reminder')
  const told = await verifyFile('reminder', note, trusted!, 'reminder.txt')
  expect(told.checks.map(({ holds }) => holds)).toEqual([true, true])
  expect(told.says).toContain('How to answer')
  const forged = Buffer.from(note.toString().replace('send back receipt.txt', 'send back your keys'))
  expect(forged.equals(note)).toBe(false)
  const refused = await verifyFile('reminder', forged, trusted!, 'reminder.txt')
  expect([refused.checks.every(({ holds }) => holds), refused.says]).toEqual([false, []])
})

test('with nothing configured they are files in the outbox, and the releases stay as they were', async () => {
  on(inDays(10))
  const before = await readReleases(club.app.register.store)
  const reminders = await remind(club.app, { dryRun: false })
  const folder = join(club.app.configuration.home, 'outbox', recipient, 'reminders')
  const name = `confirm.${release}.last-day.${dateToIso(inDays(10))}.txt`
  expect(readdirSync(folder)).toEqual([name])
  const path = join(folder, name)
  expect(reminders).toMatchObject([{ way: 'outbox', outcome: 'written', path }])
  expect(reminderLines(reminders)).toEqual([expect.stringMatching(/^written, to be sent .*\.txt$/)])
  expect(readFileSync(join(folder, name), 'utf8')).toMatch(/^fairshare\/reminder@v1\n\nClub Ltd to /)
  expect(await readReleases(club.app.register.store)).toEqual(before)
  expect(existsSync(join(folder, '..', release))).toBe(true)
})

describe('with a mail server', () => {
  beforeAll(() => trustTestCertificate())
  afterAll(() => {
    closeMailServers()
    trustTestCertificate(false)
  })
  const withMail = (port: number) => ({
    register: club.app.register,
    configuration: {
      ...club.app.configuration,
      mail: {
        server: { host: 'localhost', port, security: 'starttls' as const, login },
        ...{ from: 'privacy@club.example', to: 'lead@club.example' },
      },
    },
  })

  test('holders are mailed at the address of the policy, we are told what is red, and each of it once', async () => {
    const { port, mails } = await startMailServer()
    on(inDays(61))
    for (const _ of [1, 2]) await remind(withMail(port), { dryRun: false })
    expect(mails.map((mail) => headersOf(mail).find((line) => line.startsWith('To: ')))).toEqual([
      ...['To: data@acorn.example', 'To: data@acorn.example', 'To: lead@club.example'],
    ])
    const [trusted] = club.keys.trusted
    for (const mail of mails) expect(openNote(attachmentOf(mail), [trusted!]).text).not.toBe('')
    const id = (mail: string) => headersOf(mail).find((line) => line.startsWith('Message-ID: '))
    expect(new Set(mails.map(id)).size).toBe(3)
  })

  test('a server that is away keeps no file back, and gets its mail when it is there again', async () => {
    const away = await startMailServer({ onConnect: (_session, done) => done(new Error('busy')) })
    on(inDays(10))
    const first = await remind(withMail(away.port), { dryRun: false })
    expect(first.map(({ way, outcome }) => `${way} ${outcome}`)).toEqual(['outbox written', 'mail not-sent'])
    const back = await startMailServer()
    const second = await remind(withMail(back.port), { dryRun: false })
    expect(second.map(({ way, outcome }) => `${way} ${outcome}`)).toEqual(['mail sent'])
    expect(back.mails).toHaveLength(1)
  })
})
