// Facts of the purpose and of who takes responsibility for it: could anybody say what it is, is it needed, is it on record?
import { isMaintenance, isMarketing, isPolitical } from '../../model/purpose.ts'
import { samePerson } from '../../model/same-person.ts'
import type { RequestFacts } from '../plain-facts.ts'
import { type Asked, isWritten } from './asked.ts'

export function purposeFacts(asked: Asked) {
  const { request, purpose, parameters } = asked
  const term = purpose?.dpv
  return {
    purposeDefined: term !== undefined,
    // An open purpose may be marketing: the duties of marketing hold until somebody says what it is.
    marketing: term === undefined || isMarketing(term),
    political: term !== undefined && isPolitical(term),
    maintenance: term !== undefined && isMaintenance(term),
    necessityRecorded: isWritten(request.necessity),
    inRopa: isInRopa(asked),
    approverIsRequester: isApprovedByRequester(asked),
    systematicPercent: undefined,
    systematicPercentMax: parameters?.systematicPercentMax.value,
    recordsLeft: undefined,
    smallFileMin: parameters?.smallFileMin.value,
  } satisfies Partial<RequestFacts>
}

/** For the purpose there is an entry at the release, and every link is in one. */
function isInRopa({ request, policy, releaseOn, links }: Asked): boolean {
  const entries = policy.processing.filter(
    ({ purpose, from, to }) =>
      purpose === request.purpose && from <= releaseOn && (to === undefined || releaseOn < to),
  )
  return (
    entries.length > 0 &&
    links.every(({ entity }) => entries.some(({ recipients }) => recipients.includes(entity)))
  )
}

function isApprovedByRequester({ request, policy, standing }: Asked): boolean | undefined {
  if (standing.approvedBy === undefined) return undefined
  if (policy.controller.approval?.rule === 'sole-person') return false
  return samePerson(standing.approvedBy, request.requestedBy)
}
