// The facts of a request, of a notice for it, and of a field in it: what each means. They are worked out by `facts/` and
// `notice-facts.ts`, once per request, notice version and field.
import type { Value } from './expression.ts'
import type { FactType, FactVocabulary } from './fact.ts'

type PlainFact = { type: FactType; vocabulary?: FactVocabulary; means: string }

/** Facts of one notice version for one request; computed once per version. `shown` is false only for "no notice". */
export const noticeFacts = {
  shown: { type: 'boolean', means: 'a notice was shown at all' },
  precision: {
    type: 'code',
    vocabulary: 'precision',
    means:
      'how precisely the weakest link of the chain is mentioned: 0 none, 1 generic, 2 sector, 3 brand, 4 entity',
  },
  listOmits: { type: 'boolean', means: 'a closed list of names leaves out a link of the chain' },
  purposeTold: { type: 'boolean', means: 'the purpose lies within a purpose the notice tells' },
  rightToObjectTold: { type: 'boolean', means: 'the right to object is told' },
  fieldsKept: { type: 'integer', means: 'how many of the fields asked for may travel' },
  laterVersionCovers: {
    type: 'boolean',
    means: 'a later version, in force by the release, would cover recipient and purpose',
  },
  effectiveAt: { type: 'instant', means: 'the version was in use from this instant' },
  matchingTold: { type: 'boolean', means: 'the notice says that data are matched, enriched or profiled' },
  listDisclosureTold: {
    type: 'boolean',
    means: 'every kind of data that selection and source give away is among those the notice says are shared',
  },
  defective: {
    type: 'boolean',
    means: 'a reader recorded a defect of language, clarity for children, route or prominence',
  },
  softOptInOffered: {
    type: 'boolean',
    means:
      'contact details were taken in a sale, a negotiation or, for a charity, an offer of support, with a chance to refuse',
  },
  charitySoftOptIn: { type: 'boolean', means: 'they were taken when someone offered a charity support' },
} as const satisfies Record<string, PlainFact>
export type NoticeFactName = keyof typeof noticeFacts

