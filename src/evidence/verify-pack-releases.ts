// The releases in an evidence pack: asked, decided, approved, committed, sealed, delivered, each on what came before it.
import { sha256Hex } from '../model/canonical.ts'
import { documentName, documentPath, type PackDocument, packPaths } from '../model/evidence-pack.ts'
import { dateFromIso, dateOf } from '../model/instant.ts'
import type { AmendedBody, SealedBody } from '../model/release.ts'
import { NotHeld } from './check.ts'
import { readDocument } from './document-shape.ts'
import {
  amendedShape,
  bodyOf,
  commitShape,
  decisionShape,
  emptyShape,
  type ReadCommit,
  type ReadDecision,
  type ReadEmpty,
  releaseNamedShape,
} from './pack-shapes.ts'
import { releaseManifestShape, sealedBodyShape } from './release-documents.ts'
import { type ApprovalHeld, checkApprovalOf } from './verify-approval.ts'
import type { PackDocuments } from './verify-pack-documents.ts'
import type { PackLog } from './verify-pack-log.ts'
import type { OpenedPack } from './verify-pack-manifest.ts'

type Read<T> = { document: PackDocument; body: T }

export type PackRelease = {
  release: string
  /** Undefined in the pack of one person where its counts would tell her which ground stands behind a masked answer. */
  decision: Read<ReadDecision> | undefined
  approval: ApprovalHeld
  /** What fixed who is in it; `members` is undefined where nobody was, and nothing was made. */
  commit: Read<ReadCommit | (ReadEmpty & { members?: undefined })>
  amended: Read<AmendedBody>[]
  sealed?: Read<SealedBody>
  /** When each of these was recorded, if it was. */
  delivered?: PackDocument
  abandoned?: PackDocument
  removals: PackDocument[]
  /** When this request was first put on record: as a request, or as a decision. */
  askedAt: number
}

export async function checkRelease(
  pack: OpenedPack,
  documents: PackDocuments,
  release: string,
): Promise<PackRelease> {
  const commit = commitOf(documents, release)
  const decision = decisionOf(pack, documents, commit)
  const approval = checkApprovalOf(documents, pack.manifest.register.id, commit, decision)
  checkCommit(commit, approval)
  const amended = documents
    .of('release.amended', release)
    .map((document) => ({ document, body: bodyOf(document, amendedShape) }))
  checkAmended(commit, amended)
  const sealed = sealedOf(documents, release, commit, amended)
  const delivered = atMostOne(documents, 'release.delivered', release)
  checkOrder(commit.document, sealed?.document, delivered)
  if (sealed !== undefined) await checkManifest(pack, sealed.body)
  const abandoned = atMostOne(documents, 'release.abandoned', release)
  const first = [...documents.of('request'), ...documents.of('decision')]
    .filter(({ about }) => about === commit.body.request.id)
    .map(({ recordedAt }) => recordedAt)
  return {
    ...{ release, decision, approval, commit, amended },
    ...(sealed && { sealed }),
    ...(delivered && { delivered }),
    ...(abandoned && { abandoned }),
    removals: documents.of('removal.sealed', release),
    askedAt: Math.min(commit.document.recordedAt, ...first),
  }
}

/** An id is used once; a document about a release that is not in scope has no business here. */
export function checkReleaseIds({ manifest }: OpenedPack, documents: PackDocuments): void {
  const seen = new Set<string>()
  for (const document of documents.all) {
    if (!/^(release|removal)\.|^destroyed$/.test(document.kind)) continue
    const { release } = bodyOf(document, releaseNamedShape)
    const file = documentPath(document)
    if (!manifest.releases.includes(release))
      throw new NotHeld(file, 'body.release', 'is of no release that the manifest names')
    if (document.kind !== 'release.committed' && document.kind !== 'release.empty') continue
    if (seen.has(release)) throw new NotHeld(file, 'body.release', 'was committed before under the same id')
    seen.add(release)
  }
}

/** Of a period, every commit in the log that was recorded within it. `zone` of the controller; a day is spared where it is not known. */
export function checkPeriod(
  { manifest }: OpenedPack,
  documents: PackDocuments,
  log: PackLog,
  zone: string | undefined,
): void {
  const { scope } = manifest
  if (!('from' in scope)) return
  const [from, to] = [dateFromIso(scope.from), dateFromIso(scope.to)]
  for (const [position, { entry }] of log.documents) {
    if (entry.kind !== 'release.committed' && entry.kind !== 'release.empty') continue
    const zones = zone === undefined ? ['Pacific/Kiritimati', 'Etc/GMT+12'] : [zone]
    const within = zones.every((one) => {
      const day = dateOf(entry.recordedAt, one)
      return day >= from && day <= to
    })
    if (within && documents.at(position) === undefined)
      throw new NotHeld(
        packPaths.manifest,
        'releases',
        `does not name what the log has at position ${position}: a ${entry.kind} within the period`,
      )
  }
}

// --- commit and decision -----------------------------------------------------------------------------------------

function commitOf(documents: PackDocuments, release: string): PackRelease['commit'] {
  const document = atMostOne(documents, 'release.committed', release)
  const empty = atMostOne(documents, 'release.empty', release)
  if (document !== undefined && empty === undefined) return { document, body: bodyOf(document, commitShape) }
  if (document === undefined && empty !== undefined)
    return { document: empty, body: bodyOf(empty, emptyShape) }
  const found = document === undefined ? 'has no commit enclosed' : 'has two commits'
  throw new NotHeld(packPaths.manifest, `releases, ${release}`, found)
}

