// The facts of a request as a whole, worked out once from the request and the policy as declared.
import { bornOnMaxForAge, dateOf, daysAfter, monthsBefore } from '../model/instant.ts'
import { type Assessment, type Policy, type SharingAgreement, specialCategories } from '../model/policy.ts'
import { isMarketing, isPolitical, type PurposeTerm, purposeWithin } from '../model/purpose.ts'
import type { SharingRequest } from '../model/request.ts'
import { bases, recipientRoles } from '../model/vocabulary.ts'
import { disclosedBy } from './disclosed.ts'
import type { Value } from './expression.ts'
import type { RequestFactName } from './fact.ts'
import { packAt } from './packs/choose-packs.ts'

/** Channels that need prior consent notified to the sender: electronic mail and automated calls. */
const consentChannels = new Set(['email', 'sms', 'automated-call'])

export function requestFactsOf(request: SharingRequest, policy: Policy): Record<RequestFactName, Value> {
  const { jurisdiction, zone } = policy.controller
  const pack = packAt(jurisdiction, request.releaseAt)
  const releaseOn = dateOf(request.releaseAt, zone)
  const purpose = policy.purposes.find(({ id }) => id === request.purpose)
  const recipient = policy.entities.find(({ id }) => id === request.recipient)
  const agreement = agreementFor(request, policy)
  const concerning = (kind: Assessment['kind']) =>
    policy.assessments.filter(
      (item) =>
        item.kind === kind &&
        item.purpose === request.purpose &&
        item.recipient === request.recipient &&
        item.on <= releaseOn,
    )
  // The newest one speaks: a later failure is not outweighed by an earlier pass.
  const newest = (kind: Assessment['kind']) => concerning(kind).sort((a, b) => b.on - a.on)[0]
  const lia = newest('lia')
  const dpia = newest('dpia')
  const dataset = policy.datasets.find(({ id }) => id === request.dataset)
  const disclosed = disclosedBy(request, policy)
  const agreed = (id: string) => policy.purposes.find((item) => item.id === id)?.dpv

  return {
    packKnown: pack !== undefined,
    purposeDefined: purpose?.dpv !== undefined,
    agreementPurposesDefined: agreement?.purposes.every((id) => agreed(id) !== undefined),
    marketing: purpose?.dpv === undefined ? true : isMarketing(purpose.dpv),
    political: purpose?.dpv !== undefined && isPolitical(purpose.dpv),
    necessityRecorded: (request.necessity ?? '').trim() !== '',
    dpiaNeeded: disclosed.aboutChildren || [...disclosed.all].some(isRisky),
    dpiaInForce: dpia?.outcome === 'passed' && dpia.reviewBy >= releaseOn,
    liaPassed: lia?.outcome === 'passed',
    liaStale: lia !== undefined && lia.reviewBy < releaseOn,
    agreementExists: agreement !== undefined,
    agreementFormSufficient: agreement && agreement.form === 'agreement' && agreement.signedOn !== undefined,
    agreementInForce: agreement && inForce(agreement, releaseOn, daysAfter(releaseOn, request.useWindowDays)),
    purposeInAgreement: agreement?.purposes.some((id) =>
      covers(id, agreed(id), request.purpose, purpose?.dpv),
    ),
    channelsInAgreement:
      agreement && request.channels.every((channel) => agreement.channels.includes(channel)),
    chainInAgreement: agreement && sameChain(request, agreement),
    ownUse: (request.role === 'agent' || request.role === 'processor') && (agreement?.ownUse.length ?? 0) > 0,
    systematicPercent: undefined,
    systematicPercentMax: pack?.parameters.systematicPercentMax.value,
    dueDiligenceInForce:
      recipient?.dueDiligence !== undefined &&
      recipient.dueDiligence.on <= releaseOn &&
      releaseOn < recipient.dueDiligence.until,
    basis: request.basis === undefined ? undefined : bases[request.basis],
    recipientRole: recipientRoles[request.role],
    channelNeedsConsent: request.channels.some((channel) => consentChannels.has(channel)),
    listRevealsMaternity: disclosed.byTheList.has('pregnancy') || disclosed.byTheList.has('child-presence'),
    listRevealsSpecial: [...disclosed.byTheList].some(
      (category) => category !== 'pregnancy' && specialCategories.has(category),
    ),
    expectingDeclared: dataset?.expectingOn !== undefined,
    liveCalls: request.channels.includes('call'),
    childrenLikely: dataset?.childrenLikely ?? true,
    releaseAt: request.releaseAt,
    consentAtMin: pack && monthsBefore(request.releaseAt, pack.parameters.consentAgeMonthsMax.value, zone),
    bornOnAdultMax: pack && bornOnMaxForAge(releaseOn, pack.parameters.adultAgeYears.value),
    releaseOn,
    consentGradeMax: pack?.parameters.evidenceGradeMax.value,
  }
}

/** Kinds of data whose sharing calls for an impact assessment first, as do data about children. */
function isRisky(category: string): boolean {
  return category === 'child-presence' || specialCategories.has(category)
}

/** The agreement the request names, else the newest with that recipient that has begun. */
export function agreementFor(request: SharingRequest, policy: Policy): SharingAgreement | undefined {
  const withRecipient = policy.agreements.filter(({ recipient }) => recipient === request.recipient)
  if (request.agreement !== undefined) return withRecipient.find(({ id }) => id === request.agreement)
  const releaseOn = dateOf(request.releaseAt, policy.controller.zone)
  return withRecipient
    .filter(({ effectiveFrom }) => effectiveFrom <= releaseOn)
    .sort((a, b) => b.effectiveFrom - a.effectiveFrom)[0]
}

/** Every link asked for is authorised, and nobody the agreement lets the data go on to is left out of the request. */
function sameChain(request: SharingRequest, agreement: SharingAgreement): boolean {
  if (request.role === 'agent' && request.onBehalfOf.length === 0) return false
  return (
    request.onBehalfOf.every((link) => agreement.endClients.includes(link)) &&
    agreement.endClients.every((client) => request.onBehalfOf.includes(client))
  )
}

/** A back-dated start does not count before the signature; `effectiveTo` is the first day it no longer holds. */
function inForce(agreement: SharingAgreement, from: number, to: number): boolean {
  if (agreement.signedOn === undefined) return false
  const start = Math.max(agreement.effectiveFrom, agreement.signedOn)
  return start <= from && (agreement.effectiveTo === undefined || to < agreement.effectiveTo)
}

function covers(
  id: string,
  wide: PurposeTerm | undefined,
  wantedId: string,
  wanted: PurposeTerm | undefined,
) {
  if (id === wantedId) return true
  return wide !== undefined && wanted !== undefined && purposeWithin(wanted, wide)
}
