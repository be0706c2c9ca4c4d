// The names an import may use: what has been published, and nothing a file invents.

import { type Canonical, canonicalHash } from '../model/canonical.ts'
import type { AttributionRule, Controller, LegalEntity, NoticeVersion, Purpose } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import type { Jurisdiction, TermKind } from '../model/vocabulary.ts'
import { type PolicyVersion, readPublishedPolicy } from '../register/publish-policy.ts'
import type { Register } from '../register/register.ts'
import { termNumbers } from '../register/term-numbers.ts'
import type { ImportMapping } from './mapping.ts'
import { diallingCountry } from './normalise-contact.ts'

/** Name → number. Empty where the mapping has no use for a vocabulary. */
export type KnownNames = {
  source: number
  /** By `notice@version`. */
  notices: ReadonlyMap<string, number>
  routes: ReadonlyMap<string, number>
  purposes: ReadonlyMap<string, number>
  recipients: ReadonlyMap<string, number>
  /** In force now; empty unless notices are attributed. */
  attributions: readonly AttributionRule[]
  /** Zone of the controller: of dates without one, and of the attribution rules. */
  zone: string
  jurisdiction: Jurisdiction
  /** In which telephone numbers without a prefix are dialled. */
  country: string | undefined
}

/** Every version ever published counts: people objected to recipients that have gone since. */
export async function knownNames(register: Register, mapping: ImportMapping): Promise<KnownNames> {
  const published = await readPublishedPolicy(register)
  const [controller] = bodies<Controller>(published, 'controller', { current: true })
  if (controller === undefined) throw new Problem('policy.not_found', 'no controller is published')
  const terms = async (kind: TermKind, isUsed: boolean, names: Iterable<string>) =>
    isUsed ? termNumbers(register, kind, [...new Set(names)].toSorted()) : new Map<string, number>()
  const attributions = bodies<AttributionRule>(published, 'attribution')
  const ids = (kind: 'purpose' | 'entity') =>
    bodies<Purpose | LegalEntity>(published, kind).map(({ id }) => id)
  const routes = [
    ...bodies<NoticeVersion>(published, 'notice').flatMap((notice) => notice.routes),
    ...attributions.map((rule) => rule.route),
  ]
  const notices = published.filter(({ kind }) => kind === 'notice')
  return {
    source: (await termNumbers(register, 'source', [mapping.source])).get(mapping.source)!,
    notices:
      mapping.notice === undefined
        ? new Map()
        : new Map(notices.map(({ name, version, number }) => [`${name}@${version}`, number])),
    routes: await terms('route', mapping.route !== undefined, routes),
    purposes: await terms('purpose', mapping.purpose !== undefined, ids('purpose')),
    // The controller too: people answer whether it may write to them itself.
    recipients: await terms('recipient', mapping.recipient !== undefined, [controller.id, ...ids('entity')]),
    attributions:
      mapping.notice === 'attributed'
        ? bodies<AttributionRule>(published, 'attribution', { current: true })
        : [],
    zone: controller.zone,
    jurisdiction: controller.jurisdiction,
    country: diallingCountry(controller),
  }
}

/** Hash of all that gives a readable record its meaning: the mapping, and what dates and notices are read by. */
export function hashMeaning(
  mapping: ImportMapping,
  { attributions, zone, jurisdiction, country }: KnownNames,
): string {
  return canonicalHash({
    mapping: withoutKeys(mapping),
    attributions: withoutKeys(attributions),
    zone,
    jurisdiction,
    country,
  })
}

/**
 * Hash of every name that could be resolved. A file imported again after a missing notice was published is another import,
 * and takes what was rejected before; where nothing was rejected, new names change nothing.
 */
export function hashNames(names: KnownNames): string {
  const listed = [names.notices, names.routes, names.purposes, names.recipients]
  return canonicalHash(listed.map((numbers) => [...numbers.keys()].toSorted()))
}

/** Objects as lists of pairs: what a source writes may be any text, and canonical keys are ASCII. */
function withoutKeys(value: unknown): Canonical {
  if (Array.isArray(value)) return value.map(withoutKeys)
  if (typeof value !== 'object' || value === null) return value as Canonical
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => [key, withoutKeys(member)])
}

/** The bodies are our own canonical texts, read from an append-only table: their type follows from their kind. */
function bodies<T>(
  published: readonly PolicyVersion[],
  kind: PolicyVersion['kind'],
  only?: { current: true },
): T[] {
  return published.flatMap((version) =>
    version.kind === kind && version.body !== undefined && (only === undefined || version.current)
      ? [JSON.parse(version.body) as T]
      : [],
  )
}
