// How a file's columns say a fact: one mapping imports one kind of event from one source system.
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml'
import { z } from 'zod'
import { type EventKind, eventKindNames, eventKinds, type ScopeColumn } from '../model/event.ts'
import { isZone } from '../model/instant.ts'
import { type Finding, type Place, Problem } from '../model/problem.ts'
import { timeFormats } from './read-time.ts'

/** No database takes a NUL for text, and nobody sees the others. */
const invisible = /[[\p{Cc}--[\t\n\r]]\u202a-\u202e\u2066-\u2069]/v
const text = z
  .string()
  .trim()
  .min(1)
  .refine((value) => value.isWellFormed() && !invisible.test(value), 'holds invisible control characters')
const fromColumn = z.strictObject({ column: text, values: z.record(z.string(), text).optional() })
/** One value for every row, or a column; with `values`, what the source writes → the name it stands for. */
const cell = z.union([text, fromColumn])

const zone = text.refine(isZone, 'is not a zone such as Europe/London')
const shape = z.strictObject({
  source: text,
  kind: z.enum(eventKindNames),
  /** Of a workbook: the name of the sheet; absent = the only one that is not hidden. */
  sheet: text.optional(),
  /** `name`: the column of the name that makes an address a contact point. */
  person: z.strictObject({ column: text, kind: text, name: text.optional() }),
  at: z.union([
    z.strictObject({ column: text, format: z.enum(timeFormats).optional(), zone: zone.optional() }),
    z.strictObject({ value: text, format: z.enum(timeFormats).optional(), zone: zone.optional() }),
  ]),
  grade: cell.optional(),
  jurisdiction: cell.optional(),
  route: cell.optional(),
  /** `attributed`: looked up by route and time among the policy's attribution rules. */
  notice: cell.optional(),
  purpose: cell.optional(),
  recipient: cell.optional(),
  channel: cell.optional(),
  qualifier: cell.optional(),
})

export type ImportMapping = z.output<typeof shape>
export type CellMapping = z.output<typeof cell>

export const scopes = [
  'route',
  'notice',
  'purpose',
  'recipient',
  'channel',
  'qualifier',
] as const satisfies ScopeColumn[]
export type MappedScope = (typeof scopes)[number]

/** Columns without which an event of the kind says nothing; elsewhere an empty cell means absent. */
const required: Readonly<Record<EventKind, readonly MappedScope[]>> = {
  presentation: ['notice'],
  consent: ['notice', 'purpose', 'qualifier'],
  withdrawal: [],
  objection: ['qualifier'],
  restriction: ['qualifier'],
  erasure: ['qualifier'],
  protection: ['qualifier'],
  identity_doubt: ['qualifier'],
  dispute: ['qualifier'],
  absence: ['qualifier'],
  listing: ['qualifier'],
  seed: ['qualifier'],
}

export function isRequired(kind: EventKind, scope: MappedScope): boolean {
  return required[kind].includes(scope)
}

/** Longer mappings than this are a mistake or an attack. */
const CHARACTERS_MAX = 250_000

/** Reads a mapping from YAML text; a `mapping.invalid` Problem lists every fault with its place. */
export function readMapping(file: string, yaml: string): ImportMapping {
  if (yaml.length > CHARACTERS_MAX)
    throw invalid([finding({ file }, `a mapping has at most ${CHARACTERS_MAX} characters`)])
  const lines = new LineCounter()
  const placeAt = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col }
  }
  try {
    const document = parseDocument(yaml.replace(/^\uFEFF/, ''), {
      lineCounter: lines,
      prettyErrors: false,
      schema: 'core',
      logLevel: 'error',
    })
    const syntax = [...document.errors, ...document.warnings][0]
    if (syntax !== undefined)
      throw invalid([finding(placeAt(syntax.pos[0]), `this is not YAML (${syntax.code})`)])
    // An alias can multiply itself into any size, and a mapping needs none.
    if (hasAlias(document)) throw invalid([finding({ file }, 'a YAML alias is not allowed here')])
    return checkMapping(document.toJS(), (path) => placeAt(offsetOf(document.contents, path)))
  } catch (error) {
    // The parser calls itself for every level; brackets by the thousand use up its stack.
    if (error instanceof RangeError) throw invalid([finding({ file }, 'the values are nested too deeply')])
    throw error
  }
}

