// One byte form per value, so that a hash means the same in every language: RFC 8785 limited to what it needs here:
// strings, integers below 2^53, booleans, null, arrays, and objects with ASCII keys. Anything else is refused.
import { sha256Hex } from './sha256-text.ts'

export { sha256Hex } from './sha256-text.ts'

export type Canonical =
  | string
  | number
  | boolean
  | null
  | readonly Canonical[]
  | { readonly [key: string]: Canonical | undefined }

/** RFC 8785 text; object members that are undefined are left out. */
export function canonicalJson(value: Canonical): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new Error('only integers below 2^53 have a canonical form')
    return String(value)
  }
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members: string[] = []
  for (const key of Object.keys(value).sort()) {
    const member = value[key]
    if (member === undefined) continue
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of ASCII
    if (!/^[\x00-\x7f]*$/.test(key)) throw new Error('object keys are ASCII in canonical form')
    members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`)
  }
  return `{${members.join(',')}}`
}

/** Lower-case hex SHA-256 of the canonical text. */
export function canonicalHash(value: Canonical): string {
  return sha256Hex(canonicalJson(value))
}

function isList(value: Canonical): value is readonly Canonical[] {
  return Array.isArray(value)
}
