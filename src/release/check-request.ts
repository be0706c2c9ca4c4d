// `check`: bring the projection up to date, read the dataset, decide every record, keep the artefact, record the decision.
import { join } from 'node:path'
import { compileDecision } from '../decide/compile-decision.ts'
import { decideSet, type ReasonGroup, type SetDecision } from '../decide/decide-set.ts'
import { listTells } from '../decide/disclosed.ts'
import { fieldTransform } from '../decide/field-transform.ts'
import { type DecisionPlan, planDecision, recordCodes } from '../decide/plan.ts'
import { projectionVersion } from '../decide/projection-schema.ts'
import { transformWords } from '../model/delivered-column.ts'
import { Problem } from '../model/problem.ts'
import type { ReasonCode } from '../model/reason.ts'
import type { DecisionBody } from '../model/release.ts'
import type { SharingRequest } from '../model/request.ts'
import type { FieldTreatment } from '../model/verdict.ts'
import { recordDecision } from '../register/record-decision.ts'
import { catchUpProjection } from './catch-up-projection.ts'
import type { DecisionContext, OnStep } from './decision-context.ts'
import { type LoadedDataset, loadDataset } from './load-dataset.ts'

/** Bump when the same inputs would give another artefact. */
export const deciderVersion = 1

export type CheckResult = SetDecision & {
  request: SharingRequest
  /** The controller's zone, in which dates are shown. */
  zone: string
  /** The decision is what the register held up to this position. */
  position: number
  /** Events brought into the projection for this decision. */
  eventsProjected: number
  packs: { release: string | undefined; collection: readonly string[] }
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
  const caughtUp = await catchUpProjection(context.register, context.engine, ({ events, total }) =>
    onStep({ step: 'catching up with the register', done: events / Math.max(1, total) }),
  )
  const projectionSeconds = lap()
  const plan = planDecision(request, context.policy, (await context.readBook()).numbers)
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
    packs: { release: plan.packs.release?.id, collection: plan.packs.collection.map(({ id }) => id) },
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
  if (artefact !== undefined) await recordDecision(context.register, decisionRecord(context, result))
  return result
}

/** Every record with its facts, masks and outcome, in the order of the file: the same question gives the same bytes. */
async function keepArtefact(context: DecisionContext, plan: DecisionPlan, table: string, position: number) {
  const path = join(context.decisionsFolder, `${plan.request.id}@${position}.parquet`)
  const { artefact } = compileDecision(plan, table)
  const rows = `select * from (${artefact}) order by ordinal`
  return { path, ...(await context.engine.writeParquet(rows, path)) }
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
    for (const { notice, count } of counted) {
      const dropped = notices.get(notice)?.fields[index]?.codes ?? []
      if (dropped.length === 0) keptIn += count
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
): { actor: string; body: DecisionBody } {
  const { request } = result
  return {
    actor: context.actor,
    body: {
      request,
      position: result.position,
      releaseAt: request.releaseAt,
      packs: [...result.packs.collection, result.packs.release ?? 'none'],
      policyHash: context.policyHash,
      projectionVersion,
      deciderVersion,
      maskCodes: [...recordCodes],
      datasetSha256: result.dataset.sha256,
      ...(result.artefact && { artefactSha256: result.artefact.sha256 }),
      considered: result.considered,
      outcomes: result.outcomes,
      file: result.file.map(({ code, cleared }) => ({ code, cleared })),
      reasons: result.reasons.map(({ code, count, primary }) => ({ code, count, primary })),
    },
  }
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
