// One YAML document that is a mapping with known keys, for the files this room reads.
import { parseDocument } from 'yaml'
import { Problem } from '../model/problem.ts'

export function readFileYaml(
  file: string,
  text: string,
  keys: readonly string[],
): Readonly<Record<string, unknown>> {
  const document = parseDocument(text, { schema: 'core', logLevel: 'error' })
  const [error] = [...document.errors, ...document.warnings]
  if (error !== undefined) throw unreadable(file, error.message.split('\n')[0]!)
  return onlyKeys(file, document.toJS({ maxAliasCount: 0 }), keys)
}

/** The value as a mapping that has no key but these. */
export function onlyKeys(
  file: string,
  value: unknown,
  keys: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw unreadable(file, `a mapping with ${keys.join(', ')} is expected`)
  const unknown = Object.keys(value).find((key) => !keys.includes(key))
  if (unknown !== undefined)
    throw unreadable(file, `the key ${unknown.slice(0, 40)} is not one of ${keys.join(', ')}`)
  return value as Readonly<Record<string, unknown>>
}

export function textAt(value: Readonly<Record<string, unknown>>, key: string, file: string): string {
  const text = value[key]
  if (typeof text !== 'string' || text.trim() === '') throw unreadable(file, `${key} is missing or no text`)
  return text.trim()
}

export function unreadable(file: string, what: string): Problem {
  return new Problem('file.unreadable', `${file}: ${what}`)
}
