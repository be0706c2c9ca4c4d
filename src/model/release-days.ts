// The days a release carries: until when it is used, and by when the recipient confirms, returns and deletes it. Written once:
// the manifest tells them, the standing weighs them, who-has shows them and the obligations chase them.
import { agreementFor } from './agreement-for.ts'
import { type DateNumber, dateOf, daysAfter, type Instant } from './instant.ts'
import type { Policy, SharingAgreement } from './policy.ts'
import type { SharingRequest } from './request.ts'

/** What of the policy says how long a recipient may keep what it got. */
export type HoldingTerms = Pick<Policy, 'controller' | 'agreements' | 'workOrders' | 'copyGrants'>

/** The day named is the last one; it is late from the next. */
export type DueDay = {
  on: DateNumber
  under: 'agreement' | 'copy grant' | 'work order' | 'request'
  source: string
}

export type ReleaseDays = {
  /** The one that governs it. */
  agreement: SharingAgreement | undefined
  releasedOn: DateNumber
  lastUse: DueDay
  /** When nobody agreed on a day: the last of its use. Who has not opened it by then never needed it, or never said. */
  confirmBy: DueDay
  /** Undefined: nobody agreed that it comes back, or by when it is deleted. */
  returnBy: DueDay | undefined
  deleteBy: DueDay | undefined
  /** The earlier of the two: nothing of it may be held any more from the next day on (A209). */
  goneBy: DateNumber | undefined
}

/** `policy` as it was published when the release was committed: a later agreement gives nobody more time for what they hold. */
export function releaseDays(
  { request, releaseAt }: { request: SharingRequest; releaseAt: Instant },
  policy: HoldingTerms,
): ReleaseDays {
  const agreement = agreementFor({ ...request, releaseAt }, policy)
  const releasedOn = dateOf(releaseAt, policy.controller.zone)
  const agreed = (days: number | undefined): DueDay | undefined =>
    agreement && days !== undefined
      ? { on: daysAfter(releasedOn, days), under: 'agreement', source: `agreement ${agreement.id}` }
      : undefined
  const lastUse: DueDay = {
    on: daysAfter(releasedOn, request.useWindowDays),
    under: 'request',
    source: `request ${request.id}`,
  }
  const returnBy = agreed(agreement?.returnWithinDays)
  const deleteBy = earliest([agreed(agreement?.deleteWithinDays), ...lentUntil(request, releasedOn, policy)])
  return {
    agreement,
    releasedOn,
    lastUse,
    confirmBy: agreed(agreement?.confirmWithinDays) ?? lastUse,
    returnBy,
    deleteBy,
    goneBy: earliest([returnBy, deleteBy])?.on,
  }
}

/** A contractor's copy goes by its grants; what is made to be worked on in place lasts no longer than the work. */
function lentUntil(
  { recipient, dataset, workOrder }: SharingRequest,
  releasedOn: DateNumber,
  { copyGrants, workOrders }: HoldingTerms,
): DueDay[] {
  const grants = copyGrants.filter(
    (grant) =>
      grant.workOrder === workOrder &&
      grant.recipient === recipient &&
      grant.dataset === dataset &&
      grant.from <= releasedOn &&
      releasedOn < grant.until,
  )
  if (grants.length > 0)
    return grants.map(({ id, deleteBy }) => ({
      on: deleteBy,
      under: 'copy grant',
      source: `copy grant ${id}`,
    }))
  return workOrders
    .filter(({ id }) => id === workOrder)
    .map(({ id, until }) => ({ on: until, under: 'work order', source: `work order ${id}` }))
}

function earliest(days: readonly (DueDay | undefined)[]): DueDay | undefined {
  return days.filter((day) => day !== undefined).sort((one, other) => one.on - other.on)[0]
}
