// The commit: the linearisation point of a release. Everything recorded before it counts, everything after it is late.
//
// 1. Without the lock: catch up, and decide everyone again if time or events have passed since the approval.
// 2. Under the lock of the register's head: nothing can be recorded meanwhile. The policy, the approval and the recipient's
//    key still hold; whoever was touched since step 1 is judged once more; membership and the document are written.
// What changes in between can only take rows out. A withdrawal acknowledged before the lock is taken never leaves.

import { outcomeNumbers } from '../decide/compile-decision.ts'
import { decideSet, fileReasons } from '../decide/decide-set.ts'
import { packHashes } from '../decide/pack-hash.ts'
import { planDecision } from '../decide/plan.ts'
import type { Pack } from '../decide/rule.ts'
import { canonicalJson, sha256Hex } from '../model/canonical.ts'
import { type Instant, instantToIso, microsecondsPerMinute } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import type { CommittedBody, DecisionBody, DocumentKind, EmptyBody, RecordsFormat } from '../model/release.ts'
import type { SharingRequest } from '../model/request.ts'
import { appendUnderLock, type LockedHead } from '../register/append-batch.ts'
import type { BatchDraft } from '../register/batch.ts'
import { publishLog } from '../register/publish-log.ts'
import { documentDraft } from '../register/record-document.ts'
import { membershipSha256, writeMembers } from '../register/release-members.ts'
import type { StoreSession } from '../register/store.ts'
import { answersChangedSince } from './answers-since.ts'
import { catchUpProjection } from './catch-up-projection.ts'
import { checkApproval, clockToleranceUs } from './check-approval.ts'
import type { OnStep, ReleaseContext } from './decision-context.ts'
import { judgeInSlices, judgeTouched, type ToJudge, type Touched } from './judge-touched.ts'
import type { LoadedDataset } from './load-dataset.ts'
import { loadDecidedDataset, openArtefact } from './load-decided-dataset.ts'
import { speakingOfLater, touchedSince } from './people-touched.ts'
import { linkConfidenceMin } from './project-links.ts'
import { readRecipientKey } from './read-recipient-key.ts'
import { readRelease, readReleases, releaseIdOf, type Stated } from './read-release.ts'
import { readDecisionBook } from './read-standing.ts'
import type { AtPoint } from './release-points.ts'
import { artefactRelation, leavingSubjects, stricterVerdicts } from './verdict-table.ts'

/** How long after the instant it decides for a release may still commit. */
const COMMIT_WITHIN = 15 * microsecondsPerMinute
/** More people than this are decided as a set, outside the lock. */
const TOUCHED_MAX = 10_000
const ROUNDS_MAX = 3

export type CommitOptions = { onStep: OnStep; at: AtPoint; format: RecordsFormat }

/** Leaves `release.committed`, or `release.empty` when nobody may leave. Anything that does not hold is a Problem. */
export async function commitRelease(
  context: ReleaseContext,
  decision: Stated<DecisionBody>,
  options: CommitOptions,
): Promise<void> {
  refuseStoppedFile(decision.body)
  refuseWithoutCopy(decision.body.request)
  await options.at('before-commit')
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    const ready = await prepare(context, decision, options.onStep)
    try {
      await appendUnderLock(context.register, (session, head) =>
        commitUnderLock(context, decision, { ...ready, format: options.format }, session, head),
      )
      await options.at('committed')
      return
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error
    }
  }
  throw new Problem('release.contended', `tried ${ROUNDS_MAX} times`)
}

/** Too much happened between step 1 and the lock: decide again. Never leaves this file. */
class Overtaken extends Error {}

type Stopped = Pick<DecisionBody, 'request' | 'outcomes' | 'considered'> & {
  file: readonly DecisionBody['file'][number][]
}

function refuseStoppedFile({ request, outcomes, file, considered }: Stopped): void {
  const stopping = file.filter(({ cleared }) => !cleared).map(({ code }) => code)
  if (stopping.length === 0) return
  const waits =
    outcomes.review > 0
      ? `${outcomes.review} of ${considered} records wait for a person`
      : 'the file is refused'
  throw new Problem('release.refused', `${request.id}: ${waits} (${stopping.join(', ')})`)
}

/** What is sent by ourselves, or looked at here, was judged as what nobody else gets a copy of: none is made. */
function refuseWithoutCopy({ id, delivery = 'sealed' }: SharingRequest): void {
  if (delivery !== 'sealed')
    throw new Problem('release.refused', `${id}: it was asked for as ${delivery}, and no copy leaves then`)
}

// --- 1: without the lock -----------------------------------------------------------------------------------------

type Prepared = {
  releaseAt: Instant
  /** The register up to here is in the verdicts. */
  position: number
  dataset: LoadedDataset
  artefact: { file: string; sha256: string }
  leaving: Int32Array
  /** People taken out of `leaving` for a stop on record that names a later time, with the verdict that did it. */
  removals: readonly Touched[]
}

