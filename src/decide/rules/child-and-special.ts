// C: children, and health that a list gives away.
import { and, compare, holds, known, not, or, unknown } from '../expression.ts'
import type { RuleText } from '../rule.ts'

export const childAndSpecialRules: readonly RuleText[] = [
  {
    code: 'C708',
    question: 'power',
    moment: 'release',
    when: or(
      holds('listRevealsSpecial'),
      // A file that does not say who is expecting cannot show that nobody is.
      and(holds('listRevealsMaternity'), not(holds('expectingDeclared'))),
      and(holds('listRevealsMaternity'), known('expectingOn'), compare('expectingOn', '>', 'releaseOn')),
    ),
    unknown: 'fires',
    remedy:
      'Share a list whose membership says nothing about health or belief, or send the mailing yourselves.',
    explain: {
      marketer: 'Being on this list would reveal something about this person’s health.',
      person: 'Being on that list would have revealed something about your health.',
      regulator:
        'Membership or selection reveals pregnancy or other special category data without an Article 9 condition.',
    },
  },
  {
    code: 'C701',
    question: 'power',
    moment: 'release',
    when: compare('bornOn', '>', 'bornOnAdultMax'),
    unknown: 'silent',
    remedy: 'None: data of someone under age are not shared for commercial use.',
    explain: {
      marketer: 'This person is under eighteen.',
      person: 'You are under eighteen, so we do not share your data.',
      regulator: 'The data subject is a child at release and no compelling reason is recorded.',
    },
  },
  {
    code: 'C707',
    question: 'power',
    moment: 'release',
    when: and(holds('childrenLikely'), unknown('bornOn')),
    unknown: 'fires',
    remedy: 'Leave out people whose age is not known; ask for it only when they next deal with you anyway.',
    explain: {
      marketer: 'This person’s age is not known, and children are likely in this file.',
      person: 'We do not know your age, so we do not share your data.',
      regulator: 'Age is unknown and the service is likely used by children.',
    },
  },
]
