// Contact points in one form, so that a suppressed one is known again however it is written: the only place that does it.
// In doubt two writings become one: a suppression too many is put right by a word, one too few is a letter that was forbidden.
import type { Controller } from '../model/policy.ts'
import type { KeyRing } from '../register/key-ring.ts'
import {
  type ContactKind,
  contactRefKind,
  foldedRefKey,
  isContactKind,
  type PersonRef,
  refKey,
} from '../register/ref-key.ts'

/** A contact point as written; a name belongs to an address and to nothing else. */
export type ContactPoint = { kind: 'email' | 'phone'; value: string } | AddressPoint
type AddressPoint = { kind: 'address'; name: string; value: string }

/** `country`: ISO 3166, in which numbers without an international prefix are dialled. Undefined = no usable contact point. */
export function contactRef(point: ContactPoint, country: string | undefined): PersonRef | undefined {
  const value = normaliser(point.kind, country)(
    point.value,
    point.kind === 'address' ? point.name : undefined,
  )
  return value === undefined ? undefined : { kind: contactRefKind(point.kind), value }
}

/** Lookup keys of a column: of contact points by their normal form, of any other reference as it stands. */
export type PersonKeys = (value: string, name?: string) => Uint8Array | undefined

export function personKeys(keys: KeyRing, kind: string, country: string | undefined): PersonKeys {
  if (!isContactKind(kind)) return (value) => refKey(keys, kind, value)
  const normal = normaliser(kind, country)
  const hashed = contactRefKind(kind)
  return (value, name) => {
    const form = normal(value, name)
    return form === undefined ? undefined : refKey(keys, hashed, form)
  }
}

/** Folded keys of a column; of contact points there are none. */
export function foldedKeys(keys: KeyRing, kind: string): ((reference: string) => Uint8Array) | undefined {
  return isContactKind(kind) ? undefined : (reference) => foldedRefKey(keys, kind, reference)
}

/** Where numbers without an international prefix are dialled; undefined = nobody has said. */
export function diallingCountry(
  controller: Pick<Controller, 'country' | 'jurisdiction'>,
): string | undefined {
  return controller.country ?? (controller.jurisdiction === 'uk' ? 'GB' : undefined)
}

function normaliser(
  kind: ContactKind,
  country: string | undefined,
): (value: string, name?: string) => string | undefined {
  if (kind === 'email') return normaliseEmail
  if (kind === 'phone') return (value) => normalisePhone(value, country)
  return (value, name) => normaliseAddress(name ?? '', value)
}

// --- e-mail ------------------------------------------------------------------------------------------------------

