// The one normaliser of contact points: two spellings of one address must meet, or a suppressed person is written to.
// Changing a rule changes what stored hashes match: hashes need a version of this file beside them before that.
import { domainToASCII } from 'node:url'

export type ContactPointKind = 'email' | 'phone' | 'address'

/** The normal form, or undefined when the text cannot be such a contact point. Idempotent. */
export function normaliseContactPoint(kind: ContactPointKind, text: string): string | undefined {
  const composed = text.normalize('NFKC').trim()
  if (kind === 'email') return normaliseEmail(composed)
  return kind === 'phone' ? normalisePhone(composed) : normaliseAddress(composed)
}

/** Local parts are folded too: no mail system in use gives anna@ and Anna@ to two people. */
function normaliseEmail(text: string): string | undefined {
  const at = text.lastIndexOf('@')
  const local = foldCase(text.slice(0, Math.max(at, 0)).trim())
  const domain = domainToASCII(
    text
      .slice(at + 1)
      .trim()
      .replace(/\.$/, ''),
  )
  if (at <= 0 || local === '' || domain === '' || /[\s@]/.test(local)) return undefined
  return `${local}@${domain}`
}

/** E.164 digits; a number without a country is read as one of the United Kingdom. */
function normalisePhone(text: string): string | undefined {
  if (!/^\+?[\d\s().\-/]+$/.test(text)) return undefined
  // +44 (0)7700 … : the bracketed trunk zero is not dialled after a country code.
  const plain = text.replace(/^((?:\+|00)\s*44[\s.-]*)\(0\)/, '$1')
  const digits = plain.replace(/\D/g, '')
  const number = internationalDigits(digits, plain.startsWith('+'))
  if (number === undefined || number.startsWith('0') || number.length < 7 || number.length > 15)
    return undefined
  return `+${number}`
}

function internationalDigits(digits: string, hasPlus: boolean): string | undefined {
  if (hasPlus) return digits.replace(/^440/, '44')
  if (digits.startsWith('00')) return digits.slice(2).replace(/^440/, '44')
  if (digits.startsWith('0')) return `44${digits.slice(1)}`
  // Spreadsheets lose a leading zero, and a leading plus.
  if (/^[1237]\d{9}$/.test(digits)) return `44${digits}`
  return /^44[1237]\d{9}$/.test(digits) ? digits : undefined
}

const POSTCODE = /(?:^|\s)([A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2})$/i

/** `POSTCODE|first line`: the postcode without spaces, the line's letters and digits in lower case. */
function normaliseAddress(text: string): string | undefined {
  if (isNormalAddress(text)) return text
  const parts = text
    .split(/[\n,|]/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
  // By shape only, so that reserved and future postcodes pass; it may stand behind the town.
  const at = parts.findLastIndex((part) => POSTCODE.test(part))
  const postcode = POSTCODE.exec(parts[at] ?? '')?.[1]
  if (postcode === undefined) return undefined
  parts[at] = parts[at]!.replace(POSTCODE, '')
  const [first, second] = parts.map(collapse).filter((part) => part !== '')
  if (first === undefined) return undefined
  // "1, High Street" is one line.
  const line = /^\d+\p{L}?$/u.test(first) && second !== undefined ? `${first} ${second}` : first
  return `${postcode.replace(/\s/g, '').toUpperCase()}|${line}`
}

function isNormalAddress(text: string): boolean {
  const [postcode, line, ...more] = text.split('|')
  if (postcode === undefined || line === undefined || more.length > 0 || line === '') return false
  return POSTCODE.test(postcode) && /^[A-Z\d]+$/.test(postcode) && collapse(line) === line
}

function collapse(text: string): string {
  return foldCase(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** Lower-casing once is not stable for a few letters (İ, ẞ, final sigma); upper then lower, composed, is. */
function foldCase(text: string): string {
  let folded = text
  for (let round = 0; round < 4; round++) {
    const next = folded.toUpperCase().toLowerCase().normalize('NFKC')
    if (next === folded) return folded
    folded = next
  }
  return folded
}
