// The links of a request's chain: who gets to know, and as what. A third party has to be told of and agreed to; a processor
// only where an agreement makes it one, as a role alone is the requester's word.
import { agreementFor } from '../model/agreement-for.ts'
import type { Policy } from '../model/policy.ts'
import type { SharingRequest } from '../model/request.ts'
import { holdsThrough, useDaysOf } from './agreements.ts'

export type Link = { entity: string; as: 'third-party' | 'processor' }

/** Nearest first, each entity once. None where we send it ourselves: then nothing leaves. */
export function linksOf(request: SharingRequest, policy: Policy): Link[] {
  if (request.delivery === 'hosted') return []
  const recipient: Link = {
    entity: request.recipient,
    as: recipientIsProcessor(request, policy) ? 'processor' : 'third-party',
  }
  const behind = [...new Set(request.onBehalfOf)].filter((entity) => entity !== request.recipient)
  return [recipient, ...behind.map((entity): Link => ({ entity, as: 'third-party' }))]
}

/** Those whom a person has to know of and, on consent, to have said yes to. */
export function thirdPartiesOf(links: readonly Link[]): string[] {
  return links.filter((link) => link.as === 'third-party').map(({ entity }) => entity)
}

/**
 * Ours (Article 28: documented instructions), or that of its end clients; in force for the whole use, and without any use
 * of its own, which would make it a controller (Article 28(10)).
 */
function recipientIsProcessor(request: SharingRequest, policy: Policy): boolean {
  const agreement = agreementFor(request, policy)
  if (agreement === undefined || agreement.ownUse.length > 0) return false
  if (!holdsThrough(agreement, useDaysOf(request, policy))) return false
  if (request.role === 'processor') return (agreement.instructions ?? '').trim() !== ''
  return request.role === 'agent' && agreement.actsFor === 'end-clients' && request.onBehalfOf.length > 0
}
