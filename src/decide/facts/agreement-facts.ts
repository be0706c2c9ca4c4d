// Facts of the agreement that governs the request: what it covers, whether it holds, how much of it is used up.
import { microsecondsPerDay } from '../../model/instant.ts'
import type { Policy, SharingAgreement } from '../../model/policy.ts'
import { type PurposeTerm, purposeWithin } from '../../model/purpose.ts'
import type { SharingRequest } from '../../model/request.ts'
import { holdsThrough } from '../agreements.ts'
import { selectedBy } from '../disclosed.ts'
import type { RequestFacts } from '../plain-facts.ts'
import { type Asked, isWritten } from './asked.ts'

/** Without an agreement A201 speaks; what only an agreement could say is unknown then. */
export function agreementFacts(asked: Asked) {
  const { request, policy, agreement, useDays, releaseOn } = asked
  const { subProcessors = [] } = request
  return {
    agreementExists: agreement !== undefined,
    agreementFormSufficient: agreement && hasSufficientForm(agreement),
    agreementInForce: agreement && holdsThrough(agreement, useDays),
    agreementPurposesDefined: agreement?.purposes.every((id) => termOf(id, policy) !== undefined),
    purposeInAgreement: agreement?.purposes.some((id) => agreesTo(id, request.purpose, policy)),
    channelsInAgreement:
      agreement && request.channels.every((channel) => agreement.channels.includes(channel)),
    chainInAgreement: agreement && isSameChain(request, agreement),
    // Like a field: where no agreement is needed, none limits what may be selected by.
    listInAgreement:
      agreement === undefined || selectedBy(request).every((name) => agreement.fields.includes(name)),
    ownUse: (request.role === 'agent' || request.role === 'processor') && (agreement?.ownUse.length ?? 0) > 0,
    powerRecorded: agreement && isWritten(agreement.power),
    agreementReviewOverdue: agreement && agreement.reviewBy !== undefined && agreement.reviewBy < releaseOn,
    jointArrangementInForce: hasJointArrangement(asked),
    subProcessorsAuthorised: subProcessors.every((id) => agreement?.subProcessors?.includes(id)),
    ...usedUp(asked),
  } satisfies Partial<RequestFacts>
}

/** Signed, not a memorandum or an addendum; a processor's with the instructions without which it is none. */
function hasSufficientForm({ form, signedOn, kind, instructions }: SharingAgreement): boolean {
  return form === 'agreement' && signedOn !== undefined && (kind !== 'processing' || isWritten(instructions))
}

/** Every link asked for is authorised, and nobody the agreement lets the data go on to is left out of the request. */
function isSameChain(request: SharingRequest, agreement: SharingAgreement): boolean {
  if (request.role === 'agent' && request.onBehalfOf.length === 0) return false
  return (
    request.onBehalfOf.every((link) => agreement.endClients.includes(link)) &&
    agreement.endClients.every((client) => request.onBehalfOf.includes(client))
  )
}

/** An Article 26 arrangement of its own, whose essence people can read (Article 26(2)). */
function hasJointArrangement({ request, policy, useDays }: Asked): boolean {
  return policy.agreements.some(
    (agreement) =>
      agreement.kind === 'joint' &&
      agreement.recipient === request.recipient &&
      isWritten(agreement.essence) &&
      holdsThrough(agreement, useDays),
  )
}

function usedUp({ agreement, standing, releaseAt }: Asked) {
  const earlier = standing.releases.filter((release) => release.agreement === agreement?.id)
  const supplied = earlier.reduce((sum, { records }) => sum + records, 0)
  const { uses, recordsMax, resupplyAfterDays } = agreement ?? {}
  return {
    agreementUsed: agreement && uses === 'one-off' && earlier.length > 0,
    recordsLimited: recordsMax !== undefined,
    recordsLeftUnderAgreement: recordsMax === undefined ? undefined : recordsMax - supplied,
    resupplyLimited: resupplyAfterDays !== undefined,
    resupplyAfter:
      resupplyAfterDays === undefined ? undefined : releaseAt - resupplyAfterDays * microsecondsPerDay,
  } satisfies Partial<RequestFacts>
}

/** That purpose, or one that has it below it; another of the same kind was not agreed to. */
function agreesTo(agreed: string, wanted: string, policy: Policy): boolean {
  if (agreed === wanted) return true
  return termOf(agreed, policy) !== termOf(wanted, policy) && purposeCovers(agreed, wanted, policy)
}

/** The same purpose, one of the same kind, or one below it in the vocabulary. */
export function purposeCovers(wide: string, narrow: string, policy: Policy): boolean {
  if (wide === narrow) return true
  const [wideTerm, narrowTerm] = [termOf(wide, policy), termOf(narrow, policy)]
  return wideTerm !== undefined && narrowTerm !== undefined && purposeWithin(narrowTerm, wideTerm)
}

function termOf(purpose: string, policy: Policy): PurposeTerm | undefined {
  return policy.purposes.find(({ id }) => id === purpose)?.dpv
}
