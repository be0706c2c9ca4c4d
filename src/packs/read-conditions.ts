// The texts of conditions → expressions: names are facts or definitions, and every fault has its place.
import type { Expression } from '../decide/expression.ts'
import { factsRead } from '../decide/expression.ts'
import { type Named, type Names, parseExpression } from '../decide/parse-expression.ts'
import type { Finding } from '../model/problem.ts'
import type { ReasonLevel } from '../model/reason.ts'
import type { Declared, Path } from '../policy/declared.ts'
import { nearestName } from '../policy/nearest-name.ts'
import { placeWithin } from './declared-text.ts'
import { factNames, mayRead } from './fact-names.ts'
import type { PackFiles, Parts } from './read-parts.ts'

export type ReadCondition = (
  source: Declared<unknown>,
  path: Path,
  text: string,
  level: ReasonLevel,
) => Expression | undefined

/** `read` adds what is wrong to `findings` and gives undefined; definitions no rule uses are read all the same. */
export function conditionReader(
  files: PackFiles,
  { definitions }: Parts,
  findings: Finding[],
): ReadCondition {
  const resolved = new Map<string, Expression | undefined>()
  const open: string[] = []
  const texts = new Map(Object.entries(definitions?.value ?? {}))

  const parse = (source: Declared<unknown>, path: Path, text: string): Expression | undefined => {
    const { expression, fault } = parseExpression(text, names)
    if (fault === undefined) return expression
    const place = placeWithin(files.get(source.file) ?? '', source.place(path), text, fault.at)
    findings.push({ place, message: fault.message, remedy: remedyFor(fault.message) })
    return undefined
  }
  const resolve = (name: string): Expression | undefined => {
    if (resolved.has(name)) return resolved.get(name)
    if (open.includes(name)) {
      findings.push(cycle([...open.slice(open.indexOf(name)), name], definitions!))
      return undefined
    }
    open.push(name)
    const expression = parse(definitions!, [name], texts.get(name)!)
    open.pop()
    resolved.set(name, expression)
    return expression
  }
  const names: Names = {
    noun: 'the name of a fact or definition',
    unknownName: (name) => `\`${name}\` is no fact and no definition${meant(name, [...texts.keys()])}`,
    find(name): Named | undefined {
      if (texts.has(name))
        // A definition that cannot be read has its own finding; whoever uses it is read on.
        return { is: 'condition', expression: resolve(name) ?? { op: 'constant', value: undefined } }
      const fact = factNames.get(name)
      if (fact === undefined) return undefined
      const { type, vocabulary } = fact
      return {
        is: 'value',
        type,
        codeOf: (word) => vocabulary?.[word],
        ...(vocabulary !== undefined && { vocabulary }),
      }
    },
  }
  for (const name of texts.keys()) {
    if (factNames.has(name)) findings.push(shadows(name, definitions!))
    resolve(name)
  }
  return (source, path, text, level) => {
    const expression = parse(source, path, text)
    if (expression === undefined) return undefined
    const wrong = [...factsRead(expression)].filter((name) => !mayRead(level, factNames.get(name)!))
    for (const name of wrong) findings.push(tooEarly(name, level, source, path))
    return expression
  }
}

function meant(name: string, definitions: readonly string[]): string {
  const nearest = nearestName(name, [...factNames.keys(), ...definitions])
  return nearest === undefined ? '' : `; did you mean \`${nearest}\`?`
}

function remedyFor(message: string): string {
  return message.includes('is no fact')
    ? 'Facts stand in src/decide/fact.ts, definitions in packs/definitions.yaml.'
    : 'A condition is made of facts and definitions with and, or, not, comparisons, in (...), is known, is unknown.'
}

function cycle(names: readonly string[], definitions: Declared<unknown>): Finding {
  return {
    place: definitions.place([names[0]!], 'key'),
    message: `this definition leads back to itself: ${names.join(' → ')}`,
    remedy: 'Write one of them out in facts.',
  }
}

function shadows(name: string, definitions: Declared<unknown>): Finding {
  return {
    place: definitions.place([name], 'key'),
    message: `\`${name}\` is a fact already`,
    remedy: 'Give the definition another name.',
  }
}

function tooEarly(name: string, level: ReasonLevel, source: Declared<unknown>, path: Path): Finding {
  const { grain } = factNames.get(name)!
  return {
    place: source.place(path),
    message: `\`${name}\` is a fact of one ${grain}, which a reason of a ${level} cannot read`,
    remedy:
      'Use facts of the request, of a record also those of the notice and the person, of a field those of the notice and the field.',
  }
}
