// The facts of each notice version for one request: what it tells of the whole chain, weakest link first.
import { type DateNumber, dateOf, daysAfter, startOfDay } from '../model/instant.ts'
import type { LegalEntity, NoticeVersion, Policy } from '../model/policy.ts'
import { purposeWithin } from '../model/purpose.ts'
import type { SharingRequest } from '../model/request.ts'
import { precisions } from '../model/vocabulary.ts'
import type { Value } from './expression.ts'
import type { NoticeFactName } from './fact.ts'

/** `fieldsKept` follows from the rules about fields and is put in by the plan. */
export type NoticeFacts = Record<Exclude<NoticeFactName, 'fieldsKept'>, Value>

/** "No notice": only that nothing was shown is known. */
export const noNotice: NoticeFacts = {
  shown: false,
  precision: undefined,
  listOmits: undefined,
  purposeTold: undefined,
  rightToObjectTold: undefined,
  laterVersionCovers: undefined,
  effectiveAt: undefined,
}

export function noticeFactsOf(notice: NoticeVersion, request: SharingRequest, policy: Policy): NoticeFacts {
  const precision = chainPrecision(notice, request, policy)
  const releaseOn = dateOf(request.releaseAt, policy.controller.zone)
  const later = policy.notices.filter(
    (other) => other.effectiveOn > notice.effectiveOn && other.effectiveOn <= releaseOn,
  )
  return {
    shown: true,
    precision,
    listOmits: notice.list === 'closed' && precision === precisions.none,
    purposeTold: tellsPurpose(notice, request, policy),
    rightToObjectTold: notice.rightToObject !== undefined,
    laterVersionCovers: later.some(
      (other) =>
        chainPrecision(other, request, policy) > precisions.none && tellsPurpose(other, request, policy),
    ),
    effectiveAt: startOfDay(notice.effectiveOn, policy.controller.zone),
  }
}

/** The weakest mention among recipient and everyone on whose behalf it acts. */
export function chainPrecision(notice: NoticeVersion, request: SharingRequest, policy: Policy): number {
  const links = [request.recipient, ...request.onBehalfOf]
  return Math.min(...links.map((id) => linkPrecision(notice, id, request, policy)))
}

export function linkPrecision(
  notice: NoticeVersion,
  entityId: string,
  request: SharingRequest,
  policy: Policy,
): number {
  const entity = policy.entities.find(({ id }) => id === entityId)
  if (entity === undefined) return precisions.none
  const until = shownUntil(notice, request, policy)
  let best: number = precisions.none
  for (const mention of notice.recipients) {
    if (mention.entity === entityId) best = Math.max(best, precisions.entity)
    else if (mention.brand !== undefined && holdsBrand(entity, mention.brand, notice.effectiveOn, until))
      best = Math.max(best, precisions.brand)
    else if (mention.sector !== undefined && entity.sectors.includes(mention.sector))
      best = Math.max(best, precisions.sector)
    else if (mention.generic) best = Math.max(best, precisions.generic)
  }
  return best
}

function tellsPurpose(notice: NoticeVersion, request: SharingRequest, policy: Policy): boolean {
  const wanted = policy.purposes.find(({ id }) => id === request.purpose)?.dpv
  return wanted !== undefined && notice.purposes.some(({ purpose }) => purposeWithin(wanted, purpose))
}

/** Last day on which this version can have been shown: the eve of its successor, or the day of release. */
function shownUntil(notice: NoticeVersion, request: SharingRequest, policy: Policy): DateNumber {
  const releaseOn = dateOf(request.releaseAt, policy.controller.zone)
  const successors = policy.notices
    .filter((other) => other.notice === notice.notice && other.effectiveOn > notice.effectiveOn)
    .map(({ effectiveOn }) => daysAfter(effectiveOn, -1))
  return Math.max(notice.effectiveOn, Math.min(releaseOn, ...successors))
}

/**
 * A brand names the legal entity that held it at collection. If it changed hands while this version was being shown,
 * nobody can say whom it named: it names neither.
 */
function holdsBrand(entity: LegalEntity, brand: string, from: DateNumber, until: DateNumber): boolean {
  return entity.brands.some(
    (held) =>
      held.name === brand &&
      (held.from === undefined || held.from <= from) &&
      (held.to === undefined || until < held.to),
  )
}
