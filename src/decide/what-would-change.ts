// What would have to be otherwise for a rule not to fire: each single condition of it that alone would settle the matter.
// It says what the law asks, not how to get there; a veto of the person is nobody else's to change.
import type { Expression } from './expression.ts'
import { type Facts, interpret } from './interpret.ts'

/** One comparison or fact of a rule, and what it would have to be. */
export type Change = { condition: Exclude<Expression, { op: 'and' | 'or' | 'not' }>; toBe: boolean }

/** Empty where no single change would do, or where the rule does not fire. */
export function whatWouldChange(
  rule: { when: Expression; unknown: 'fires' | 'silent' },
  facts: Facts,
): Change[] {
  const firesWhen = (when: Expression) => interpret(when, facts) ?? rule.unknown === 'fires'
  if (!firesWhen(rule.when)) return []
  const found = new Map<string, Change>()
  for (const condition of leavesOf(rule.when)) {
    for (const toBe of [true, false]) {
      const change = { condition, toBe }
      if (!firesWhen(replace(rule.when, change))) found.set(JSON.stringify(change), change)
    }
  }
  return [...found.values()]
}

function leavesOf(expression: Expression): Change['condition'][] {
  switch (expression.op) {
    case 'and':
    case 'or':
      return expression.of.flatMap(leavesOf)
    case 'not':
      return leavesOf(expression.of)
    case 'constant':
      return []
    default:
      return [expression]
  }
}

/** The same condition may stand in a rule twice: it is one fact of life and changes in both places. */
function replace(expression: Expression, change: Change): Expression {
  switch (expression.op) {
    case 'and':
    case 'or':
      return { op: expression.op, of: expression.of.map((part) => replace(part, change)) }
    case 'not':
      return { op: 'not', of: replace(expression.of, change) }
    default:
      return JSON.stringify(expression) === JSON.stringify(change.condition)
        ? { op: 'constant', value: change.toBe }
        : expression
  }
}
