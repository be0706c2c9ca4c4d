// What follows a release: people who said stop after it left are recalled. For each delivery a removal file names the lines
// that have to go, sealed to the key the release was sealed to; its receipt closes it.
import { planDecision } from '../decide/plan.ts'
import { canonicalJson } from '../model/canonical.ts'
import type { Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { isVeto } from '../model/reason.ts'
import type { CommittedBody, RemovalDeliveredBody, RemovalSealedBody } from '../model/release.ts'
import { appendBatch } from '../register/append-batch.ts'
import { documentDraft, recordDocument } from '../register/record-document.ts'
import { membersAmong } from '../register/release-members.ts'
import { writeRemovals } from './commit-release.ts'
import type { OnStep, ReleaseContext } from './decision-context.ts'
import { judgeInSlices, type Touched, touchedSince } from './judge-touched.ts'
import { loadDecidedDataset } from './load-decided-dataset.ts'
import { type ReleaseState, readRelease, readReleases, type Stated } from './read-release.ts'
import { sealRemoval } from './seal-removal.ts'

export type FollowUpResult = {
  release: string
  removal: number
  recipient: string
  count: number
  folder: string
  dueAt: Instant
}

type Delivered = ReleaseState & { committed: Stated<CommittedBody> }

/** One removal for every delivered release that has people to recall; and whatever an earlier run left undelivered. */
export async function followUp(
  context: ReleaseContext,
  options: { onStep?: OnStep } = {},
): Promise<FollowUpResult[]> {
  return context.engine.inTurn(async () => {
    const results: FollowUpResult[] = []
    for (const { release } of await readReleases(context.register.store)) {
      options.onStep?.({ step: `following up ${release}`, done: 0 })
      const made = await followRelease(context, release)
      results.push(...made)
    }
    return results
  })
}

async function followRelease(context: ReleaseContext, release: string): Promise<FollowUpResult[]> {
  const before = await readRelease(context.register.store, release)
  if (before.committed === undefined || before.delivered === undefined) return []
  const state: Delivered = { ...before, committed: before.committed }
  const results: FollowUpResult[] = []
  for (const removal of state.removals)
    if (removal.delivered === undefined)
      results.push(await deliverRemoval(context, state, removal.sealed.body))
  const removal = await recall(context, state)
  if (removal !== undefined) results.push(await deliverRemoval(context, state, removal))
  return results
}

/** Finds who has to be recalled, seals their lines, and records both in one transaction. */
async function recall(context: ReleaseContext, state: Delivered): Promise<RemovalSealedBody | undefined> {
  const { register, actor } = context
  const from =
    state.removals.at(-1)?.sealed.body.upTo ?? state.amended.at(-1)?.position ?? state.committed.position
  const [head] = await register.store.query<{ position: number }>('select position from register.head')
  const recalled = await vetoed(context, state, from, head!.position)
  if (recalled.length === 0) return undefined
  const number = (state.removals.at(-1)?.sealed.body.removal ?? 0) + 1
  const body = await sealRemoval(context, state, {
    number,
    upTo: head!.position,
    subjects: recalled.map(({ subject }) => subject),
  })
  const { repeated } = await appendBatch(register, {
    ...documentDraft({
      kind: 'removal.sealed',
      about: state.release,
      body: canonicalJson(body),
      actor,
      // Another process that follows up at the same time makes the same removal; one of the two is recorded.
      idempotencyKey: `removal.sealed:${state.release}:${number}:${body.removalSha256}`,
    }),
    extra: (session, position) =>
      writeRemovals(session, {
        release: state.committed.position,
        position,
        stage: 'recalled',
        removals: recalled,
      }),
  })
  return repeated ? undefined : body
}

/** Members with a veto on record since; not those whom only time or a changed policy would refuse today. */
async function vetoed(
  context: ReleaseContext,
  state: Delivered,
  from: number,
  to: number,
): Promise<Touched[]> {
  const { register, engine } = context
  const { committed } = state
  const now = Math.max(register.now(), committed.body.releaseAt)
  const touched = await touchedSince(register.store, { from, to })
  if (touched.length === 0) return []
  const subjects = [...(await membersAmong(register.store, committed.position, touched))]
  if (subjects.length === 0) return []
  const dataset = await loadDecidedDataset(context, committed.body)
  const book = await context.readBook()
  const plan = planDecision({ ...committed.body.request, releaseAt: now }, book.policy, book.numbers)
  const judged = await judgeInSlices(register.store, engine, { plan, datasetTable: dataset.table, subjects })
  return judged.filter(({ verdict }) => verdict.outcome === 'deny' && verdict.reasons.some(isVeto))
}

/** Renames the folder into the outbox; makes it again when it was lost in between. */
async function deliverRemoval(
  context: ReleaseContext,
  state: Delivered,
  body: RemovalSealedBody,
): Promise<FollowUpResult> {
  const { register, outbox, actor } = context
  const name = `${body.release}.removal-${body.removal}`
  const { recipient } = state.committed.body.request
  if (body.outbox !== (await outbox.id()))
    throw new Problem('outbox.elsewhere', `${name}, outbox ${body.outbox}`)
  const folder = (await outbox.deliver(name, recipient)) ?? (await remake(context, state, body))
  const delivered: RemovalDeliveredBody = { release: body.release, removal: body.removal, folder }
  await recordDocument(register, {
    kind: 'removal.delivered',
    about: body.release,
    body: canonicalJson(delivered),
    actor,
    idempotencyKey: `removal.delivered:${name}`,
  })
  return {
    release: body.release,
    removal: body.removal,
    recipient,
    count: body.count,
    folder,
    dueAt: body.dueAt,
  }
}

/** Sealed and recorded, but its folder is gone: the same lines again, under a new file key, recorded once more. */
async function remake(context: ReleaseContext, state: Delivered, lost: RemovalSealedBody): Promise<string> {
  const { register, outbox, actor } = context
  const sealed = state.removals.find(({ sealed }) => sealed.body.removal === lost.removal)?.sealed
  const rows = await register.store.query<{ subject: number }>(
    'select subject from register.release_removal where release = $1 and position = $2 order by subject',
    [state.committed.position, sealed?.position ?? 0],
  )
  const body = await sealRemoval(context, state, {
    number: lost.removal,
    upTo: lost.upTo,
    subjects: rows.map(({ subject }) => subject),
  })
  await recordDocument(register, {
    kind: 'removal.sealed',
    about: state.release,
    body: canonicalJson(body),
    actor,
    idempotencyKey: `removal.sealed:${state.release}:${lost.removal}:${body.removalSha256}`,
  })
  const folder = await outbox.deliver(
    `${body.release}.removal-${body.removal}`,
    state.committed.body.request.recipient,
  )
  if (folder === undefined) throw new Error('what was staged a moment ago is gone')
  return folder
}
