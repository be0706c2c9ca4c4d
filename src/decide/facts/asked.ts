// What a request asks, with everything declared and on record that its facts are worked out from, looked up once.
import { agreementFor } from '../../model/agreement-for.ts'
import type { DateNumber, Instant } from '../../model/instant.ts'
import type { Dataset, LegalEntity, Policy, Purpose, SharingAgreement } from '../../model/policy.ts'
import type { SharingRequest } from '../../model/request.ts'
import type { Jurisdiction } from '../../model/vocabulary.ts'
import { type UseDays, useDaysOf } from '../agreements.ts'
import type { DecisionBook } from '../decision-book.ts'
import { type Link, linksOf, thirdPartiesOf } from '../links.ts'
import { type PacksInForce, packsInForce } from '../packs/choose-packs.ts'
import type { PackParameters } from '../rule.ts'
import type { Standing } from '../standing.ts'
import { strictestParameters } from '../strictest-parameters.ts'

export type Asked = {
  request: SharingRequest
  policy: Policy
  standing: Standing
  releaseAt: Instant
  releaseOn: DateNumber
  useDays: UseDays
  jurisdictions: readonly Jurisdiction[]
  packs: PacksInForce
  /** The strictest of all packs in force; undefined where none is. */
  parameters: PackParameters | undefined
  purpose: Purpose | undefined
  dataset: Dataset | undefined
  agreement: SharingAgreement | undefined
  links: readonly Link[]
  thirdParties: readonly string[]
}

export function whatIsAsked(request: SharingRequest, { policy, packs, standing }: DecisionBook): Asked {
  const dataset = policy.datasets.find(({ id }) => id === request.dataset)
  const jurisdictions = jurisdictionsOf(policy, dataset)
  const inForce = packsInForce(packs, jurisdictions, request.releaseAt)
  const useDays = useDaysOf(request, policy)
  const links = linksOf(request, policy)
  return {
    request,
    policy,
    standing,
    releaseAt: request.releaseAt,
    releaseOn: useDays.from,
    useDays,
    jurisdictions,
    packs: inForce,
    parameters: strictestParameters(inForce.release),
    purpose: policy.purposes.find(({ id }) => id === request.purpose),
    dataset,
    agreement: agreementFor(request, policy),
    links,
    thirdParties: thirdPartiesOf(links),
  }
}

/** The strictest parameters of every law that judges such a request; undefined where none has a pack. */
export function parametersFor(
  { dataset, releaseAt }: Pick<SharingRequest, 'dataset' | 'releaseAt'>,
  { policy, packs }: Pick<DecisionBook, 'policy' | 'packs'>,
): PackParameters | undefined {
  const declared = policy.datasets.find(({ id }) => id === dataset)
  return strictestParameters(packsInForce(packs, jurisdictionsOf(policy, declared), releaseAt).release)
}

/** The controller's law, and that of the people in the dataset. */
function jurisdictionsOf({ controller }: Policy, dataset: Dataset | undefined): Jurisdiction[] {
  return [...new Set([controller.jurisdiction, ...(dataset?.jurisdictions ?? [])])]
}

export function entityOf({ policy }: Asked, entity: string): LegalEntity | undefined {
  return policy.entities.find(({ id }) => id === entity)
}

/** Something stands there that is more than spaces. */
export function isWritten(text: string | undefined): boolean {
  return text !== undefined && text.trim() !== ''
}
