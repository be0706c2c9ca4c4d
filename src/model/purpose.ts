// Purposes: the W3C Data Privacy Vocabulary's tree, as far as it is used, and the question "is A within B?".
// Source: DPV 2.0/2.3 purposes module (term, hasbroader); IRIs are https://w3id.org/dpv#<term>.
// PoliticalCampaign, which DPV 2.3 files under Advertising, stands beside Marketing: a promise of marketing does not cover it.
// DPV has no term for charity fundraising (in law it is DirectMarketing), for safeguarding (ImprovePublicServices,
// ProtectionOfPublicSecurity) or for vital interests, which it knows as a legal basis alone.

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
  EnforceSecurity: [],
  FraudPreventionAndDetection: ['EnforceSecurity'],
  FulfilmentOfContractualObligation: ['FulfilmentOfObligation'],
  FulfilmentOfObligation: [],
  ImproveExistingProductsAndServices: ['ServiceOptimisation'],
  ImproveHealthcare: ['PublicBenefit'],
  ImprovePublicServices: ['PublicBenefit'],
  IncreaseServiceRobustness: ['ServiceOptimisation'],
  LegalCompliance: ['FulfilmentOfObligation'],
  Marketing: [],
  NonCommercialResearch: ['ResearchAndDevelopment'],
  OrganisationGovernance: [],
  PaymentManagement: ['ServiceProvision'],
  Personalisation: [],
  PersonalisedAdvertising: ['Advertising', 'Personalisation'],
  PoliticalCampaign: [],
  ProtectionOfNationalSecurity: ['PublicBenefit'],
  ProtectionOfPublicSecurity: ['PublicBenefit'],
  ProvideOfficialStatistics: ['PublicBenefit'],
  PublicBenefit: [],
  PublicRelations: ['Marketing'],
  RecordManagement: [],
  RepairImpairments: ['ServiceManagement'],
  RequestedServiceProvision: ['ServiceProvision'],
  ResearchAndDevelopment: [],
  RightsFulfilment: [],
  ScientificResearch: ['ResearchAndDevelopment'],
  ServiceManagement: [],
  ServiceOptimisation: ['ServiceProvision'],
  ServiceProvision: ['ServiceManagement'],
  SocialMediaMarketing: ['Marketing'],
  TargetedAdvertising: ['PersonalisedAdvertising'],
  TechnicalServiceProvision: ['ServiceProvision'],
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

/** Work on the systems rather than with the people in them: running, repairing or strengthening them. */
export function isMaintenance(purpose: PurposeTerm): boolean {
  return maintenance.some((term) => purposeWithin(purpose, term))
}

const maintenance: readonly PurposeTerm[] = [
  'dpv:TechnicalServiceProvision',
  'dpv:RepairImpairments',
  'dpv:IncreaseServiceRobustness',
]
