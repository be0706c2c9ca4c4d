// The one expression language of rules and selections: a small closed tree with three-valued logic.
// No functions, no date arithmetic: thresholds are facts computed once per request.

export type Literal = number | boolean
export type Operand = { fact: string } | { literal: Literal }
export type Comparison = '=' | '<>' | '<' | '<=' | '>' | '>='

export type Expression =
  | { op: 'and' | 'or'; of: readonly Expression[] }
  | { op: 'not'; of: Expression }
  | { op: Comparison; left: Operand; right: Operand }
  | { op: 'in'; of: Operand; set: readonly Literal[] }
  | { op: 'unknown'; of: Operand }
  | { op: 'holds'; of: Operand }
  | { op: 'constant'; value: boolean | undefined }

/** A fact's value; undefined = unknown (NULL in SQL). */
export type Value = Literal | undefined

export const and = (...of: Expression[]): Expression => ({ op: 'and', of })
export const or = (...of: Expression[]): Expression => ({ op: 'or', of })
export const not = (of: Expression): Expression => ({ op: 'not', of })
export const holds = (fact: string): Expression => ({ op: 'holds', of: { fact } })
export const unknown = (fact: string): Expression => ({ op: 'unknown', of: { fact } })
export const compare = (fact: string, op: Comparison, other: string | Literal): Expression => ({
  op,
  left: { fact },
  right: typeof other === 'string' ? { fact: other } : { literal: other },
})

/** Names of all facts an expression reads. */
export function factsRead(expression: Expression): Set<string> {
  const names = new Set<string>()
  const read = (operand: Operand) => {
    if ('fact' in operand) names.add(operand.fact)
  }
  const walk = (node: Expression): void => {
    switch (node.op) {
      case 'and':
      case 'or':
        node.of.forEach(walk)
        return
      case 'not':
        walk(node.of)
        return
      case 'in':
      case 'unknown':
      case 'holds':
        read(node.of)
        return
      case 'constant':
        return
      default:
        read(node.left)
        read(node.right)
    }
  }
  walk(expression)
  return names
}
