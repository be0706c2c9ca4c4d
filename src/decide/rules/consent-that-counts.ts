// A consent strong enough to lift something: asked properly, of this recipient by name, evidenced, and not taken back.
import { precisions } from '../../model/vocabulary.ts'
import { and, compare, type Expression, holds, not } from '../expression.ts'

/** What a bundled, unnamed or merely asserted yes can never do: outlive an objection, a refusal or the law of a channel. */
export const consentThatCounts: Expression = and(
  holds('consentGiven'),
  not(holds('consentVetoed')),
  holds('consentFormValid'),
  compare('consentPrecision', '>=', precisions.brand),
  compare('consentGrade', '<=', 'consentGradeMax'),
)

/** Such a consent, surely given after an instant: the only thing that outlives an objection or withdrawal (domain 5.4.7). */
export function consentSince(instant: string): Expression {
  return and(consentThatCounts, compare('consentFrom', '>', instant))
}
