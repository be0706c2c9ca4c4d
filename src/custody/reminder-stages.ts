// When a duty is reminded of: each stage once, and of two that have come the later alone.
import { type DateNumber, daysBetween } from '../model/instant.ts'
import { NEAR_DAYS } from './light.ts'
import type { Obligation } from './obligation.ts'

/** `from`: days after the last day, from when on it is the stage. */
const stages = [
  // As soon as it turns amber: whoever has the copy must be found, and the contractors who got it from there.
  { stage: 'week-before', from: -NEAR_DAYS },
  // The last day on which nothing is broken yet.
  { stage: 'last-day', from: 0 },
  // From today nothing more is supplied (A209), and the reader should know why.
  { stage: 'day-late', from: 1 },
  // Whoever was away for a week is back.
  { stage: 'week-late', from: 7 },
  // In writing for the last time: after a fortnight somebody telephones, and asks whether it is a breach (Article 33).
  { stage: 'fortnight-late', from: 14 },
] as const
/** `hours-late`: a removal, which counts in hours, can be over before its day is. */
export type Stage = (typeof stages)[number]['stage'] | 'hours-late' | 'at-once'

/** Undefined: not yet, or there is no day. What nobody granted, or disputes, does not wait for a stage. */
export function stageOf(obligation: Obligation, today: DateNumber): Stage | undefined {
  const { kind, dueOn, state, light } = obligation
  if (dueOn === undefined || !['due', 'overdue', 'disputed'].includes(state)) return undefined
  if (light === 'red' && state !== 'overdue') return 'at-once'
  const past = daysBetween(dueOn, today)
  if (state === 'overdue' && past <= 0) return 'hours-late'
  const stage = stages.findLast(({ from }) => from <= past)?.stage
  // A removal's own delivery asks for it; another letter in the same hours would teach people to pass over both.
  return stage === 'week-before' && kind === 'apply-removal' ? undefined : stage
}
