// Facts of whoever is in the chain: checked, in good standing, still who was agreed with, in a country that protects.
import { recipientRoles } from '../../model/vocabulary.ts'
import type { RequestFacts } from '../plain-facts.ts'
import { purposeCovers } from './agreement-facts.ts'
import { type Asked, entityOf, isWritten } from './asked.ts'
import { passedInDate } from './assessment-facts.ts'

export function recipientFacts(asked: Asked) {
  const { request, policy, links, thirdParties, standing, releaseOn, useDays } = asked
  const { delivery = 'sealed' } = request
  const check = entityOf(asked, request.recipient)?.dueDiligence
  return {
    recipientRole: recipientRoles[request.role],
    ownSending: thirdParties.length === 0,
    hosted: delivery === 'hosted',
    sealed: delivery !== 'plain',
    copyLeaves: delivery === 'sealed' || delivery === 'plain',
    copyGranted: policy.copyGrants.some(
      ({ recipient, dataset, from, until }) =>
        recipient === request.recipient &&
        dataset === request.dataset &&
        from <= releaseOn &&
        useDays.to < until,
    ),
    dueDiligenceInForce: check !== undefined && check.on <= releaseOn && releaseOn < check.until,
    entityChanged: links.some(({ entity }) => hasChanged(entity, asked)),
    recipientSuspended: receiving(asked).some((entity) => isSuspended(entity, asked)),
    deletionOverdue: isDeletionOverdue(asked),
    prohibited: isProhibited(asked),
    recipientKeyVerified: standing.recipientKey && standing.recipientKey === 'verified',
    transferCovered: isTransferCovered(asked),
  } satisfies Partial<RequestFacts>
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

/** A group answers for each of its members: data that one keeps too long is no reason to supply another. */
function isDeletionOverdue(asked: Asked): boolean {
  const { links, policy, standing, releaseOn } = asked
  const groups = new Set(links.flatMap(({ entity }) => entityOf(asked, entity)?.group ?? []))
  const affiliated = new Set([
    ...links.map(({ entity }) => entity),
    ...policy.entities.filter(({ group }) => group !== undefined && groups.has(group)).map(({ id }) => id),
  ])
  return standing.releases.some(
    ({ recipient, deleteBy, destroyed }) =>
      affiliated.has(recipient) && !destroyed && deleteBy !== undefined && deleteBy < releaseOn,
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
