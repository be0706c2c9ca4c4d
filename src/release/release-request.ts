// `release`: the steps that turn an approved answer into a delivery. Each leaves a document; which one comes next is read
// from those that are there, so a run that died is taken up where it stopped by running it again.
import { isProblem, Problem } from '../model/problem.ts'
import type { CommittedBody, DecisionBody, RecordsFormat, SealedBody } from '../model/release.ts'
import { abandonRelease } from './abandon-release.ts'
import { commitRelease } from './commit-release.ts'
import type { OnStep, ReleaseContext } from './decision-context.ts'
import { deliverRelease } from './deliver-release.ts'
import { type FollowUpResult, followRelease } from './follow-up.ts'
import { gateRelease } from './gate-release.ts'
import {
  type ReleaseState,
  readDecision,
  readRelease,
  readReleases,
  releaseIdOf,
  type Stated,
} from './read-release.ts'
import type { AtPoint } from './release-points.ts'
import { sealRelease } from './seal-release.ts'
import { sheetLimits } from './shape/row-encoder.ts'

export type ReleaseOptions = {
  format?: RecordsFormat
  onStep?: OnStep
  at?: AtPoint
}

export type ReleaseResult = {
  release: string
  recipient: string
  /** Rows that left; 0 when nobody might leave, and then there is no folder. */
  released: number
  considered: number
  folder: string | undefined
  /** Roots, hex; absent when nothing left. */
  roots: { released: string; decided: string } | undefined
  /** Taken out between the approval and the seal. */
  removedSinceDecision: number
  /** Done before this run. */
  repeated: boolean
  /** People who said stop between the seal and the delivery, called back at once. */
  recalls: FollowUpResult[]
  seconds: { commit: number; shapeAndSeal: number; proof: number; deliver: number }
}

/** Releases the newest decision on this request, or goes on with it, or finds it done. */
export async function releaseRequest(
  context: ReleaseContext,
  requestId: string,
  options: ReleaseOptions = {},
): Promise<ReleaseResult> {
  const decision = await decisionToRelease(context, requestId)
  return context.engine.inTurn(async () => {
    await sweepStaging(context)
    const seconds = { commit: 0, shapeAndSeal: 0, proof: 0, deliver: 0 }
    const recalls: FollowUpResult[] = []
    const release = releaseIdOf(decision.document)
    const before = await readRelease(context.register.store, release)
    let state = before
    for (;;) {
      const step = nextStep(state)
      if (step === 'done') {
        // A file from which the last person was taken out is of no use, and still holds them all.
        if (state.delivered === undefined) await sweepStaging(context)
        return { ...resultOf(state, step === nextStep(before), seconds, decision.body.considered), recalls }
      }
      await run(context, step, decision, state, options, seconds).catch((error: unknown) =>
        giveUpIfOver(context, state, error),
      )
      state = await readRelease(context.register.store, release)
      // Who said stop too late for the gate is called back at once.
      if (step === 'deliver') recalls.push(...(await followRelease(context, release)))
    }
  })
}

/** What was begun is finished first: a newer decision does not leave an older release half made. */
async function decisionToRelease(
  { register }: ReleaseContext,
  requestId: string,
): Promise<Stated<DecisionBody>> {
  const begun = (await readReleases(register.store)).find(
    (state) => state.committed?.body.request.id === requestId && nextStep(state) !== 'done',
  )
  const position = begun?.committed?.body.decision
  const decision = await readDecision(register.store, requestId, position)
  if (decision === undefined) throw new Problem('request.not_found', requestId)
  return decision
}

/** What was committed under a policy, approval or key that no longer holds can never leave: it makes way for a new answer. */
async function giveUpIfOver(context: ReleaseContext, state: ReleaseState, error: unknown): Promise<never> {
  const isOver = isProblem(error) && (error.code === 'decision.stale' || error.code === 'approval.expired')
  if (isOver && state.committed !== undefined) {
    await abandonRelease(context, state.release, error.code)
    await sweepStaging(context)
  }
  throw error
}

type StepName = 'commit' | 'seal' | 'deliver'

function nextStep(state: ReleaseState): StepName | 'done' {
  if (state.empty !== undefined || state.delivered !== undefined || state.abandoned !== undefined)
    return 'done'
  if (state.committed === undefined) return 'commit'
  if (state.amended.at(-1)?.body.members === 0) return 'done'
  return state.sealed === undefined ? 'seal' : 'deliver'
}

async function run(
  context: ReleaseContext,
  step: StepName,
  decision: Stated<DecisionBody>,
  state: ReleaseState,
  options: ReleaseOptions,
  seconds: ReleaseResult['seconds'],
): Promise<void> {
  const onStep = options.onStep ?? (() => {})
  const at = options.at ?? (() => {})
  const before = performance.now()
  const elapsed = () => (performance.now() - before) / 1000
  if (step === 'commit') {
    const format = options.format ?? 'csv'
    refuseUnfit(decision.body, format)
    await commitRelease(context, decision, { onStep, at, format })
    seconds.commit += elapsed()
  } else if (step === 'seal') {
    const { body, timings } = await sealRelease(
      context,
      { ...state, committed: state.committed! },
      { onStep, at },
    )
    seconds.shapeAndSeal += timings.shapeAndSeal
    seconds.proof += timings.proof
    await at('before-gate')
    await gateRelease(context, state.release, body)
    await at('sealed')
  } else {
    await deliverRelease(context, { ...state, committed: state.committed!, sealed: state.sealed! }, at)
    seconds.deliver += elapsed()
  }
}

/** Before anything is committed: people can only become fewer from here on. */
function refuseUnfit({ outcomes }: DecisionBody, format: RecordsFormat): void {
  if (format === 'xlsx' && outcomes.allow + outcomes.transform > sheetLimits.records)
    throw new Problem('format.unfit', `a sheet takes ${sheetLimits.records} records`)
}

/** What an earlier run left half made is removed; what is sealed and waits for its rename stays. */
async function sweepStaging({ register, outbox }: ReleaseContext): Promise<void> {
  const states = await readReleases(register.store)
  const releases = states
    .filter(({ sealed, delivered }) => sealed && !delivered)
    .map(({ release }) => release)
  const removals = states.flatMap(({ release, removals: all }) =>
    all
      .filter(({ delivered }) => !delivered)
      .map(({ sealed }) => `${release}.removal-${sealed.body.removal}`),
  )
  await outbox.sweep([...releases, ...removals])
}

function resultOf(
  state: ReleaseState,
  repeated: boolean,
  seconds: ReleaseResult['seconds'],
  considered: number,
): Omit<ReleaseResult, 'recalls'> {
  const committed: Stated<CommittedBody> | undefined = state.committed
  const sealed: Stated<SealedBody> | undefined = state.sealed
  const taken = state.amended.reduce((sum, { body }) => sum + body.removed, 0)
  return {
    release: state.release,
    recipient: (committed ?? state.empty)!.body.request.recipient,
    released: state.delivered === undefined ? 0 : (sealed?.body.members ?? 0),
    considered,
    folder: state.delivered?.body.folder,
    roots: sealed && { released: sealed.body.released, decided: sealed.body.decided },
    removedSinceDecision: (committed?.body.removedSinceDecision ?? 0) + taken,
    repeated,
    seconds,
  }
}
