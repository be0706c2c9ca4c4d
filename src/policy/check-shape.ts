// Holds a file's values against its schema and says what is wrong in words, with the place and what to do.
import { z } from 'zod'
import type { Finding } from '../model/problem.ts'
import type { Declared, Path, Reading } from './declared.ts'
import { nearestName } from './nearest-name.ts'

const GUIDE = 'docs/guide/policy-files.md'

/** `guide`: the page that lists the keys of such a file. */
export function checkShape<S extends z.ZodType>(
  schema: S,
  source: Declared<unknown>,
  guide = GUIDE,
): Reading<z.output<S>> {
  if (source.value === null || source.value === undefined)
    return {
      value: undefined,
      findings: [finding(source, [], 'the file declares nothing', `${guide} shows what stands in it.`)],
    }
  const result = schema.safeParse(source.value)
  if (result.success) return { value: result.data, findings: [] }
  return {
    value: undefined,
    findings: result.error.issues.flatMap((issue) => describe(schema, { ...source, guide }, issue)),
  }
}

function finding(
  source: Declared<unknown>,
  path: Path,
  message: string,
  remedy: string,
  of: 'key' | 'value' = 'value',
): Finding {
  return { place: source.place(path, of), message, remedy }
}

type Guided = Declared<unknown> & { guide: string }

function describe(schema: z.ZodType, source: Guided, issue: z.core.$ZodIssue): Finding[] {
  const { path } = issue
  const received = valueAt(source.value, path)
  const label = labelOf(path)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey(source, [...path, key], keysAt(schema, path)))
  if (received === undefined && issue.code !== 'custom') return [missing(source, path, issue)]
  if (received === null)
    return [finding(source, path, `${label} is empty`, 'Write a value after the colon, or remove the key.')]
  switch (issue.code) {
    case 'invalid_type':
      return [wrongType(source, path, issue.expected, received)]
    case 'invalid_value':
      return [notAllowed(source, path, issue.values.map(String), received)]
    case 'too_small':
      return [tooSmall(source, path, received, Number(issue.minimum))]
    case 'too_big':
      return [finding(source, path, `${label} is above ${issue.maximum}`, `Write at most ${issue.maximum}.`)]
    default:
      return [remarked(source, path, issue)]
  }
}

function unknownKey(source: Declared<unknown>, path: Path, known: readonly string[]): Finding {
  const key = String(path.at(-1))
  const nearest = nearestName(key, known)
  const remedy =
    nearest === undefined
      ? `Remove it, or use one of ${known.join(', ')}.`
      : `Did you mean \`${nearest}\`? The keys here are ${known.join(', ')}.`
  return finding(source, path, `unknown key \`${key.slice(0, 60)}\``, remedy, 'key')
}

function missing(source: Guided, path: Path, issue: z.core.$ZodIssue): Finding {
  const key = String(path.at(-1))
  const unclassified = key === 'category' || key === 'about'
  const remedy = unclassified
    ? `Say what kind of data the column holds and whom it is about (category, about); unclassified data is never shared.`
    : `Add \`${key}:\`${allowed(issue)}; ${source.guide} explains it.`
  return finding(source, path.slice(0, -1), `${labelOf(path)} is missing`, remedy)
}

function allowed(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value' && issue.values.length <= 12)
    return ` with one of ${issue.values.join(', ')}`
  return ''
}

const typeWords: Readonly<Record<string, { word: string; remedy: string }>> = {
  string: { word: 'text', remedy: 'Put the value in quotes.' },
  int: { word: 'a whole number', remedy: 'Write a whole number without quotes or units.' },
  number: { word: 'a whole number', remedy: 'Write a whole number without quotes or units.' },
  boolean: { word: 'true or false', remedy: 'Write true or false, without quotes.' },
  array: { word: 'a list', remedy: 'Write a list: [one, two], or one line starting with `- ` for each.' },
  object: { word: 'a group of keys', remedy: 'Write its keys on the lines below, indented by two spaces.' },
  record: { word: 'a group of keys', remedy: 'Write its keys on the lines below, indented by two spaces.' },
}

function wrongType(source: Guided, path: Path, expected: string, received: unknown): Finding {
  const wanted = typeWords[expected] ?? { word: expected, remedy: `${source.guide} explains the key.` }
  const isText = expected === 'string' && typeof received !== 'object'
  const remedy =
    expected === 'string' && !isText ? 'Write one text, not a list or group of keys.' : wanted.remedy
  return finding(source, path, `${labelOf(path)} must be ${wanted.word}, not ${wordFor(received)}`, remedy)
}

function wordFor(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a group of keys'
  return typeof value === 'string' ? 'text' : `the ${typeof value} ${String(value).slice(0, 20)}`
}

function notAllowed(
  source: Declared<unknown>,
  path: Path,
  values: readonly string[],
  received: unknown,
): Finding {
  const written = typeof received === 'object' ? wordFor(received) : `\`${String(received).slice(0, 60)}\``
  const nearest = nearestName(String(received), values)
  const suggestion = nearest === undefined ? '' : `Did you mean \`${nearest}\`? `
  const choice = `Use one of ${values.join(', ')}.`
  return finding(source, path, `${written} is not a value of ${labelOf(path)}`, suggestion + choice)
}

function tooSmall(source: Declared<unknown>, path: Path, received: unknown, minimum: number): Finding {
  const label = labelOf(path)
  if (Array.isArray(received))
    return finding(
      source,
      path,
      `${label} is an empty list`,
      'List at least one, or the declaration says nothing.',
    )
  if (typeof received === 'string')
    return finding(
      source,
      path,
      `${label} is blank`,
      'Write a text, or remove the key if it may be left out.',
    )
  return finding(source, path, `${label} is below ${minimum}`, `Write at least ${minimum}.`)
}

/** What a schema says in its own words, with its remedy among the issue's parameters. */
function remarked(source: Guided, path: Path, issue: z.core.$ZodIssue): Finding {
  const { remedy, of }: { remedy?: unknown; of?: unknown } =
    issue.code === 'custom' ? (issue.params ?? {}) : {}
  return finding(
    source,
    path,
    `${labelOf(path)}: ${issue.message}`,
    typeof remedy === 'string' ? remedy : `${source.guide} explains the key.`,
    of === 'key' ? 'key' : 'value',
  )
}

/** `recipients[0].quote` */
function labelOf(path: Path): string {
  let label = ''
  for (const step of path) {
    if (typeof step === 'number') label += `[${step}]`
    else label += label === '' ? String(step) : `.${String(step)}`
  }
  return label === '' ? 'the file' : `\`${label}\``
}

function valueAt(value: unknown, path: Path): unknown {
  let part = value
  for (const step of path) {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, step)) return undefined
    part = (part as Record<PropertyKey, unknown>)[step]
  }
  return part
}

/** The keys the schema knows at a path: what an unknown key is compared with. */
function keysAt(schema: unknown, path: Path): string[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodExactOptional)
    return keysAt(schema.unwrap(), path)
  if (schema instanceof z.ZodPipe) return keysAt(schema.in, path)
  const [step, ...rest] = path
  if (schema instanceof z.ZodObject)
    return step === undefined ? Object.keys(schema.shape) : keysAt(schema.shape[String(step)], rest)
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest)
  if (schema instanceof z.ZodRecord) return keysAt(schema.valueType, rest)
  return []
}
