// N: was this person told, by the notice they were shown, about this recipient and this purpose?

import { bases, precisions } from '../../model/vocabulary.ts'
import { and, compare, type Expression, holds, not, or } from '../expression.ts'
import type { RuleText } from '../rule.ts'

/*
 * A processor is no third party (Article 4(10)), but a role is the requester's word until an Article 28 agreement can be
 * declared: until then a processor, and everyone behind it, has to be mentioned like anybody else.
 */

/** These speak of what the notice says; where no notice was shown, N401 speaks. */
const noticeSays = (...conditions: Expression[]) => and(holds('shown'), ...conditions)

const recipientUnmentioned = compare('precision', '=', precisions.none)

const hostedMailing = 'Offer to send it for them: the data stay with you and nothing is disclosed.'

export const noticeRules: readonly RuleText[] = [
  {
    code: 'N401',
    question: 'aware',
    moment: 'collection',
    when: or(not(holds('shown')), compare('noticeShownTo', '<', 'effectiveAt')),
    unknown: 'fires',
    remedy: `Look for records of what was shown and attribute them by a documented rule. ${hostedMailing}`,
    explain: {
      marketer: 'There is no evidence that this person was shown any privacy notice.',
      person: 'We have no evidence that we told you how your data are used.',
      regulator: 'No presentation of a notice version to this person is evidenced to the grade required.',
    },
  },
  {
    code: 'N407',
    question: 'aware',
    moment: 'collection',
    when: noticeSays(holds('listOmits')),
    unknown: 'fires',
    remedy: hostedMailing,
    explain: {
      marketer: 'The notice listed by name who would get the data. This recipient is not on that list.',
      person: 'The notice you saw listed companies by name, and this one was not among them.',
      regulator: 'The notice shown has a closed list of named recipients that omits a link of the chain.',
    },
  },
  {
    code: 'N404',
    question: 'aware',
    moment: 'collection',
    when: noticeSays(recipientUnmentioned, holds('laterVersionCovers')),
    unknown: 'fires',
    remedy: `A changed notice works only for people who are shown it. ${hostedMailing}`,
    explain: {
      marketer: 'Only a later notice would cover this, and this person was never shown it.',
      person: 'A later notice mentions this recipient, but you were never shown it.',
      regulator:
        'A later version would cover recipient and purpose; no presentation of it to this person exists.',
    },
  },
  {
    code: 'N402',
    question: 'aware',
    moment: 'collection',
    when: noticeSays(recipientUnmentioned),
    unknown: 'fires',
    remedy: hostedMailing,
    explain: {
      marketer: 'The notice this person saw does not mention this recipient, by name or by kind.',
      person: 'The notice you saw did not say that this recipient would get your data.',
      regulator:
        'The notice shown mentions some link of the chain neither by name nor within a stated sector.',
    },
  },
  {
    code: 'N403',
    question: 'aware',
    moment: 'collection',
    when: noticeSays(not(holds('purposeTold'))),
    unknown: 'fires',
    remedy: 'Ask only for purposes the notice told.',
    explain: {
      marketer: 'The notice this person saw does not mention this use.',
      person: 'The notice you saw did not mention this use.',
      regulator: 'The purpose lies under no purpose told in the notice shown.',
    },
  },
  {
    code: 'N406',
    question: 'aware',
    moment: 'collection',
    when: noticeSays(compare('precision', '=', precisions.generic)),
    unknown: 'fires',
    remedy: hostedMailing,
    explain: {
      marketer: 'The notice says only “partners” or the like. That tells nobody who gets the data.',
      person: 'The notice you saw spoke only of unnamed partners.',
      regulator: 'The recipient is covered by generic wording only.',
    },
  },
  {
    code: 'N411',
    question: 'aware',
    moment: 'collection',
    when: noticeSays(holds('marketing'), not(holds('rightToObjectTold'))),
    unknown: 'fires',
    remedy: 'Tell people of their right to object, separately, before anything is shared for marketing.',
    explain: {
      marketer: 'The notice did not say that this person may object.',
      person: 'You were not told that you may object.',
      regulator: 'The right to object was not brought to the person’s attention.',
    },
  },
  {
    code: 'N405',
    question: 'aware',
    moment: 'collection',
    when: noticeSays(compare('precision', '=', precisions.sector), not(compare('basis', '=', bases.consent))),
    unknown: 'fires',
    remedy:
      'A named person decides once, for this notice, recipient and purpose, whether people would expect it.',
    explain: {
      marketer: 'The notice names the kind of company, not this one. A person must decide if that is enough.',
      person: 'The notice you saw named this kind of company but not this one.',
      regulator:
        'The recipient falls within a stated sector only; legitimate interests need a determination.',
    },
  },
]