async function prepare(
  context: ReleaseContext,
  decision: Stated<DecisionBody>,
  onStep: OnStep,
): Promise<Prepared> {
  const { register, engine } = context
  const { request } = decision.body
  // A register that went back behind what was signed is found out here, before anything is committed to it.
  await publishLog(register, context.log)
  const releaseAt = await releaseInstant(context)
  if (releaseAt < request.releaseAt - COMMIT_WITHIN)
    throw new Problem('release.early', `${request.id} is not to be released yet`)
  checkPolicyHash(decision.body, context.policyHash)
  checkPackHashes(decision.body, context.packs)
  await checkApproval(register, register.store, decision.document, context.policy, releaseAt)
  await readRecipientKey(register.store, request.recipient)
  const dataset = await loadDecidedDataset(context, decision.body, onStep)
  const { position } = await catchUpProjection(
    register,
    engine,
    linkConfidenceMin(context.packs),
    ({ events, total }) =>
      onStep({ step: 'catching up with the register', done: events / Math.max(1, total) }),
  )
  const approved = await approvedArtefact(context, decision.body)
  const quiet = position === decision.body.position || !(await hasNews(context, decision.body.position))
  const fresh = quiet && !(await answersChangedSince(register.store, decision.body))
  if (fresh && releaseAt - decision.body.releaseAt <= COMMIT_WITHIN) {
    const leaving = await leavingSubjects(engine, artefactRelation(approved.path))
    const decidedFor = decision.body.releaseAt
    return honourLater(
      context,
      { request, decidedFor },
      { releaseAt, position, dataset, artefact: approved, leaving },
    )
  }
  onStep({ step: 'deciding again', done: 0 })
  return decideAgain(context, decision, { releaseAt, position, dataset, approved })
}

/** Now; never before what is recorded already, as two clocks may differ a little. */
async function releaseInstant({ register }: ReleaseContext): Promise<Instant> {
  const [head] = await register.store.query<{ recorded_at: number }>('select recorded_at from register.head')
  return laterOf(register.now(), head!.recorded_at)
}

function laterOf(now: Instant, recordedAt: Instant): Instant {
  if (now < recordedAt - clockToleranceUs)
    throw new Problem('clock.back', `by ${Math.ceil((recordedAt - now) / microsecondsPerMinute)} minutes`)
  return Math.max(now, recordedAt)
}

function checkPolicyHash(decided: DecisionBody, policyHash: string): void {
  if (decided.policyHash !== policyHash)
    throw new Problem('decision.stale', `${decided.request.id}: the policy changed since it was checked`)
}

/** What a person approved was decided by these rules, in these words. */
function checkPackHashes({ request, packHashes: decided }: DecisionBody, packs: readonly Pack[]): void {
  const now = packHashes(packs)
  const changed = Object.keys(decided).find((id) => decided[id] !== now[id])
  if (changed !== undefined)
    throw new Problem('decision.stale', `${request.id}: the pack ${changed} changed since it was checked`)
}

async function approvedArtefact(
  context: ReleaseContext,
  { request, position, artefactSha256 }: DecisionBody,
) {
  const file = `${request.id}@${position}.parquet`
  if (artefactSha256 === undefined)
    throw new Problem('decision.stale', `${request.id} was checked without keeping its verdicts`)
  return openArtefact(context, { file, sha256: artefactSha256 })
}

async function hasNews({ register }: ReleaseContext, after: number): Promise<boolean> {
  const rows = await register.store.query('select 1 from register.event where position > $1 limit 1', [after])
  return rows.length > 0 || (await concernsEverybody(register.store, { after }))
}

/** A link joins what was two people; a release counts for how often anybody may be disclosed: the file is decided again. */
export async function concernsEverybody(
  session: Pick<StoreSession, 'query'>,
  { after, kinds = ['links', 'release.committed'] }: { after: number; kinds?: readonly DocumentKind[] },
): Promise<boolean> {
  const rows = await session.query(
    'select 1 from register.record where kind = any($1::text[]) and position > $2 limit 1',
    [[...kinds], after],
  )
  return rows.length > 0
}

