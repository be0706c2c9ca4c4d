// The gate: after sealing and before anything leaves, one more look under the lock. Whoever said stop since the commit is
// taken out and the file is sealed afresh; when the look finds nobody, `sealed` is recorded in the same transaction.
import { fileReasons } from '../decide/decide-set.ts'
import { planDecision } from '../decide/plan.ts'
import { canonicalJson } from '../model/canonical.ts'
import type { Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import type { AmendedBody, CommittedBody, SealedBody } from '../model/release.ts'
import { appendUnderLock } from '../register/append-batch.ts'
import type { BatchDraft } from '../register/batch.ts'
import { documentDraft } from '../register/record-document.ts'
import { membersAmong } from '../register/release-members.ts'
import type { StoreSession } from '../register/store.ts'
import { answersLost } from './answers-since.ts'
import { catchUpProjection } from './catch-up-projection.ts'
import { checkApproval } from './check-approval.ts'
import { concernsEverybody, fieldsOf, removalsOf, writeRemovals } from './commit-release.ts'
import type { ReleaseContext } from './decision-context.ts'
import { judgeInSlices, type Touched } from './judge-touched.ts'
import { loadDecidedDataset } from './load-decided-dataset.ts'
import { touchedSince } from './people-touched.ts'
import { linkConfidenceMin } from './project-links.ts'
import { readVerifiedKeys } from './read-recipient-key.ts'
import { lookedUpTo, type ReleaseState, readDecision, readRelease, type Stated } from './read-release.ts'
import { readDecisionBook } from './read-standing.ts'

/** After so many rounds the file leaves, and whoever said stop in between is recalled at once. */
const AMENDMENTS_MAX = 3

export async function gateRelease(
  context: ReleaseContext,
  release: string,
  sealed: SealedBody,
): Promise<void> {
  const { register } = context
  const state = await readRelease(register.store, release)
  if (state.committed === undefined) throw new Error('sealed before it was committed')
  const dataset = await loadDecidedDataset(context, state.committed.body)
  const from = lookedUpTo(state)!
  // For the links made meanwhile: whoever is one person now is judged as one.
  const upTo = await catchUpProjection(register, context.engine, linkConfidenceMin(context.packs))
  // Whoever spoke while the file was sealed is judged before the lock, so that nobody waits for it; the rest under it.
  const looking = { committed: state.committed, datasetTable: dataset.table }
  const before = await vetoedSince(context, looking, { from, to: upTo.position }, register.store)
  const appended = await appendUnderLock(register, async (session, { position, recordedAt }) => {
    const now = await readRelease(session, release)
    if (!isStillMine(now, sealed)) return undefined
    await checkStillHolds(context, looking.committed, session, Math.max(register.now(), recordedAt))
    if (await concernsEverybody(session, { after: upTo.position, kinds: ['links'] }))
      throw new Problem('release.contended', 'people were linked while it was sealed')
    const since = await vetoedSince(context, looking, { from: upTo.position, to: position }, session)
    const removals = [...new Map([...before, ...since].map((removal) => [removal.subject, removal])).values()]
    const mine = { ...now, committed: looking.committed }
    if (removals.length > 0) await checkStillEnough(context, mine, removals.length, session)
    return verdictOfGate(context, mine, sealed, removals)
  })
  // Its files lie on that process's disk, not here: whoever was quicker delivers.
  if (appended === undefined)
    throw new Problem('release.contended', 'another process has sealed, amended or abandoned it')
}

/** Another process sealed, amended or gave it up meanwhile: its word stands. */
function isStillMine(
  { committed, amended, sealed: done, abandoned }: ReleaseState,
  sealed: SealedBody,
): boolean {
  if (done !== undefined || abandoned !== undefined) return false
  return (amended.at(-1)?.position ?? committed?.position) === sealed.asOf
}

/**
 * What was committed leaves under the policy, the approval and the key it was committed under, or not at all. A release that
 * was taken up again after days is held to them as one that took seconds.
 */
async function checkStillHolds(
  context: ReleaseContext,
  { body, position }: Stated<CommittedBody>,
  session: StoreSession,
  now: Instant,
): Promise<void> {
  const book = await context.readBook(session)
  if (book.policyHash !== body.policyHash)
    throw new Problem('decision.stale', `${body.release}: the policy changed since it was committed`)
  const { policy: then } = await context.readBook(session, position)
  if (answersLost(then, book.policy, body.request))
    throw new Problem('decision.stale', `${body.release}: an answer it rests on was revoked since`)
  const decision = await readDecision(session, body.request.id, body.decision)
  if (decision === undefined) throw new Problem('request.not_found', body.request.id)
  await checkApproval(context.register, session, decision.document, book.policy, now)
  const key = (await readVerifiedKeys(session, body.request.recipient)).at(-1)
  if (key?.position !== body.recipientKey)
    throw new Problem(
      'decision.stale',
      `${body.release}: the key of ${body.request.recipient} was replaced or revoked since`,
    )
}

/** Who is left in a file may be so few that it points at each of them (F905): nobody approved that. */
async function checkStillEnough(
  context: ReleaseContext,
  { release, amended, committed }: ReleaseState & { committed: Stated<CommittedBody> },
  removed: number,
  session: StoreSession,
): Promise<void> {
  const { request: asked, releaseAt, decision, members } = committed.body
  const recordsLeft = (amended.at(-1)?.body.members ?? members) - removed
  const request = { ...asked, releaseAt }
  const { position: upTo } = committed
  const book = await readDecisionBook(context, request, { session, besides: release, decision, upTo })
  const stopping = fileReasons(planDecision(request, book), { systematicPercent: 0, recordsLeft })
    .filter(({ cleared }) => !cleared)
    .map(({ code }) => code)
  if (stopping.length > 0)
    throw new Problem('decision.stale', `${release}: ${recordsLeft} would be left (${stopping.join(', ')})`)
}

function verdictOfGate(
  context: ReleaseContext,
  state: ReleaseState & { committed: Stated<CommittedBody> },
  sealed: SealedBody,
  removals: readonly Touched[],
): BatchDraft {
  const rounds = state.amended.filter(({ body }) => body.removed > 0).length
  if (removals.length > 0 && rounds < AMENDMENTS_MAX) return amendment(context, state, removals, sealed)
  return documentDraft({
    kind: 'release.sealed',
    about: sealed.release,
    body: canonicalJson(sealed),
    actor: context.actor,
    idempotencyKey: `release.sealed:${sealed.release}:${sealed.asOf}`,
  })
}

async function vetoedSince(
  context: ReleaseContext,
  { committed, datasetTable }: { committed: Stated<CommittedBody>; datasetTable: string },
  range: { from: number; to: number },
  session: Pick<StoreSession, 'query'>,
): Promise<Touched[]> {
  const { releaseAt } = committed.body
  const places = { session, engine: context.engine, datasetTable }
  const touched = await touchedSince(places, range)
  if (touched.length === 0) return []
  const subjects = [...(await membersAmong(session, committed.position, touched))]
  const request = { ...committed.body.request, releaseAt }
  const { release: besides, decision } = committed.body
  const book = await readDecisionBook(context, request, { session, besides, decision })
  const plan = planDecision(request, book)
  const before = await fieldsOf(context, committed.body.artefact.file, subjects)
  const disclosedBefore = committed.position
  return removalsOf(await judgeInSlices(places, { plan, subjects, before, disclosedBefore }), before)
}

function amendment(
  context: ReleaseContext,
  { release, amended, committed }: ReleaseState & { committed: Stated<CommittedBody> },
  removals: readonly Touched[],
  sealed: SealedBody,
): BatchDraft {
  const members = (amended.at(-1)?.body.members ?? committed.body.members) - removals.length
  const body: AmendedBody = { release, round: amended.length + 1, removed: removals.length, members }
  return {
    ...documentDraft({
      kind: 'release.amended',
      about: release,
      body: canonicalJson(body),
      actor: context.actor,
      idempotencyKey: `release.amended:${release}:${sealed.asOf}`,
    }),
    extra: (within, position) =>
      writeRemovals(within, { release: committed.position, position, stage: 'amended', removals }),
  }
}
