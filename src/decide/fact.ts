// Facts as data. A fact has a name, a type, a grain and one sentence of meaning; a subject fact also says by which of a few
// combinators it comes from a person's events. `gather.ts` (reference) and `compile-facts.ts` (SQL) both read this table.
import type { EventKind } from '../model/event.ts'

export type FactType = 'boolean' | 'integer' | 'instant' | 'date' | 'code'

/**
 * Which events count. A grant counts once it surely happened (its latest instant), a veto as soon as it possibly did
 * (its earliest). An absent scope in a veto means "all of them"; in a grant it means nobody was named.
 */
export type EventMatch = {
  kind: EventKind
  counts: 'surely' | 'possibly' | 'unclear'
  qualifier?: string
  /** `leg`: the recipient, channel and purpose of one leg of the request (see `legs` in plan.ts). */
  recipient?: 'chain-or-all' | 'chain' | 'nobody'
  channel?: 'requested-or-all' | 'requested' | 'other'
  purpose?: 'covering' | 'touching-or-all'
  grade?: 'sufficient'
  /** Only events under notices whose consent was bundled, conditional or pre-ticked. */
  notice?: 'invalid-form'
}

/** What the weakest leg of the chain says: every link and every channel needs its own consent. */
export type LegAggregate = 'given' | 'vetoed' | 'earliest' | 'latest' | 'grade' | 'precision' | 'form'

export type Combinator =
  | { combinator: 'latest'; event: EventMatch; pick: 'notice' | 'earliest' | 'latest' }
  | { combinator: 'greatest'; event: EventMatch; pick: 'earliest' | 'latest' }
  | { combinator: 'exists'; event: EventMatch }
  | { combinator: 'weakest-leg'; grant: EventMatch; vetoes: readonly EventMatch[]; pick: LegAggregate }
  | { combinator: 'column'; column: 'born_on' | 'expecting_on' | 'duplicate' }

export type SubjectFact = { name: string; type: FactType; means: string; from: Combinator }

const presentation = { kind: 'presentation', counts: 'surely', grade: 'sufficient' } as const
const consent = {
  kind: 'consent',
  counts: 'surely',
  qualifier: 'given',
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
    means: 'the weakest evidence grade among the consents needed (1 captured, 2 attributed, 3 asserted)',
    from: fromConsent('grade'),
  },
  {
    name: 'consentPrecision',
    type: 'code',
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
    name: 'consentUnclear',
    type: 'boolean',
    means: 'a consent for this recipient is dated so that it may lie before or after the release',
    from: {
      combinator: 'exists',
      event: {
        kind: 'consent',
        counts: 'unclear',
        qualifier: 'given',
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
        qualifier: 'given',
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
        qualifier: 'given',
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
        qualifier: 'given',
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
] as const satisfies readonly SubjectFact[]

export type SubjectFactName = (typeof subjectFacts)[number]['name']

/** Facts of one notice version for one request; computed once per version. `shown` is false only for "no notice". */
export const noticeFacts = {
  shown: 'a notice was shown at all',
  precision:
    'how precisely the weakest link of the chain is mentioned: 0 none, 1 generic, 2 sector, 3 brand, 4 entity',
  listOmits: 'a closed list of names leaves out a link of the chain',
  purposeTold: 'the purpose lies within a purpose the notice tells',
  rightToObjectTold: 'the right to object is told',
  fieldsKept: 'how many of the fields asked for may travel',
  laterVersionCovers: 'a later version, in force by the release, would cover recipient and purpose',
  effectiveAt: 'the version was in use from this instant',
} as const
export type NoticeFactName = keyof typeof noticeFacts

/** Facts of the request as a whole; computed once. */
export const requestFacts = {
  packKnown: 'a rule pack covers the jurisdiction at the release',
  purposeDefined: 'the purpose is declared and mapped to a purpose of the vocabulary',
  agreementPurposesDefined: 'every purpose the agreement lists is mapped, none is open',
  marketing: 'the purpose is direct marketing, which includes promoting aims and ideals',
  political: 'the purpose is political campaigning',
  necessityRecorded: 'it is written down why this is needed and why less will not do',
  dpiaNeeded: 'the request meets a trigger for an impact assessment',
  dpiaInForce: 'a passed impact assessment for this recipient and purpose is not overdue for review',
  liaPassed: 'a legitimate interests assessment for this recipient and purpose exists and passed',
  liaStale: 'that assessment is overdue for review',
  agreementExists: 'an agreement with the recipient is declared',
  agreementFormSufficient: 'it is a signed sharing agreement, not a memorandum or an addendum',
  agreementInForce: 'it is in force from the release to the end of the use window',
  purposeInAgreement: 'the agreement covers the purpose',
  channelsInAgreement: 'the agreement covers every channel',
  chainInAgreement: 'every further link of the chain is an end client the agreement authorises',
  ownUse: 'an agent or processor also has purposes of its own',
  systematicPercent:
    'share of this file that fails for reasons of notice, evidence or dates; known once the file is counted',
  systematicPercentMax: 'the share above which the whole file goes to review',
  dueDiligenceInForce: 'the recipient was checked and the check has not expired',
  basis: 'the lawful basis claimed, by number',
  recipientRole: 'the recipient’s role, by number',
  channelNeedsConsent: 'a channel needs prior consent notified to the sender (PECR regs 19, 22)',
  listRevealsMaternity: 'being on this list tells that someone is expecting or has a baby',
  expectingDeclared: 'the dataset has a column that says who is expecting',
  liveCalls: 'a channel is a live call',
  listRevealsSpecial:
    'the selection, or the source as such, tells of a special category other than pregnancy',
  childrenLikely: 'children are likely among the people of this dataset',
  releaseAt: 'the instant of release',
  consentAtMin: 'a consent given before this instant is older than the house limit',
  bornOnAdultMax: 'whoever was born on or before this day is an adult at release',
  releaseOn: 'the day of release',
  consentGradeMax: 'the weakest evidence grade that carries a consent',
} as const
export type RequestFactName = keyof typeof requestFacts

/** Facts of one requested field for one request and notice version; computed once per pair. */
export const fieldFacts = {
  fieldAboutChild: 'the field is about a child, in an adult’s record',
  fieldSpecial: 'the field is of a special category (Article 9)',
  fieldInAgreement: 'the agreement lists the field',
  fieldNecessary: 'the channels asked for need this kind of data',
  fieldTold: 'the notice says this kind of data is shared',
} as const
export type FieldFactName = keyof typeof fieldFacts
