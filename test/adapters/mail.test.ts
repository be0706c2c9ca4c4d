// Reminders as mails, against a real mail server: what it takes, refuses, postpones and drops, and what is never said in the clear.
import { type AddressInfo, createServer } from 'node:net'
import type { SMTPServer, SMTPServerOptions } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type MailServer, openSmtpPost } from '../../src/adapters/mail/smtp-post.ts'
import type { Post } from '../../src/custody/post.ts'
import { describePost, letter } from '../contract/post.ts'
import {
  attachmentOf,
  closeMailServers,
  headersOf,
  login,
  type MailServerRunning,
  startMailServer,
  trustTestCertificate,
} from './mail-server.ts'

const from = 'privacy@club.example'
const patience = { connectMs: 2_000, silenceMs: 2_000 }

beforeAll(() => trustTestCertificate())
afterAll(() => {
  closeMailServers()
  trustTestCertificate(false)
})

type Running = MailServerRunning & {
  at: (more?: Omit<Partial<MailServer>, 'login'>, as?: MailServer['login'] | null) => Post
}

async function mailServer(options: SMTPServerOptions = {}): Promise<Running> {
  const started = await startMailServer(options)
  const server = { host: 'localhost', port: started.port, security: 'starttls' } as const
  return {
    ...started,
    at: (more = {}, as = login) =>
      openSmtpPost({ ...server, ...(as && { login: as }), ...more }, from, patience),
  }
}

let running: Running
beforeAll(async () => {
  running = await mailServer()
})
describePost('mail', () => {
  running.mails.length = 0
  return { post: running.at(), arrived: () => running.mails.map(attachmentOf) }
})

describe('a mail', () => {
  test('goes out secured and after the login, with one address each way and the same id each time', async () => {
    const { at, mails, said } = await mailServer()
    for (const _ of [1, 2]) expect(await at().send(letter)).toEqual({ accepted: true })
    expect(said).toEqual([...Array(2)].flatMap(() => [`login ${login.user}`, `from ${from}, secured`]))
    for (const mail of mails) {
      const headers = headersOf(mail)
      expect(headers).toEqual(
        expect.arrayContaining([
          'From: privacy@club.example',
          'To: data@acorn.example',
          `Message-ID: <${'ab'.repeat(20)}@club.example>`,
          'Auto-Submitted: auto-generated',
          `Subject: ${letter.subject}`,
        ]),
      )
      expect(headers.filter((line) => /^(b?cc|reply-to|x-mailer)/i.test(line))).toEqual([])
    }
  })

  test('by TLS from the first byte', async () => {
    const { at, said } = await mailServer({ secure: true })
    expect(await at({ security: 'tls' }).send(letter)).toEqual({ accepted: true })
    expect(said.at(-1)).toContain('secured')
  })

  test('goes nowhere without an address', async () => {
    const { at } = await mailServer()
    const { address: _, ...rest } = letter
    expect(at().reaches({ ...rest, address: undefined })).toBe(false)
  })

  test('cannot be given a second header or a second reader', async () => {
    const { at, mails } = await mailServer()
    const attacks = [
      { subject: 'Reminder\r\nBcc: everyone@evil.example' },
      { subject: 'Reminder\nX-Evil: 1' },
      { address: 'data@acorn.example\r\nBcc: everyone@evil.example' },
      { address: 'data@acorn.example, everyone@evil.example' },
      { address: '"data" <everyone@evil.example>' },
      { digest: `${'ab'.repeat(19)}>\n` },
    ]
    for (const attack of attacks)
      expect(() => at().send({ ...letter, ...attack }), JSON.stringify(attack)).toThrow(
        /plain address|one line/,
      )
    expect(mails).toEqual([])
  })
})

describe('what is not accepted is said with its reason, and with nothing the server said', () => {
  const answered = (code: number): SMTPServerOptions => ({
    onRcptTo: (_to, _session, done) =>
      done(Object.assign(new Error('data@acorn.example is not here'), { responseCode: code })),
  })

  test('refused for good', async () => {
    const { at, mails } = await mailServer(answered(550))
    expect(await at().send(letter)).toEqual({
      ...{ accepted: false, over: false, because: 'the mail server refused it (550)' },
    })
    expect(mails).toEqual([])
  })

  test('greylisted: asked to try later, and taken then', async () => {
    let asked = 0
    const { at, mails } = await mailServer({
      onRcptTo: (to, session, done) =>
        ++asked === 1 ? answered(450).onRcptTo!.call({} as SMTPServer, to, session, done) : done(),
    })
    expect(await at().send(letter)).toEqual({
      ...{ accepted: false, over: false, because: 'the mail server asks to try later (450)' },
    })
    expect(await at().send(letter)).toEqual({ accepted: true })
    expect(mails).toHaveLength(1)
  })

  test('refused after all of it was sent', async () => {
    const { at } = await mailServer({
      onData: (stream, _session, done) => {
        stream.resume().on('end', () => done(Object.assign(new Error('no'), { responseCode: 554 })))
      },
    })
    expect(await at().send(letter)).toMatchObject({ because: 'the mail server refused it (554)' })
  })

  test('a login that is not taken', async () => {
    const { at, mails } = await mailServer()
    expect(await at({}, { ...login, password: 'wrong' }).send(letter)).toEqual({
      ...{ accepted: false, over: true, because: 'the mail server does not take the login' },
    })
    expect(mails).toEqual([])
  })

  test.each([
    ['breaks off', (one: Running) => one.drop(), 'the mail server was not reached'],
    ['closes for the night', (one: Running) => one.close(), 'the mail server asks to try later (421)'],
  ])('a server that %s in the middle of a mail', async (_, end, because) => {
    const one = await mailServer({
      onData: (stream) => {
        stream.once('data', () => end(one)).resume()
      },
    })
    const posted = await one.at().send(letter)
    expect(posted).toMatchObject({ accepted: false, over: true })
    expect(posted).toMatchObject({ because: expect.stringContaining(because) })
  })

  test('a server that says nothing, and none at all', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, 'localhost', resolve))
    const { port } = silent.address() as AddressInfo
    const server: MailServer = { host: 'localhost', port, security: 'starttls' }
    const quick = { connectMs: 200, silenceMs: 200 }
    const unreached = {
      accepted: false,
      over: true,
      because: expect.stringMatching(/^the mail server was not reached/),
    }
    expect(await openSmtpPost(server, from, quick).send(letter)).toEqual(unreached)
    await new Promise((resolve) => silent.close(resolve))
    expect(await openSmtpPost(server, from, quick).send(letter)).toEqual(unreached)
  })
})

describe('nothing is said in the clear', () => {
  test('to a server that offers no STARTTLS', async () => {
    const { at, said, mails } = await mailServer({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
    expect(await at().send(letter)).toEqual({
      ...{ accepted: false, over: true, because: 'the connection to the mail server could not be secured' },
    })
    expect([said, mails]).toEqual([[], []])
  })

  test('nor to one whose certificate nobody vouches for', async () => {
    trustTestCertificate(false)
    const { at, said } = await mailServer()
    expect(await at().send(letter)).toMatchObject({ accepted: false, over: true })
    trustTestCertificate()
    expect(said).toEqual([])
  })

  test('unless somebody chose so', async () => {
    const { at, said } = await mailServer({ hideSTARTTLS: true, authOptional: true })
    expect(await at({ security: 'off' }, null).send(letter)).toEqual({ accepted: true })
    expect(said).toEqual([`from ${from}, in the clear`])
  })
})