async function decideAgain(
  context: ReleaseContext,
  decision: Stated<DecisionBody>,
  prepared: {
    releaseAt: Instant
    position: number
    dataset: LoadedDataset
    approved: { path: string }
  },
): Promise<Prepared> {
  const { engine } = context
  const { releaseAt, position, dataset, approved } = prepared
  const request = { ...decision.body.request, releaseAt }
  const book = await readDecisionBook(context, request, { decision: decision.position })
  const plan = planDecision(request, book)
  const decided = await decideSet(engine, plan, dataset.table, 'decided_again')
  refuseStoppedFile({ ...decision.body, request, outcomes: decided.outcomes, file: [...decided.file] })
  const file = `${releaseIdOf({ about: request.id, position: decision.position })}.release.parquet`
  const { clusters } = decided
  const rows = stricterVerdicts(artefactRelation(approved.path), { table: 'decided_again', clusters }, plan)
  const { sha256 } = await engine.writeParquet(rows, `${context.decisionsFolder}/${file}`)
  const leaving = await leavingSubjects(engine, artefactRelation(`${context.decisionsFolder}/${file}`))
  return honourLater(
    context,
    { request, decidedFor: releaseAt },
    { releaseAt, position, dataset, artefact: { file, sha256 }, leaving },
  )
}

/** A decision leaves out of account what names a time after the instant it is for; what leaves may not. */
async function honourLater(
  context: ReleaseContext,
  { request, decidedFor }: { request: SharingRequest; decidedFor: Instant },
  ready: Omit<Prepared, 'removals'>,
): Promise<Prepared> {
  const { register, engine } = context
  const places = { session: register.store, engine, datasetTable: ready.dataset.table }
  const speaking = await speakingOfLater(places, decidedFor)
  const subjects = speaking.filter((subject) => isAmong(ready.leaving, subject))
  if (subjects.length === 0) return { ...ready, removals: [] }
  const now = { ...request, releaseAt: ready.releaseAt }
  const before = await fieldsOf(context, ready.artefact.file, subjects)
  const plan = planDecision(now, await readDecisionBook(context, now))
  const removals = removalsOf(await judgeInSlices(places, { plan, subjects, before }), before)
  const gone = new Set(removals.map(({ subject }) => subject))
  return { ...ready, leaving: ready.leaving.filter((subject) => !gone.has(subject)), removals }
}

// --- 2: under the lock -------------------------------------------------------------------------------------------

async function commitUnderLock(
  context: ReleaseContext,
  decision: Stated<DecisionBody>,
  ready: Prepared & Pick<CommitOptions, 'format'>,
  session: StoreSession,
  head: LockedHead,
): Promise<BatchDraft | undefined> {
  const release = releaseIdOf({ about: decision.body.request.id, position: decision.position })
  const state = await readRelease(session, release)
  // Another process was quicker; its commit is this one's.
  if (state.committed !== undefined || state.empty !== undefined) return undefined
  const now = laterOf(context.register.now(), head.recordedAt)
  if (now > ready.releaseAt + COMMIT_WITHIN) throw new Overtaken()
  // An answer is about everybody under its notice: the file is decided again, never person by person.
  if (await answersChangedSince(session, ready)) throw new Overtaken()
  if (await concernsEverybody(session, { after: ready.position })) throw new Overtaken()
  const book = await context.readBook(session)
  checkPolicyHash(decision.body, book.policyHash)
  const approval = await checkApproval(context.register, session, decision.document, book.policy, now)
  const key = await readRecipientKey(session, decision.body.request.recipient)
  await refuseOverdue(session, decision.body.request.recipient, ready.releaseAt)
  const request = { ...decision.body.request, releaseAt: ready.releaseAt }
  const plan = planDecision(
    request,
    await readDecisionBook(context, request, { session, book, decision: decision.position }),
  )
  const removals = await removedMeanwhile(context, session, { plan, ready, head: head.position })
  const gone = new Set(removals.map(({ subject }) => subject))
  const members = gone.size === 0 ? ready.leaving : ready.leaving.filter((subject) => !gone.has(subject))
  refuseWhatStopsNow(decision.body, plan, members.length)
  const common = {
    release,
    request: decision.body.request,
    decision: decision.position,
    approval: approval.position,
    considered: decision.body.considered,
  }
  if (members.length === 0) return emptyDraft(context, common)
  const body: CommittedBody = {
    ...common,
    decisionSha256: sha256Hex(decision.document.body),
    approvalRule: approval.statement.rule,
    recipientKey: key.position,
    ageRecipient: key.card.ageRecipient,
    format: ready.format,
    releaseAt: ready.releaseAt,
    artefact: { file: ready.artefact.file, sha256: ready.artefact.sha256 },
    datasetSha256: decision.body.datasetSha256,
    policyHash: decision.body.policyHash,
    packs: decision.body.packs,
    maskCodes: decision.body.maskCodes,
    members: members.length,
    membershipSha256: membershipSha256(members),
    removedSinceDecision: decision.body.outcomes.allow + decision.body.outcomes.transform - members.length,
  }
  return {
    ...draftOf(context, 'release.committed', release, canonicalJson(body)),
    async extra(within, position) {
      await writeMembers(within, position, members)
      await writeRemovals(within, {
        release: position,
        position,
        stage: 'amended',
        removals: [...ready.removals, ...removals],
      })
    },
  }
}

