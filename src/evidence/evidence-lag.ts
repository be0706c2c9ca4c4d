// How late evidence is: the days between what it says and when the log has it as recorded, and who was there before the register.
import { type Instant, instantToIso, microsecondsPerDay, undatedInterval } from '../model/instant.ts'
import type { CommittedFields, Issued } from '../model/person-receipt.ts'

/** To follow a sentence about the log; empty when it was recorded within a day of that time, or nobody knows when it happened. */
export function lateWords(fields: Pick<CommittedFields, 'earliest' | 'latest'>, recordedAt: Instant): string {
  if (isUndated(fields)) return ''
  const [after, before] = [daysBetween(fields.latest, recordedAt), daysBetween(recordedAt, fields.earliest)]
  if (after >= 1) return `, recorded ${daysOf(after)} after it is said to have happened`
  return before < 1 ? '' : `, recorded ${daysOf(before)} before it is said to have happened`
}

/** Undefined of somebody of whom nothing is shown from before the enrolment. */
export function joinedBefore(
  events: readonly Pick<CommittedFields, 'earliest' | 'latest'>[],
  enrolledAt: Instant,
  { checked }: Issued,
): string | undefined {
  const dated = events.filter((event) => !isUndated(event)).map(({ latest }) => latest)
  const first = dated.reduce((least, latest) => Math.min(least, latest), enrolledAt)
  const days = daysBetween(first, enrolledAt)
  if (days < 1) return undefined
  const lag = `enrolled on ${dayOf(enrolledAt)}, ${daysOf(days)} after what is said of ${dayOf(first)}`
  return `Joined before this register was kept: ${lag}; identity checked: ${checked ?? 'nobody recorded how'}.`
}

/** Nobody recorded when it was. */
export function isUndated({ earliest, latest }: Pick<CommittedFields, 'earliest' | 'latest'>): boolean {
  return earliest <= undatedInterval.earliest && latest >= undatedInterval.latest
}

/** In UTC, as dates are read in every country. */
export function dayOf(instant: Instant): string {
  return instantToIso(instant).split('T')[0]!
}

/** yyyy-mm-dd, of a day there was: some readers of dates take 31 February for 3 March. */
export function isDate(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

export function daysOf(days: number): string {
  return `${days} ${days === 1 ? 'day' : 'days'}`
}

export function daysBetween(from: Instant, to: Instant): number {
  return Math.floor((to - from) / microsecondsPerDay)
}
