// Which agreement governs a request, and from when to when it holds.
import { type DateNumber, dateOf, daysAfter } from '../model/instant.ts'
import type { Policy, SharingAgreement } from '../model/policy.ts'
import type { SharingRequest } from '../model/request.ts'
import type { RecipientRole } from '../model/vocabulary.ts'

export type AgreementKind = NonNullable<SharingAgreement['kind']>

/** A processor works under Article 28 terms or not at all; to share with it as with anybody else is another request. */
const kindsFor: Readonly<Record<RecipientRole, readonly AgreementKind[]>> = {
  controller: ['sharing'],
  'joint-controller': ['joint', 'sharing'],
  processor: ['processing'],
  agent: ['sharing'],
}

/**
 * The agreement the request names, else the newest of its kind that has begun. What is sent by ourselves, or demanded by
 * whoever may demand it, needs none: there only one that is named counts.
 */
export function agreementFor(
  request: SharingRequest,
  policy: Pick<Policy, 'agreements' | 'controller'>,
): SharingAgreement | undefined {
  const fitting = policy.agreements.filter(
    ({ recipient, kind = 'sharing' }) =>
      recipient === request.recipient && kindsFor[request.role].includes(kind),
  )
  if (request.agreement !== undefined) return fitting.find(({ id }) => id === request.agreement)
  if (!needsAgreement(request)) return undefined
  const releaseOn = dateOf(request.releaseAt, policy.controller.zone)
  return fitting
    .filter(({ effectiveFrom }) => effectiveFrom <= releaseOn)
    .sort((a, b) => b.effectiveFrom - a.effectiveFrom)[0]
}

function needsAgreement({ delivery, exemption }: SharingRequest): boolean {
  return delivery !== 'hosted' && exemption === undefined
}

/** From the release to the last day of the use window, days in the controller's zone. */
export type UseDays = { from: DateNumber; to: DateNumber }

export function useDaysOf(request: SharingRequest, { controller }: Pick<Policy, 'controller'>): UseDays {
  const from = dateOf(request.releaseAt, controller.zone)
  return { from, to: daysAfter(from, request.useWindowDays) }
}

/** A back-dated start does not count before the signature; `effectiveTo` is the first day it no longer holds. */
export function holdsThrough(agreement: SharingAgreement, { from, to }: UseDays): boolean {
  if (agreement.signedOn === undefined) return false
  const start = Math.max(agreement.effectiveFrom, agreement.signedOn)
  return start <= from && (agreement.effectiveTo === undefined || to < agreement.effectiveTo)
}
