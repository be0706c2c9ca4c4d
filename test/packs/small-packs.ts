// Two packs of one jurisdiction that extend a house, as small as packs can be: what a test breaks in one place.
import { stringify } from 'yaml'
import type { PackFiles } from '../../src/packs/read-parts.ts'
import { shippedPacks } from '../decide/shipped-packs.ts'

const rule = (code: string, when: string) => `${code}:
  question: power
  moment: release
  when: ${when}
  unknown: fires
  remedy: Claim exactly one lawful basis.
  explain:
    marketer: The request claims no lawful basis.
    person: No legal ground was given.
    regulator: No lawful basis is claimed.
`
const law = (code: string) => `${code}:
  authority: statute
  law: GDPR Article 6(1)
  verified: true
`
const pack = (dates: string, more = '') => `title: A law
jurisdiction: uk
zone: Europe/London
${dates}
extends: [house${more}]
`

const small: PackFiles = new Map([
  ['README.md', 'Words for people.'],
  ['clocks.yaml', 'read: elsewhere'],
  ['calendars/england-and-wales.yaml', 'read: elsewhere'],
  ['definitions.yaml', "onConsent: basis = 'consent'\noften: onConsent and consentGiven\n"],
  ['rules/basis.yaml', `${rule('B501', 'basis is unknown')}${rule('B504', 'often and not consentUnclear')}`],
  ['rules/field.yaml', rule('F901', 'not fieldInAgreement')],
  ['house/law.yaml', law('B501') + law('F901')],
  // Every number there is, wherever the shipped packs have it from.
  ['house/parameters.yaml', stringify(shippedPacks[0]!.parameters)],
  ['one/pack.yaml', pack("from: '2018-05-25'\nto: '2026-02-05'")],
  ['one/law.yaml', law('B504')],
  ['two/pack.yaml', pack("from: '2026-02-05'", ', one')],
])

/** With one text of one file in place of another; the text must be there exactly once. Without one, at the end of the file. */
export function smallPacks(file?: string, text = '', by = ''): PackFiles {
  const files = new Map(small)
  if (file === undefined) return files
  const whole = files.get(file) ?? ''
  const parts = whole.split(text)
  if (text !== '' && parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${text}`)
  files.set(file, text === '' ? whole + by : parts.join(by))
  return files
}
