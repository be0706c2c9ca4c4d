// `select` in a request: a comparison language over dataset columns, read into the same tree as the rules.
//   marginal_area = true and (area in (1, 2, 3) or not child_presence) and born_on >= 1990-01-01
import { dateFromIso } from '../model/instant.ts'
import type { DatasetField } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import type { Comparison, Expression, Literal, Operand } from './expression.ts'

/** A quoted word compares with a `code` column; its number is found when the dataset is known. */
export type CodeLookup = (column: string, word: string) => number | undefined

/** The numbers of the values declared for `code` columns: their places in the list, from 1. */
export function declaredCodes(fields: readonly DatasetField[]): CodeLookup {
  return (column, word) => {
    const index = fields.find(({ name }) => name === column)?.values?.indexOf(word) ?? -1
    return index < 0 ? undefined : index + 1
  }
}

type Token = { kind: 'word' | 'number' | 'date' | 'text' | 'symbol' | 'end'; text: string; at: number }

const pattern =
  /\s*(?:(\d{4}-\d{2}-\d{2})|(-?\d+)|'((?:[^']|'')*)'|([A-Za-z_][A-Za-z0-9_]*)|(<=|>=|<>|[=<>(),]))/y
const comparisons: readonly string[] = ['=', '<>', '<', '<=', '>', '>=']
const depthMax = 50

/** Columns appear as facts. Throws `expression.invalid` with the column number of what was not understood. */
export function parseSelect(text: string, codes: CodeLookup = () => -1): Expression {
  const tokens = tokenize(text)
  let next = 0
  let depth = 0
  const peek = () => tokens[next]!
  const take = () => tokens[next++]!
  const fail = (wanted: string): never => {
    throw new Problem('expression.invalid', `at character ${peek().at + 1}: expected ${wanted}`)
  }
  const keyword = (word: string) => peek().kind === 'word' && peek().text.toLowerCase() === word
  const symbol = (text: string) => peek().kind === 'symbol' && peek().text === text
  const expectSymbol = (text: string) => (symbol(text) ? take() : fail(`"${text}"`))

  const list = (word: 'and' | 'or', item: () => Expression): Expression => {
    const of = [item()]
    while (keyword(word)) {
      take()
      of.push(item())
    }
    return of.length === 1 ? of[0]! : { op: word, of }
  }
  const either = (): Expression => list('or', both)
  const both = (): Expression => list('and', negation)
  const negation = (): Expression => {
    if (++depth > depthMax) fail(`at most ${depthMax} levels`)
    try {
      if (keyword('not')) {
        take()
        return { op: 'not', of: negation() }
      }
      if (symbol('(')) {
        take()
        const inner = either()
        expectSymbol(')')
        return inner
      }
      return comparison()
    } finally {
      depth -= 1
    }
  }
  const comparison = (): Expression => {
    if (
      peek().kind !== 'word' ||
      ['and', 'or', 'in', 'is', 'true', 'false'].includes(peek().text.toLowerCase())
    )
      fail('a column name')
    const column = take().text
    const of: Operand = { fact: column }
    if (keyword('is')) {
      take()
      const negated = keyword('not') && take() !== undefined
      if (!keyword('unknown')) fail('"unknown"')
      take()
      return negated ? { op: 'not', of: { op: 'unknown', of } } : { op: 'unknown', of }
    }
    if (keyword('in')) {
      take()
      expectSymbol('(')
      const set = [literal(column)]
      while (symbol(',')) {
        take()
        set.push(literal(column))
      }
      expectSymbol(')')
      return { op: 'in', of, set }
    }
    if (peek().kind === 'symbol' && comparisons.includes(peek().text)) {
      const op = take().text as Comparison
      return { op, left: of, right: { literal: literal(column) } }
    }
    return { op: 'holds', of }
  }
  const literal = (column: string): Literal => {
    if (keyword('true') || keyword('false')) return take().text.toLowerCase() === 'true'
    const { kind, text: word } = peek()
    if (kind === 'number') return wholeNumber(take().text)
    if (kind === 'date') return dateFromIso(take().text)
    if (kind !== 'text') return fail("true, false, a whole number, a date or a 'word'")
    const code = codes(column, word)
    if (code === undefined)
      throw new Problem('expression.invalid', `column ${column} has no such value declared`)
    take()
    return code
  }

  const expression = either()
  if (peek().kind !== 'end') fail('"and", "or" or the end')
  return expression
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number)) return number
  throw new Problem('expression.invalid', 'a whole number has at most 15 digits')
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  pattern.lastIndex = 0
  while (text.slice(pattern.lastIndex).trim() !== '') {
    const start = pattern.lastIndex
    const match = pattern.exec(text)
    if (match === null) {
      throw new Problem('expression.invalid', `character ${start + 1} is not understood`)
    }
    const [whole, date, number, quoted, word, symbol] = match
    const at = start + (whole.length - whole.trimStart().length)
    if (date !== undefined) tokens.push({ kind: 'date', text: date, at })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number, at })
    else if (quoted !== undefined) tokens.push({ kind: 'text', text: quoted.replaceAll("''", "'"), at })
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, at })
    else tokens.push({ kind: 'symbol', text: symbol!, at })
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}
