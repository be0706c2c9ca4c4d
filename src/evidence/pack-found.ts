// What the checks of an evidence pack were asked and found, from which the sentences are made.
import type { BeforeCompared, PackBefore } from './verify-pack-before.ts'
import type { PackDocuments } from './verify-pack-documents.ts'
import type { ErasedPeople } from './verify-pack-erased.ts'
import type { KeptCheckpoint, KeptCompared, PackLog } from './verify-pack-log.ts'
import type { OpenedPack } from './verify-pack-manifest.ts'
import type { RecipientSaid } from './verify-pack-opened.ts'
import type { PeopleOfRelease } from './verify-pack-people.ts'
import type { PackPerson, Uncompared } from './verify-pack-receipts.ts'
import type { PackRelease } from './verify-pack-releases.ts'

export type PackOptions = {
  /** Checkpoints that somebody kept, each under the name it is called in places. */
  kept?: readonly KeptCheckpoint[]
  /** yyyy-mm-dd: when somebody began to ask questions. */
  enquiry?: string
  /** Of a pack with a sample, the one that was given out before the seed was named. */
  before?: PackBefore
}

export type PackFound = {
  pack: OpenedPack
  log: PackLog
  documents: PackDocuments
  releases: readonly PackRelease[]
  /** What recipients signed, by release. */
  recipients: ReadonlyMap<string, RecipientSaid>
  people: ReadonlyMap<string, PeopleOfRelease>
  persons: readonly PackPerson[]
  kept: readonly KeptCompared[]
  uncompared: Uncompared
  erased: ErasedPeople
  /** Releases whose rule of approval was not looked at. */
  unruled: readonly string[]
  before: BeforeCompared | undefined
}
