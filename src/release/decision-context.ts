// What a check works with: the register and its projection, files of people, and the policy with its numbers.
import type { PolicyNumbers } from '../decide/policy-numbers.ts'
import type { SetEngine } from '../decide/set-engine.ts'
import type { TableReader } from '../intake/table-reader.ts'
import type { Dataset, Policy } from '../model/policy.ts'
import type { Register } from '../register/open-register.ts'

export type DecisionContext = {
  register: Register
  engine: SetEngine
  reader: TableReader
  policy: Policy
  /** The numbers as they are now: read after catching up, or an event might name someone they do not know. */
  readNumbers: () => Promise<PolicyNumbers>
  /** Where a dataset's file lies. */
  locate: (dataset: Dataset) => string
  /** Folder for decision artefacts. */
  /** Hash over the hashes of all published items in force. */
  policyHash: string
  decisionsFolder: string
  actor: string
}

/** What a long step is at, for whoever shows it. */
export type Step = { step: string; done: number }
export type OnStep = (step: Step) => void
