// One condition → every condition that differs from it by one slip of whoever wrote it: a part left out, a fact or comparison
// turned round, a boundary moved, the undecided case answered the other way.
import {
  type Comparison,
  type Expression,
  factsRead,
  type Operand,
  type Value,
} from '../../src/decide/expression.ts'
import type { Facts } from '../../src/decide/interpret.ts'
import type { RuleText } from '../../src/decide/rule.ts'
import { daysAfter, microsecondsPerDay } from '../../src/model/instant.ts'
import { factNames } from '../../src/packs/fact-names.ts'
import { writeExpression } from '../../src/packs/write-expression.ts'

export type Condition = Pick<RuleText, 'when' | 'unknown' | 'moment'>
/** By the JSON of its tree, the name of a definition. */
export type Definitions = ReadonlyMap<string, string>
export type Mutant = Condition & { slip: string; text: string }

/** `definitions`: named conditions, which are turned round and left out as a whole; their own slips are made where they stand. */
export function mutantsOf(rule: Condition, definitions: Definitions): Mutant[] {
  const seen = new Set([JSON.stringify(rule.when)])
  const mutants = slipsIn(rule.when, definitions).flatMap(({ slip, node }): Mutant[] => {
    const key = JSON.stringify(node)
    if (seen.has(key)) return []
    seen.add(key)
    return [{ ...rule, slip, when: node, text: writeExpression(node) }]
  })
  const other = rule.unknown === 'fires' ? 'silent' : 'fires'
  const undecided: Mutant = {
    ...rule,
    slip: `where it cannot be decided: ${other}`,
    unknown: other,
    text: writeExpression(rule.when),
  }
  return readsNothing(rule.when) ? mutants : [...mutants, undecided]
}

/** The slips in a definition itself: each tree in its place, and what is put there instead. */
export function definitionSlips(definition: Expression, definitions: Definitions): Slip[] {
  const others = new Map([...definitions].filter(([key]) => key !== JSON.stringify(definition)))
  return slipsIn(definition, others)
}

/** The same condition with one tree put in another's place, wherever it stands. */
export function replaceIn(node: Expression, key: string, instead: Expression): Expression {
  if (JSON.stringify(node) === key) return instead
  if (node.op === 'and' || node.op === 'or')
    return { op: node.op, of: node.of.map((part) => replaceIn(part, key, instead)) }
  return node.op === 'not' ? { op: 'not', of: replaceIn(node.of, key, instead) } : node
}

/** The facts as they are, and every instant and date that a condition compares with a day sooner and later. */
export function withMovedThresholds(facts: Facts, moved: Iterable<string>): Facts {
  const all: Record<string, Value> = { ...facts }
  for (const name of moved) {
    for (const days of dayShifts) all[movedName(name, days)] = movedValue(name, facts[name], days)
  }
  return all
}

/** Instants and dates that stand on the right of a comparison. */
export function thresholdsIn(expression: Expression): Set<string> {
  const names = new Set<string>()
  walk(expression, (node) => {
    if ('right' in node && 'fact' in node.right && isTime(node.right.fact)) names.add(node.right.fact)
  })
  return names
}

export type Slip = { slip: string; node: Expression }

export const dayShifts = [-1, 1] as const
const opposite: Readonly<Record<Comparison, Comparison>> = {
  '=': '<>',
  '<>': '=',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
}
const neighbour: Readonly<Partial<Record<Comparison, Comparison>>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
}

function slipsIn(node: Expression, definitions: Definitions): Slip[] {
  if (definitions.has(JSON.stringify(node))) return [negated(node)]
  switch (node.op) {
    case 'and':
    case 'or':
      return [...leftOut(node), ...within(node, definitions)]
    case 'not':
      return [
        { slip: `not left out: ${writeExpression(node)}`, node: node.of },
        ...slipsIn(node.of, definitions)
          // To turn round what stands under a not is to leave the not out.
          .filter((inner) => inner.node.op !== 'not')
          .map(({ slip, node: of }): Slip => ({ slip, node: { op: 'not', of } })),
      ]
    case 'holds':
    case 'unknown':
      return [negated(node)]
    case 'in':
      return [negated(node), ...membersLeftOut(node)]
    case 'constant':
      return []
    default:
      return comparisonSlips(node)
  }
}

function leftOut({ op, of }: Extract<Expression, { op: 'and' | 'or' }>): Slip[] {
  return of.map((part, index) => {
    const rest = of.filter((_, other) => other !== index)
    return {
      slip: `left out: ${op} ${writeExpression(part)}`,
      node: rest.length === 1 ? rest[0]! : { op, of: rest },
    }
  })
}

function within({ op, of }: Extract<Expression, { op: 'and' | 'or' }>, definitions: Definitions): Slip[] {
  return of.flatMap((part, index) =>
    slipsIn(part, definitions).map(
      ({ slip, node }): Slip => ({
        slip,
        node: { op, of: of.map((kept, other) => (other === index ? node : kept)) },
      }),
    ),
  )
}

function negated(node: Expression): Slip {
  return { slip: `turned round: ${writeExpression(node)}`, node: { op: 'not', of: node } }
}

function membersLeftOut(node: Extract<Expression, { op: 'in' }>): Slip[] {
  if (node.set.length < 2) return []
  return node.set.map((member) => {
    const without: Expression = { ...node, set: node.set.filter((other) => other !== member) }
    const only: Expression = { ...node, set: [member] }
    return { slip: `member left out: ${writeExpression(only)}`, node: without }
  })
}

function comparisonSlips(node: Extract<Expression, { op: Comparison }>): Slip[] {
  const text = writeExpression(node)
  const near = neighbour[node.op]
  const { right } = node
  return [
    { slip: `turned round: ${text}`, node: { ...node, op: opposite[node.op] } },
    ...(near === undefined ? [] : [{ slip: `boundary: ${text}`, node: { ...node, op: near } }]),
    ...('fact' in right && isTime(right.fact)
      ? dayShifts.map((days): Slip => {
          const moved: Operand = { fact: movedName(right.fact, days) }
          return { slip: `a day ${days < 0 ? 'sooner' : 'later'}: ${text}`, node: { ...node, right: moved } }
        })
      : []),
  ]
}

export function movedName(fact: string, days: number): string {
  return `${fact} ${days < 0 ? '-' : '+'} 1 day`
}

/** The fact that a moved threshold was made of. */
export function baseOf(name: string): string {
  return name.replace(/ [-+] 1 day$/, '')
}

function movedValue(fact: string, value: Value, days: number): Value {
  if (typeof value !== 'number') return value
  return factNames.get(fact)?.type === 'date' ? daysAfter(value, days) : value + days * microsecondsPerDay
}

function isTime(fact: string): boolean {
  const type = factNames.get(fact)?.type
  return type === 'instant' || type === 'date'
}

function readsNothing(expression: Expression): boolean {
  return factsRead(expression).size === 0
}

function walk(node: Expression, visit: (node: Expression) => void): void {
  visit(node)
  if (node.op === 'and' || node.op === 'or') for (const part of node.of) walk(part, visit)
  else if (node.op === 'not') walk(node.of, visit)
}
