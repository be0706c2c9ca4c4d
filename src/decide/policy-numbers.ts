// How the names in a policy stand in the register: numbers given once and never reused.
import type { PurposeTerm } from '../model/purpose.ts'

export type PolicyNumbers = {
  /** `notice@version` → number. */
  notices: ReadonlyMap<string, number>
  /** Entity id → number; an entity no event ever named has none. */
  recipients: ReadonlyMap<string, number>
  /** Number of every purpose used in events → its id and its place in the vocabulary (undefined: open). */
  purposes: ReadonlyMap<number, { id: string; dpv: PurposeTerm | undefined }>
}
