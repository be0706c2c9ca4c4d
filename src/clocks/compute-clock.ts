// One duty's clock: inputs and law in, a due date that explains itself out; nothing else is read, not even the time.
import type { ClockLaw, ClockResult } from './clock.ts'
import { type ClockInputs, checkInputs, type Duty } from './clock-inputs.ts'
import type { Due } from './due.ts'
import { acknowledgeComplaint } from './duties/acknowledge-complaint.ts'
import { answerRightsRequest, extendRightsRequest, stopTheClock } from './duties/answer-rights-request.ts'
import { consultRegulator } from './duties/consult-regulator.ts'
import { honourStop } from './duties/honour-stop.ts'
import { informPeople } from './duties/inform-people.ts'
import {
  appealPenalty,
  givePenaltyNotice,
  makeRepresentations,
  makeRepresentations1998,
  payEarly,
} from './duties/penalty-procedure.ts'
import {
  reportBreachToRegulator,
  tellControllerOfBreach,
  tellSubjectsOfBreach,
} from './duties/report-breach.ts'
import { protectNumber, screenNumbers } from './duties/screen-numbers.ts'
import { openWorkings, type Workings } from './workings.ts'

/** Throws `value.invalid` or `time.invalid` where the inputs are not those of this duty; every other "no" is a value. */
export function computeClock<D extends Duty>(
  duty: D,
  inputs: Readonly<Record<string, unknown>>,
  law: ClockLaw,
): ClockResult<D> {
  const checked = checkInputs(duty, inputs)
  const work = openWorkings(law, checked.jurisdiction)
  const due = duties[duty](checked, work)
  return { duty, due, marks: work.marks, inputs: checked, steps: work.steps, pack: work.pack() }
}

/** The same result once more, from nothing but the result. */
export function recomputeClock(result: ClockResult): ClockResult {
  return computeClock(result.duty, result.inputs, result.pack)
}

const duties: { [D in Duty]: (inputs: ClockInputs<D>, work: Workings) => Due } = {
  'rights-request': answerRightsRequest,
  'rights-extension': extendRightsRequest,
  'stop-the-clock': stopTheClock,
  'breach-to-regulator': reportBreachToRegulator,
  'breach-to-subjects': tellSubjectsOfBreach,
  'breach-to-controller': tellControllerOfBreach,
  complaint: acknowledgeComplaint,
  objection: honourStop,
  withdrawal: honourStop,
  'tps-screening': screenNumbers,
  'tps-registration': protectNumber,
  'article-14': informPeople,
  'article-36': consultRegulator,
  'penalty-representations': makeRepresentations,
  'penalty-notice': givePenaltyNotice,
  'penalty-appeal': appealPenalty,
  'penalty-1998-representations': makeRepresentations1998,
  'penalty-1998-early-payment': payEarly,
}
