// Facts of whoever is in the chain: checked, in good standing, still who was agreed with, in a country that protects.
import type { WorkOrder } from '../../model/custody.ts'
import type { DateNumber } from '../../model/instant.ts'
import { recipientRoles } from '../../model/vocabulary.ts'
import type { RequestFacts } from '../plain-facts.ts'
import { purposeCovers } from './agreement-facts.ts'
import { type Asked, entityOf, isWritten } from './asked.ts'
import { passedInDate } from './assessment-facts.ts'

export function recipientFacts(asked: Asked) {
  const { request, links, thirdParties, standing, releaseOn } = asked
  const { delivery = 'sealed' } = request
  const check = entityOf(asked, request.recipient)?.dueDiligence
  return {
    recipientRole: recipientRoles[request.role],
    ownSending: thirdParties.length === 0,
    hosted: delivery === 'hosted',
    sealed: delivery !== 'plain',
    copyLeaves: delivery === 'sealed' || delivery === 'plain',
    workOrderLive: liveOrder(asked) !== undefined,
    copyGranted: isCopyGranted(asked),
    dueDiligenceInForce: check !== undefined && check.on <= releaseOn && releaseOn < check.until,
    entityChanged: links.some(({ entity }) => hasChanged(entity, asked)),
    recipientSuspended: receiving(asked).some((entity) => isSuspended(entity, asked)),
    deletionOverdue: isDeletionOverdue(asked),
    prohibited: isProhibited(asked),
    recipientKeyVerified: standing.recipientKey && standing.recipientKey === 'verified',
    transferCovered: isTransferCovered(asked),
  } satisfies Partial<RequestFacts>
}

/** The order named, if it is this contractor's, for this, on every day of the work, and nobody has closed it. */
function liveOrder(asked: Asked): WorkOrder | undefined {
  const { request, policy, standing } = asked
  const order = policy.workOrders.find(({ id }) => id === request.workOrder)
  if (order === undefined || standing.closedOrders.has(order.id)) return undefined
  const isMeant =
    order.recipient === request.recipient &&
    order.dataset === request.dataset &&
    order.purpose === request.purpose
  return isMeant && holdsOnAll(order, asked) ? order : undefined
}

/** Granted under the work order that it is taken for: a grant of last year's is leave for last year's work. */
function isCopyGranted(asked: Asked): boolean {
  const order = liveOrder(asked)
  return asked.policy.copyGrants.some(
    (grant) =>
      grant.workOrder === order?.id &&
      grant.recipient === order.recipient &&
      grant.dataset === order.dataset &&
      holdsOnAll(grant, asked),
  )
}

function holdsOnAll({ from, until }: { from: DateNumber; until: DateNumber }, { useDays }: Asked): boolean {
  return from <= useDays.from && useDays.to < until
}

/** Who gets to hold the data: the chain, and whoever works for it. */
function receiving({ request, links }: Asked): string[] {
  return [...links.map(({ entity }) => entity), ...(request.subProcessors ?? [])]
}

/**
 * Since the signature, that day included: nobody wrote down which came first. Without an agreement nobody was agreed with,
 * and what is demanded by law is demanded by whoever it is today.
 */
function hasChanged(entity: string, asked: Asked): boolean {
  const { agreement, releaseOn } = asked
  if (agreement === undefined) return false
  const since = agreement.signedOn ?? agreement.effectiveFrom
  return (entityOf(asked, entity)?.changes ?? []).some(({ on }) => since <= on && on <= releaseOn)
}

function isSuspended(entity: string, asked: Asked): boolean {
  const { releaseOn } = asked
  return (entityOf(asked, entity)?.suspensions ?? []).some(
    ({ from, to }) => from <= releaseOn && (to === undefined || releaseOn < to),
  )
}

/** A group answers for each of its members, and whoever holds data for their part in each supply: agent, client, sub-processor. */
function isDeletionOverdue(asked: Asked): boolean {
  const { policy, standing, releaseOn } = asked
  const holders = receiving(asked)
  const groups = new Set(holders.flatMap((entity) => entityOf(asked, entity)?.group ?? []))
  const affiliated = new Set([
    ...holders,
    ...policy.entities.filter(({ group }) => group !== undefined && groups.has(group)).map(({ id }) => id),
  ])
  const isPast = (deleteBy: DateNumber | undefined) => deleteBy !== undefined && deleteBy < releaseOn
  return (
    standing.releases.some(
      ({ recipient, onBehalfOf, subProcessors, deleteBy, destroyed }) =>
        !destroyed &&
        isPast(deleteBy) &&
        [recipient, ...onBehalfOf, ...subProcessors].some((entity) => affiliated.has(entity)),
    ) ||
    // A copy nobody granted has no day until which it may be held.
    standing.copies.some(
      ({ holder, deleteBy, granted, destroyed }) =>
        affiliated.has(holder) && !destroyed && (!granted || isPast(deleteBy)),
    )
  )
}

/** Whoever it is forbidden to supply is not mailed for either; a ban that begins during the use counts from the start. */
function isProhibited({ request, policy, useDays }: Asked): boolean {
  const chain = [request.recipient, ...request.onBehalfOf, ...(request.subProcessors ?? [])]
  return policy.prohibitions.some(
    ({ recipient, purpose, from, to }) =>
      from <= useDays.to &&
      (to === undefined || useDays.from < to) &&
      (recipient === undefined || chain.includes(recipient)) &&
      (purpose === undefined || purposeCovers(purpose, request.purpose, policy)),
  )
}

/** A country nobody wrote down is not adequate, and a mechanism counts with the assessment of its risks only. */
function isTransferCovered(asked: Asked): boolean | undefined {
  const { parameters, agreement } = asked
  if (parameters === undefined) return undefined
  const adequate = receiving(asked).every((entity) => {
    const country = entityOf(asked, entity)?.country
    return country !== undefined && parameters.adequateCountries.value.includes(country)
  })
  return adequate || (isWritten(agreement?.transfer?.reference) && passedInDate('transfer', asked))
}
