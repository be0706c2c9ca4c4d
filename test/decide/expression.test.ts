import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileExpression } from '../../src/decide/compile-expression.ts'
import type { Comparison, Expression, Value } from '../../src/decide/expression.ts'
import { interpret } from '../../src/decide/interpret.ts'
import { parseSelect } from '../../src/decide/parse-select.ts'
import { simplify } from '../../src/decide/simplify.ts'

const names = ['a', 'b', 'c', 'd']
const operand = fc.oneof(
  fc.constantFrom(...names).map((fact) => ({ fact })),
  fc.integer({ min: 0, max: 2 }).map((literal) => ({ literal })),
)
const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    fc.record({ op: fc.constant('unknown' as const), of: operand }),
    fc.record({ op: fc.constant('in' as const), of: operand, set: fc.subarray([0, 1, 2]) }),
    fc.record({
      op: fc.constantFrom<Comparison[]>('=', '<>', '<', '<=', '>', '>='),
      left: operand,
      right: operand,
    }),
    fc.record({ op: fc.constant('not' as const), of: tie('expression') }),
    fc.record({
      op: fc.constantFrom('and' as const, 'or' as const),
      of: fc.array(tie('expression'), { maxLength: 3 }),
    }),
  ),
}))
const facts = fc.record(
  Object.fromEntries(
    names.map((name) => [name, fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined })]),
  ),
) as fc.Arbitrary<Record<string, Value>>

describe('an expression', () => {
  it('means the same after any of its facts is settled beforehand', () => {
    fc.assert(
      fc.property(expression, facts, fc.subarray(names), (tree, values, settled) => {
        const known = Object.fromEntries(settled.map((name) => [name, values[name]]))
        expect(interpret(simplify(tree, known), values)).toBe(interpret(tree, values))
      }),
      { numRuns: 3000 },
    )
  })

  it('comes out constant once all its facts are settled', () => {
    fc.assert(
      fc.property(expression, facts, (tree, values) => {
        expect(simplify(tree, values).op).toBe('constant')
      }),
      { numRuns: 1000 },
    )
  })

  it('keeps a hostile column name one identifier in SQL', () => {
    const sql = compileExpression(
      { op: 'holds', of: { fact: 'x"; drop table event; --' } },
      (name) => `d."${name.replaceAll('"', '""')}"`,
    )
    expect(sql).toBe('d."x""; drop table event; --"')
  })

  it('lets only whole numbers into SQL', () => {
    expect(() =>
      compileExpression({ op: '=', left: { fact: 'a' }, right: { literal: 0.5 } }, (name) => name),
    ).toThrow(/integers/)
  })
})

describe('a select', () => {
  const near = (text: string, values: Record<string, Value>) => interpret(parseSelect(text), values)

  it('reads comparisons, lists, dates, not, and, or with the usual precedence', () => {
    expect(near('near = true and (area in (1, 2) or not child)', { near: true, area: 3, child: false })).toBe(
      true,
    )
    expect(near('not near and area = 1 or child', { near: true, area: 1, child: true })).toBe(true)
    expect(near('born_on >= 1990-01-31', { born_on: 19900131 })).toBe(true)
    expect(near('area is unknown', { area: undefined })).toBe(true)
    expect(near('area is not unknown', { area: undefined })).toBe(false)
  })

  it('selects nobody whose column is unknown', () => {
    expect(near('near = true', { near: undefined })).toBeUndefined()
    expect(near('not (near = true)', { near: undefined })).toBeUndefined()
  })

  it('finds quoted words among the declared values of a code column, and refuses others', () => {
    const codes = (_: string, word: string) => (word === "King's Lynn" ? 2 : undefined)
    expect(interpret(parseSelect("town = 'King''s Lynn'", codes), { town: 2 })).toBe(true)
    expect(() => parseSelect("town = 'Kent'", codes)).toThrow(/no such value declared/)
  })

  it.each([
    ['near =', 'at character 7: expected true, false'],
    ['near = true near', 'expected "and", "or" or the end'],
    ['(near', 'expected ")"'],
    ['near; drop table event', 'at character 5: this is not understood'],
    ["near = 'x' -- comment", 'at character 12: this is not understood'],
    ['', 'expected a column name'],
    ['near = 2019-02-30', 'no such calendar date'],
    [`${'not '.repeat(80)}near`, 'at most 50 levels'],
  ])('says where %j goes wrong', (text, message) => {
    expect(() => parseSelect(text)).toThrow(message)
  })

  it('never fails but with a Problem, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        try {
          parseSelect(text)
        } catch (error) {
          expect(error).toHaveProperty('name', 'Problem')
        }
      }),
      { numRuns: 2000 },
    )
  })
})
