// P: the law of the channel the recipient means to use (PECR).

import { bases } from '../../model/vocabulary.ts'
import { and, compare, holds, not, or } from '../expression.ts'
import type { RuleText } from '../rule.ts'
import { consentThatCounts } from './consent-that-counts.ts'

export const channelRules: readonly RuleText[] = [
  {
    code: 'P602',
    question: 'power',
    moment: 'release',
    when: compare('basis', '=', bases['soft-opt-in']),
    unknown: 'silent',
    remedy: 'The soft opt-in serves your own similar products only; send it yourselves.',
    explain: {
      marketer: 'The “existing customer” exception is yours alone; it cannot be passed on.',
      person: 'Being our customer does not allow others to write to you.',
      regulator: 'The soft opt-in belongs to the collector and never transfers.',
    },
  },
  {
    code: 'P604',
    question: 'power',
    moment: 'release',
    // A screen against the Telephone Preference Service has no place in the files yet, so none is ever recent enough.
    when: holds('liveCalls'),
    unknown: 'fires',
    remedy:
      'Screen the numbers against the register within the last 28 days, and have a named person decide; or use post.',
    explain: {
      marketer: 'Numbers must be screened against the do-not-call register first. No screen is on record.',
      person: 'It was not checked whether you asked not to be called.',
      regulator: 'No TPS screen within 28 days of the release is recorded for live calls.',
    },
  },
  {
    code: 'P601',
    question: 'power',
    moment: 'release',
    // On consent whose date is unclear, T802 refuses and says why. On any other basis no consent is claimed.
    when: and(
      holds('channelNeedsConsent'),
      not(and(compare('basis', '=', bases.consent), or(consentThatCounts, holds('consentUnclear')))),
    ),
    unknown: 'fires',
    remedy: 'Use post, or only people who agreed to this sender by this channel.',
    explain: {
      marketer: 'E-mail and text messages need this person’s prior yes to this very sender.',
      person: 'You had not agreed to messages from this sender.',
      regulator: 'No prior consent notified to the sender exists for electronic mail or automated calls.',
    },
  },
]
