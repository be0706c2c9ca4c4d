// Who has one person's record: every recipient it went to or is about to go to, by legal name, with what it got, what for,
// and what became of it. The answer to an access request names the actual recipients (GDPR Article 15(1)(c), CJEU C-154/21).
import { readDestruction } from '../model/custody.ts'
import type { DateNumber, Instant } from '../model/instant.ts'
import type { SharingAgreement } from '../model/policy.ts'
import {
  type CommittedBody,
  type DestroyedBody,
  type OpenedBody,
  type Party,
  type RemovalAppliedBody,
  type RemovalDeliveredBody,
  type RemovalReceipt,
  type RemovalSealedBody,
  releaseKinds,
  type SealedBody,
  type SealedColumn,
} from '../model/release.ts'
import { type DueDay, releaseDays } from '../model/release-days.ts'
import type { SharingRequest } from '../model/request.ts'
import type { Channel, LegalBasis, RecipientRole } from '../model/vocabulary.ts'
import { readPublishedPolicy } from '../register/publish-policy.ts'
import { type ReleaseDocument, readReleaseDocuments } from '../register/read-release-documents.ts'
import type { Register } from '../register/register.ts'
import { type Membership, releasesOf } from '../register/release-members.ts'
import { type PolicyThen, policyByPosition } from './policy-then.ts'
import { sealedAtLast } from './sealed-at-last.ts'

type WhoHas = { subject: number; disclosures: Disclosure[] }

export type Disclosure = {
  release: string
  /** `preparing`: committed, and no byte has left yet. */
  state: 'preparing' | 'delivered' | 'opened'
  recipient: Party
  role: RecipientRole
  /** Every further link to whoever finally uses the data, nearest first. */
  onBehalfOf: Party[]
  /** In the organisation's words. */
  purpose: string
  channels: Channel[]
  basis?: LegalBasis
  /** Columns of the file that was sealed; until it is, the fields asked for, and never more than these. */
  fields: SealedColumn[]
  isSealed: boolean
  committedAt: Instant
  deliveredAt?: Instant
  /** When the recipient said it opened the files, in its signed receipt. */
  openedAt?: string
  removal?: Removal
  /** All of it, by a certificate the recipient signed or on somebody's word. */
  destroyed?: { recordedAt: Instant; isSigned: boolean }
  /** As it was told; absent = nobody agreed on a day. */
  deleteBy?: DateNumber
  /** Where the day stands, if not in the agreement. */
  deleteUnder?: 'copy grant' | 'work order'
}

export type Removal = {
  /** When the register found that the record may not be there any more. */
  foundAt: Instant
  /** When the recipient was sent the list it is on. */
  askedAt?: Instant
  dueAt?: Instant
  /** When the recipient said it removed it, in its signed receipt. */
  appliedAt?: string
  /** Of the lines asked for on that list, how many it has not accounted for: it says that they were not there. */
  notFound?: { saidAt: string; absent: number; asked: number }
}

/**
 * In the order the releases were committed. A record that was considered, or taken out before it left, is with nobody; so is
 * one in a release that was given up.
 */
export async function whoHas(register: Register, subject: number): Promise<WhoHas> {
  const memberships = (await releasesOf(register.store, subject)).filter(
    ({ removed }) => removed?.stage !== 'amended',
  )
  if (memberships.length === 0) return { subject, disclosures: [] }
  const documents = await readReleaseDocuments(
    register.store,
    memberships.map(({ release }) => release),
    releaseKinds,
  )
  const byCommit = new Map([...documents.values()].map((papers) => [papers[0]!.position, papers]))
  const policyThen = policyByPosition(await readPublishedPolicy(register))
  const found = await foundAt(register, memberships)
  const disclosures = memberships.flatMap((membership) => {
    const papers = byCommit.get(membership.release)
    if (papers === undefined) throw new Error('a release has members and no document')
    if (papers.some(({ kind }) => kind === 'release.abandoned')) return []
    return [disclosure(papers, membership, policyThen, found)]
  })
  return { subject, disclosures }
}

