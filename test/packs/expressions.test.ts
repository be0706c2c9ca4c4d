// Conditions as text: what is written out reads back as the same tree, for every shipped rule and for any tree.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Comparison, Expression } from '../../src/decide/expression.ts'
import { type Names, parseExpression } from '../../src/decide/parse-expression.ts'
import { factNames } from '../../src/packs/fact-names.ts'
import { writeExpression } from '../../src/packs/write-expression.ts'
import { shippedPacks } from '../decide/shipped-packs.ts'

const names: Names = {
  noun: 'a fact',
  find(name) {
    const fact = factNames.get(name)
    return (
      fact && {
        is: 'value',
        type: fact.type,
        codeOf: (word) => fact.vocabulary?.[word],
        ...(fact.vocabulary && { vocabulary: fact.vocabulary }),
      }
    )
  },
}

/** `(a and b)` inside an `and` stays a part of its own, so the tree comes back whole. */
const readBack = (expression: Expression) => parseExpression(writeExpression(expression), names)

test('every condition of the shipped packs is written out and read back as it was', () => {
  const conditions = shippedPacks.flatMap(({ rules }) => rules.map(({ when }) => when))
  expect(conditions.length).toBeGreaterThan(200)
  for (const when of conditions) expect(readBack(when)).toEqual({ expression: when })
})

const ofType = (type: string) => [...factNames].filter(([, fact]) => fact.type === type).map(([name]) => name)
const comparison = fc.constantFrom<Comparison>('=', '<>', '<', '<=', '>', '>=')
const leaf: fc.Arbitrary<Expression> = fc.oneof(
  fc.constantFrom(...ofType('boolean')).map((fact): Expression => ({ op: 'holds', of: { fact } })),
  fc.constantFrom(...factNames.keys()).map((fact): Expression => ({ op: 'unknown', of: { fact } })),
  fc
    .tuple(fc.constantFrom(...ofType('instant')), comparison, fc.constantFrom(...ofType('instant')))
    .map(([left, op, right]): Expression => ({ op, left: { fact: left }, right: { fact: right } })),
  fc
    .tuple(fc.constantFrom(...ofType('integer')), comparison, fc.integer())
    .map(([left, op, literal]): Expression => ({ op, left: { fact: left }, right: { literal } })),
  fc
    .tuple(fc.constantFrom(...ofType('date')), comparison, fc.constantFrom(19000101, 20180525, 22001231))
    .map(([left, op, literal]): Expression => ({ op, left: { fact: left }, right: { literal } })),
  fc
    .array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 4 })
    .map((set): Expression => ({ op: 'in', of: { fact: 'basis' }, set })),
)
const { tree } = fc.letrec<{ tree: Expression; part: Expression }>((tie) => ({
  part: fc.oneof({ maxDepth: 4 }, leaf, tie('tree')),
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    tie('part').map((of): Expression => ({ op: 'not', of })),
    fc
      .tuple(
        fc.constantFrom('and' as const, 'or' as const),
        fc.array(tie('part'), { minLength: 2, maxLength: 3 }),
      )
      .map(([op, of]): Expression => ({ op, of })),
  ),
}))

test('any tree of facts is written out and read back as it was', () => {
  fc.assert(
    fc.property(tree, (expression) => {
      expect(readBack(expression)).toEqual({ expression })
    }),
    {
      numRuns: 2000,
    },
  )
})

test('whatever is typed, a fault has a place within the text', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ maxLength: 60 }),
        fc
          .array(
            fc.constantFrom('basis', '=', "'consent'", 'not', 'and', '(', ')', 'is', 'unknown', '3', ' '),
            {
              maxLength: 12,
            },
          )
          .map((words) => words.join(' ')),
      ),
      (text) => {
        const { fault } = parseExpression(text, names)
        if (fault !== undefined) {
          expect(fault.at).toBeGreaterThanOrEqual(0)
          expect(fault.at).toBeLessThanOrEqual(text.length)
        }
      },
    ),
    { numRuns: 2000 },
  )
})
