// What follows a release: people who said stop after it left are recalled. For each delivery a removal file names the lines
// that have to go, sealed to the key the release was sealed to; its receipt closes it.
import { planDecision } from '../decide/plan.ts'
import { canonicalJson } from '../model/canonical.ts'
import type { Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { isVeto } from '../model/reason.ts'
import type { CommittedBody, RemovalDeliveredBody, RemovalSealedBody } from '../model/release.ts'
import { appendUnderLock } from '../register/append-batch.ts'
import { documentDraft, recordDocument } from '../register/record-document.ts'
import { membersAmong } from '../register/release-members.ts'
import { catchUpProjection } from './catch-up-projection.ts'
import { writeRemovals } from './commit-release.ts'
import type { OnStep, ReleaseContext } from './decision-context.ts'
import { judgeInSlices, type Touched } from './judge-touched.ts'
import { findDecidedTable } from './load-decided-dataset.ts'
import { touchedSince } from './people-touched.ts'
import { linkConfidenceMin } from './project-links.ts'
import { lookedUpTo, type ReleaseState, readRelease, readReleases, type Stated } from './read-release.ts'
import { readDecisionBook } from './read-standing.ts'
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
    const failures: unknown[] = []
    for (const { release } of await readReleases(context.register.store)) {
      options.onStep?.({ step: `following up ${release}`, done: 0 })
      // What is wrong with one release is no reason to leave people in another.
      await followRelease(context, release).then(
        (made) => results.push(...made),
        (error: unknown) => failures.push(error),
      )
    }
    if (failures.length > 0) throw failures[0]
    return results
  })
}

/** Within a turn of the engine. */
export async function followRelease(context: ReleaseContext, release: string): Promise<FollowUpResult[]> {
  const before = await readRelease(context.register.store, release)
  if (before.committed === undefined || before.delivered === undefined) return []
  // What was destroyed, by the evidence on record, holds nobody who could be removed.
  if (before.destroyed !== undefined) return []
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
  const from = state.removals.at(-1)?.sealed.body.upTo ?? lookedUpTo(state)!
  const head = await catchUpProjection(register, context.engine, linkConfidenceMin(context.packs))
  const recalled = await vetoed(context, state, from, head.position)
  if (recalled.length === 0) return undefined
  const number = (state.removals.at(-1)?.sealed.body.removal ?? 0) + 1
  const body = await sealRemoval(context, state, {
    number,
    upTo: head.position,
    subjects: recalled.map(({ subject }) => subject),
  })
  const appended = await appendUnderLock(register, async (session) => {
    // Another process that follows up at the same time makes a removal of this number too; the quicker one's counts.
    if ((await readRelease(session, state.release)).removals.length !== state.removals.length)
      return undefined
    return {
      ...documentDraft({
        kind: 'removal.sealed',
        about: state.release,
        body: canonicalJson(body),
        actor,
        idempotencyKey: `removal.sealed:${state.release}:${number}:${body.removalSha256}`,
      }),
      extra: (within, position) =>
        writeRemovals(within, {
          release: state.committed.position,
          position,
          stage: 'recalled',
          removals: recalled,
        }),
    }
  })
  return appended === undefined ? undefined : body
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
  const datasetTable = await findDecidedTable(context, committed.body)
  const places = { session: register.store, engine, datasetTable }
  const touched = await touchedSince(places, { from, to })
  if (touched.length === 0) return []
  const subjects = [...(await membersAmong(register.store, committed.position, touched))]
  if (subjects.length === 0) return []
  // The policy it was committed under: what has been retired since, a recipient perhaps, still has these people's data.
  const book = await context.readBook(undefined, committed.position)
  const request = { ...committed.body.request, releaseAt: now }
  const judgedBy = await readDecisionBook(context, request, { book, besides: state.release })
  const plan = planDecision(request, judgedBy)
  // Of the file as it was, contact points alone: what else it says is of no use to a veto. Later releases were not yet made.
  const judged = await judgeInSlices(places, {
    ...{ plan, subjects, disclosedBefore: committed.position, contactsOnly: true },
  })
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
  const whole = await isStagedWhole(context, name, body)
  const folder =
    (whole ? await outbox.deliver(name, recipient) : undefined) ?? (await remake(context, state, body))
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

/** A folder that an earlier run left half made is never renamed; one that it renamed already is whole. */
async function isStagedWhole(
  { outbox }: ReleaseContext,
  name: string,
  { manifestSha256, removalSha256 }: RemovalSealedBody,
): Promise<boolean> {
  const folder = await outbox.staged(name)
  if (folder === undefined) return true
  return (
    (await outbox.hash(folder, 'removal.json')) === manifestSha256 &&
    (await outbox.hash(folder, 'removals.csv.age')) === removalSha256 &&
    (await outbox.hash(folder, 'removal.json.sig')) !== undefined &&
    (await outbox.hash(folder, 'README.txt')) !== undefined
  )
}

/** Sealed and recorded, but its folder is gone: the same lines again, under a new file key, recorded once more. */
async function remake(context: ReleaseContext, state: Delivered, lost: RemovalSealedBody): Promise<string> {
  const { register, outbox, actor } = context
  const index = state.removals.findIndex(({ sealed }) => sealed.body.removal === lost.removal)
  // Between the removal before and this one, as that may have been made again more than once.
  const rows = await register.store.query<{ subject: number }>(
    `select subject from register.release_removal
      where release = $1 and stage = 'recalled' and position > $2 and position <= $3 order by subject`,
    [
      state.committed.position,
      state.removals[index - 1]?.sealed.position ?? 0,
      state.removals[index]?.sealed.position ?? 0,
    ],
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