const PLAIN_EMAIL = /^[a-z0-9!#$&'*+/=?^_`{|}~.-]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*$/
/** No mailbox is longer; what is would only cost time. */
const EMAIL_MAX = 320
/** Characters that would end a host name in a URL, or be decoded in it. */
const NOT_IN_DOMAIN = /[\s/?#@:\\%[\]]/

/**
 * Small letters throughout: a local part may by its standard tell capitals apart, and no provider does. Dots and what
 * follows a plus stay: they mean nothing at some providers and another person at others.
 */
export function normaliseEmail(text: string): string | undefined {
  if (text.length > EMAIL_MAX) return undefined
  const lower = text.trim().toLowerCase()
  if (PLAIN_EMAIL.test(lower) && !lower.includes('@xn--') && !lower.includes('.xn--')) return lower
  const bare = withoutInvisible(text.normalize('NFKC'))
    .replaceAll(/\s/g, '')
    .replace(/^.*<(.*)>$/, '$1')
    .replace(/^mailto:/i, '')
  const at = bare.lastIndexOf('@')
  const local = foldLookalikes(foldCase(bare.slice(0, at)))
  const domain = asciiDomain(foldCase(bare.slice(at + 1)).replace(/\.$/, ''))
  if (at < 1 || domain === undefined || /[@<>,;]/.test(local)) return undefined
  return `${local}@${domain}`
}

/** UTS 46 as browsers do it. A domain that only looks like an ASCII one counts as that one. */
function asciiDomain(domain: string): string | undefined {
  const folded = foldLookalikes(domain)
  const meant = /^[\x21-\x7e]+$/.test(folded) ? folded : domain
  if (NOT_IN_DOMAIN.test(meant) || !meant.includes('.')) return undefined
  try {
    const { hostname } = new URL(`http://${meant}/`)
    // All digits would have become an IPv4 address.
    return /\.[a-z][a-z0-9-]*$/.test(hostname) ? hostname : undefined
  } catch {
    return undefined
  }
}

// --- telephone ---------------------------------------------------------------------------------------------------

/** Calling code, and the digit dialled before a national number ('' = none). */
const dialling: Readonly<Record<string, readonly [code: string, trunk: string]>> = {
  ...{ GB: ['44', '0'], GG: ['44', '0'], IM: ['44', '0'], JE: ['44', '0'], IE: ['353', '0'] },
  ...{ AT: ['43', '0'], BE: ['32', '0'], BG: ['359', '0'], CH: ['41', '0'], CY: ['357', ''] },
  ...{ CZ: ['420', ''], DE: ['49', '0'], DK: ['45', ''], EE: ['372', ''], ES: ['34', ''] },
  ...{ FI: ['358', '0'], FR: ['33', '0'], GR: ['30', ''], HR: ['385', '0'], HU: ['36', '06'] },
  ...{ IS: ['354', ''], IT: ['39', ''], LI: ['423', ''], LT: ['370', '0'], LU: ['352', ''] },
  ...{ LV: ['371', ''], MT: ['356', ''], NL: ['31', '0'], NO: ['47', ''], PL: ['48', ''] },
  ...{ PT: ['351', ''], RO: ['40', '0'], SE: ['46', '0'], SI: ['386', '0'], SK: ['421', '0'] },
}
const trunkOf = new Map(Object.values(dialling))
const PHONE_TEXT_MAX = 64
/** With whatever nobody sees in it; a longer cell is no number, and the patterns below would take hours over one of a megabyte. */
const WRITTEN_MAX = 512
const DIGITS_MIN = 7
/** E.164. */
const DIGITS_MAX = 15
/** A British number is never longer without its code. */
const NATIONAL_MAX = 10

/** Digits with calling code; `national` before those whose country nobody knows. */
export function normalisePhone(text: string, country: string | undefined): string | undefined {
  if (text.length > WRITTEN_MAX) return undefined
  const bare = withoutInvisible(text)
    .normalize('NFKC')
    .trim()
    .replace(/^tel:/i, '')
    .replace(/[\s,;]*(?:extension|extn?|x|#|;ext=)[\s.:=]*\d+$/i, '')
  if (bare.length > PHONE_TEXT_MAX || !/^\(?\+?[\d\s()./\-‐-―−]+$/.test(bare)) return undefined
  const digits = bare.replaceAll(/\D/g, '')
  const number = /^\(?\+/.test(bare)
    ? withoutTrunk(digits)
    : digits.startsWith('00')
      ? withoutTrunk(digits.slice(2))
      : fromNational(digits, country)
  const length = number?.replace('national ', '').length ?? 0
  if (length < DIGITS_MIN || length > DIGITS_MAX || /^(\d?)\1*$/.test(digits.replace(/^0+/, '')))
    return undefined
  return number
}

/** +44 (0)20 … is dialled +44 20 …; only where a national number cannot begin so. */
function withoutTrunk(digits: string): string {
  for (const [code, trunk] of trunkOf)
    if (trunk !== '' && digits.startsWith(code + trunk))
      return code + digits.slice(code.length + trunk.length)
  return digits
}

function fromNational(digits: string, country: string | undefined): string | undefined {
  const known = country === undefined ? undefined : dialling[country]
  if (known === undefined) return digits === '' ? undefined : `national ${digits.replace(/^0/, '')}`
  const [code, trunk] = known
  // Spreadsheets lose a plus as they lose a leading zero.
  if (digits.startsWith(code) && digits.length > NATIONAL_MAX) return withoutTrunk(digits)
  return trunk !== '' && digits.startsWith(trunk) ? code + digits.slice(trunk.length) : code + digits
}

// --- name and address --------------------------------------------------------------------------------------------

/** Letters and digits of the name, and of the whole address with its postcode; a house alone is nobody. */
export function normaliseAddress(name: string, address: string): string | undefined {
  const [who, where] = [lettersAndDigits(name), lettersAndDigits(address)]
  return who === '' || where === '' ? undefined : `${who} ${where}`
}

function lettersAndDigits(text: string): string {
  if (/^[\t\n\r\x20-\x7e]*$/.test(text)) return text.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
  const bare = foldCase(text)
    .normalize('NFKD')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
  return foldLookalikes(bare.normalize('NFKC'))
}

// --- what all have in common -------------------------------------------------------------------------------------

/** Soft hyphens, joiners, marks of direction: nobody sees them. */
function withoutInvisible(text: string): string {
  return text.replaceAll(/[\p{Cf}\p{Cc}]/gu, (character) => (/\s/.test(character) ? ' ' : ''))
}

/** Full-width letters, ligatures, ß, ẞ and İ included; a sigma is one letter wherever it stands in its word. */
function foldCase(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC')
  return folded.replaceAll('\u0307', '').replaceAll('ς', 'σ')
}

/** Cyrillic, Greek and Latin letters that look like another, small ones alone. */
const lookalikes = new Map([
  ...Object.entries({ а: 'a', с: 'c', ԁ: 'd', е: 'e', һ: 'h', і: 'i', ј: 'j', к: 'k', ӏ: 'l', м: 'm' }),
  ...Object.entries({ о: 'o', р: 'p', ԛ: 'q', ѕ: 's', т: 't', у: 'y', ѵ: 'v', ԝ: 'w', х: 'x', ү: 'y' }),
  ...Object.entries({ α: 'a', ε: 'e', ι: 'i', κ: 'k', ν: 'v', ο: 'o', ρ: 'p', τ: 't', υ: 'u', χ: 'x' }),
  ...Object.entries({ ı: 'i', ɑ: 'a', ɡ: 'g', ɩ: 'i', '‘': "'", '’': "'", '‐': '-', '–': '-' }),
])

function foldLookalikes(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text
  return Array.from(text, (character) => lookalikes.get(character) ?? character).join('')
}
