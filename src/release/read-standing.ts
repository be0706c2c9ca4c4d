// The standing of a request's chain: what the register knows of earlier releases and their destruction, of the feeds that a
// decision relies on, of the recipient's key, and of the approval. Read afresh for each decision, under the lock by its session.
import type { DecisionBook } from '../decide/decision-book.ts'
import type { EarlierRelease, HeldCopy, Standing } from '../decide/standing.ts'
import type { Instant } from '../model/instant.ts'
import type { ApprovalBody, CommittedBody, FeedBody } from '../model/release.ts'
import { releaseDays } from '../model/release-days.ts'
import type { SharingRequest } from '../model/request.ts'
import { type PolicyTerms, policyTermsByPosition } from '../register/policy-terms.ts'
import { readPublishedPolicy } from '../register/publish-policy.ts'
import { readDocuments } from '../register/record-document.ts'
import type { StoreSession } from '../register/store.ts'
import type { DecisionContext, PolicyBook } from './decision-context.ts'
import { readApprovers } from './read-approvers.ts'
import { type CopyState, readClosedOrders, readCopies } from './read-copies.ts'
import { readVerifiedKeys } from './read-recipient-key.ts'
import { type ReleaseState, readReleases, type Stated } from './read-release.ts'

type Session = Pick<StoreSession, 'query'>

export type StandingOptions = {
  /** Under the lock: its session. */
  session?: Session
  /** Position of the decision that somebody may have approved; none before there is one. */
  decision?: number
  /** The release that is under way itself, which is no earlier one. */
  besides?: string
  /** As it was at that position. */
  upTo?: number
}

/** All that a request is judged by: the policy as it is now, or `book`, and the standing of whoever is in its chain. */
export async function readDecisionBook(
  context: DecisionContext,
  request: SharingRequest,
  { book, ...options }: StandingOptions & { book?: PolicyBook } = {},
): Promise<DecisionBook & PolicyBook> {
  const { session = context.register.store } = options
  return {
    ...(book ?? (await context.readBook(options.session))),
    standing: await readStanding(session, request, options),
  }
}

export async function readStanding(
  session: Session,
  request: SharingRequest,
  { decision, besides, upTo = Number.MAX_SAFE_INTEGER }: Omit<StandingOptions, 'session'> = {},
): Promise<Standing> {
  return {
    releases: await readEarlierReleases(session, besides, upTo),
    copies: (await readCopies(session, upTo)).map(heldCopy),
    closedOrders: new Set((await readClosedOrders(session, upTo)).keys()),
    feeds: await readFeeds(session, upTo),
    recipientKey: await readKeyState(session, request.recipient, upTo),
    approvedBy: decision === undefined ? undefined : await readApprover(session, request.id, decision),
  }
}

function heldCopy({ reported: { body }, destroyed }: CopyState): HeldCopy {
  const { holder, deleteBy, grant } = body
  return { holder, deleteBy, granted: grant !== undefined, destroyed: destroyed !== undefined }
}

/** Committed and not given up: counted from the commit on, as nothing stops it any more but a word of ours. */
async function readEarlierReleases(
  session: Session,
  besides: string | undefined,
  upTo: number,
): Promise<EarlierRelease[]> {
  const releases = (await readReleases(session, upTo)).flatMap((state) =>
    state.committed === undefined || state.abandoned !== undefined || state.release === besides
      ? []
      : [{ ...state, committed: state.committed }],
  )
  if (releases.length === 0) return []
  const termsAt = policyTermsByPosition(await readPublishedPolicy({ store: session }))
  return releases.map((state) => earlierRelease(state, termsAt(state.committed.position)))
}

function earlierRelease(
  state: ReleaseState & { committed: Stated<CommittedBody> },
  terms: PolicyTerms | undefined,
): EarlierRelease {
  const { request, releaseAt: at, members } = state.committed.body
  const days = terms && releaseDays(state.committed.body, terms)
  return {
    recipient: request.recipient,
    onBehalfOf: request.onBehalfOf,
    subProcessors: request.subProcessors ?? [],
    agreement: days?.agreement?.id,
    records: state.amended.at(-1)?.body.members ?? members,
    at,
    // What never left is nobody's to destroy.
    deleteBy: state.delivered && days?.goneBy,
    destroyed: state.destroyed !== undefined,
  }
}

/** The newest word of each source counts, an earlier time than before included: then it was wrong before. */
async function readFeeds(session: Session, upTo: number): Promise<Map<string, Instant>> {
  const said = (await readDocuments(session, { kind: 'feed' }))
    .filter(({ position }) => position <= upTo)
    .map(({ body }) => JSON.parse(body) as FeedBody)
  return new Map(said.map(({ source, completeTo }) => [source, completeTo]))
}

async function readKeyState(
  session: Session,
  recipient: string,
  upTo: number,
): Promise<Standing['recipientKey']> {
  const verified = await readVerifiedKeys(session, recipient)
  if (verified.some(({ verifiedAt }) => verifiedAt <= upTo)) return 'verified'
  const keys = await readDocuments(session, { kind: 'recipient-key', about: recipient })
  return keys.some(({ position }) => position <= upTo) ? 'unverified' : undefined
}

/** By name; by id where nobody of that id is on record. */
async function readApprover(
  session: Session,
  request: string,
  decision: number,
): Promise<string | undefined> {
  const approvals = await readDocuments(session, { kind: 'approval', about: request })
  const approver = approvals
    .map(({ body }) => (JSON.parse(body) as ApprovalBody).statement)
    .findLast((statement) => statement.decision === decision)?.approver
  return approver && ((await readApprovers(session)).get(approver)?.name ?? approver)
}
