// The form a signed document must have, member by member: what is not foreseen is refused, with its place.
import { type Canonical, canonicalJson } from '../model/canonical.ts'

/** Where a document is not as it should be: a member such as `records.columns[2].name`, or a byte. */
export type Fault = { at: string; found: string }

/** Undefined when the value has the form of a `T`. */
export type Shape<T> = { (value: unknown, at: string): Fault | undefined; readonly of?: T }

export type ReadDocument<T> = { value: T; fault?: undefined } | { value?: undefined; fault: Fault }

/** Exactly the canonical JSON of a value of this form; anything else is told with its place. */
export function readDocument<T>(bytes: Uint8Array, shape: Shape<T>): ReadDocument<T> {
  const text = decodeUtf8(bytes)
  if (text === undefined) return { fault: { at: `byte ${firstBadByte(bytes)}`, found: 'is not UTF-8' } }
  const value = parseJson(text)
  if (value === undefined) return { fault: { at: `byte ${brokenAt(text)}`, found: 'is not JSON' } }
  const fault = shape(value, '') ?? notCanonical(text, value)
  // The shape has just been held over the value.
  return fault === undefined ? { value: value as T } : { fault }
}

// --- forms -------------------------------------------------------------------------------------------------------

/** Half a surrogate pair is no character, and is written as another by whoever writes it at all. */
export const text: Shape<string> = (value, at) =>
  typeof value === 'string' && value.isWellFormed() ? undefined : { at, found: 'is no text' }

export const boolean: Shape<boolean> = (value, at) =>
  typeof value === 'boolean' ? undefined : { at, found: 'is neither true nor false' }

/** A whole number from 0 that JSON readers agree on. */
export const count: Shape<number> = (value, at) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? undefined
    : { at, found: 'is no whole number' }

export const sha256: Shape<string> = matching(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hexadecimal')

export function matching(pattern: RegExp, found: string): Shape<string> {
  return (value, at) => (typeof value === 'string' && pattern.test(value) ? undefined : { at, found })
}

export function oneOf<const T extends string>(...values: readonly T[]): Shape<T> {
  return (value, at) =>
    values.some((known) => known === value) ? undefined : { at, found: `is not ${values.join(' or ')}` }
}

export function listOf<T>(shape: Shape<T>): Shape<T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) return { at, found: 'is no list' }
    for (const [index, item] of value.entries()) {
      const fault = shape(item, `${at}[${index}]`)
      if (fault !== undefined) return fault
    }
    return undefined
  }
}

type OptionalKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? K : never }[keyof T]
type Must<T> = { [K in Exclude<keyof T, OptionalKeys<T>>]: Shape<T[K]> }
type May<T> = { [K in OptionalKeys<T>]-?: Shape<Exclude<T[K], undefined>> }

/** Members that must be there, and those that may: no others. */
export function members<T extends object>(must: Must<T>, may: May<T>): Shape<T> {
  const required = new Map<string, Shape<unknown>>(Object.entries(must))
  const known = new Map<string, Shape<unknown>>([...required, ...Object.entries<Shape<unknown>>(may)])
  return (value, at) => {
    if (!isObject(value)) return { at, found: 'is no object' }
    for (const name of required.keys())
      if (!Object.hasOwn(value, name)) return { at: memberAt(at, name), found: 'is missing' }
    for (const [name, member] of Object.entries(value)) {
      const shape = known.get(name)
      if (shape === undefined) return { at: memberAt(at, shown(name)), found: 'is not known' }
      const fault = shape(member, memberAt(at, name))
      if (fault !== undefined) return fault
    }
    return undefined
  }
}

// --- places ------------------------------------------------------------------------------------------------------

function memberAt(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`
}

/** A name somebody may have made up, fit for a terminal. */
function shown(name: string): string {
  return name.slice(0, 40).replaceAll(/[^\w-]/g, '?')
}

/** One value, one text: otherwise two readers could be shown two things under one signature. */
function notCanonical(written: string, value: unknown): Fault | undefined {
  const canonical = canonicalJson(value as Canonical)
  if (canonical === written) return undefined
  const same = [...canonical].findIndex((character, index) => written[index] !== character)
  return { at: `character ${same < 0 ? canonical.length : same}`, found: 'is not canonical JSON' }
}

function parseJson(written: string): unknown {
  try {
    return JSON.parse(written)
  } catch {
    return undefined
  }
}

/** Length of the longest beginning in which a parser sees nothing wrong yet, as its message says it. */
function brokenAt(written: string): string {
  try {
    JSON.parse(written)
  } catch (error) {
    const [, place] = /at position (\d+)/.exec(error instanceof Error ? error.message : '') ?? []
    return place ?? String(written.length)
  }
  return '0'
}

/** Undefined when they are not UTF-8; a byte order mark stays, as it was part of what was signed. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function firstBadByte(bytes: Uint8Array): number {
  let good = 0
  let bad = bytes.length
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1
    if (isPrefixOfUtf8(bytes.subarray(0, middle))) good = middle
    else bad = middle
  }
  return good
}

function isPrefixOfUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
