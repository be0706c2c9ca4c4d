// Reminders as mails, handed to one mail server (RFC 5321). Accepted is what the server answered 250 to; everything else is tried
// again by the next run with the same message id, so that the reader's program can drop a copy that had arrived after all.
import nodemailer from 'nodemailer'
import type { Letter, Post, Posted } from '../../custody/post.ts'
import { isEmailAddress } from '../../model/email-address.ts'

export type MailServer = {
  host: string
  port: number
  /** tls: from the first byte (port 465). starttls: before anything else is said, or nothing is. off: in the clear. */
  security: 'tls' | 'starttls' | 'off'
  login?: { user: string; password: string }
}

export type MailLimits = { connectMs: number; silenceMs: number }

/** A server that says nothing for so long is not going to. RFC 5321 4.5.3.2 waits minutes; here the next run tries again. */
const limits: MailLimits = { connectMs: 10_000, silenceMs: 30_000 }

export function openSmtpPost(server: MailServer, from: string, patience = limits): Post {
  const transport = nodemailer.createTransport({
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'off',
    tls: { minVersion: 'TLSv1.2' },
    ...(server.login && { auth: { user: server.login.user, pass: server.login.password } }),
    connectionTimeout: patience.connectMs,
    dnsTimeout: patience.connectMs,
    greetingTimeout: patience.connectMs,
    socketTimeout: patience.silenceMs,
    // What a letter holds is text: never a path or an address to fetch something from.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    way: 'mail',
    reaches: ({ address }) => address !== undefined,
    send: (letter) =>
      transport.sendMail(mailOf(letter, from)).then(
        (): Posted => ({ accepted: true }),
        (error: unknown) => refusal(error),
      ),
  }
}

function mailOf({ address, subject, text, note, digest }: Letter, from: string) {
  // The library folds and encodes what it is given; that nothing here can begin a header of its own is checked all the same.
  if (address === undefined || !isEmailAddress(address) || !isEmailAddress(from))
    throw new Error('a mail goes from one plain address to one plain address')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are refused
  if (/[\u0000-\u001f\u007f]/.test(subject) || !/^[0-9a-f]{40}$/.test(digest))
    throw new Error('a header of a mail is one line')
  return {
    from: { name: '', address: from },
    to: { name: '', address },
    subject,
    messageId: `<${digest}@${from.slice(from.lastIndexOf('@') + 1)}>`,
    // RFC 3834: no out-of-office answer to a machine.
    headers: { 'Auto-Submitted': 'auto-generated' },
    text,
    attachments: [
      {
        filename: 'reminder.txt',
        content: Buffer.from(note, 'utf8'),
        contentType: 'text/plain; charset=utf-8',
      },
    ],
  }
}

/** By number and kind alone: what a server says may repeat an address. Anything that is no answer of a mail server is a bug. */
function refusal(error: unknown): Posted {
  if (!(error instanceof Error) || !('code' in error)) throw error
  const answer = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : 0
  const command = 'command' in error ? error.command : undefined
  if (command === 'AUTH' || error.code === 'EAUTH')
    return { accepted: false, because: 'the mail server does not take the login', over: true }
  if (error.code === 'ETLS')
    return { accepted: false, because: 'the connection to the mail server could not be secured', over: true }
  if (answer >= 500)
    return { accepted: false, because: `the mail server refused it (${answer})`, over: false }
  if (answer >= 400)
    // 421: it is about to close.
    return {
      accepted: false,
      because: `the mail server asks to try later (${answer})`,
      over: answer === 421,
    }
  return { accepted: false, because: `the mail server was not reached (${String(error.code)})`, over: true }
}