/** Facts of the request as a whole; computed once. */
export const requestFacts = {
  packKnown: { type: 'boolean', means: 'a rule pack covers the jurisdiction at the release' },
  purposeDefined: {
    type: 'boolean',
    means: 'the purpose is declared and mapped to a purpose of the vocabulary',
  },
  agreementPurposesDefined: {
    type: 'boolean',
    means: 'every purpose the agreement lists is mapped, none is open',
  },
  marketing: {
    type: 'boolean',
    means: 'the purpose is direct marketing, which includes promoting aims and ideals',
  },
  political: { type: 'boolean', means: 'the purpose is political campaigning' },
  necessityRecorded: {
    type: 'boolean',
    means: 'it is written down why this is needed and why less will not do',
  },
  dpiaNeeded: { type: 'boolean', means: 'the request meets a trigger for an impact assessment' },
  dpiaPassed: {
    type: 'boolean',
    means: 'a passed impact assessment for this recipient and purpose exists, the newest one',
  },
  dpiaStale: { type: 'boolean', means: 'that impact assessment is overdue for review' },
  liaPassed: {
    type: 'boolean',
    means: 'a legitimate interests assessment for this recipient and purpose exists and passed',
  },
  liaStale: { type: 'boolean', means: 'that assessment is overdue for review' },
  liaSurprising: {
    type: 'boolean',
    means: 'that assessment found that people would not reasonably expect it',
  },
  agreementExists: { type: 'boolean', means: 'an agreement with the recipient is declared' },
  agreementFormSufficient: {
    type: 'boolean',
    means: 'it is a signed sharing agreement, not a memorandum or an addendum',
  },
  agreementInForce: {
    type: 'boolean',
    means: 'it is in force from the release to the end of the use window',
  },
  purposeInAgreement: { type: 'boolean', means: 'the agreement covers the purpose' },
  channelsInAgreement: { type: 'boolean', means: 'the agreement covers every channel' },
  chainInAgreement: {
    type: 'boolean',
    means: 'every further link of the chain is an end client the agreement authorises',
  },
  ownUse: { type: 'boolean', means: 'an agent or processor also has purposes of its own' },
  powerRecorded: {
    type: 'boolean',
    means: 'the agreement says by what power, and that no bar stands against it',
  },
  agreementReviewOverdue: { type: 'boolean', means: 'the agreement was to be reviewed before the release' },
  agreementUsed: { type: 'boolean', means: 'the agreement allows one release, and there has been one' },
  recordsLeftUnderAgreement: {
    type: 'integer',
    means: 'how many more records the agreement allows; unknown where it sets no limit',
  },
  recordsLimited: { type: 'boolean', means: 'the agreement sets a limit of records' },
  resupplyLimited: {
    type: 'boolean',
    means: 'the agreement sets a time within which nobody is supplied again',
  },
  resupplyAfter: { type: 'instant', means: 'a person supplied after this instant is not supplied again yet' },
  jointArrangementInForce: {
    type: 'boolean',
    means: 'an Article 26 arrangement with this recipient is in force and its essence is published',
  },
  subProcessorsAuthorised: {
    type: 'boolean',
    means: 'every sub-processor named is one the agreement authorises',
  },
  workOrderLive: {
    type: 'boolean',
    means:
      'the work order named is this contractor’s, for this dataset and purpose, covers the release and the use window, and is not closed',
  },
  copyGranted: {
    type: 'boolean',
    means: 'a copy grant under that work order covers the release and the use window',
  },
  maintenance: { type: 'boolean', means: 'the purpose is work on the systems, such as repair or support' },
  copyLeaves: { type: 'boolean', means: 'a copy leaves, rather than being worked on in place or sent by us' },
  hosted: { type: 'boolean', means: 'we send it for them: nothing is disclosed' },
  sealed: { type: 'boolean', means: 'what leaves is encrypted to the recipient' },
  entityChanged: {
    type: 'boolean',
    means: 'since the agreement was signed a link merged, was absorbed, sold its assets or was re-registered',
  },
  recipientSuspended: { type: 'boolean', means: 'supply to a link is suspended at the release' },
  deletionOverdue: {
    type: 'boolean',
    means:
      'a link, whoever works for one, or one of their groups has not shown that data due for destruction were destroyed',
  },
  inRopa: {
    type: 'boolean',
    means: 'the record of processing activities lists this purpose with every link',
  },
  prohibited: { type: 'boolean', means: 'a regulator or court forbids it' },
  approverIsRequester: {
    type: 'boolean',
    means:
      'the approval is by the person who asked, though the policy has a second person; unknown until there is one',
  },
  recipientKeyVerified: {
    type: 'boolean',
    means: 'the recipient’s key was verified by a second route; unknown until there is a key',
  },
  transferCovered: {
    type: 'boolean',
    means:
      'every link is in a country with adequate protection, or a transfer mechanism with its risk assessment is recorded',
  },
  systematicPercent: {
    type: 'integer',
    means:
      'share of this file that fails for reasons of notice, evidence or dates; known once the file is counted',
  },
  systematicPercentMax: { type: 'integer', means: 'the share above which the whole file goes to review' },
  recordsLeft: { type: 'integer', means: 'how many records would leave; known once the file is counted' },
  smallFileMin: {
    type: 'integer',
    means: 'the number of records below which membership itself may reveal someone',
  },
  snapshotAgeHours: {
    type: 'integer',
    means:
      'hours between taking the file and the release, rounded up; unknown where the dataset does not say',
  },
  snapshotHoursMax: { type: 'integer', means: 'the age above which a marketing file is too old' },
  feedsFresh: {
    type: 'boolean',
    means: 'every source that the policy relies on for these channels is complete to a recent time',
  },
  tpsScreenFresh: { type: 'boolean', means: 'the numbers were screened against the TPS recently enough' },
  dueDiligenceInForce: { type: 'boolean', means: 'the recipient was checked and the check has not expired' },
  sourceDueDiligence: {
    type: 'boolean',
    means: 'data from elsewhere: whoever supplied them was checked, and the check was in force',
  },
  obtainedElsewhere: { type: 'boolean', means: 'the data came from somebody else, not from the people' },
  compatibilityPassed: {
    type: 'boolean',
    means: 'a passed assessment of compatibility of the new purpose is in date',
  },
  exempt: {
    type: 'boolean',
    means:
      'an exemption from telling people is recorded: paragraph, instrument, by whom; none is for marketing or for sale',
  },
  instrumentCited: { type: 'boolean', means: 'the law, order or written request is cited' },
  anonymousClaimed: { type: 'boolean', means: 'the data are claimed to be anonymous' },
  anonymousTested: {
    type: 'boolean',
    means:
      'the claim that the data are anonymous was tested and passed, and no field asked for names anybody',
  },
  matching: { type: 'boolean', means: 'the recipient will match, enrich or profile' },
  softOptInMessage: {
    type: 'boolean',
    means: 'the message is about similar goods and every message offers a stop',
  },
  charitySoftOptInKnown: { type: 'boolean', means: 'the law at release knows the soft opt-in of charities' },
  ownSending: {
    type: 'boolean',
    means: 'every link is a pure processor: the message is the controller’s own',
  },
  paid: { type: 'boolean', means: 'something is given for the data' },
  commercial: { type: 'boolean', means: 'it is for marketing or for consideration' },
  conditionExplicitConsent: {
    type: 'boolean',
    means: 'explicit consent is claimed for special category data',
  },
  disclosesSpecial: {
    type: 'boolean',
    means: 'something disclosed, by a field or by the list itself, is of a special category',
  },
  conditionClaimed: {
    type: 'boolean',
    means: 'an Article 9 or 10 condition is claimed and its reference given',
  },
  basisKnown: { type: 'boolean', means: 'the law at release knows the basis claimed' },
  memberStateRuleNeeded: { type: 'boolean', means: 'a member state’s rule decides this and no pack has it' },
  onlineTargeting: { type: 'boolean', means: 'a channel is an online audience' },
  basis: { type: 'code', vocabulary: 'basis', means: 'the lawful basis claimed, by number' },
  recipientRole: { type: 'code', vocabulary: 'role', means: 'the recipient’s role, by number' },
  channelNeedsConsent: {
    type: 'boolean',
    means: 'a channel needs prior consent notified to the sender (PECR regs 19, 22)',
  },
  listRevealsMaternity: {
    type: 'boolean',
    means: 'being on this list tells that someone is expecting or has a baby',
  },
  listRevealsChildren: { type: 'boolean', means: 'the selection reads a column about a child' },
  listInAgreement: { type: 'boolean', means: 'the agreement lists every column the selection reads' },
  expectingDeclared: { type: 'boolean', means: 'the dataset has a column that says who is expecting' },
  retentionDeclared: {
    type: 'boolean',
    means: 'the dataset has a column that says how long each record may be kept',
  },
  collectionDeclared: {
    type: 'boolean',
    means: 'the dataset has a column that says when each person’s data were collected',
  },
  liveCalls: { type: 'boolean', means: 'a channel is a live call' },
  automatedCalls: { type: 'boolean', means: 'a channel is an automated call' },
  listRevealsSpecial: {
    type: 'boolean',
    means: 'the selection, or the source as such, tells of a special category other than pregnancy',
  },
  childrenLikely: { type: 'boolean', means: 'children are likely among the people of this dataset' },
  releaseAt: { type: 'instant', means: 'the instant of release' },
  consentAtMin: {
    type: 'instant',
    means: 'a consent given before this instant is older than the house limit',
  },
  objectionWindowFrom: {
    type: 'instant',
    means: 'whoever was told after this instant has not had time to object',
  },
  disclosuresInYearMax: { type: 'integer', means: 'how often a person may be disclosed in a year' },
  bornOnAdultMax: { type: 'date', means: 'whoever was born on or before this day is an adult at release' },
  bornOnPoliticalMax: {
    type: 'date',
    means: 'whoever was born on or before this day is old enough for political targeting',
  },
  releaseOn: { type: 'date', means: 'the day of release' },
  consentGradeMax: {
    type: 'code',
    vocabulary: 'grade',
    means: 'the weakest evidence grade that carries a consent',
  },
} as const satisfies Record<string, PlainFact>
export type RequestFactName = keyof typeof requestFacts
export type RequestFacts = Record<RequestFactName, Value>

/** Facts of one requested field for one request and notice version; computed once per pair. */
export const fieldFacts = {
  fieldAboutChild: { type: 'boolean', means: 'the field is about a child, in an adult’s record' },
  fieldSpecial: { type: 'boolean', means: 'the field is of a special category (Article 9)' },
  fieldCriminal: { type: 'boolean', means: 'the field is about criminal offences (Article 10)' },
  fieldFreeText: { type: 'boolean', means: 'the field is free text' },
  fieldScreened: { type: 'boolean', means: 'somebody has read the free text for what should not be in it' },
  fieldInAgreement: { type: 'boolean', means: 'the agreement lists the field' },
  fieldNecessary: { type: 'boolean', means: 'the channels asked for need this kind of data' },
  fieldStated: {
    type: 'boolean',
    means: 'the notice states this very kind of data; silence is no statement',
  },
  fieldTold: { type: 'boolean', means: 'the notice says this kind of data is shared' },
} as const satisfies Record<string, PlainFact>
export type FieldFactName = keyof typeof fieldFacts
