// One small rule set and one set of people, for engines of any make: a purpose was agreed to, no objection, an adult,
// the recipient was told, the agreement is in force.
import { and, compare, type Expression, holds, not } from '../src/decide/expression.ts'
import { simplify } from '../src/decide/simplify.ts'
import { RandomNumbers } from './random-numbers.ts'

/** What each engine is given of a person. Dates are yyyymmdd. */
export type PersonFacts = {
  purposeGranted: boolean
  objected: boolean
  bornOn: number
  recipientTold: boolean
  agreementUntil: number
}

export const releaseOn = 20180612
export const bornOnAdultMax = 20000612

export const personFacts = [
  'purposeGranted',
  'objected',
  'bornOn',
  'recipientTold',
  'agreementUntil',
] as const

/** As a rule of a pack is written, and settled for the request as the planner settles it. */
export function sharingAllowed(): Expression {
  const rule = and(
    holds('purposeGranted'),
    not(holds('objected')),
    compare('bornOn', '<=', 'bornOnAdultMax'),
    holds('recipientTold'),
    compare('agreementUntil', '>', 'releaseOn'),
  )
  return simplify(rule, { releaseOn, bornOnAdultMax })
}

export function makePeople(count: number): PersonFacts[] {
  const random = new RandomNumbers(19)
  return Array.from({ length: count }, () => ({
    purposeGranted: random.below(100) < 80,
    objected: random.below(100) < 6,
    bornOn: (1960 + random.below(48)) * 10_000 + (1 + random.below(12)) * 100 + 1 + random.below(28),
    recipientTold: random.below(100) < 85,
    agreementUntil: random.below(100) < 90 ? 20191231 : 20180331,
  }))
}
