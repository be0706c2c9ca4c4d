// `check`: bring the projection up to date, read the dataset, decide every record, keep the artefact, record the decision.
import { join } from 'node:path'
import { compileFor, decideSet, type ReasonGroup, type SetDecision } from '../decide/decide-set.ts'
import { listTells } from '../decide/disclosed.ts'
import { writeFacts } from '../decide/facts/given-facts.ts'
import { fieldTransform } from '../decide/field-transform.ts'
import { packHashes } from '../decide/pack-hash.ts'
import { type DecisionPlan, planDecision, recordCodes } from '../decide/plan.ts'
import { projectionVersion } from '../decide/projection-schema.ts'
import { writeArtefact } from '../decide/write-artefact.ts'
import { transformWords } from '../model/delivered-column.ts'
import type { Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import type { ReasonCode } from '../model/reason.ts'
import type { DecisionBody } from '../model/release.ts'
import type { SharingRequest } from '../model/request.ts'
import type { FieldTreatment } from '../model/verdict.ts'
import { recordDecision } from '../register/record-decision.ts'
import { catchUpProjection } from './catch-up-projection.ts'
import type { DecisionContext, OnStep } from './decision-context.ts'
import { type LoadedDataset, loadDataset } from './load-dataset.ts'
import { linkConfidenceMin } from './project-links.ts'
import { readDecisionBook } from './read-standing.ts'

/** Bump when the same inputs would give another artefact. */
export const deciderVersion = 3

export type CheckResult = SetDecision & {
  request: SharingRequest
  /** The controller's zone, in which dates are shown. */
  zone: string
  /** The decision is what the register held up to this position. */
  position: number
  /** Events brought into the projection for this decision. */
  eventsProjected: number
  /** At release one for each jurisdiction. */
  packs: { release: readonly string[]; collection: readonly string[] }
  packHashes: Readonly<Record<string, string>>
  /** "The list tells the recipient: …" */
  tells: readonly string[]
  fields: readonly CheckedField[]
  dataset: LoadedDataset
  artefact: { path: string; sha256: string; sizeBytes: number } | undefined
  seconds: { projection: number; dataset: number; decide: number; artefact: number }
}

export type CheckedField = {
  name: string
  treatment: FieldTreatment
  /** What is left of it, in words, where the agreement has it leave in another form. */
  note?: string
  keptIn: number
  codes: readonly ReasonCode[]
}

type CheckOptions = { onStep?: OnStep; keepArtefact?: boolean }

export async function checkRequest(
  context: DecisionContext,
  request: SharingRequest,
  options: CheckOptions = {},
): Promise<CheckResult> {
  return context.engine.inTurn(() => check(context, request, options))
}

async function check(
  context: DecisionContext,
  request: SharingRequest,
  options: CheckOptions,
): Promise<CheckResult> {
  const onStep = options.onStep ?? (() => {})
  const dataset = context.policy.datasets.find(({ id }) => id === request.dataset)
  if (dataset === undefined) throw new Problem('policy.not_found', `dataset ${request.dataset}`)
  const lap = stopwatch()
  const loaded = await loadDataset(context, dataset, onStep)
  const datasetSeconds = lap()
  // After the dataset: reading it may have enrolled people, and the decision speaks of one position.
  const caughtUp = await catchUpProjection(
    context.register,
    context.engine,
    linkConfidenceMin(context.packs),
    ({ events, total }) =>
      onStep({ step: 'catching up with the register', done: events / Math.max(1, total) }),
  )
  const projectionSeconds = lap()
  const book = await context.readBook(undefined, caughtUp.position)
  // Answers as of this position, not as of when the command began: the commit asks for those recorded after it.
  const policy = { ...context.policy, determinations: book.policy.determinations }
  const judgedBy = await readDecisionBook(context, request, {
    book: { ...book, policy },
    upTo: caughtUp.position,
  })
  const plan = planDecision(request, judgedBy)
  onStep({ step: 'deciding', done: 0 })
  const decision = await decideSet(context.engine, plan, loaded.table, 'decided')
  onStep({ step: 'deciding', done: 1 })
  const decideSeconds = lap()
  const artefact =
    options.keepArtefact === false
      ? undefined
      : await keepArtefact(context, plan, loaded.table, caughtUp.position)
  const result: CheckResult = {
    ...decision,
    request,
    zone: context.policy.controller.zone,
    position: caughtUp.position,
    eventsProjected: caughtUp.events,
    packs: {
      release: plan.packs.release.map(({ id }) => id),
      collection: plan.packs.collection.map(({ id }) => id),
    },
    packHashes: packHashes([...plan.packs.collection, ...plan.packs.release]),
    tells: listTells(request, context.policy),
    fields: fieldTreatments(plan, decision.groups),
    dataset: loaded,
    artefact,
    seconds: {
      projection: projectionSeconds,
      dataset: datasetSeconds,
      decide: decideSeconds,
      artefact: lap(),
    },
  }
  if (artefact !== undefined)
    await recordDecision(context.register, decisionRecord(context, result, { plan, published: book.policy }))
  return result
}

/** Every record with its facts, masks and outcome, in the order of the file: the same question gives the same bytes. */
async function keepArtefact(context: DecisionContext, plan: DecisionPlan, table: string, position: number) {
  const path = join(context.decisionsFolder, `${plan.request.id}@${position}.parquet`)
  const { artefact } = await compileFor(context.engine, plan, table)
  return { path, ...(await writeArtefact(context.engine, artefact, path)) }
}

/**
 * What becomes of each field in the records that may go (by their own reasons; of all of them, if none may). It can differ
 * from record to record, as notices differ in what they say is shared: `keptIn` says in how many it stays.
 */
function fieldTreatments(plan: DecisionPlan, groups: readonly ReasonGroup[]): CheckResult['fields'] {
  const going = groups.filter(({ outcome }) => outcome === 'allow' || outcome === 'transform')
  const counted = going.length > 0 ? going : groups
  const notices = new Map([...plan.notices.values()].map((notice) => [notice.id, notice]))
  return plan.request.fields.map((name, index) => {
    const codes = new Set<ReasonCode>()
    let keptIn = 0
    for (const { notice, fields, count } of counted) {
      const dropped = notices.get(notice)?.fields[index]?.codes ?? []
      if ((fields >>> index) & 1) keptIn += count
      for (const code of dropped) codes.add(code)
    }
    return {
      name,
      ...(keptIn > 0 ? keptAs(name, plan) : { treatment: 'drop' }),
      keptIn,
      codes: recordCodes.filter((code) => codes.has(code)),
    }
  })
}

function keptAs(name: string, { request, policy }: DecisionPlan): Pick<CheckedField, 'treatment' | 'note'> {
  const transform = fieldTransform(name, request, policy)
  return transform === undefined
    ? { treatment: 'keep' }
    : { treatment: transform.as, note: transformWords(transform) }
}

function decisionRecord(
  context: DecisionContext,
  result: CheckResult,
  { plan, published }: { plan: DecisionPlan; published: Policy },
): { actor: string; body: DecisionBody } {
  const { request } = result
  return {
    actor: context.actor,
    body: {
      request,
      position: result.position,
      releaseAt: request.releaseAt,
      packs: [
        ...result.packs.collection,
        ...(result.packs.release.length > 0 ? result.packs.release : ['none']),
      ],
      packHashes: { ...result.packHashes },
      policyHash: context.policyHash,
      projectionVersion,
      deciderVersion,
      maskCodes: [...recordCodes],
      datasetSha256: result.dataset.sha256,
      ...undeclaredDataset(plan, published),
      ...(result.artefact && { artefactSha256: result.artefact.sha256 }),
      ...writeFacts(plan),
      considered: result.considered,
      outcomes: result.outcomes,
      file: result.file.map(({ code, cleared }) => ({ code, cleared })),
      reasons: result.reasons.map(({ code, count, primary }) => ({ code, count, primary })),
    },
  }
}

/** How a file that no policy declares was classified: without it nobody could judge its fields again. */
function undeclaredDataset(
  { request, policy }: DecisionPlan,
  published: Policy,
): Pick<DecisionBody, 'dataset'> {
  if (published.datasets.some(({ id }) => id === request.dataset)) return {}
  const used = policy.datasets.find(({ id }) => id === request.dataset)
  if (used === undefined) return {}
  const { location: _, ...dataset } = used
  return { dataset }
}

/** Seconds since the last lap. */
export function stopwatch(): () => number {
  let last = performance.now()
  return () => {
    const now = performance.now()
    const seconds = (now - last) / 1000
    last = now
    return seconds
  }
}
