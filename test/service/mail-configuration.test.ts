// What the environment may say of mail: a password never goes in the clear, and no message repeats one.
import { expect, test } from 'vitest'
import { isProblem } from '../../src/model/problem.ts'
import { mailConfigurationFrom } from '../../src/service/mail-configuration.ts'

const from = 'privacy@club.example'
const read = (url: string, more: Record<string, string> = {}) =>
  mailConfigurationFrom({ FAIRSHARE_SMTP_URL: url, FAIRSHARE_MAIL_FROM: from, ...more })?.server

test('without a server there is no mail, whatever else is said', () => {
  expect(mailConfigurationFrom({ FAIRSHARE_MAIL_FROM: 'nonsense' })).toBeUndefined()
  expect(mailConfigurationFrom({ FAIRSHARE_SMTP_URL: '' })).toBeUndefined()
})

test.each([
  ['smtp://mail.example.org', { host: 'mail.example.org', port: 587, security: 'starttls' }],
  ['smtps://mail.example.org', { host: 'mail.example.org', port: 465, security: 'tls' }],
  ['smtp://localhost:2525', { host: 'localhost', port: 2525, security: 'off' }],
  ['smtp://[::1]:25', { host: '::1', port: 25, security: 'off' }],
  ['smtps://localhost', { host: 'localhost', port: 465, security: 'tls' }],
  ['smtp://relay.internal:25/?tls=off', { host: 'relay.internal', port: 25, security: 'off' }],
  [
    'smtp://club:p%40ss%3A%2F@mail.example.org',
    {
      host: 'mail.example.org',
      port: 587,
      security: 'starttls',
      login: { user: 'club', password: 'p@ss:/' },
    },
  ],
])('%s', (url, server) => expect(read(url)).toEqual(server))

test.each([
  'mail.example.org',
  'http://mail.example.org',
  'smtp://',
  'smtp://club:topsecret@mail.example.org?tls=off',
  'smtp://club:topsecret@mail.example.org?tls=none',
  'smtp://club:topsecret@mail.example.org?tls=off&tls=off&x=1',
  'smtp://club:topsecret@mail.example.org/path',
  'smtps://club:topsecret@mail.example.org?tls=off',
  'smtp://club:%topsecret@mail.example.org',
  'smtp://club:topsecret@mail.example.org:99999',
])('%s is refused, and not repeated', (url) => {
  expect.assertions(2)
  try {
    read(url)
  } catch (error) {
    expect(isProblem(error) && error.code).toBe('usage.invalid')
    expect(String(error)).not.toMatch(/topsecret|club/)
  }
})

test.each([
  '',
  'privacy',
  'a@b, c@d',
  'Privacy <a@b.example>',
  'a@b.example\r\nBcc: c@d.example',
  'a b@c.example',
])('mail does not come from or go to %j', (address) => {
  const url = 'smtp://mail.example.org'
  expect(() => read(url, { FAIRSHARE_MAIL_FROM: address })).toThrow('FAIRSHARE_MAIL_FROM')
  if (address !== '') expect(() => read(url, { FAIRSHARE_MAIL_TO: address })).toThrow('FAIRSHARE_MAIL_TO')
})