/**
 * The file's own reasons once more: who was taken out makes a file smaller, and a feed may turn out to be behind. The share
 * that fails was counted when the file was decided.
 */
function refuseWhatStopsNow(
  body: Pick<DecisionBody, 'request' | 'considered' | 'outcomes'>,
  plan: ToJudge['plan'],
  recordsLeft: number,
): void {
  const file = fileReasons(plan, { systematicPercent: 0, recordsLeft })
  refuseStoppedFile({ ...body, outcomes: { ...body.outcomes, review: 0 }, file })
}

/** Halving an ascending list: a set of a million people would be made while everybody waits for the lock. */
function isAmong(ascending: Int32Array, subject: number): boolean {
  let from = 0
  let to = ascending.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if (ascending[middle]! < subject) from = middle + 1
    else to = middle
  }
  return ascending[from] === subject
}

/** Whoever has not taken out the lines it was asked to take out in time gets no further ones. */
async function refuseOverdue(session: StoreSession, recipient: string, at: Instant): Promise<void> {
  for (const { committed, removals, destroyed } of await readReleases(session)) {
    if (committed?.body.request.recipient !== recipient || destroyed !== undefined) continue
    const overdue = removals.find(({ sealed, applied }) => applied === undefined && sealed.body.dueAt < at)
    if (overdue !== undefined) {
      const { release, removal, dueAt } = overdue.sealed.body
      throw new Problem(
        'recipient.overdue',
        `${recipient}: removal ${removal} of ${release} was due ${instantToIso(dueAt)}`,
      )
    }
  }
}

/** Of those who were to leave, the people who may not any more, or not with the same fields. */
async function removedMeanwhile(
  context: ReleaseContext,
  session: StoreSession,
  options: { plan: ToJudge['plan']; ready: Prepared; head: number },
): Promise<Touched[]> {
  const { plan, ready, head } = options
  const places = { session, engine: context.engine, datasetTable: ready.dataset.table }
  const touched = await touchedSince(places, { from: ready.position, to: head })
  const subjects = touched.filter((subject) => isAmong(ready.leaving, subject))
  if (subjects.length > TOUCHED_MAX) throw new Overtaken()
  const before = await fieldsOf(context, ready.artefact.file, subjects)
  return removalsOf(await judgeTouched(places, { plan, subjects, before }), before)
}

/** Fields each of these people was to leave with. */
export async function fieldsOf(
  { engine, decisionsFolder }: ReleaseContext,
  artefact: string,
  subjects: readonly number[],
): Promise<Map<number, number>> {
  if (subjects.length === 0) return new Map()
  const rows = await engine.rows<{ subject: number; fields: number }>(
    `select subject, bit_or(fields) as fields from ${artefactRelation(`${decisionsFolder}/${artefact}`)}
      where outcome >= ${outcomeNumbers.transform} and subject in (${subjects.join(', ')}) group by subject`,
  )
  return new Map(rows.map(({ subject, fields }) => [subject, fields]))
}

/**
 * Whoever may not leave any more, and whoever may leave with fewer fields than were decided: what is in the file cannot be
 * cut any more, so that person stays out of it.
 */
export function removalsOf(judged: readonly Touched[], before: ReadonlyMap<number, number>): Touched[] {
  return judged.flatMap((touched) => {
    const { outcome, fields } = touched.numbers
    if (outcome < outcomeNumbers.transform) return [touched]
    const lost = BigInt(before.get(touched.subject) ?? 0) & ~BigInt(fields)
    if (lost === 0n) return []
    return [{ ...touched, numbers: { ...touched.numbers, outcome: outcomeNumbers.deny } }]
  })
}

function emptyDraft(context: ReleaseContext, body: EmptyBody): BatchDraft {
  return draftOf(context, 'release.empty', body.release, canonicalJson(body))
}

function draftOf({ actor }: ReleaseContext, kind: string, release: string, body: string): BatchDraft {
  return documentDraft({ kind, about: release, body, actor, idempotencyKey: `${kind}:${release}` })
}

/** Who was taken out, with the verdict that did it, which D tells in place of the one in the artefact. */
export async function writeRemovals(
  session: StoreSession,
  options: {
    release: number
    position: number
    stage: 'amended' | 'recalled'
    removals: readonly Pick<Touched, 'subject' | 'numbers'>[]
  },
): Promise<void> {
  const { release, position, stage, removals } = options
  if (removals.length === 0) return
  await session.query(
    `insert into register.release_removal (release, subject, position, stage, verdict)
     select $1::int8, r.subject, $2::int8, $3, r.verdict
       from unnest($4::int4[], $5::text[]) as r (subject, verdict) on conflict do nothing`,
    [
      release,
      position,
      stage,
      removals.map(({ subject }) => subject),
      removals.map(({ numbers }) => canonicalJson({ ...numbers, masks: [...numbers.masks] })),
    ],
  )
}
