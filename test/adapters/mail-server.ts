// A real mail server in this process, on a port of its own: STARTTLS with a certificate for localhost, and one login.
import type { AddressInfo, Socket } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { certificate, privateKey } from './mail-certificate.ts'

export const login = { user: 'club', password: 'correct horse:battery/staple@%' }

export type MailServerRunning = {
  port: number
  /** As they arrived, headers and all. */
  mails: string[]
  /** What was said before: logins, and senders, secured or in the clear. */
  said: string[]
  close(): void
  /** Every connection, without a word. */
  drop(): void
}

const running: MailServerRunning[] = []
const known = getCACertificates('default')

/** As an administrator does who has an authority of the house. */
export function trustTestCertificate(trusted = true): void {
  setDefaultCACertificates(trusted ? [certificate] : known)
}

export function closeMailServers(): void {
  for (const { close } of running.splice(0)) close()
}

export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServerRunning> {
  const mails: string[] = []
  const said: string[] = []
  const server = new SMTPServer({
    ...{ key: privateKey, cert: certificate, logger: false, disableReverseLookup: true, closeTimeout: 50 },
    onAuth: (auth, _session, done) => {
      said.push(`login ${auth.username}`)
      if (auth.username === login.user && auth.password === login.password) done(null, { user: login.user })
      else done(new Error('no such user'))
    },
    onMailFrom: ({ address }, session, done) => {
      said.push(`from ${address}, ${session.secure ? 'secured' : 'in the clear'}`)
      done()
    },
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('latin1'))
        done()
      })
    },
    ...options,
  })
  server.on('error', () => undefined)
  const sockets: Socket[] = []
  server.server.on('connection', (socket: Socket) => sockets.push(socket))
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  const { port } = server.server.address() as AddressInfo
  const started = {
    ...{ port, mails, said },
    close: () => server.close(() => undefined),
    drop: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
  running.push(started)
  return started
}

/** What somebody's mail program would save as reminder.txt. */
export function attachmentOf(mail: string): string {
  const part = mail.split(/--[^\r\n]*part[^\r\n]*/i).find((one) => /filename=reminder\.txt/i.test(one))
  const [, body = ''] = part?.split('\r\n\r\n') ?? []
  return Buffer.from(body, 'base64').toString('utf8')
}

export const headersOf = (mail: string) => mail.split('\r\n\r\n')[0]!.replaceAll('\r\n ', ' ').split('\r\n')
