// A rule is data: which code fires when, what the law says, how to mend it, and how to say it to three kinds of reader.

import type { DateNumber } from '../model/instant.ts'
import type { ReasonCode } from '../model/reason.ts'
import type { Jurisdiction, LegalBasis } from '../model/vocabulary.ts'
import type { Expression } from './expression.ts'

export type Authority = 'statute' | 'case' | 'guidance' | 'industry' | 'house'

/** The heading under which a reader finds it: the ICO's three questions, or a veto of the person. */
export type Question = 'justified' | 'aware' | 'power' | 'veto'

/** A rule without its law: the logic and the words, the same in every pack that has it. */
export type RuleText = {
  code: ReasonCode
  question: Question
  /** Duties at collection are judged by the pack in force then, all others by the pack at release. */
  moment: 'collection' | 'release'
  when: Expression
  /** What an undecidable condition does. `fires` refuses; `silent` only where another rule speaks for that case. */
  unknown: 'fires' | 'silent'
  /** A lawful way forward; never "write to them to ask". */
  remedy: string
  explain: { marketer: string; person: string; regulator: string }
}

export type Rule = RuleText & { law: string; authority: Authority; verified: boolean }

export type Parameter<T> = { value: T; source: string; authority: Authority; verified: boolean }

export type PackParameters = {
  /** Months after which a consent for a third party's first contact is too old. */
  consentAgeMonthsMax: Parameter<number>
  adultAgeYears: Parameter<number>
  /** Weakest evidence grade (1 to 3) that shows a notice was given, or carries a consent. */
  evidenceGradeMax: Parameter<number>
  /** Share of a file, in percent, that may fail for systematic reasons before the whole file goes to review. */
  systematicPercentMax: Parameter<number>
  /** Field categories a channel needs; everything else is not necessary unless the purpose says why. */
  channelNeeds: Parameter<Readonly<Record<string, readonly string[]>>>
  /** Days within which a recipient that is a controller tells people of its own use of what it obtained. */
  ownNoticeDaysMax: Parameter<number>
  /** Hours within which a recipient applies removals, where the agreement says nothing. */
  removalHoursMax: Parameter<number>
  /** Months after which a consent given to the sender directly is too old. */
  directConsentAgeMonthsMax: Parameter<number>
  /** Age from which a child consents to an online service alone. */
  consentAgeYears: Parameter<number>
  /** Age from which a person may be targeted for political purposes. */
  politicalAgeYears: Parameter<number>
  /** Days before a live call within which its number was screened. */
  tpsScreenDaysMax: Parameter<number>
  /** Days someone who was told has to object before anything is shared. */
  objectionWindowDays: Parameter<number>
  /** Hours after which a file no longer shows its people as they are. */
  snapshotHoursMax: Parameter<number>
  /** How often one person may be disclosed in a year, to anyone. */
  disclosuresPerYearMax: Parameter<number>
  /** A file of fewer people points at each of them. */
  smallFileMin: Parameter<number>
  /** Hours after which a feed of objections or suppressions is stale. */
  feedHoursMax: Parameter<number>
  /** Percent of confidence from which two records are treated as one person. */
  linkConfidenceMin: Parameter<number>
  /** Bases that may be claimed at all. */
  lawfulBases: Parameter<readonly LegalBasis[]>
  /** Countries to which data may go without more, the pack's own among them. */
  adequateCountries: Parameter<readonly string[]>
  /** Whether charities have a soft opt-in of their own. */
  charitySoftOptIn: Parameter<boolean>
  /** Months for which the evidence about somebody who asked to be erased is kept, before the keys are destroyed. */
  evidenceHoldMonths: Parameter<number>
}

/** Rules, parameters and the dates between which they hold in one jurisdiction; `to` is excluded. */
export type Pack = {
  id: string
  title: string
  jurisdiction: Jurisdiction
  zone: string
  from: DateNumber
  to: DateNumber | undefined
  parameters: PackParameters
  rules: readonly Rule[]
}
