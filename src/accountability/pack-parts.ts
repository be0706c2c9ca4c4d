// What goes into building a pack: what is asked, where things come from, and what was found before any file is made.
import type { Pack } from '../decide/rule.ts'
import type { PackDocument, PackManifest } from '../model/evidence-pack.ts'
import type { DateNumber } from '../model/instant.ts'
import type { Controller } from '../model/policy.ts'
import type { OnStep, ReleaseContext } from '../release/decision-context.ts'
import type { ReleaseFiles } from '../rights/release-files.ts'
import type { PeopleHolder, Sample } from './pack-people.ts'
import type { NoticeVersions } from './pack-policy.ts'
import type { PackRelease } from './pack-releases.ts'
import type { PackStory } from './pack-story.ts'
import type { ReleaseFigures } from './release-figures.ts'

export type PackAsked = {
  /** Days are in the controller's zone, both included. */
  scope: { release: string } | { subject: number } | { from: DateNumber; to: DateNumber }
  sample?: Sample
}

export type PackSource = {
  context: ReleaseContext
  /** Kept trees and verdicts, for receipts. */
  releaseFiles: ReleaseFiles
  /** manifest.json of a release as it was delivered; undefined when no copy is left. */
  readManifest(release: PackRelease): Promise<Uint8Array | undefined>
  /** Programs that check a pack, by their path below verifiers/. */
  verifiers: readonly { path: string; bytes: Uint8Array }[]
  /** index.html */
  page(story: PackStory): string
  onStep: OnStep
}

export type PackParts = PackAsked & {
  register: PackManifest['register']
  controller: Controller
  /** `checkpoint` is the signed note of this size and root. */
  asOf: PackManifest['asOf'] & { checkpoint: string }
  documents: readonly PackDocument[]
  releases: readonly ReleaseParts[]
  people: PeopleHolder
  packs: readonly Pack[]
  notices: NoticeVersions
  /** Of the person asked about, or of the sample in its order. */
  receipts: readonly string[]
  /** Commitments of sampled people who were erased since. */
  erased: readonly string[]
}

export type ReleaseParts = {
  release: PackRelease
  figures: ReleaseFigures
  /** Numbers of the notices its people were shown or asked under; undefined where the people are not kept. */
  noticesSeen: ReadonlySet<number> | undefined
  /** Why its people are not kept. */
  missing: string | undefined
}
