// When an obligation is near and when it is late, and the colour of each state: one place for every list that shows them.
import { type DateNumber, daysBetween } from '../model/instant.ts'
import type { Light, Obligation, ObligationState } from './obligation.ts'

/** A week: long enough to write, wait for an answer by post and write again before the day. */
export const NEAR_DAYS = 7

/** Of what is not done. The day named is the last one. */
export function pendingOn(
  dueOn: DateNumber,
  today: DateNumber,
): Pick<Obligation, 'state' | 'light' | 'daysLate'> {
  const left = daysBetween(today, dueOn)
  if (left < 0) return { state: 'overdue', light: 'red', daysLate: -left }
  return left <= NEAR_DAYS ? { state: 'due', light: 'amber' } : { state: 'open', light: 'green' }
}

/** Of what was done, on that day: late or not, nothing is asked for any more. */
export function doneOn(
  state: Extract<ObligationState, 'acknowledged' | 'met' | 'destroyed'>,
  day: DateNumber,
  dueOn: DateNumber | undefined,
): Pick<Obligation, 'state' | 'light' | 'daysLate'> {
  const late = dueOn === undefined ? 0 : daysBetween(dueOn, day)
  return { state, light: 'green', ...(late > 0 && { daysLate: late }) }
}

const order: readonly Light[] = ['red', 'amber', 'green']

/** Red first; of one colour what was due first, and what has no day last. */
export function byUrgency(one: Obligation, other: Obligation): number {
  const day = ({ dueOn = Number.MAX_SAFE_INTEGER }: Obligation) => dueOn
  return (
    order.indexOf(one.light) - order.indexOf(other.light) ||
    day(one) - day(other) ||
    compare(one.id, other.id)
  )
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
