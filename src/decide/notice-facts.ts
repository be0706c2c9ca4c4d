// The facts of each notice version for one request: what it tells of the whole chain, weakest link first.
import { type DateNumber, dateOf, daysAfter, startOfDay } from '../model/instant.ts'
import type { LegalEntity, NoticeVersion, Policy } from '../model/policy.ts'
import { purposeWithin } from '../model/purpose.ts'
import type { SharingRequest } from '../model/request.ts'
import { precisions } from '../model/vocabulary.ts'
import { disclosedBy } from './disclosed.ts'
import type { Value } from './expression.ts'
import { type Link, linksOf } from './links.ts'
import type { NoticeFactName } from './plain-facts.ts'

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
  matchingTold: undefined,
  listDisclosureTold: undefined,
  defective: undefined,
  softOptInOffered: undefined,
  charitySoftOptIn: undefined,
}

export function noticeFactsOf(notice: NoticeVersion, request: SharingRequest, policy: Policy): NoticeFacts {
  const links = linksOf(request, policy)
  const precisionOf = (link: Link) => linkPrecision(notice, link, request, policy)
  const { softOptIn } = notice
  return {
    shown: true,
    precision: chainPrecision(notice, request, policy),
    listOmits:
      notice.list === 'closed' &&
      links.some((link) => link.as === 'third-party' && precisionOf(link) === precisions.none),
    purposeTold: tellsPurpose(notice, request, policy),
    rightToObjectTold: notice.rightToObject !== undefined,
    laterVersionCovers: laterVersions(notice, request, policy).some((later) =>
      coversRequest(later, request, policy),
    ),
    effectiveAt: startOfDay(notice.effectiveOn, policy.controller.zone),
    matchingTold: notice.matching !== undefined,
    listDisclosureTold: [...disclosedBy(request, policy).byTheList].every((category) =>
      tellsCategory(notice, category),
    ),
    defective: (notice.defects ?? []).length > 0,
    softOptInOffered: softOptIn !== undefined,
    charitySoftOptIn: softOptIn?.obtained === 'support',
  }
}

/** Mentions every link, however vaguely, and tells the purpose. */
export function coversRequest(notice: NoticeVersion, request: SharingRequest, policy: Policy): boolean {
  return chainPrecision(notice, request, policy) > precisions.none && tellsPurpose(notice, request, policy)
}

/** The notice says that this kind of data is shared, or sets no limit to the kinds. */
export function tellsCategory({ categories }: NoticeVersion, category: string): boolean {
  return categories.length === 0 || categories.includes(category)
}

/** Names nobody by this version, but only a later one, in use by the release, names the link: nobody consented to that. */
export function isOutgrown(
  notice: NoticeVersion,
  link: Link,
  request: SharingRequest,
  policy: Policy,
): boolean {
  const names = (version: NoticeVersion) => linkPrecision(version, link, request, policy) >= precisions.brand
  return !names(notice) && laterVersions(notice, request, policy).some(names)
}

/** The weakest mention of any link; where nothing leaves there is nobody to mention. */
function chainPrecision(notice: NoticeVersion, request: SharingRequest, policy: Policy): number {
  const links = linksOf(request, policy)
  return Math.min(precisions.entity, ...links.map((link) => linkPrecision(notice, link, request, policy)))
}

/** A processor is no third party (Article 4(10)): that there are such, or what they do, is enough to be told of it. */
export function linkPrecision(
  notice: NoticeVersion,
  link: Link,
  request: SharingRequest,
  policy: Policy,
): number {
  const mentioned = mentionPrecision(notice, link.entity, request, policy)
  if (link.as === 'third-party') return mentioned
  const told = notice.processors !== undefined || mentioned >= precisions.sector
  return told ? precisions.entity : precisions.none
}

function mentionPrecision(
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

function laterVersions(notice: NoticeVersion, request: SharingRequest, policy: Policy): NoticeVersion[] {
  const releaseOn = dateOf(request.releaseAt, policy.controller.zone)
  return policy.notices.filter(
    (other) => other.effectiveOn > notice.effectiveOn && other.effectiveOn <= releaseOn,
  )
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
