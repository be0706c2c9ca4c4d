// What the environment says of mail: one server, the address reminders come from, and who of us hears what is red.
import type { MailServer } from '../adapters/mail/smtp-post.ts'
import { isEmailAddress } from '../model/email-address.ts'
import { Problem } from '../model/problem.ts'

export type MailConfiguration = {
  server: MailServer
  from: string
  /** The privacy lead, say; undefined = nobody of us is mailed. */
  to: string | undefined
}

/**
 * Undefined without FAIRSHARE_SMTP_URL. `smtps://user:password@host` is TLS from the first byte, `smtp://…` STARTTLS or nothing;
 * in the clear only to this machine, or with `?tls=off`, and then without a password. No message repeats the URL: it may hold one.
 */
export function mailConfigurationFrom(
  environment: Readonly<Record<string, string | undefined>>,
): MailConfiguration | undefined {
  const { FAIRSHARE_SMTP_URL: url, FAIRSHARE_MAIL_FROM: from, FAIRSHARE_MAIL_TO: to } = environment
  if (!url) return undefined
  if (!from || !isEmailAddress(from))
    throw invalid('FAIRSHARE_MAIL_FROM is one plain e-mail address, such as privacy@club.example')
  if (to && !isEmailAddress(to)) throw invalid('FAIRSHARE_MAIL_TO is one plain e-mail address')
  return { server: mailServerFrom(url), from, to: to || undefined }
}

function mailServerFrom(text: string): MailServer {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '')
    throw invalid('FAIRSHARE_SMTP_URL is written like smtp://user:password@mail.example.org:587')
  const query = [...url.searchParams]
  if (query.some(([name, value]) => name !== 'tls' || value !== 'off') || !['', '/'].includes(url.pathname))
    throw invalid('FAIRSHARE_SMTP_URL may end in ?tls=off and in nothing else')
  const secure = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const isHere = ['localhost', '127.0.0.1', '::1'].includes(host)
  if (query.length > 0 && secure) throw invalid('FAIRSHARE_SMTP_URL with smtps:// cannot have ?tls=off')
  const clear = !secure && (isHere || query.length > 0)
  if (clear && !isHere && url.password !== '')
    throw invalid('FAIRSHARE_SMTP_URL has a password, which is not sent in the clear: leave ?tls=off away')
  return {
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    security: secure ? 'tls' : clear ? 'off' : 'starttls',
    ...(url.username !== '' && {
      login: { user: decoded(url.username), password: decoded(url.password) },
    }),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid('FAIRSHARE_SMTP_URL has a % that begins no %xx')
  }
}

function invalid(detail: string): Problem {
  return new Problem('usage.invalid', detail)
}
