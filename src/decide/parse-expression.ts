// The text of an expression, read into the tree: one grammar for a request's `select`, rules and definitions.
//   marketing and not (basis = 'consent' and consentFrom > withdrawnAt) or area in (1, 2, 3) or bornOn is unknown
import { dateFromIso } from '../model/instant.ts'
import { isProblem } from '../model/problem.ts'
import type { Comparison, Expression, Literal, Operand } from './expression.ts'
import type { FactType } from './fact.ts'

/** What the writer of an expression may name, and how names and words are understood. */
export type Names = {
  /** What a name is called in a message: `a column name`. */
  noun: string
  /** Undefined = no such name. `value` without a type takes any literal, and no other name beside it. */
  find(name: string): Named | undefined
  /** What to say of a name that is not found. */
  unknownName?(name: string): string
}

export type Named =
  | { is: 'value'; type?: FactType; codeOf(word: string): number | undefined; vocabulary?: object }
  | { is: 'condition'; expression: Expression }

/** What is wrong with an expression, and at which of its characters, from 0. */
export type ExpressionFault = { at: number; message: string }
export type ParsedExpression =
  | { expression: Expression; fault?: undefined }
  | { expression?: undefined; fault: ExpressionFault }

export function parseExpression(text: string, names: Names): ParsedExpression {
  try {
    return { expression: readTokens(tokenize(text), names) }
  } catch (error) {
    if (error instanceof NotUnderstood) return { fault: { at: error.at, message: error.message } }
    throw error
  }
}

class NotUnderstood extends Error {
  readonly at: number

  constructor(at: number, message: string) {
    super(message)
    this.at = at
  }
}

type Token = { kind: 'word' | 'number' | 'date' | 'text' | 'symbol' | 'end'; text: string; at: number }

const pattern =
  /\s*(?:(\d{4}-\d{2}-\d{2})|(-?\d+)|'((?:[^']|'')*)'|([A-Za-z_][A-Za-z0-9_]*)|(<=|>=|<>|[=<>(),]))/y
const comparisons: readonly string[] = ['=', '<>', '<', '<=', '>', '>=']
const keywords: readonly string[] = ['and', 'or', 'not', 'in', 'is', 'true', 'false']
const depthMax = 50

/** A cursor over the tokens, with the few questions the grammar asks of it. */
type Cursor = {
  peek(): Token
  take(): Token
  keyword(word: string): boolean
  symbol(text: string): boolean
  expectSymbol(text: string): void
  expected(what: string): never
}

function cursorOver(tokens: readonly Token[]): Cursor {
  let next = 0
  const peek = () => tokens[next]!
  const take = () => tokens[next++]!
  const symbol = (text: string) => peek().kind === 'symbol' && peek().text === text
  const expected = (what: string): never => {
    throw new NotUnderstood(peek().at, `expected ${what}`)
  }
  return {
    peek,
    take,
    symbol,
    expected,
    keyword: (word) => peek().kind === 'word' && peek().text.toLowerCase() === word,
    expectSymbol(text) {
      if (!symbol(text)) expected(`"${text}"`)
      take()
    },
  }
}

function readTokens(tokens: readonly Token[], names: Names): Expression {
  const cursor = cursorOver(tokens)
  const { peek, take, keyword, symbol } = cursor
  let depth = 0
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
    if (++depth > depthMax) cursor.expected(`at most ${depthMax} levels`)
    let read: Expression
    if (keyword('not')) {
      take()
      read = { op: 'not', of: negation() }
    } else if (symbol('(')) {
      take()
      read = either()
      cursor.expectSymbol(')')
    } else read = readCondition(cursor, names)
    depth -= 1
    return read
  }
  const expression = either()
  if (peek().kind !== 'end') cursor.expected('"and", "or" or the end')
  return expression
}

/** What begins with a name: `x`, `x is unknown`, `x in (…)`, `x < …`. */
function readCondition(cursor: Cursor, names: Names): Expression {
  const { peek, take, keyword } = cursor
  if (peek().kind !== 'word' || keywords.includes(peek().text.toLowerCase())) cursor.expected(names.noun)
  const token = take()
  const named = find(token, names)
  if (named.is === 'condition') {
    if (keyword('is') || keyword('in') || isComparison(peek()))
      throw new NotUnderstood(token.at, `${token.text} is a condition: it stands bare or after not`)
    return named.expression
  }
  const of: Operand = { fact: token.text }
  if (keyword('is')) return readKnown(cursor, of)
  if (keyword('in')) return { op: 'in', of, set: readSet(cursor, token, named) }
  if (isComparison(peek())) return readComparison(cursor, token, named, names)
  if (named.type !== undefined && named.type !== 'boolean')
    throw new NotUnderstood(token.at, `${token.text} is ${article(named.type)}: compare it with something`)
  return { op: 'holds', of }
}

