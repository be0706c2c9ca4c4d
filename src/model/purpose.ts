// Purposes: the W3C Data Privacy Vocabulary's tree, as far as it is used, and the question "is A within B?".
// Source: DPV 2.0/2.3 purposes module (term, hasbroader); IRIs are https://w3id.org/dpv#<term>.
// PoliticalCampaign stands beside Marketing: a promise of marketing does not cover it.

/** Term → its broader terms. `Purpose` is the root and covers nothing by itself: it is no purpose. */
const broader: Readonly<Record<string, readonly string[]>> = {
  AcademicResearch: ['ResearchAndDevelopment'],
  AccountManagement: [],
  Advertising: ['Marketing'],
  CommercialResearch: ['ResearchAndDevelopment'],
  CustomerCare: ['CustomerManagement'],
  CustomerManagement: [],
  DeliveryOfGoods: ['RequestedServiceProvision'],
  DirectMarketing: ['Marketing'],
  FraudPreventionAndDetection: ['EnforceSecurity'],
  EnforceSecurity: [],
  FulfilmentOfContractualObligation: ['FulfilmentOfObligation'],
  FulfilmentOfObligation: [],
  ImproveExistingProductsAndServices: ['ServiceOptimisation'],
  LegalCompliance: ['FulfilmentOfObligation'],
  Marketing: [],
  NonCommercialResearch: ['ResearchAndDevelopment'],
  PaymentManagement: ['ServiceProvision'],
  Personalisation: [],
  PersonalisedAdvertising: ['Advertising', 'Personalisation'],
  PoliticalCampaign: [],
  ProtectionOfPublicSecurity: ['PublicBenefit'],
  ProvideOfficialStatistics: ['PublicBenefit'],
  PublicBenefit: [],
  PublicRelations: ['Marketing'],
  RecordManagement: [],
  RequestedServiceProvision: ['ServiceProvision'],
  ResearchAndDevelopment: [],
  ServiceOptimisation: ['ServiceProvision'],
  ServiceProvision: [],
  SocialMediaMarketing: ['Marketing'],
  TargetedAdvertising: ['PersonalisedAdvertising'],
}

/** A DPV purpose term written `dpv:DirectMarketing`. */
export type PurposeTerm = `dpv:${string}`

export const purposeTerms: readonly PurposeTerm[] = Object.keys(broader).map((term) => `dpv:${term}` as const)

export function isPurposeTerm(text: string): text is PurposeTerm {
  return text.startsWith('dpv:') && Object.hasOwn(broader, text.slice(4))
}

/** True when `narrow` is `wide` or lies below it in the tree. */
export function purposeWithin(narrow: PurposeTerm, wide: PurposeTerm): boolean {
  if (narrow === wide) return true
  return (broader[narrow.slice(4)] ?? []).some((parent) => purposeWithin(`dpv:${parent}`, wide))
}

/** Direct marketing includes promoting aims and ideals, parties and charities among them (PECR; DPA 2018 s.122(5)). */
export function isMarketing(purpose: PurposeTerm): boolean {
  return purposeWithin(purpose, 'dpv:Marketing') || isPolitical(purpose)
}

export function isPolitical(purpose: PurposeTerm): boolean {
  return purposeWithin(purpose, 'dpv:PoliticalCampaign')
}
