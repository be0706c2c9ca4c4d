// A policy as separate items, each with one canonical text: what the register stores, hashes and gives back.
import { type Canonical, canonicalJson } from '../model/canonical.ts'
import { dateToIso } from '../model/instant.ts'
import type { AttributionRule, Policy, PolicyKind } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'

/** `version` only where the item names its own (notices); `body` is canonical JSON of the model's value. */
export type PolicyItem = { kind: PolicyKind; name: string; version?: string; body: string }

/** Sorted by kind, name and version, so that the same policy gives the same items whatever the file order. */
export function policyItems(policy: Policy): PolicyItem[] {
  const byId =
    (kind: PolicyKind) =>
    (value: { readonly id: string } & Canonical): PolicyItem => ({
      kind,
      name: value.id,
      body: canonicalJson(value),
    })
  return [
    byId('controller')(policy.controller),
    ...policy.entities.map(byId('entity')),
    ...policy.purposes.map(byId('purpose')),
    ...policy.notices.map((value): PolicyItem => {
      const { notice, version } = value
      return { kind: 'notice', name: notice, version, body: canonicalJson(value) }
    }),
    ...policy.attributions.map((value): PolicyItem => {
      return { kind: 'attribution', name: attributionName(value), body: canonicalJson(value) }
    }),
    ...policy.agreements.map(byId('agreement')),
    ...policy.assessments.map(byId('assessment')),
    ...policy.determinations.map(byId('determination')),
    ...policy.datasets.map(byId('dataset')),
    ...policy.processing.map(byId('processing')),
    ...policy.prohibitions.map(byId('prohibition')),
    ...policy.workOrders.map(byId('work-order')),
    ...policy.copyGrants.map(byId('copy-grant')),
    ...policy.feeds.map((value): PolicyItem => {
      return { kind: 'feed', name: value.source, body: canonicalJson(value) }
    }),
  ].sort(inItemOrder)
}

/** A rule has no id of its own: route and first day are unique, as periods of one route never overlap. */
export function attributionName(rule: AttributionRule): string {
  return `${rule.route}/${dateToIso(rule.from)}`
}

/** The inverse: items as `policyItems` made them, one version of each (notices: every version still declared). */
export function policyFromItems(items: readonly PolicyItem[]): Policy {
  const sorted = [...items].sort(inItemOrder)
  // The bodies are our own canonical texts, read from an append-only table: their type follows from their kind.
  const of = <T>(kind: PolicyKind): T[] =>
    sorted.filter((item) => item.kind === kind).map((item) => JSON.parse(item.body))
  const [controller, ...others] = of<Policy['controller']>('controller')
  if (controller === undefined) throw new Problem('policy.not_found', 'no controller is published')
  if (others.length > 0) throw new Problem('register.corrupt', 'more than one controller is published')
  return {
    controller,
    entities: of('entity'),
    purposes: of('purpose'),
    notices: of('notice'),
    attributions: of('attribution'),
    agreements: of('agreement'),
    assessments: of('assessment'),
    determinations: of('determination'),
    datasets: of('dataset'),
    processing: of('processing'),
    prohibitions: of('prohibition'),
    workOrders: of('work-order'),
    copyGrants: of('copy-grant'),
    feeds: of('feed'),
  }
}

function inItemOrder(a: PolicyItem, b: PolicyItem): number {
  return compare(a.kind, b.kind) || compare(a.name, b.name) || compare(a.version ?? '', b.version ?? '')
}

/** By code unit, never by locale. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
