// One YAML 1.2 document → plain values whose every part knows its line and column.
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml'
import type { Finding, Place } from '../model/problem.ts'
import type { Declared, Path, Reading } from './declared.ts'

/** Longer declarations than this are a mistake or an attack. */
const CHARACTERS_MAX = 250_000
/** Aliases multiply when nested: twenty can at worst grow to some thousand values, fifty to a billion. */
const ALIASES_MAX = 20

/** `linesBefore` shifts places for YAML that starts inside a file, such as front matter. */
export function readYaml(file: string, text: string, linesBefore = 0): Reading<Declared<unknown>> {
  if (text.length > CHARACTERS_MAX)
    return refuse({ file }, 'the file is too long', `Keep a declaration under ${CHARACTERS_MAX} characters.`)
  const lines = new LineCounter()
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { file, line: line + linesBefore, column: col }
  }
  try {
    const document = parseDocument(withoutByteOrderMark(text), {
      lineCounter: lines,
      prettyErrors: false,
      schema: 'core',
      logLevel: 'error',
    })
    const problems = [...document.errors, ...document.warnings]
    if (problems.length > 0) return { value: undefined, findings: syntaxFindings(problems, place) }
    const aliases = tooManyAliases(document)
    if (aliases !== undefined)
      return refuse(
        place(aliases),
        `more than ${ALIASES_MAX} YAML aliases`,
        'Write the values out: every declaration must be readable where it stands.',
      )
    return {
      value: {
        file,
        value: document.toJS(),
        place: (path, of) => place(offsetOf(document, path, of)),
      },
      findings: [],
    }
  } catch (error) {
    if (error instanceof ReferenceError)
      return refuse(
        place(0),
        'a YAML alias refers to no anchor, or to itself',
        'Write the value out instead of using an alias.',
      )
    if (error instanceof RangeError) return refuse(place(0), tooDeep.message, tooDeep.remedy)
    throw error
  }
}

export function withoutByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

function refuse(place: Place, message: string, remedy: string): Reading<never> {
  return { value: undefined, findings: [{ place, message, remedy }] }
}

/** Only the first: what follows a syntax error is mostly its echo. */
function syntaxFindings(problems: readonly YAMLError[], place: (offset: number) => Place): Finding[] {
  const first = problems.reduce((a, b) => (b.pos[0] < a.pos[0] ? b : a))
  const known = syntaxWords[first.code]
  return [
    {
      place: place(first.pos[0]),
      message: known?.message ?? `this is not YAML: ${first.message}`,
      remedy:
        known?.remedy ?? 'Check the indentation, colons, quotes and brackets on this line and the one above.',
    },
  ]
}

const tooDeep = {
  message: 'the values are nested too deeply',
  remedy: 'Declarations are at most a few levels deep: check the brackets.',
}

const syntaxWords: Readonly<Record<string, { message: string; remedy: string }>> = {
  RESOURCE_EXHAUSTION: tooDeep,
  TAB_AS_INDENT: {
    message: 'a tab is used as indentation',
    remedy: 'Indent with spaces, two for each level.',
  },
  DUPLICATE_KEY: {
    message: 'this key stands here a second time',
    remedy: 'Keep one of the two; nothing is merged or overwritten silently.',
  },
  MULTIPLE_DOCS: {
    message: 'a second document starts here',
    remedy: 'Put each declaration in a file of its own.',
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'this line holds more than one `key: value`, or is indented too far',
    remedy: 'Put text that contains a colon in quotes, and line keys of one level up with each other.',
  },
}

function tooManyAliases(document: Document): number | undefined {
  let count = 0
  let offset: number | undefined
  visit(document, {
    Alias(_, alias) {
      count++
      if (count <= ALIASES_MAX) return undefined
      offset = alias.range?.[0] ?? 0
      return visit.BREAK
    },
  })
  return offset
}

function offsetOf(document: Document, path: Path, of: 'key' | 'value' = 'value'): number {
  let node: unknown = document.contents
  let offset = startOf(node) ?? 0
  for (const [depth, step] of path.entries()) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
      if (pair === undefined) break
      const atKey = of === 'key' && depth === path.length - 1
      offset = (atKey ? undefined : startOf(pair.value)) ?? startOf(pair.key) ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      const item = node.items[Number(step)]
      if (item === undefined) break
      offset = startOf(item) ?? offset
      node = item
    } else break
  }
  return offset
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}