function decisionOf(
  { manifest, leaves }: OpenedPack,
  documents: PackDocuments,
  { document: commit, body }: PackRelease['commit'],
): Read<ReadDecision> | undefined {
  const file = documentPath(commit)
  if (body.release !== `${body.request.id}@${body.decision}`)
    throw new NotHeld(file, 'body.release', 'is not the id of this request and decision')
  const document = documents.at(body.decision)
  const name = documentName({ position: body.decision, kind: 'decision' })
  if (document === undefined && 'subject' in manifest.scope && leaves('document', name)) return undefined
  if (document?.kind !== 'decision' || document.position >= commit.position)
    throw new NotHeld(file, 'body.decision', 'names no decision before it')
  if ('decisionSha256' in body && body.decisionSha256 !== sha256Hex(document.body))
    throw new NotHeld(file, 'body.decisionSha256', 'is not the hash of the decision')
  const decision = bodyOf(document, decisionShape)
  const same =
    decision.request.id === body.request.id &&
    decision.request.recipient === body.request.recipient &&
    decision.request.requestedBy === body.request.requestedBy
  if (!same) throw new NotHeld(file, 'body.request', 'is not the request that was decided')
  if (decision.position >= document.position)
    throw new NotHeld(documentPath(document), 'body.position', 'is not before the decision itself')
  const { deny, review, transform, allow } = decision.outcomes
  if (deny + review + transform + allow !== decision.considered)
    throw new NotHeld(documentPath(document), 'body.outcomes', 'do not add up to what was considered')
  if (decision.considered !== body.considered)
    throw new NotHeld(file, 'body.considered', 'is not as many as the decision considered')
  return { document, body: decision }
}

function checkCommit({ document, body }: PackRelease['commit'], { statement }: ApprovalHeld): void {
  if (body.members === undefined) return
  if (body.approvalRule !== statement.rule)
    throw new NotHeld(documentPath(document), 'body.approvalRule', 'is not the rule of the approval')
  if (body.members + body.removedSinceDecision > statement.mayLeave)
    throw new NotHeld(documentPath(document), 'body.members', 'are more than were approved')
}

// --- what followed -----------------------------------------------------------------------------------------------

/** Each amendment takes away, and says who is left. */
function checkAmended(commit: PackRelease['commit'], amended: readonly Read<AmendedBody>[]): void {
  let left = commit.body.members ?? 0
  let after = commit.document.position
  for (const [index, { document, body }] of amended.entries()) {
    const file = documentPath(document)
    if (document.position <= after) throw new NotHeld(file, 'position', 'is before the commit')
    if (body.round !== index + 1) throw new NotHeld(file, 'body.round', 'does not follow on the one before')
    if (body.members !== left - body.removed)
      throw new NotHeld(file, 'body.members', 'is not what the amendment before it leaves')
    left = body.members
    after = document.position
  }
}

function sealedOf(
  documents: PackDocuments,
  release: string,
  commit: PackRelease['commit'],
  amended: readonly Read<AmendedBody>[],
): Read<SealedBody> | undefined {
  const document = atMostOne(documents, 'release.sealed', release)
  if (document === undefined) return undefined
  const body = bodyOf(document, sealedBodyShape)
  const file = documentPath(document)
  if (commit.body.members === undefined)
    throw new NotHeld(file, 'body.release', 'is of a release with nobody in it')
  const last = amended.at(-1)?.document ?? commit.document
  if (body.asOf !== last.position)
    throw new NotHeld(file, 'body.asOf', 'is not the last word on who is in it')
  if (body.considered !== commit.body.considered)
    throw new NotHeld(file, 'body.considered', 'is not as many as were considered')
  return { document, body }
}

function checkOrder(
  commit: PackDocument,
  sealed: PackDocument | undefined,
  delivered: PackDocument | undefined,
): void {
  if (sealed !== undefined && sealed.position <= commit.position)
    throw new NotHeld(documentPath(sealed), 'position', 'is before the commit')
  if (delivered === undefined) return
  if (sealed === undefined)
    throw new NotHeld(documentPath(delivered), 'body', 'was delivered and never sealed')
  if (delivered.position <= sealed.position)
    throw new NotHeld(documentPath(delivered), 'position', 'left before it was sealed')
}

async function checkManifest(pack: OpenedPack, sealed: SealedBody): Promise<void> {
  const path = `releases/${sealed.release}/manifest.json`
  if (!pack.has(path)) {
    if (pack.leaves('manifest', sealed.release)) return
    throw new NotHeld(path, undefined, 'is not there, and not named as left out')
  }
  const bytes = await pack.read(path)
  if (sha256Hex(bytes) !== sealed.manifestSha256)
    throw new NotHeld(path, undefined, 'is not the manifest that was sealed')
  const { value, fault } = readDocument(bytes, releaseManifestShape)
  if (fault !== undefined) throw new NotHeld(path, fault.at, fault.found)
  if (value.release !== sealed.release) throw new NotHeld(path, 'release', 'is another release')
  if (value.roots.released !== sealed.released || value.roots.decided !== sealed.decided)
    throw new NotHeld(path, 'roots', 'are not those that were sealed')
  if (value.records.rows !== sealed.members)
    throw new NotHeld(path, 'records.rows', 'are not as many as were sealed')
}

function atMostOne(documents: PackDocuments, kind: string, release: string): PackDocument | undefined {
  const [first, second] = documents.of(kind, release)
  if (second !== undefined)
    throw new NotHeld(documentPath(second), 'body.release', `has a ${kind} before under the same id`)
  return first
}
