// The gate: after sealing and before anything leaves, one more look under the lock. Whoever said stop since the commit is
// taken out and the file is sealed afresh; when the look finds nobody, `sealed` is recorded in the same transaction.
import { planDecision } from '../decide/plan.ts'
import { canonicalJson } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import type { AmendedBody, CommittedBody, SealedBody } from '../model/release.ts'
import { appendUnderLock, type LockedHead } from '../register/append-batch.ts'
import type { BatchDraft } from '../register/batch.ts'
import { documentDraft } from '../register/record-document.ts'
import { membersAmong } from '../register/release-members.ts'
import type { StoreSession } from '../register/store.ts'
import { fieldsOf, removalsOf, writeRemovals } from './commit-release.ts'
import type { ReleaseContext } from './decision-context.ts'
import { judgeTouched, type Touched, touchedSince } from './judge-touched.ts'
import { loadDecidedDataset } from './load-decided-dataset.ts'
import { lookedUpTo, type ReleaseState, readRelease, type Stated } from './read-release.ts'

/** After so many rounds the file leaves, and whoever said stop in between is recalled at once. */
const AMENDMENTS_MAX = 3

export async function gateRelease(
  context: ReleaseContext,
  release: string,
  sealed: SealedBody,
): Promise<void> {
  const state = await readRelease(context.register.store, release)
  const dataset = await loadDecidedDataset(context, state.committed!.body)
  const appended = await appendUnderLock(context.register, (session, head) =>
    pass(context, sealed, dataset.table, session, head),
  )
  // Its files lie on that process's disk, not here: whoever was quicker delivers.
  if (appended === undefined)
    throw new Problem('release.contended', 'another process has sealed or amended it')
}

async function pass(
  context: ReleaseContext,
  sealed: SealedBody,
  datasetTable: string,
  session: StoreSession,
  head: LockedHead,
): Promise<BatchDraft | undefined> {
  const state = await readRelease(session, sealed.release)
  const { committed, amended } = state
  if (committed === undefined) throw new Error('sealed before it was committed')
  // Another process sealed or amended meanwhile: its word stands.
  if (state.sealed !== undefined || (amended.at(-1)?.position ?? committed.position) !== sealed.asOf)
    return undefined
  const rounds = amended.filter(({ body }) => body.removed > 0).length
  const removals =
    rounds >= AMENDMENTS_MAX
      ? []
      : await vetoedSince(context, { ...state, committed }, lookedUpTo(state)!, datasetTable, session, head)
  if (removals.length > 0) return amendment(context, { ...state, committed }, removals, sealed)
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
  { committed }: ReleaseState & { committed: Stated<CommittedBody> },
  from: number,
  datasetTable: string,
  session: StoreSession,
  head: LockedHead,
): Promise<Touched[]> {
  const { releaseAt } = committed.body
  const touched = await touchedSince(session, { from, to: head.position })
  if (touched.length === 0) return []
  const subjects = [...(await membersAmong(session, committed.position, touched))]
  const book = await context.readBook(session)
  const plan = planDecision({ ...committed.body.request, releaseAt }, book.policy, book.numbers)
  const judged = await judgeTouched(session, context.engine, { plan, datasetTable, subjects })
  return removalsOf(judged, await fieldsOf(context, committed.body.artefact.file, subjects))
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
