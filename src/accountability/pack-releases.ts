// The releases a pack is about: found by id, by the days on which they were committed, or by the person they considered.

import { type DateNumber, dateOf } from '../model/instant.ts'
import type { Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import type { DecisionBody } from '../model/release.ts'
import type { SharingRequest } from '../model/request.ts'
import { type PolicyVersion, readPublishedPolicy } from '../register/publish-policy.ts'
import type { Register } from '../register/register.ts'
import type { ReleaseContext } from '../release/decision-context.ts'
import { type ReleaseState, readDecision, readReleases, type Stated } from '../release/read-release.ts'
import { inForceAt, type KeptVersion } from './pack-policy.ts'

export type PackRelease = {
  release: string
  request: SharingRequest
  state: ReleaseState
  decision: Stated<DecisionBody>
  /** What the decision read: the policy at its position, as values and as the versions behind them. */
  policy: Policy
  inForce: readonly KeptVersion[]
}

export type ReleasesAsked =
  | { release: string }
  | { releases: readonly string[] }
  /** Both days included, in the controller's zone. */
  | { from: DateNumber; to: DateNumber; zone: string }

/** In the order they were committed; `release.not_found` for one that never was. */
export async function findPackReleases(
  context: Pick<ReleaseContext, 'register' | 'readBook'>,
  asked: ReleasesAsked,
  upTo: number,
): Promise<PackRelease[]> {
  const states = await readReleases(context.register.store, upTo)
  const chosen = states.filter((state) => isAsked(state, asked))
  if ('release' in asked && chosen.length === 0)
    throw new Problem('release.not_found', `no release ${asked.release} was committed`)
  const versions = await readPublishedPolicy(context.register, upTo)
  const found: PackRelease[] = []
  for (const state of chosen) found.push(await withDecision(context, state, versions))
  return found
}

function isAsked(state: ReleaseState, asked: ReleasesAsked): boolean {
  const begun = state.committed ?? state.empty
  if (begun === undefined) return false
  if ('release' in asked) return state.release === asked.release
  if ('releases' in asked) return asked.releases.includes(state.release)
  const on = dateOf(begun.recordedAt, asked.zone)
  return asked.from <= on && on <= asked.to
}

async function withDecision(
  { register, readBook }: Pick<ReleaseContext, 'register' | 'readBook'>,
  state: ReleaseState,
  versions: readonly PolicyVersion[],
): Promise<PackRelease> {
  const { request, decision: position } = (state.committed ?? state.empty)!.body
  const decision = await decisionOf(register, request.id, position)
  const { policy } = await readBook(undefined, decision.body.position)
  return {
    release: state.release,
    request: decision.body.request,
    state,
    decision,
    policy,
    inForce: inForceAt(versions, decision.body.position),
  }
}

async function decisionOf(register: Register, request: string, position: number) {
  const decision = await readDecision(register.store, request, position)
  if (decision === undefined)
    throw new Problem('register.corrupt', `a release of ${request} names a decision that is not on record`)
  return decision
}
