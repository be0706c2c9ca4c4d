// Facts of time: instants and days that a person's own dates are compared with, and how fresh file and feeds are. Thresholds
// come from the strictest of the packs in force; without a pack they are unknown.
import {
  bornOnMaxForAge,
  type Instant,
  microsecondsPerDay,
  microsecondsPerHour,
  monthsBefore,
} from '../../model/instant.ts'
import type { Feed } from '../../model/policy.ts'
import type { RequestFacts } from '../plain-facts.ts'
import type { Asked } from './asked.ts'

export function timeFacts(asked: Asked) {
  const { parameters, releaseAt, releaseOn, dataset } = asked
  return {
    releaseAt,
    releaseOn,
    consentAtMin: oldestConsent(asked),
    objectionWindowFrom: parameters && releaseAt - parameters.objectionWindowDays.value * microsecondsPerDay,
    disclosuresInYearMax: parameters?.disclosuresPerYearMax.value,
    bornOnAdultMax: parameters && bornOnMaxForAge(releaseOn, parameters.adultAgeYears.value),
    bornOnPoliticalMax: parameters && bornOnMaxForAge(releaseOn, parameters.politicalAgeYears.value),
    consentGradeMax: parameters?.evidenceGradeMax.value,
    snapshotAgeHours: hoursOld(dataset?.takenAt, releaseAt),
    snapshotHoursMax: parameters?.snapshotHoursMax.value,
    feedsFresh: areFeedsFresh(asked),
    tpsScreenFresh: isTpsScreenFresh(asked),
  } satisfies Partial<RequestFacts>
}

/** A consent given to the sender itself lasts longer than one for somebody else's first contact. */
function oldestConsent({ parameters, thirdParties, releaseAt, policy }: Asked): Instant | undefined {
  if (parameters === undefined) return undefined
  const months =
    thirdParties.length === 0 ? parameters.directConsentAgeMonthsMax : parameters.consentAgeMonthsMax
  return monthsBefore(releaseAt, months.value, policy.controller.zone)
}

/** Rounded up; a file that was not taken yet at the release has no age. */
function hoursOld(takenAt: Instant | undefined, releaseAt: Instant): number | undefined {
  if (takenAt === undefined || takenAt > releaseAt) return undefined
  return Math.ceil((releaseAt - takenAt) / microsecondsPerHour)
}

const tps = 'tps'

/** Each as fresh as the policy has it, and never staler than the pack allows. The TPS has a limit of its own. */
function areFeedsFresh({ request, policy, standing, parameters, releaseAt }: Asked): boolean | undefined {
  if (parameters === undefined) return undefined
  const matters = ({ source, channels }: Feed) =>
    source !== tps &&
    (channels === undefined || request.channels.some((channel) => channels.includes(channel)))
  return policy.feeds.filter(matters).every(({ source, everyHours }) => {
    const hours = Math.min(everyHours, parameters.feedHoursMax.value)
    return isComplete(standing.feeds.get(source), releaseAt - hours * microsecondsPerHour)
  })
}

function isTpsScreenFresh({ policy, standing, parameters, releaseAt }: Asked): boolean | undefined {
  if (parameters === undefined) return undefined
  const declared = policy.feeds.find(({ source }) => source === tps)?.everyHours
  const legal = parameters.tpsScreenDaysMax.value * 24
  const hours = Math.min(declared ?? legal, legal)
  return isComplete(standing.feeds.get(tps), releaseAt - hours * microsecondsPerHour)
}

function isComplete(upTo: Instant | undefined, needed: Instant): boolean {
  return upTo !== undefined && upTo >= needed
}
