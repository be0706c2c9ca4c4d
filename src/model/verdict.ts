// What a decision says of a record and of a file. A refusal is one of these values, never an error.
import type { ReasonCode } from './reason.ts'

/** Strongest first: one deny outweighs everything, allow needs silence. */
export const outcomes = ['deny', 'review', 'transform', 'allow'] as const
export type Outcome = (typeof outcomes)[number]

export type OutcomeCounts = Record<Outcome, number>

export type FieldTreatment = 'keep' | 'drop' | 'coarsen' | 'pseudonymise'

/** The verdict on one record: its own reasons, all of them, most telling first; file reasons stand apart. */
export type RecordVerdict = {
  outcome: Outcome
  reasons: readonly ReasonCode[]
  primary: ReasonCode | undefined
  fields: Readonly<Record<string, FieldTreatment>>
}

/** How many records a reason touched, and for how many it is the most telling one. */
export type ReasonCount = { code: ReasonCode; slug: string; count: number; primary: number }
