// What deciding and releasing work with: the register and its projection, files of people, the policy with its numbers,
// and, for a release, what seals, keeps and proves.
import type { DecisionBook } from '../decide/decision-book.ts'
import type { Pack } from '../decide/rule.ts'
import type { SetEngine } from '../decide/set-engine.ts'
import type { TableReader } from '../intake/table-reader.ts'
import type { Dataset, Policy } from '../model/policy.ts'
import type { LogPlaces } from '../register/log-store.ts'
import type { Register } from '../register/open-register.ts'
import type { StoreSession } from '../register/store.ts'
import type { Outbox } from './outbox.ts'
import type { Sealer } from './sealer.ts'
import type { RowEncoders } from './shape/row-encoder.ts'
import type { TreeBuilder } from './tree-builder.ts'

/** What decides whatever is asked, with a hash over the hashes of all policy items in force; `read-standing.ts` adds the rest. */
export type PolicyBook = Omit<DecisionBook, 'standing'> & { policyHash: string }

export type DecisionContext = {
  register: Register
  engine: SetEngine
  reader: TableReader
  policy: Policy
  policyHash: string
  packs: readonly Pack[]
  /** As it is now: read after catching up, or an event might name someone the numbers do not know. Under the lock: its session. `upTo`: as it was published at that position. */
  readBook: (session?: Pick<StoreSession, 'query'>, upTo?: number) => Promise<PolicyBook>
  /** Where a dataset's file lies. */
  locate: (dataset: Dataset) => string
  /** Folder for decision artefacts. */
  decisionsFolder: string
  actor: string
}

export type ReleaseContext = DecisionContext & {
  sealer: Sealer
  encoders: RowEncoders
  outbox: Outbox
  growDecided: TreeBuilder
  /** Where the log is published, and the second place that remembers what was signed last. */
  log: LogPlaces
}

/** What a long step is at, for whoever shows it. */
export type Step = { step: string; done: number }
export type OnStep = (step: Step) => void
