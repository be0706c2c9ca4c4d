// Coverage: per recipient, purpose and channel, how many people may go today, and what holds back the rest.
import { decideSet } from '../decide/decide-set.ts'
import { planDecision } from '../decide/plan.ts'
import type { Instant } from '../model/instant.ts'
import type { Dataset, Policy } from '../model/policy.ts'
import { type ReasonCode, reasons } from '../model/reason.ts'
import type { SharingRequest } from '../model/request.ts'
import type { Channel, LegalBasis } from '../model/vocabulary.ts'
import { catchUpProjection } from './catch-up-projection.ts'
import type { DecisionContext, OnStep } from './decision-context.ts'
import { necessaryFields } from './file-request.ts'
import { loadDataset } from './load-dataset.ts'
import { linkConfidenceMin } from './project-links.ts'
import { readDecisionBook } from './read-standing.ts'

export type CoverageRow = {
  /** Legal name. */
  recipient: string
  purpose: string
  channel: Channel
  basis: LegalBasis
  considered: number
  mayGo: number
  review: number
  /** What stops the whole file, whoever is in it. */
  file: readonly { code: ReasonCode; slug: string }[]
  /** Primary reasons of the people held back, most frequent first. */
  blockers: readonly { code: ReasonCode; count: number }[]
}

/** Post rests on legitimate interests, e-mail on consent: the two ways a list is usually asked for. */
const ways: readonly { channel: Channel; basis: LegalBasis }[] = [
  { channel: 'post', basis: 'legitimate-interests' },
  { channel: 'email', basis: 'consent' },
]

export async function coverage(
  context: DecisionContext,
  dataset: Dataset,
  releaseAt: Instant,
  onStep: OnStep = () => {},
): Promise<CoverageRow[]> {
  return context.engine.inTurn(() => cover(context, dataset, releaseAt, onStep))
}

async function cover(
  context: DecisionContext,
  dataset: Dataset,
  releaseAt: Instant,
  onStep: OnStep,
): Promise<CoverageRow[]> {
  const { table } = await loadDataset(context, dataset, onStep)
  await catchUpProjection(context.register, context.engine, linkConfidenceMin(context.packs))
  const requests = pairs(context.policy).flatMap(({ recipient, purpose, onBehalfOf }) =>
    ways.map(
      ({ channel, basis }): SharingRequest => ({
        id: `coverage-${recipient}-${purpose}-${channel}`,
        dataset: dataset.id,
        recipient,
        role: onBehalfOf.length === 0 ? 'controller' : 'agent',
        onBehalfOf,
        purpose,
        channels: [channel],
        basis,
        fields: necessaryFields(dataset, [channel], releaseAt, context),
        consideration: 'none',
        necessity: 'asked for coverage only; the real request states its own',
        requestedBy: context.actor,
        releaseAt,
        useWindowDays: 0,
      }),
    ),
  )
  const rows: CoverageRow[] = []
  for (const request of requests) {
    onStep({
      step: `deciding ${request.recipient} by ${request.channels.join(', ')}`,
      done: rows.length / requests.length,
    })
    rows.push(await coverageOf(context, request, table))
  }
  return rows
}

async function coverageOf(
  context: DecisionContext,
  request: SharingRequest,
  table: string,
): Promise<CoverageRow> {
  const book = { ...(await context.readBook()), policy: context.policy }
  const plan = planDecision(request, await readDecisionBook(context, request, { book }))
  const decision = await decideSet(context.engine, plan, table, 'covered')
  const { allow, transform } = decision.outcomes
  return {
    recipient: legalName(request.recipient, context.policy),
    purpose: request.purpose,
    channel: request.channels[0]!,
    basis: request.basis!,
    considered: decision.considered,
    mayGo: allow + transform,
    review: decision.outcomes.review,
    file: decision.file.filter(({ cleared }) => !cleared).map(({ code, slug }) => ({ code, slug })),
    blockers: decision.reasons
      .filter(({ code, primary }) => primary > 0 && reasons[code].effect !== 'transform')
      .map(({ code, primary }) => ({ code, count: primary }))
      .sort((a, b) => b.count - a.count),
  }
}

type Pair = { recipient: string; purpose: string; onBehalfOf: string[] }

/** Recipients and defined purposes the organisation has an agreement or an assessment for, with the agreement's chain. */
function pairs(policy: Policy): Pair[] {
  const chainOf = (recipient: string) =>
    policy.agreements.filter((agreement) => agreement.recipient === recipient).at(-1)?.endClients ?? []
  const found: Pair[] = [
    ...policy.agreements.flatMap(({ recipient, purposes, endClients }) =>
      purposes.map((purpose) => ({ recipient, purpose, onBehalfOf: endClients })),
    ),
    ...policy.assessments.map(({ recipient, purpose }) => ({
      recipient,
      purpose,
      onBehalfOf: chainOf(recipient),
    })),
  ]
  const defined = found.filter(({ purpose }) =>
    policy.purposes.some(({ id, dpv }) => id === purpose && dpv !== undefined),
  )
  return [...new Map(defined.map((pair) => [`${pair.recipient} ${pair.purpose}`, pair])).values()]
}

export function legalName(entityId: string, policy: Policy): string {
  return policy.entities.find(({ id }) => id === entityId)?.names.at(-1)?.name ?? entityId
}
