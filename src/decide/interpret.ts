// The reference evaluator: one expression, one record, Kleene's three-valued logic, nothing clever.
// The compiler (`compile-expression.ts`) must agree with this on every input.
import type { Comparison, Expression, Operand, Value } from './expression.ts'

export type Facts = Readonly<Record<string, Value>>

/** true, false, or undefined where an unknown fact leaves it open. */
export function interpret(expression: Expression, facts: Facts): boolean | undefined {
  switch (expression.op) {
    case 'and':
      return interpretList(expression.of, facts, false)
    case 'or':
      return interpretList(expression.of, facts, true)
    case 'not': {
      const value = interpret(expression.of, facts)
      return value === undefined ? undefined : !value
    }
    case 'in': {
      const value = valueOfOperand(expression.of, facts)
      return value === undefined ? undefined : expression.set.includes(value)
    }
    case 'unknown':
      return valueOfOperand(expression.of, facts) === undefined
    case 'holds': {
      const value = valueOfOperand(expression.of, facts)
      return value === undefined ? undefined : value === true
    }
    case 'constant':
      return expression.value
    default: {
      const left = valueOfOperand(expression.left, facts)
      const right = valueOfOperand(expression.right, facts)
      return left === undefined || right === undefined ? undefined : compareValues(expression.op, left, right)
    }
  }
}

/** One part that says `decides` settles it; else one that is open leaves it open. */
function interpretList(parts: readonly Expression[], facts: Facts, decides: boolean): boolean | undefined {
  let isOpen = false
  for (const part of parts) {
    const value = interpret(part, facts)
    if (value === decides) return decides
    if (value === undefined) isOpen = true
  }
  return isOpen ? undefined : !decides
}

function valueOfOperand(operand: Operand, facts: Facts): Value {
  return 'literal' in operand ? operand.literal : facts[operand.fact]
}

function compareValues(op: Comparison, left: number | boolean, right: number | boolean): boolean {
  switch (op) {
    case '=':
      return left === right
    case '<>':
      return left !== right
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    case '>=':
      return left >= right
  }
}
