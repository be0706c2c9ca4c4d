import { describe, expect, it } from 'vitest'
import { and, compare, holds, not, or } from '../../src/decide/expression.ts'
import { whatWouldChange } from '../../src/decide/what-would-change.ts'

const rule = (when: Parameters<typeof not>[0]) => ({ when, unknown: 'fires' as const })

describe('what would have to change', () => {
  it('names every condition that alone would keep the rule from firing', () => {
    const when = and(holds('marketing'), not(holds('told')))
    expect(whatWouldChange(rule(when), { marketing: true, told: false })).toEqual([
      { condition: { op: 'holds', of: { fact: 'marketing' } }, toBe: false },
      { condition: { op: 'holds', of: { fact: 'told' } }, toBe: true },
    ])
  })

  it('names nothing where two things stand against it and neither alone would do', () => {
    expect(whatWouldChange(rule(or(holds('a'), holds('b'))), { a: true, b: true })).toEqual([])
  })

  it('counts an unknown fact as what it would have to become', () => {
    expect(whatWouldChange(rule(compare('age', '<', 18)), {})).toEqual([
      { condition: { op: '<', left: { fact: 'age' }, right: { literal: 18 } }, toBe: false },
    ])
  })

  it('changes a condition that stands in a rule twice in both places', () => {
    const when = or(and(holds('a'), holds('b')), and(holds('a'), not(holds('b'))))
    expect(whatWouldChange(rule(when), { a: true, b: true })).toEqual([
      { condition: { op: 'holds', of: { fact: 'a' } }, toBe: false },
    ])
  })

  it('says nothing of a rule that does not fire', () => {
    expect(whatWouldChange(rule(holds('a')), { a: false })).toEqual([])
  })
})
