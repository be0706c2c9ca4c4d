// Facts of the ground that is claimed: basis, condition, instrument, exemption, the soft opt-in, and the channels' own law.

import { isMarketing, isPolitical } from '../../model/purpose.ts'
import { samePerson } from '../../model/same-person.ts'
import { bases, type Channel } from '../../model/vocabulary.ts'
import type { RequestFacts } from '../plain-facts.ts'
import { type Asked, isWritten } from './asked.ts'

/** Channels that need prior consent notified to the sender: electronic mail and automated calls. */
const consentChannels: ReadonlySet<Channel> = new Set<Channel>(['email', 'sms', 'automated-call'])
/** Channels on which every member state has its own law (Directive 2002/58/EC, Article 13). */
const nationalChannels: ReadonlySet<Channel> = new Set<Channel>([...consentChannels, 'call'])

export function basisFacts(asked: Asked) {
  const { request, parameters, releaseOn } = asked
  const { basis, channels, instrument, condition, softOptIn } = request
  return {
    basis: basis === undefined ? undefined : bases[basis],
    basisKnown: basis && parameters?.lawfulBases.value.includes(basis),
    channelNeedsConsent: channels.some((channel) => consentChannels.has(channel)),
    liveCalls: channels.includes('call'),
    automatedCalls: channels.includes('automated-call'),
    onlineTargeting: channels.includes('online-audience'),
    paid: isPaid(asked),
    exempt: isExempt(asked),
    instrumentCited:
      instrument !== undefined && isWritten(instrument.reference) && instrument.on <= releaseOn,
    conditionExplicitConsent: condition?.kind === 'explicit-consent',
    conditionClaimed: condition !== undefined && isWritten(condition.reference),
    anonymousClaimed: request.anonymous === true,
    matching: request.matching === true,
    softOptInMessage:
      softOptIn !== undefined && isWritten(softOptIn.similar) && isWritten(softOptIn.stopInEveryMessage),
    charitySoftOptInKnown: parameters?.charitySoftOptIn.value,
    memberStateRuleNeeded: needsMemberStateRule(asked),
  } satisfies Partial<RequestFacts>
}

/**
 * Nothing excuses marketing or a sale from telling people (Article 14(5) least of all), and an open purpose may be marketing.
 * Whoever asks for the data does not excuse themselves.
 */
function isExempt(asked: Asked): boolean {
  const { request, purpose } = asked
  const { exemption } = request
  if (purpose?.dpv === undefined || isMarketing(purpose.dpv) || isPaid(asked)) return false
  if (exemption === undefined || samePerson(exemption.by, request.requestedBy)) return false
  return [exemption.paragraph, exemption.instrument, exemption.by].every(isWritten)
}

function isPaid({ request, agreement }: Asked): boolean {
  return request.consideration !== 'none' || (agreement?.consideration ?? 'none') !== 'none'
}

/**
 * Where the law of the Union leaves it to each member state, whose rules no pack has: messages and calls (Directive
 * 2002/58/EC), the age of a child's own consent (GDPR Article 8), and politics but for targeting online (Regulation (EU)
 * 2024/900).
 */
function needsMemberStateRule({ request, jurisdictions, purpose, dataset }: Asked): boolean {
  if (!jurisdictions.includes('eu')) return false
  const { basis, channels } = request
  const political = purpose?.dpv !== undefined && isPolitical(purpose.dpv)
  return (
    channels.some((channel) => nationalChannels.has(channel)) ||
    (basis === 'consent' && (dataset?.childrenLikely ?? true)) ||
    (political && channels.some((channel) => channel !== 'online-audience'))
  )
}
