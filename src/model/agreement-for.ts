// Which agreement governs a request: what it decides by, what its manifest tells and what is chased afterwards is one agreement.
import { dateOf } from './instant.ts'
import type { Policy, SharingAgreement } from './policy.ts'
import type { SharingRequest } from './request.ts'
import type { RecipientRole } from './vocabulary.ts'

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
