// The facts of one person: from which of her events, or which column of the file, each comes. In the order they stand in
// the decision artefact.
import type { Combinator, EventMatch, LegAggregate, SubjectFact } from './fact.ts'

const presentation = { kind: 'presentation', counts: 'surely', grade: 'sufficient' } as const
const consent = {
  kind: 'consent',
  counts: 'surely',
  qualifier: ['given', 'given-by-parent'],
  recipient: 'chain',
  channel: 'requested',
  purpose: 'covering',
} as const
const consentVetoes: readonly EventMatch[] = [
  {
    kind: 'withdrawal',
    counts: 'possibly',
    recipient: 'chain-or-all',
    channel: 'requested-or-all',
    purpose: 'touching-or-all',
  },
  {
    kind: 'consent',
    counts: 'possibly',
    qualifier: 'refused',
    recipient: 'chain-or-all',
    channel: 'requested-or-all',
    purpose: 'touching-or-all',
  },
]
const fromConsent = (pick: LegAggregate): Combinator => ({
  combinator: 'weakest-leg',
  grant: consent,
  vetoes: consentVetoes,
  pick,
})

/** Facts of one person, in the order they stand in the decision artefact. */
export const subjectFacts = [
  {
    name: 'notice',
    type: 'code',
    means:
      'the notice version this person was last shown before the release, by sufficient evidence; 0 = none',
    from: { combinator: 'latest', event: presentation, pick: 'notice' },
  },
  {
    name: 'noticeShownFrom',
    type: 'instant',
    means: 'the earliest instant at which that showing may have happened',
    from: { combinator: 'latest', event: presentation, pick: 'earliest' },
  },
  {
    name: 'noticeShownTo',
    type: 'instant',
    means: 'the latest instant at which that showing may have happened',
    from: { combinator: 'latest', event: presentation, pick: 'latest' },
  },
  {
    name: 'showingUnclear',
    type: 'boolean',
    means: 'a showing is dated so that it may lie before or after the release',
    from: { combinator: 'exists', event: { kind: 'presentation', counts: 'unclear' } },
  },
  {
    name: 'showingContested',
    type: 'boolean',
    means: 'another version was shown that may have been the later one',
    from: { combinator: 'contested', event: presentation },
  },
  {
    name: 'showingUndated',
    type: 'boolean',
    means: 'a showing has no date',
    from: { combinator: 'exists', event: { kind: 'presentation', counts: 'undated' } },
  },
  {
    name: 'firstShownTo',
    type: 'instant',
    means: 'the latest possible instant of the first showing',
    from: { combinator: 'least', event: presentation, pick: 'latest' },
  },
  {
    name: 'firstVersionCovers',
    type: 'boolean',
    means: 'the version first shown mentions every link of the chain and tells the purpose',
    from: { combinator: 'first-notice', event: presentation, pick: 'covers' },
  },
  {
    name: 'firstVersionTellsPurpose',
    type: 'boolean',
    means: 'the version first shown tells the purpose',
    from: { combinator: 'first-notice', event: presentation, pick: 'purposeTold' },
  },
  {
    name: 'objectedToMarketingAt',
    type: 'instant',
    means: 'the latest possible instant of an objection to marketing that reaches this recipient and channel',
    from: {
      combinator: 'greatest',
      event: {
        kind: 'objection',
        counts: 'possibly',
        qualifier: 'marketing',
        recipient: 'chain-or-all',
        channel: 'requested-or-all',
      },
      pick: 'latest',
    },
  },
  {
    name: 'objectedInGeneral',
    type: 'boolean',
    means: 'an objection to this processing as such stands',
    from: {
      combinator: 'exists',
      event: {
        kind: 'objection',
        counts: 'possibly',
        qualifier: 'general',
        recipient: 'chain-or-all',
        channel: 'requested-or-all',
      },
    },
  },
  {
    name: 'restrictedAt',
    type: 'instant',
    means: 'the latest possible instant at which processing was restricted',
    from: {
      combinator: 'greatest',
      event: { kind: 'restriction', counts: 'possibly', qualifier: 'on' },
      pick: 'latest',
    },
  },
  {
    name: 'restrictionLiftedAt',
    type: 'instant',
    means: 'the last restriction was lifted no earlier than this',
    from: {
      combinator: 'greatest',
      event: { kind: 'restriction', counts: 'surely', qualifier: 'lifted' },
      pick: 'earliest',
    },
  },
  {
    name: 'erasure',
    type: 'boolean',
    means: 'erasure was requested or done',
    from: { combinator: 'exists', event: { kind: 'erasure', counts: 'possibly' } },
  },
  {
    name: 'bereaved',
    type: 'boolean',
    means: 'a bereavement was recorded',
    from: {
      combinator: 'exists',
      event: { kind: 'protection', counts: 'possibly', qualifier: 'bereavement' },
    },
  },
  {
    name: 'atRisk',
    type: 'boolean',
    means: 'a safety flag was recorded',
    from: { combinator: 'exists', event: { kind: 'protection', counts: 'possibly', qualifier: 'safety' } },
  },
  {
    name: 'identityDoubtedAt',
    type: 'instant',
    means:
      'the latest possible instant at which it was noted that this enrolment may be two people or a double',
    from: {
      combinator: 'greatest',
      event: { kind: 'identity_doubt', counts: 'possibly', qualifier: 'open' },
      pick: 'latest',
    },
  },
  {
    name: 'identityResolvedAt',
    type: 'instant',
    means: 'the last such doubt was resolved no earlier than this',
    from: {
      combinator: 'greatest',
      event: { kind: 'identity_doubt', counts: 'surely', qualifier: 'resolved' },
      pick: 'earliest',
    },
  },
  {
    name: 'contactSuppressed',
    type: 'boolean',
    means:
      'an e-mail address, phone number, or name with address of this record is suppressed under another record',
    from: {
      combinator: 'sharers',
      event: {
        kind: 'objection',
        counts: 'possibly',
        qualifier: 'marketing',
        recipient: 'chain-or-all',
        channel: 'requested-or-all',
      },
    },
  },
  {
    name: 'callerObjectedAt',
    type: 'instant',
    means: 'the latest possible instant at which the person told this very caller to stop',
    from: {
      combinator: 'greatest',
      event: { kind: 'objection', counts: 'possibly', recipient: 'chain', channel: 'requested-or-all' },
      pick: 'latest',
    },
  },
  {
    name: 'disputedAt',
    type: 'instant',
    means: 'the latest possible instant at which the person disputed that the data are accurate',
    from: {
      combinator: 'greatest',
      event: { kind: 'dispute', counts: 'possibly', qualifier: 'open' },
      pick: 'latest',
    },
  },
  {
    name: 'disputeSettledAt',
    type: 'instant',
    means: 'the last such dispute was settled no earlier than this',
    from: {
      combinator: 'greatest',
      event: { kind: 'dispute', counts: 'surely', qualifier: 'settled' },
      pick: 'earliest',
    },
  },
  {
    name: 'deceased',
    type: 'boolean',
    means: 'the person is recorded as having died',
    from: { combinator: 'exists', event: { kind: 'absence', counts: 'possibly', qualifier: 'deceased' } },
  },
  {
    name: 'goneAwayAt',
    type: 'instant',
    means: 'the latest possible instant at which mail came back or the person was found to have moved',
    from: {
      combinator: 'greatest',
      event: { kind: 'absence', counts: 'possibly', qualifier: 'gone-away' },
      pick: 'latest',
    },
  },
  {
    name: 'backAt',
    type: 'instant',
    means: 'the person could be reached again no earlier than this',
    from: {
      combinator: 'greatest',
      event: { kind: 'absence', counts: 'surely', qualifier: 'back' },
      pick: 'earliest',
    },
  },
  {
    name: 'callsPreventedAt',
    type: 'instant',
    means: 'the latest possible instant at which the number was found on the TPS or CTPS',
    from: {
      combinator: 'greatest',
      event: { kind: 'listing', counts: 'possibly', qualifier: ['tps', 'ctps'] },
      pick: 'latest',
    },
  },
  {
    name: 'callsPreventionEndedAt',
    type: 'instant',
    means: 'the number was found no longer listed no earlier than this',
    from: {
      combinator: 'greatest',
      event: { kind: 'listing', counts: 'surely', qualifier: 'tps-ended' },
      pick: 'earliest',
    },
  },
  {
    name: 'contactCallsPrevented',
    type: 'boolean',
    means:
      'a phone number of this record was found on the TPS or CTPS under another record, or by number alone',
    from: {
      combinator: 'sharers',
      event: { kind: 'listing', counts: 'possibly', qualifier: ['tps', 'ctps'] },
    },
  },
  {
    name: 'fictitious',
    type: 'boolean',
    means: 'the enrolment is a canary or a test row',
    from: { combinator: 'exists', event: { kind: 'seed', counts: 'possibly' } },
  },
  {
    name: 'disclosuresInYear',
    type: 'integer',
    means: 'how often this person was disclosed to anyone in the year before the release',
    from: { combinator: 'disclosures', pick: 'inYear' },
  },
  {
    name: 'suppliedToRecipientAt',
    type: 'instant',
    means: 'when this person was last disclosed to this recipient',
    from: { combinator: 'disclosures', pick: 'latestToRecipient' },
  },
  {
    name: 'linkDoubtful',
    type: 'boolean',
    means: 'this enrolment may be the same person as another one, and nobody is sure enough',
    from: { combinator: 'link-doubt' },
  },
  {
    name: 'consentGiven',
    type: 'boolean',
    means: 'a consent was given for every link of the chain and every channel',
    from: fromConsent('given'),
  },
  {
    name: 'consentVetoed',
    type: 'boolean',
    means: 'on some leg a refusal or withdrawal is not surely older than the consent',
    from: fromConsent('vetoed'),
  },
  {
    name: 'consentFrom',
    type: 'instant',
    means: 'the earliest possible instant of the oldest consent needed',
    from: fromConsent('earliest'),
  },
  {
    name: 'consentTo',
    type: 'instant',
    means: 'the latest possible instant of the oldest consent needed',
    from: fromConsent('latest'),
  },
  {
    name: 'consentGrade',
    type: 'code',
    vocabulary: 'grade',
    means: 'the weakest evidence grade among the consents needed (1 captured, 2 attributed, 3 asserted)',
    from: fromConsent('grade'),
  },
  {
    name: 'consentPrecision',
    type: 'code',
    vocabulary: 'precision',
    means: 'how precisely the notices consented under name the recipients, weakest first',
    from: fromConsent('precision'),
  },
  {
    name: 'consentFormValid',
    type: 'boolean',
    means: 'each consent was asked separately, unbundled and unconditional',
    from: fromConsent('form'),
  },
  {
    name: 'consentByParent',
    type: 'boolean',
    means: 'a consent needed was given by whoever has parental responsibility',
    from: fromConsent('byParent'),
  },
  {
    name: 'consentExplicit',
    type: 'boolean',
    means: 'each consent was asked expressly, as special category data need',
    from: fromConsent('explicit'),
  },
  {
    name: 'consentOutgrown',
    type: 'boolean',
    means: 'only a later version than the one consented to names a link of the chain',
    from: fromConsent('outgrown'),
  },
  {
    name: 'consentUndated',
    type: 'boolean',
    means: 'a consent for this recipient has no date',
    from: {
      combinator: 'exists',
      event: {
        kind: 'consent',
        counts: 'undated',
        qualifier: ['given', 'given-by-parent'],
        recipient: 'chain',
        channel: 'requested',
        purpose: 'covering',
      },
    },
  },
  {
    name: 'consentOtherPurpose',
    type: 'boolean',
    means: 'this recipient has consent, but for another purpose',
    from: {
      combinator: 'exists',
      event: {
        kind: 'consent',
        counts: 'surely',
        qualifier: ['given', 'given-by-parent'],
        recipient: 'chain',
        channel: 'requested',
        purpose: 'other',
      },
    },
  },
  {
    name: 'consentUnclear',
    type: 'boolean',
    means: 'a consent for this recipient is dated so that it may lie before or after the release',
    from: {
      combinator: 'exists',
      event: {
        kind: 'consent',
        counts: 'unclear',
        qualifier: ['given', 'given-by-parent'],
        recipient: 'chain',
        channel: 'requested',
        purpose: 'covering',
      },
    },
  },
  {
    name: 'consentOtherChannel',
    type: 'boolean',
    means: 'this recipient has consent, but for another channel',
    from: {
      combinator: 'exists',
      event: {
        kind: 'consent',
        counts: 'surely',
        qualifier: ['given', 'given-by-parent'],
        recipient: 'chain',
        channel: 'other',
        purpose: 'covering',
      },
    },
  },
  {
    name: 'consentUnnamed',
    type: 'boolean',
    means: 'a consent for this purpose and channel was given that names no recipient',
    from: {
      combinator: 'exists',
      event: {
        kind: 'consent',
        counts: 'surely',
        qualifier: ['given', 'given-by-parent'],
        recipient: 'nobody',
        channel: 'requested',
        purpose: 'covering',
      },
    },
  },
  {
    name: 'consentUnnamedInvalid',
    type: 'boolean',
    means: 'such a consent was bundled, conditional or pre-ticked',
    from: {
      combinator: 'exists',
      event: {
        kind: 'consent',
        counts: 'surely',
        qualifier: ['given', 'given-by-parent'],
        recipient: 'nobody',
        channel: 'requested',
        purpose: 'covering',
        notice: 'invalid-form',
      },
    },
  },
  {
    name: 'withdrawnAt',
    type: 'instant',
    means: 'the latest possible instant of a withdrawal that touches this recipient, purpose and channel',
    from: {
      combinator: 'greatest',
      event: {
        kind: 'withdrawal',
        counts: 'possibly',
        recipient: 'chain-or-all',
        channel: 'requested-or-all',
        purpose: 'touching-or-all',
      },
      pick: 'latest',
    },
  },
  {
    name: 'refusedAt',
    type: 'instant',
    means: 'the latest possible instant of a refusal that touches this recipient, purpose and channel',
    from: {
      combinator: 'greatest',
      event: {
        kind: 'consent',
        counts: 'possibly',
        qualifier: 'refused',
        recipient: 'chain-or-all',
        channel: 'requested-or-all',
        purpose: 'touching-or-all',
      },
      pick: 'latest',
    },
  },
  {
    name: 'bornOn',
    type: 'date',
    means: 'birth date in the dataset; unknown where missing, partial, ambiguous or a sentinel',
    from: { combinator: 'column', column: 'born_on' },
  },
  {
    name: 'expectingOn',
    type: 'date',
    means: 'the day a child is expected, where the dataset has one',
    from: { combinator: 'column', column: 'expecting_on' },
  },
  {
    name: 'keyTwice',
    type: 'boolean',
    means: 'the file holds this person’s key more than once',
    from: { combinator: 'column', column: 'duplicate' },
  },
  {
    name: 'reachesConsentAgeAt',
    type: 'instant',
    means: 'the latest instant at which this person reached the age of consenting alone (Article 8)',
    from: { combinator: 'birthday', column: 'born_on', years: 'consentAgeYears' },
  },
  {
    name: 'retainUntilOn',
    type: 'date',
    means: 'the last day on which the record may be kept, where the dataset says',
    from: { combinator: 'column', column: 'retain_until' },
  },
  {
    name: 'collectedBy',
    type: 'instant',
    means: 'the latest possible instant at which the person’s data were collected, where the dataset says',
    from: { combinator: 'column', column: 'collected_by' },
  },
  {
    name: 'changedSinceDecision',
    type: 'boolean',
    means: 'judged again at the release, more stands against the record than when it was decided',
    from: { combinator: 'column', column: 'changed' },
  },
] as const satisfies readonly SubjectFact[]

export type SubjectFactName = (typeof subjectFacts)[number]['name']
