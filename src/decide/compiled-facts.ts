// What compiling facts leaves for the statement that judges them.
import type { SparseFacts } from './compile-mask.ts'

export type CompiledFacts = {
  /** `name as (…)` entries of a WITH clause. */
  tables: string[]
  /** Tables to join to the dataset row `d`: by whose enrolment is asked about, or by the row itself. */
  joins: { table: string; by: 'enrolment' | 'record' }[]
  /** Fact name → SQL over those joins. */
  columns: Map<string, string>
  /** Fact name → SQL over these columns and the notice's, for what is worked out only where a rule needs it. */
  derived: Map<string, string>
  /** What each notice says of a first showing: column of the notice → value by notice number. */
  firstSaid: Map<string, 'covers' | 'purposeTold'>
  /** Joined tables most people are not in, under the name their presence gets. */
  sparse: (SparseFacts & { table: string })[]
}
