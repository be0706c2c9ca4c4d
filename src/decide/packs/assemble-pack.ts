// Joins the rules' logic with a pack's law: a code a pack does not cite is not in that pack.
import type { ReasonCode } from '../../model/reason.ts'
import type { Authority, Pack, Rule, RuleText } from '../rule.ts'
import { agreementRules } from '../rules/agreement.ts'
import { basisRules } from '../rules/basis.ts'
import { channelRules } from '../rules/channel.ts'
import { childAndSpecialRules } from '../rules/child-and-special.ts'
import { emptyRecordRule, fieldRules } from '../rules/field.ts'
import { governanceRules } from '../rules/governance.ts'
import { noticeRules } from '../rules/notice.ts'
import { timeAndIdentityRules } from '../rules/time-and-identity.ts'
import { vetoRules } from '../rules/veto.ts'

const ruleTexts: readonly RuleText[] = [
  ...governanceRules,
  ...agreementRules,
  ...vetoRules,
  ...noticeRules,
  ...basisRules,
  ...channelRules,
  ...childAndSpecialRules,
  ...timeAndIdentityRules,
  ...fieldRules,
  emptyRecordRule,
]

/** What a pack says of a rule: who says so, where, and whether we read the primary text. */
export type Citation = { authority: Authority; law: string; verified: boolean }
export type Citations = Partial<Record<ReasonCode, Citation>>

export const read = (authority: Authority, law: string): Citation => ({ authority, law, verified: true })
/** Known text not re-read against the primary source: shown as unverified wherever the rule is shown. */
export const fromMemory = (authority: Authority, law: string): Citation => ({
  authority,
  law,
  verified: false,
})

export function assemblePack(frame: Omit<Pack, 'rules'>, citations: Citations): Pack {
  const rules = ruleTexts.flatMap((text): Rule[] => {
    const citation = citations[text.code]
    return citation === undefined ? [] : [{ ...text, ...citation }]
  })
  return { ...frame, rules }
}
