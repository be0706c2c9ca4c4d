// An expression as text again: what `packs show` and `packs diff` print. Reading it back gives the same tree.
import type { Expression, Literal, Operand } from '../decide/expression.ts'
import { dateToIso } from '../model/instant.ts'
import { factNames } from './fact-names.ts'

export function writeExpression(expression: Expression): string {
  switch (expression.op) {
    case 'or':
    case 'and':
      return expression.of.map(writePart).join(` ${expression.op} `)
    case 'not':
      return expression.of.op === 'unknown'
        ? `${writeOperand(expression.of.of)} is known`
        : `not ${writePart(expression.of)}`
    case 'unknown':
      return `${writeOperand(expression.of)} is unknown`
    case 'holds':
      return writeOperand(expression.of)
    case 'in':
      return `${writeOperand(expression.of)} in (${expression.set.map((value) => writeLiteral(value, expression.of)).join(', ')})`
    case 'constant':
      return String(expression.value ?? 'unknown')
    default: {
      const { left, op, right } = expression
      return `${writeOperand(left)} ${op} ${'literal' in right ? writeLiteral(right.literal, left) : right.fact}`
    }
  }
}

function writePart(expression: Expression): string {
  const text = writeExpression(expression)
  return expression.op === 'and' || expression.op === 'or' ? `(${text})` : text
}

function writeOperand(operand: Operand): string {
  return 'fact' in operand ? operand.fact : String(operand.literal)
}

function writeLiteral(value: Literal, beside: Operand): string {
  const fact = 'fact' in beside ? factNames.get(beside.fact) : undefined
  if (fact?.type === 'date') return dateToIso(Number(value))
  const word = Object.entries(fact?.vocabulary ?? {}).find(([, number]) => number === value)?.[0]
  return word === undefined ? String(value) : `'${word}'`
}
