// Every release, with what its trees say of one person: her rows, and what was said about them.
import { instantToIso } from '../model/instant.ts'
import type { ReleaseWords } from '../model/person-receipt.ts'
import type { CommittedBody, SealedBody } from '../model/release.ts'
import { readPublishedPolicy } from '../register/publish-policy.ts'
import { type ReleaseDocument, readReleaseDocuments } from '../register/read-release-documents.ts'
import { type RegisterDocument, readDocuments } from '../register/record-document.ts'
import type { Register } from '../register/register.ts'
import { type Membership, releasesOf } from '../register/release-members.ts'
import { type FoundRows, openRows } from './open-rows.ts'
import { type PolicyThen, policyByPosition } from './policy-then.ts'
import type { ReleaseFiles, Verdict } from './release-files.ts'
import { sealedAtLast } from './sealed-at-last.ts'

export type FoundRelease = {
  release: string
  words: ReleaseWords
  /** The document that counts; undefined until the release is sealed. */
  sealed: ReleaseDocument | undefined
  /** Undefined when it is not sealed, or its trees are not kept. */
  found: FoundRows | undefined
  isMember: boolean
}

export type Person = { subject: number; secret: Uint8Array }

/** In the order committed; `only` one of them, by its id. */
export async function findReleases(
  register: Register,
  files: ReleaseFiles,
  person: Person,
  only?: string,
): Promise<FoundRelease[]> {
  const committed = await register.store.query<{ position: number }>(
    `select position from register.record where kind = 'release.committed' and ($1::text is null or about = $1)
      order by position`,
    [only ?? null],
  )
  const documents = await readReleaseDocuments(
    register.store,
    committed.map(({ position }) => position),
    ['release.committed', 'release.amended', 'release.abandoned', 'release.sealed', 'release.delivered'],
  )
  const memberships = new Map(
    (await releasesOf(register.store, person.subject)).map((membership) => [membership.release, membership]),
  )
  const policyThen = policyByPosition(await readPublishedPolicy(register))
  const releases: FoundRelease[] = []
  for (const papers of documents.values()) {
    const { position } = papers[0]!
    const membership = memberships.get(position)
    const body = JSON.parse(papers[0]!.body) as CommittedBody
    const sealed = sealedAtLast(papers)
    releases.push({
      release: body.release,
      words: releaseWords(papers, body, policyThen(position, body.releaseAt), membership),
      sealed,
      found: sealed && (await openSealed(register, files, person, papers[0]!, sealed)),
      isMember: membership !== undefined,
    })
  }
  return releases
}

/** With what opens its hash in the log. */
export async function withSalt(
  { store }: Register,
  { position, kind }: ReleaseDocument,
): Promise<RegisterDocument> {
  const [document] = await readDocuments(store, { kind, position })
  if (document === undefined) throw new Error('a document of an append-only table is gone')
  return document
}

function openSealed(
  register: Register,
  files: ReleaseFiles,
  { subject, secret }: Person,
  commit: ReleaseDocument,
  sealed: ReleaseDocument,
): Promise<FoundRows | undefined> {
  const { artefact, maskCodes } = JSON.parse(commit.body) as CommittedBody
  const { registerId } = register
  return openRows({ registerId, secret }, JSON.parse(sealed.body) as SealedBody, files, async () => ({
    candidates: await verdictsOf(register, files, subject, commit.position, artefact),
    maskCodes,
  }))
}

/** Those of the artefact, and the one that took the person out of the release. */
async function verdictsOf(
  register: Register,
  files: ReleaseFiles,
  subject: number,
  release: number,
  artefact: CommittedBody['artefact'],
): Promise<Verdict[]> {
  const removals = await register.store.query<{ verdict: string }>(
    'select verdict from register.release_removal where release = $1 and subject = $2',
    [release, subject],
  )
  const decided = (await files.readVerdicts(artefact, subject)) ?? []
  return [...removals.map(({ verdict }) => JSON.parse(verdict) as Verdict), ...decided]
}

function releaseWords(
  papers: readonly ReleaseDocument[],
  { request, releaseAt }: CommittedBody,
  policy: PolicyThen,
  membership: Membership | undefined,
): ReleaseWords {
  const delivered = papers.findLast(({ kind }) => kind === 'release.delivered')
  const abandoned = papers.findLast(({ kind }) => kind === 'release.abandoned')
  return {
    recipient: policy.party(request.recipient).name,
    purpose: policy.purpose(request.purpose),
    releasedAt: instantToIso(releaseAt),
    ...(delivered && { deliveredAt: instantToIso(delivered.recordedAt) }),
    ...(abandoned && { abandonedAt: instantToIso(abandoned.recordedAt) }),
    ...(membership?.removed && { removed: membership.removed.stage }),
  }
}
