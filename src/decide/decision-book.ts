// What a request is judged by: the policy in force, its numbers in the register, the rule packs, the standing of the recipient.
import type { Policy } from '../model/policy.ts'
import type { PolicyNumbers } from './policy-numbers.ts'
import type { Pack } from './rule.ts'
import type { Standing } from './standing.ts'

export type DecisionBook = {
  policy: Policy
  numbers: PolicyNumbers
  packs: readonly Pack[]
  standing: Standing
}
