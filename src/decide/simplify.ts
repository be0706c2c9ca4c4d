// Partial evaluation: put in the facts that are the same for every record and keep what is left to ask of each.
// Rules that come out constant cost nothing per row; facts that drop out need not be gathered.
import type { Comparison, Expression, Literal, Operand, Value } from './expression.ts'
import { interpret } from './interpret.ts'

/** `known` has an own key for every fact that is settled, its value undefined where settled as unknown. */
export function simplify(expression: Expression, known: Readonly<Record<string, Value>>): Expression {
  const settled = (operand: Operand) => 'literal' in operand || Object.hasOwn(known, operand.fact)
  switch (expression.op) {
    case 'and':
    case 'or':
      return simplifyList(
        expression.op,
        expression.of.map((part) => simplify(part, known)),
      )
    case 'not': {
      const of = simplify(expression.of, known)
      if (of.op === 'constant') return constant(of.value === undefined ? undefined : !of.value)
      return { op: 'not', of }
    }
    case 'in':
    case 'unknown':
    case 'holds':
      return settled(expression.of) ? constant(interpret(expression, known)) : expression
    case 'constant':
      return expression
    default: {
      if (settled(expression.left) && settled(expression.right)) return constant(interpret(expression, known))
      return simplifyComparison(expression.op, expression.left, expression.right, known)
    }
  }
}

function simplifyList(op: 'and' | 'or', parts: Expression[]): Expression {
  // For AND, false decides and true drops out; for OR the other way round. An unknown constant stays: it may decide nothing
  // yet, but turns the rest into unknown where the rest does not decide.
  const decides = op === 'or'
  if (parts.some((part) => part.op === 'constant' && part.value === decides)) return constant(decides)
  const rest = parts.filter((part) => !(part.op === 'constant' && part.value === !decides))
  if (rest.length === 0) return constant(!decides)
  if (rest.every((part) => part.op === 'constant')) return constant(undefined)
  return rest.length === 1 ? rest[0]! : { op, of: rest }
}

function simplifyComparison(
  op: Comparison,
  left: Operand,
  right: Operand,
  known: Readonly<Record<string, Value>>,
): Expression {
  const settle = (operand: Operand): Operand | undefined => {
    if ('literal' in operand || !Object.hasOwn(known, operand.fact)) return operand
    const value = known[operand.fact]
    return value === undefined ? undefined : { literal: value satisfies Literal }
  }
  const settledLeft = settle(left)
  const settledRight = settle(right)
  if (settledLeft === undefined || settledRight === undefined) return constant(undefined)
  return { op, left: settledLeft, right: settledRight }
}

function constant(value: boolean | undefined): Expression {
  return { op: 'constant', value }
}
