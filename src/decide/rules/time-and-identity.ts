// T: can we tell when things happened, and to whom?

import { bases } from '../../model/vocabulary.ts'
import { and, compare, holds, known, not, or } from '../expression.ts'
import type { RuleText } from '../rule.ts'

/** The two possible readings of a date fall on two sides of a line that matters. */
const straddles = (from: string, to: string, line: string) =>
  and(compare(from, '<', line), compare(to, '>=', line))

export const timeAndIdentityRules: readonly RuleText[] = [
  {
    code: 'T805',
    question: 'power',
    moment: 'release',
    when: not(holds('packKnown')),
    unknown: 'fires',
    remedy: 'Choose a release date a rule pack covers, or add the pack for that date.',
    explain: {
      marketer: 'No set of rules covers this country and date.',
      person: 'We did not know the law for that day and did not guess.',
      regulator: 'No rule pack covers the jurisdiction at the instant of release.',
    },
  },
  {
    code: 'T802',
    question: 'aware',
    moment: 'release',
    when: or(
      holds('showingUnclear'),
      and(compare('basis', '=', bases.consent), holds('consentUnclear')),
      and(holds('shown'), straddles('noticeShownFrom', 'noticeShownTo', 'effectiveAt')),
      and(
        compare('basis', '=', bases.consent),
        holds('consentGiven'),
        straddles('consentFrom', 'consentTo', 'consentAtMin'),
      ),
    ),
    unknown: 'fires',
    remedy: 'Find out how the source writes dates and import it again with that format.',
    explain: {
      marketer: 'A date can be read two ways, and one of them means no.',
      person: 'A date in our records can be read two ways, so we left you out.',
      regulator: 'An instant is ambiguous and one possible reading refuses.',
    },
  },
  {
    code: 'T806',
    question: 'aware',
    moment: 'release',
    when: or(
      holds('keyTwice'),
      and(known('identityDoubtedAt'), not(compare('identityResolvedAt', '>', 'identityDoubtedAt'))),
    ),
    unknown: 'fires',
    remedy: 'Settle whether these records are one person or two, then record it.',
    explain: {
      marketer: 'This record may be two people, or one of two records of one person.',
      person: 'We were not sure this record is about you alone.',
      regulator: 'The identity of the record is in doubt, so permissions cannot be attributed.',
    },
  },
]
