// G: is the sharing justified, signed off, assessed?
import { and, compare, holds, not, or } from '../expression.ts'
import type { RuleText } from '../rule.ts'

export const governanceRules: readonly RuleText[] = [
  {
    code: 'G101',
    question: 'justified',
    moment: 'release',
    when: or(
      not(holds('purposeDefined')),
      and(holds('agreementExists'), not(holds('agreementPurposesDefined'))),
    ),
    unknown: 'fires',
    remedy:
      'State one purpose that people would recognise, in the request and in the agreement; “insight” is none.',
    explain: {
      marketer: 'The request or its agreement has a purpose so open that nobody could say what is covered.',
      person: 'The organisation could not say clearly what your data would be used for.',
      regulator: 'A purpose is missing, generic or not mapped to the purpose vocabulary.',
    },
  },
  {
    code: 'G102',
    question: 'justified',
    moment: 'release',
    when: not(holds('necessityRecorded')),
    unknown: 'fires',
    remedy:
      'Write down why this is needed and why an aggregate, a masked copy or sending it yourselves will not do.',
    explain: {
      marketer: 'Nobody has written down why these data are needed, or why less would not do.',
      person: 'Nobody recorded why sharing your data was needed.',
      regulator: 'No necessity and proportionality statement is recorded for the request.',
    },
  },
  {
    code: 'G105',
    question: 'justified',
    moment: 'release',
    when: and(holds('dpiaNeeded'), not(holds('dpiaInForce'))),
    unknown: 'fires',
    remedy:
      'Carry out an impact assessment for this recipient and purpose and declare it under assessments/.',
    explain: {
      marketer: 'Sharing like this needs an impact assessment first, and none in date is recorded.',
      person: 'The risks to you were not assessed beforehand.',
      regulator: 'A trigger for an impact assessment is met and no passed, current assessment is recorded.',
    },
  },
  {
    code: 'G108',
    question: 'justified',
    moment: 'release',
    when: holds('political'),
    unknown: 'fires',
    remedy:
      'A named person other than the requester signs off political use as a determination; otherwise do not share.',
    explain: {
      marketer: 'Political use needs a named person’s sign-off. None is recorded.',
      person: 'Nobody responsible had agreed that your data may be used in politics.',
      regulator: 'The purpose is political campaigning and no sign-off by a named person is recorded.',
    },
  },
  {
    code: 'G110',
    question: 'justified',
    moment: 'release',
    when: compare('systematicPercent', '>', 'systematicPercentMax'),
    unknown: 'silent',
    remedy: 'Find out why so many were never told; then have a named person decide on the rest, or leave it.',
    explain: {
      marketer: 'So much of this file fails for the same kind of reason that a person must look at it.',
      person: 'Too many people in this list had not been told, so the whole list was held back.',
      regulator: 'The share of systematic failures exceeds the threshold; the file is held for review.',
    },
  },
]
