// Expression → SQL text. SQL's three-valued logic is Kleene's, so the translation is word for word.
import type { Expression, Literal, Operand } from './expression.ts'

/** `column` gives the SQL for a fact's name. */
export function compileExpression(expression: Expression, column: (fact: string) => string): string {
  const operand = (of: Operand): string => ('literal' in of ? sqlLiteral(of.literal) : column(of.fact))
  const walk = (node: Expression): string => {
    switch (node.op) {
      case 'and':
      case 'or':
        return node.of.length === 0
          ? sqlLiteral(node.op === 'and')
          : `(${node.of.map(walk).join(` ${node.op} `)})`
      case 'not':
        return `(not ${walk(node.of)})`
      case 'in':
        return node.set.length === 0
          ? `(case when ${operand(node.of)} is null then null else false end)`
          : `(${operand(node.of)} in (${node.set.map(sqlLiteral).join(', ')}))`
      case 'unknown':
        return `(${operand(node.of)} is null)`
      case 'holds':
        return operand(node.of)
      case 'constant':
        return node.value === undefined ? 'null::boolean' : sqlLiteral(node.value)
      default:
        return `(${operand(node.left)} ${node.op} ${operand(node.right)})`
    }
  }
  return walk(expression)
}

export function sqlLiteral(value: Literal): string {
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (!Number.isSafeInteger(value)) throw new Error('only integers reach SQL')
  return String(value)
}

/** A text as a literal; of file names and ids of ours, never of a person's values. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A name as a quoted identifier: whatever it holds, it stays one identifier. */
export function sqlName(name: string): string {
  if (name.includes('\0')) throw new Error('a name with NUL is no identifier')
  return `"${name.replaceAll('"', '""')}"`
}
