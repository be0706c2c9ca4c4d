// S: what the person said or suffered, which no interest of ours outweighs.
import { and, compare, holds, known, not } from '../expression.ts'
import type { RuleText } from '../rule.ts'
import { consentSince } from './consent-that-counts.ts'

/** Seen by the requester and the person alike: the ground is not theirs to read. */
const protectedText = {
  marketer: 'This person must not be contacted.',
  person: 'You are on the list of people who must not be contacted.',
}

export const vetoRules: readonly RuleText[] = [
  {
    code: 'S304',
    question: 'veto',
    moment: 'release',
    when: holds('erasure'),
    unknown: 'fires',
    remedy: 'None: the person asked to be erased.',
    explain: {
      marketer: 'This person asked for their data to be erased.',
      person: 'You asked us to erase your data.',
      regulator: 'An erasure was requested or done before the release.',
    },
  },
  {
    code: 'S312',
    question: 'veto',
    moment: 'release',
    when: holds('bereaved'),
    unknown: 'fires',
    remedy: 'None: leave this person in peace.',
    explain: {
      ...protectedText,
      regulator: 'A bereavement is recorded; nothing about pregnancy or babies leaves by any channel.',
    },
  },
  {
    code: 'S310',
    question: 'veto',
    moment: 'release',
    when: holds('atRisk'),
    unknown: 'fires',
    remedy: 'None: leave this person in peace.',
    explain: { ...protectedText, regulator: 'A safety flag is recorded.' },
  },
  {
    code: 'S301',
    question: 'veto',
    moment: 'release',
    when: and(holds('marketing'), known('objectedToMarketingAt'), not(consentSince('objectedToMarketingAt'))),
    unknown: 'fires',
    remedy:
      'None: respect the “stop”. Only a later opt-in of their own to this very recipient would change it.',
    explain: {
      marketer: 'This person said stop to marketing.',
      person: 'You told us to stop marketing.',
      regulator: 'An objection to direct marketing stands and no later specific opt-in exists.',
    },
  },
  {
    code: 'S302',
    question: 'veto',
    moment: 'release',
    when: holds('objectedInGeneral'),
    unknown: 'fires',
    remedy: 'Decide the objection first; until then the data stay where they are.',
    explain: {
      marketer: 'This person objected to the use of their data, and that is not settled.',
      person: 'You objected to the use of your data.',
      regulator: 'An objection under Article 21(1) is open or upheld.',
    },
  },
  {
    code: 'S305',
    question: 'veto',
    moment: 'release',
    when: and(known('restrictedAt'), not(compare('restrictionLiftedAt', '>', 'restrictedAt'))),
    unknown: 'fires',
    remedy: 'Wait until the restriction is lifted and the person has been told so.',
    explain: {
      marketer: 'This person’s data may be kept but not used at present.',
      person: 'You asked us to restrict the use of your data.',
      regulator: 'A restriction of processing stands.',
    },
  },
]
