// B: does the lawful basis claimed carry this record?

import { bases, precisions } from '../../model/vocabulary.ts'
import { among, and, compare, type Expression, holds, known, not, or, unknown } from '../expression.ts'
import type { RuleText } from '../rule.ts'
import { consentSince } from './consent-that-counts.ts'

const onConsent = (...conditions: Expression[]) => and(compare('basis', '=', bases.consent), ...conditions)
const onInterests = (...conditions: Expression[]) =>
  and(compare('basis', '=', bases['legitimate-interests']), ...conditions)

export const basisRules: readonly RuleText[] = [
  {
    code: 'B501',
    question: 'power',
    moment: 'release',
    when: unknown('basis'),
    unknown: 'fires',
    remedy: 'Claim exactly one lawful basis.',
    explain: {
      marketer: 'The request claims no lawful basis.',
      person: 'No legal ground was given for sharing your data.',
      regulator: 'No lawful basis is claimed.',
    },
  },
  {
    code: 'B503',
    question: 'power',
    moment: 'release',
    when: and(
      holds('marketing'),
      among('basis', [
        bases.contract,
        bases['public-task'],
        bases['legal-obligation'],
        bases['vital-interests'],
        bases['recognised-legitimate-interests'],
      ]),
    ),
    unknown: 'fires',
    remedy: 'Marketing rests on consent or legitimate interests only.',
    explain: {
      marketer: 'This lawful basis cannot carry marketing.',
      person: 'The legal ground given cannot justify marketing to you.',
      regulator: 'The basis claimed cannot support the purpose.',
    },
  },
  {
    code: 'B517',
    question: 'power',
    moment: 'release',
    // The condition, and the request it answers, have no place in a request file yet: neither is ever proven.
    when: compare('basis', '=', bases['recognised-legitimate-interests']),
    unknown: 'silent',
    remedy: 'Have a named person decide on the written request and its condition.',
    explain: {
      marketer: 'A recognised legitimate interest needs a written request and its condition on record.',
      person: 'The special ground for sharing your data was not shown.',
      regulator: 'A recognised legitimate interest is claimed and its condition is not recorded.',
    },
  },
  {
    code: 'B518',
    question: 'power',
    moment: 'release',
    // As for B517: there is no place for the instrument yet.
    when: among('basis', [bases['legal-obligation'], bases['public-task']]),
    unknown: 'silent',
    remedy: 'Have a named person decide on the law or order that requires it.',
    explain: {
      marketer: 'A legal duty or public task is claimed, and the law or order behind it is not on record.',
      person: 'No law or order was shown that requires sharing your data.',
      regulator: 'Article 6(1)(c) or (e) is claimed without an instrument.',
    },
  },
  {
    code: 'B513',
    question: 'justified',
    moment: 'release',
    when: onInterests(not(holds('liaPassed'))),
    unknown: 'fires',
    remedy: 'Carry out a legitimate interests assessment for this recipient and purpose.',
    explain: {
      marketer: 'Nobody has weighed your interest against the people’s, or it failed.',
      person: 'Nobody weighed your interests against ours.',
      regulator: 'No passed legitimate interests assessment is recorded.',
    },
  },
  {
    code: 'B514',
    question: 'justified',
    moment: 'release',
    when: onInterests(holds('liaPassed'), holds('liaStale')),
    unknown: 'fires',
    remedy: 'Review the legitimate interests assessment.',
    explain: {
      marketer: 'The weighing of interests is overdue for review.',
      person: 'The weighing of interests was out of date.',
      regulator: 'The legitimate interests assessment is overdue for review.',
    },
  },
  {
    code: 'B509',
    question: 'power',
    moment: 'release',
    when: onConsent(holds('consentGiven'), holds('consentVetoed')),
    unknown: 'fires',
    remedy: 'None: the person took it back.',
    explain: {
      marketer: 'This person said yes and took it back.',
      person: 'You withdrew your consent.',
      regulator: 'The consent was withdrawn or refused, or the order of grant and withdrawal is not certain.',
    },
  },
  {
    code: 'B502',
    question: 'power',
    moment: 'release',
    when: and(
      not(compare('basis', '=', bases.consent)),
      or(
        and(known('withdrawnAt'), not(consentSince('withdrawnAt'))),
        and(known('refusedAt'), not(consentSince('refusedAt'))),
      ),
    ),
    unknown: 'fires',
    remedy: 'None: a consent refused or withdrawn cannot be replaced by another ground for the same thing.',
    explain: {
      marketer: 'This person said no, or took consent back. Another ground cannot be put in its place.',
      person: 'You said no; we may not carry on under another heading.',
      regulator:
        'Consent for the same purpose and recipient was refused or withdrawn; the basis may not be swapped.',
    },
  },
  {
    code: 'B505',
    question: 'power',
    moment: 'release',
    when: onConsent(
      or(
        and(not(holds('consentGiven')), holds('consentUnnamed')),
        and(holds('consentGiven'), compare('consentPrecision', '<', precisions.brand)),
      ),
    ),
    unknown: 'fires',
    remedy: 'Only people who were asked about this recipient by name count.',
    explain: {
      marketer: 'This person said yes to “partners”, not to this recipient by name.',
      person: 'You agreed to unnamed partners, which does not cover this recipient.',
      regulator: 'The consent does not name this recipient.',
    },
  },
  {
    code: 'B512',
    question: 'power',
    moment: 'release',
    when: onConsent(
      or(holds('consentUnnamedInvalid'), and(holds('consentGiven'), not(holds('consentFormValid')))),
    ),
    unknown: 'fires',
    remedy: 'Consent that was bundled, conditional or pre-ticked never counted.',
    explain: {
      marketer: 'The “yes” was bundled with something else or a condition for it, so it does not count.',
      person: 'You were not given a free choice, so your “yes” does not count.',
      regulator: 'The consent was bundled, conditional or pre-ticked.',
    },
  },
  {
    code: 'B507',
    question: 'power',
    moment: 'release',
    when: onConsent(not(holds('consentGiven')), holds('consentOtherChannel')),
    unknown: 'fires',
    remedy: 'Use the channel the person agreed to.',
    explain: {
      marketer: 'This person agreed to another channel, not this one.',
      person: 'You agreed to be contacted another way.',
      regulator: 'The consent is for another channel.',
    },
  },
  {
    code: 'B510',
    question: 'power',
    moment: 'release',
    when: onConsent(holds('consentGiven'), compare('consentTo', '<', 'consentAtMin')),
    unknown: 'fires',
    remedy: 'None for this release; at a later visit the person may renew it.',
    explain: {
      marketer: 'This person’s yes is older than your house limit for third parties.',
      person: 'Your consent was too old to rely on.',
      regulator: 'The consent exceeds the age set for a third party’s first contact.',
    },
  },
  {
    code: 'B511',
    question: 'power',
    moment: 'release',
    when: onConsent(holds('consentGiven'), compare('consentGrade', '>', 'consentGradeMax')),
    unknown: 'fires',
    remedy: 'Find the record made when the consent was given; an assurance is not evidence.',
    explain: {
      marketer: 'There is only somebody’s word that this person agreed.',
      person: 'We have no good evidence that you agreed.',
      regulator: 'Who, when, how or what was told is missing for the consent.',
    },
  },
  {
    code: 'B504',
    question: 'power',
    moment: 'release',
    // Where the date of a yes is unclear, T802 speaks.
    when: onConsent(not(holds('consentGiven')), not(holds('consentUnclear'))),
    unknown: 'fires',
    remedy: 'None: this person was never asked, or said no. Do not write to ask.',
    explain: {
      marketer: 'This person has not said yes to this recipient.',
      person: 'You have not agreed to this.',
      regulator: 'No consent for recipient, purpose and channel has the status given.',
    },
  },
]
