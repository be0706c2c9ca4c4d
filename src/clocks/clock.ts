// What a clock of the law gives: a due date that explains itself, with every input, number and holiday it came from.
import type { DateNumber } from '../model/instant.ts'
import type { ClockInputs, Duty, Jurisdiction } from './clock-inputs.ts'
import type { Due } from './due.ts'

export type Authority = 'statute' | 'case' | 'guidance' | 'industry' | 'house'

/** One line of packs/clocks.yaml: a number or a way of counting, and the days between which it holds (`to` excluded). */
export type ClockRule = {
  rule: string
  jurisdiction: Jurisdiction
  value?: number
  unit?: 'hours' | 'days' | 'weeks' | 'months' | 'percent'
  from: string
  to?: string
  /** What is known of the time before the first line of a rule; left out: nothing. */
  before?: 'no-duty'
  law: string
  source: string
  authority: Authority
  verified: boolean
}

/** Public holidays that fall on Monday to Friday, every one between two dates, both included. */
export type Calendar = {
  nation: string
  from: DateNumber
  to: DateNumber
  days: readonly DateNumber[]
  source: string
}

/** What a clock needs besides its inputs. */
export type ClockLaw = { rules: readonly ClockRule[]; calendars: readonly Calendar[] }

export type ClockStep = {
  rule: string
  says: string
  law: string
  authority: Authority
  verified: boolean
  gives: string
}

export type ClockResult<D extends Duty = Duty> = {
  duty: D
  due: Due
  /** Other dates the same duty sets, by name. */
  marks: Readonly<Record<string, Due>>
  inputs: ClockInputs<D>
  steps: readonly ClockStep[]
  /** Every rule that was looked up; every calendar that was, with the holidays that were met. Enough to compute it again. */
  pack: ClockLaw
}