function find(token: Token, names: Names): Named {
  const named = names.find(token.text)
  if (named !== undefined) return named
  throw new NotUnderstood(token.at, names.unknownName?.(token.text) ?? `expected ${names.noun}`)
}

/** `is unknown`, `is known`, `is not unknown`. */
function readKnown({ take, keyword, expected }: Cursor, of: Operand): Expression {
  take()
  const negated = keyword('not')
  if (negated) take()
  const known = keyword('known')
  if (!known && !keyword('unknown')) expected('"known" or "unknown"')
  take()
  return negated !== known ? { op: 'not', of: { op: 'unknown', of } } : { op: 'unknown', of }
}

function readSet(cursor: Cursor, name: Token, named: Named & { is: 'value' }): Literal[] {
  refuseBoolean(name, named)
  cursor.take()
  cursor.expectSymbol('(')
  const set = [readLiteral(cursor, name, named)]
  while (cursor.symbol(',')) {
    cursor.take()
    set.push(readLiteral(cursor, name, named))
  }
  cursor.expectSymbol(')')
  return set
}

function readComparison(
  cursor: Cursor,
  name: Token,
  named: Named & { is: 'value' },
  names: Names,
): Expression {
  refuseBoolean(name, named)
  const op = cursor.take().text as Comparison
  const left: Operand = { fact: name.text }
  const token = cursor.peek()
  if (named.type === undefined || token.kind !== 'word')
    return { op, left, right: { literal: readLiteral(cursor, name, named) } }
  const other = find(token, names)
  if (other.is === 'condition' || other.type !== named.type || other.vocabulary !== named.vocabulary)
    throw new NotUnderstood(
      token.at,
      `${name.text} is ${article(named.type)}, ${token.text} is ${other.is === 'condition' ? 'a condition' : article(other.type)}${other.is === 'value' && other.type === named.type ? ' of another vocabulary' : ''}`,
    )
  cursor.take()
  return { op, left, right: { fact: token.text } }
}

function refuseBoolean(name: Token, { type }: Named & { is: 'value' }): void {
  if (type === 'boolean')
    throw new NotUnderstood(name.at, `${name.text} is yes or no: it stands bare or after not`)
}

/** Typed, a literal is of the name's own type; where a name has no type, any will do. */
function readLiteral(cursor: Cursor, name: Token, named: Named & { is: 'value' }): Literal {
  const token = cursor.peek()
  const { type } = named
  if ((cursor.keyword('true') || cursor.keyword('false')) && type === undefined)
    return cursor.take().text.toLowerCase() === 'true'
  if (token.kind === 'number' && (type === undefined || type === 'integer')) return wholeNumber(cursor.take())
  if (token.kind === 'date' && (type === undefined || type === 'date')) return dateOf(cursor.take())
  if (token.kind !== 'text' || (type !== undefined && type !== 'code'))
    return cursor.expected(literalsOf(type))
  const code = named.codeOf(token.text)
  if (code === undefined)
    throw new NotUnderstood(
      token.at,
      type === undefined
        ? `column ${name.text} has no such value declared: only a column of type code has any`
        : `${name.text} has no value '${token.text.slice(0, 60)}'${wordsOf(named.vocabulary)}`,
    )
  cursor.take()
  return code
}

function wordsOf(vocabulary: object | undefined): string {
  return vocabulary === undefined ? '' : `; it has ${Object.keys(vocabulary).join(', ')}`
}

function literalsOf(type: FactType | undefined): string {
  switch (type) {
    case undefined:
      return "true, false, a whole number, a date or a 'word'"
    case 'integer':
      return 'a whole number or a fact that is one'
    case 'date':
      return 'a date or a fact that is one'
    case 'code':
      return "a 'word' of its vocabulary or a fact of the same"
    default:
      return 'a fact that is an instant'
  }
}

function article(type: FactType | undefined): string {
  if (type === 'boolean') return 'yes or no'
  if (type === 'integer') return 'a whole number'
  return type === 'instant' ? 'an instant' : `a ${type ?? 'value'}`
}

function isComparison({ kind, text }: Token): boolean {
  return kind === 'symbol' && comparisons.includes(text)
}

function wholeNumber({ text, at }: Token): number {
  const number = Number(text)
  if (Number.isSafeInteger(number)) return number
  throw new NotUnderstood(at, 'a whole number has at most 15 digits')
}

function dateOf({ text, at }: Token): number {
  try {
    return dateFromIso(text)
  } catch (error) {
    throw isProblem(error) ? new NotUnderstood(at, error.detail) : error
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  pattern.lastIndex = 0
  while (text.slice(pattern.lastIndex).trim() !== '') {
    const start = pattern.lastIndex
    const match = pattern.exec(text)
    if (match === null)
      throw new NotUnderstood(
        start + (text.length - start - text.slice(start).trimStart().length),
        'this is not understood',
      )
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