function disclosure(
  papers: readonly ReleaseDocument[],
  membership: Membership,
  policyThen: (position: number, at: Instant) => PolicyThen,
  found: ReadonlyMap<number, Instant>,
): Disclosure {
  const [commit] = papers
  const { release, request, releaseAt } = bodyOf<CommittedBody>(commit!)
  const policy = policyThen(commit!.position, releaseAt)
  const terms = policy.terms()
  const days = terms && releaseDays({ request, releaseAt }, terms)
  const delivered = papers.findLast(({ kind }) => kind === 'release.delivered')
  const opened = papers.findLast(({ kind }) => kind === 'release.opened')
  const sealed = sealedAtLast(papers)
  const destroyed = destruction(papers)
  return {
    release,
    state: opened !== undefined ? 'opened' : delivered !== undefined ? 'delivered' : 'preparing',
    recipient: policy.party(request.recipient),
    role: request.role,
    onBehalfOf: request.onBehalfOf.map(policy.party),
    purpose: policy.purpose(request.purpose),
    channels: request.channels,
    ...(request.basis !== undefined && { basis: request.basis }),
    fields: sealed === undefined ? asked(request, days?.agreement) : bodyOf<SealedBody>(sealed).columns,
    isSealed: sealed !== undefined,
    committedAt: commit!.recordedAt,
    ...(delivered && { deliveredAt: delivered.recordedAt }),
    ...(opened && { openedAt: bodyOf<OpenedBody>(opened).receipt.openedAt }),
    ...(destroyed && { destroyed }),
    ...(membership.removed && { removal: removal(papers, membership.removed.position, found) }),
    ...(delivered && days?.deleteBy && deletion(days.deleteBy)),
  }
}

function deletion({ on, under }: DueDay): Pick<Disclosure, 'deleteBy' | 'deleteUnder'> {
  return { deleteBy: on, ...((under === 'copy grant' || under === 'work order') && { deleteUnder: under }) }
}

function destruction(papers: readonly ReleaseDocument[]): Disclosure['destroyed'] {
  const said = papers
    .filter(({ kind }) => kind === 'destroyed')
    .map((document) => ({ ...document, body: bodyOf<DestroyedBody>(document) }))
  const { destroyed } = readDestruction(said)
  return (
    destroyed && {
      recordedAt: destroyed.recordedAt,
      isSigned: destroyed.body.certificate !== undefined,
    }
  )
}

function asked({ fields }: SharingRequest, agreement: SharingAgreement | undefined): SealedColumn[] {
  const transforms = new Map(agreement?.transforms?.map(({ field, as }) => [field, as]))
  return fields.map((name) => ({ name, treatment: transforms.get(name) ?? 'keep', partly: false }))
}

/** The person is on the list recorded at this position, or on the first that reaches as far. */
function removal(
  papers: readonly ReleaseDocument[],
  position: number,
  found: ReadonlyMap<number, Instant>,
): Removal {
  const list = papers
    .filter(({ kind }) => kind === 'removal.sealed')
    .map((paper) => ({ at: paper.position, ...bodyOf<RemovalSealedBody>(paper) }))
    .find(({ at, upTo }) => at === position || upTo >= position)
  const ofList = <B extends { removal: number }>(of: string) =>
    papers.findLast((paper) => paper.kind === of && bodyOf<B>(paper).removal === list?.removal)
  const delivered = ofList<RemovalDeliveredBody>('removal.delivered')
  return {
    foundAt: found.get(position)!,
    ...(list && { dueAt: list.dueAt }),
    ...(delivered && { askedAt: delivered.recordedAt }),
    ...accountOf(
      papers
        .filter(({ kind }) => kind === 'removal.applied')
        .map((paper) => bodyOf<RemovalAppliedBody>(paper))
        .filter((body) => body.removal === list?.removal)
        .map(({ receipt }) => receipt),
    ),
  }
}

/** A list applied again finds nothing left of what it removed before: its receipts count together. */
function accountOf(receipts: readonly RemovalReceipt[]): Pick<Removal, 'appliedAt' | 'notFound'> {
  let removed = 0
  for (const receipt of receipts) {
    removed += receipt.removed
    if (removed >= receipt.asked) return { appliedAt: receipt.appliedAt }
  }
  const last = receipts.at(-1)
  if (last === undefined) return {}
  const { appliedAt, asked } = last
  return { notFound: { saidAt: appliedAt, absent: asked - removed, asked } }
}

/** When the batches were recorded that took the person out. */
async function foundAt(
  register: Register,
  memberships: readonly Membership[],
): Promise<Map<number, Instant>> {
  const positions = memberships.flatMap(({ removed }) => (removed === undefined ? [] : [removed.position]))
  const rows =
    positions.length === 0
      ? []
      : await register.store.query<{ position: number; recorded_at: number }>(
          'select position, recorded_at from register.batch where position = any($1::int8[])',
          [[...new Set(positions)]],
        )
  return new Map(rows.map(({ position, recorded_at }) => [position, recorded_at]))
}

/** Documents of ours, read from an append-only table: their type follows from their kind. */
function bodyOf<B>({ body }: ReleaseDocument): B {
  return JSON.parse(body) as B
}
