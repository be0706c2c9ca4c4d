// From when to when a request uses what it gets, and whether an agreement holds throughout; which one governs it: `model/agreement-for.ts`.
import { type DateNumber, dateOf, daysAfter } from '../model/instant.ts'
import type { Policy, SharingAgreement } from '../model/policy.ts'
import type { SharingRequest } from '../model/request.ts'

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