/** Checks a mapping given as a value. */
function checkMapping(value: unknown, place: (path: readonly PropertyKey[]) => Place): ImportMapping {
  const result = shape.safeParse(value)
  if (!result.success) throw invalid(result.error.issues.flatMap((issue) => describe(issue, [], place)))
  const faults = misfits(result.data).map(({ path, message }) => finding(place(path), message))
  if (faults.length > 0) throw invalid(faults)
  return result.data
}

/** What the shape alone does not show: columns the kind does not have, or needs. */
function misfits(mapping: ImportMapping): { path: string[]; message: string }[] {
  const { kind } = mapping
  const allowed: readonly ScopeColumn[] = eventKinds[kind].columns
  const faults: { path: string[]; message: string }[] = []
  const isAttributed = mapping.notice === 'attributed'
  for (const scope of scopes) {
    // Attribution reads the route even where it is not kept.
    const hasUse = allowed.includes(scope) || (scope === 'route' && isAttributed)
    if (mapping[scope] !== undefined && !hasUse)
      faults.push({ path: [scope], message: `a ${kind} has no ${scope}; it has ${allowed.join(', ')}` })
    if (mapping[scope] === undefined && isRequired(kind, scope))
      faults.push({ path: [], message: `a ${kind} needs ${scope}` })
  }
  if ((mapping.person.kind === 'address') !== (mapping.person.name !== undefined))
    faults.push({ path: ['person'], message: 'name is the column of the name that goes with an address' })
  if (isAttributed && mapping.route === undefined)
    faults.push({ path: ['notice'], message: 'an attributed notice needs route' })
  if (!isAttributed && mapping.grade === undefined)
    faults.push({
      path: [],
      message: 'grade is missing: A captured at the time, B attributed by a rule, C asserted',
    })
  return faults
}

function describe(
  issue: z.core.$ZodIssue,
  before: readonly PropertyKey[],
  place: (path: readonly PropertyKey[]) => Place,
): Finding[] {
  const path = [...before, ...issue.path]
  const label = path.length === 0 ? 'the mapping' : path.map(String).join('.')
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => finding(place([...path, key]), `unknown key ${key}`))
  if (issue.code === 'invalid_value')
    return [finding(place(path), `${label} must be one of ${issue.values.map(String).join(', ')}`)]
  if (issue.code !== 'invalid_union') return [finding(place(path), `${label}: ${issue.message}`)]
  // The branch that got furthest is the one the author meant.
  const meant = issue.errors.toSorted((a, b) => depth(b) - depth(a))[0]
  if (meant === undefined || depth(meant) === 0)
    return [finding(place(path), `${label} is a text, or has column and perhaps values`)]
  return meant.flatMap((inner) => describe(inner, path, place))
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(
    0,
    ...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)),
  )
}

function invalid(findings: Finding[]): Problem {
  const [first] = findings
  const at = first?.place.line === undefined ? '' : `line ${first.place.line}: `
  return new Problem('mapping.invalid', `${at}${first?.message ?? 'it declares nothing'}`, { findings })
}

function finding(place: Place, message: string): Finding {
  return { place, message, remedy: `The keys are ${Object.keys(shape.shape).join(', ')}.` }
}

function offsetOf(contents: unknown, path: readonly PropertyKey[]): number {
  let node = contents
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0
  for (const step of path) {
    if (!isMap(node)) break
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
    if (pair === undefined) break
    offset = (isNode(pair.key) ? pair.key.range?.[0] : undefined) ?? offset
    node = pair.value
  }
  return offset
}

function hasAlias(document: Document): boolean {
  let found = false
  visit(document, {
    Alias() {
      found = true
      return visit.BREAK
    },
  })
  return found
}
