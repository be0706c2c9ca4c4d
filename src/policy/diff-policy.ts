// What publishing would change, in plain words, and what each new notice version tells people for the first time.
import { type Canonical, canonicalJson } from '../model/canonical.ts'
import { dateToIso, instantToIso } from '../model/instant.ts'
import type { LegalEntity, NoticeVersion, Policy, PolicyKind, RecipientMention } from '../model/policy.ts'
import type { PurposeTerm } from '../model/purpose.ts'
import { holdsOn } from './check-notice.ts'
import { attributionName } from './policy-items.ts'

/** What a version says that the version before it (or the same one, if it was changed) did not. */
type NewlyTold = {
  /** Legal entities, by id; a brand stands for whoever held it when the version took effect. */
  recipients: string[]
  sectors: string[]
  purposes: PurposeTerm[]
}

export type PolicyChange = {
  kind: PolicyKind
  /** A notice version is named notice@version. */
  name: string
  change: 'added' | 'changed' | 'removed'
  lines: string[]
  newlyTold?: NewlyTold
}

type Item = { kind: PolicyKind; name: string; value: Value; notice?: NoticeVersion }
type Value = { readonly [key: string]: Canonical | undefined }

export function diffPolicy(before: Policy | undefined, after: Policy): PolicyChange[] {
  const old = new Map((before === undefined ? [] : itemsOf(before)).map((item) => [keyOf(item), item]))
  const current = itemsOf(after)
  const kept = new Set(current.map(keyOf))
  return [
    ...current.flatMap((item) => {
      const earlier = old.get(keyOf(item))
      if (earlier === undefined) return [added(item, before, after)]
      return canonicalJson(earlier.value) === canonicalJson(item.value)
        ? []
        : [changed(earlier, item, before, after)]
    }),
    ...[...old.values()].filter((item) => !kept.has(keyOf(item))).map(removed),
  ]
}

function itemsOf(policy: Policy): Item[] {
  const byId = (kind: PolicyKind, list: readonly ({ id: string } & Value)[]): Item[] =>
    list.map((value) => ({ kind, name: value.id, value }))
  return [
    ...byId('controller', [policy.controller]),
    ...byId('entity', policy.entities),
    ...byId('purpose', policy.purposes),
    ...policy.notices.map((notice): Item => ({ kind: 'notice', name: notice.id, value: notice, notice })),
    ...policy.attributions.map(
      (value): Item => ({ kind: 'attribution', name: attributionName(value), value }),
    ),
    ...byId('agreement', policy.agreements),
    ...byId('assessment', policy.assessments),
    ...byId('determination', policy.determinations),
    ...byId('dataset', policy.datasets),
    ...byId('processing', policy.processing),
    ...byId('prohibition', policy.prohibitions),
    ...byId('work-order', policy.workOrders),
    ...byId('copy-grant', policy.copyGrants),
    ...policy.feeds.map((value): Item => ({ kind: 'feed', name: value.source, value })),
  ]
}

function keyOf({ kind, name }: Item): string {
  return `${kind} ${name}`
}

function titleOf({ kind, name }: Item): string {
  return `${kind} ${kind === 'notice' ? name.replace('@', ' ') : name}`
}

function added(item: Item, before: Policy | undefined, after: Policy): PolicyChange {
  const { kind, name, notice } = item
  if (notice === undefined)
    return { kind, name, change: 'added', lines: [`${titleOf(item)}: new; ${summaryOf(item.value)}`] }
  const { newlyTold, lines } = tellingOf(notice, predecessorOf(notice, before, after), after)
  const headline = `${titleOf(item)}: new; takes effect ${dateToIso(notice.effectiveOn)} on ${notice.routes.join(', ')}`
  return { kind, name, change: 'added', lines: [headline, ...lines], newlyTold }
}

function changed(earlier: Item, item: Item, before: Policy | undefined, after: Policy): PolicyChange {
  const { kind, name, notice } = item
  const lines = [`${titleOf(item)}: changed`, ...differences(earlier.value, item.value)]
  if (notice === undefined || earlier.notice === undefined) return { kind, name, change: 'changed', lines }
  if (notice.wording !== earlier.notice.wording)
    lines.push('people were shown the earlier wording: give the new one a version of its own')
  const { newlyTold, lines: told } = tellingOf(notice, earlier.notice, after, before)
  return { kind, name, change: 'changed', lines: [...lines, ...told], newlyTold }
}

function removed(item: Item): PolicyChange {
  const { kind, name } = item
  return { kind, name, change: 'removed', lines: [`${titleOf(item)}: no longer declared`] }
}

/** The version of the same notice that took effect last before this one. */
function predecessorOf(
  notice: NoticeVersion,
  before: Policy | undefined,
  after: Policy,
): NoticeVersion | undefined {
  return [...(before?.notices ?? []), ...after.notices]
    .filter((one) => one.notice === notice.notice && one.effectiveOn < notice.effectiveOn)
    .reduce<NoticeVersion | undefined>(
      (latest, one) => (latest === undefined || one.effectiveOn > latest.effectiveOn ? one : latest),
      undefined,
    )
}

function tellingOf(
  notice: NoticeVersion,
  earlier: NoticeVersion | undefined,
  after: Policy,
  before: Policy = after,
): { newlyTold: NewlyTold; lines: string[] } {
  const now = toldBy(notice, after.entities)
  const then = earlier === undefined ? nothingTold : toldBy(earlier, before.entities)
  const newlyTold = {
    recipients: without(now.recipients, then.recipients),
    sectors: without(now.sectors, then.sectors),
    purposes: without(now.purposes, then.purposes),
  }
  return {
    newlyTold,
    lines: [
      ...newlyTold.recipients.map(
        (id) =>
          `newly mentions ${id}${quoted(notice, (one) => entityOf(one, notice, after.entities) === id)}`,
      ),
      ...newlyTold.sectors.map(
        (sector) => `newly mentions the sector ${sector}${quoted(notice, (one) => one.sector === sector)}`,
      ),
      ...newlyTold.purposes.map((purpose) => `newly tells the purpose ${purpose}`),
      ...without(then.recipients, now.recipients).map((id) => `no longer mentions ${id}`),
      ...without(then.sectors, now.sectors).map((sector) => `no longer mentions the sector ${sector}`),
      ...without(then.purposes, now.purposes).map((purpose) => `no longer tells the purpose ${purpose}`),
    ],
  }
}

const nothingTold: NewlyTold = { recipients: [], sectors: [], purposes: [] }

function toldBy(notice: NoticeVersion, entities: readonly LegalEntity[]): NewlyTold {
  const defined = <T>(values: readonly (T | undefined)[]) => [
    ...new Set(values.filter((value) => value !== undefined)),
  ]
  return {
    recipients: defined(notice.recipients.map((mention) => entityOf(mention, notice, entities))),
    sectors: defined(notice.recipients.map((mention) => mention.sector)),
    purposes: defined(notice.purposes.map(({ purpose }) => purpose)),
  }
}

function entityOf(
  mention: RecipientMention,
  notice: NoticeVersion,
  entities: readonly LegalEntity[],
): string | undefined {
  if (mention.brand === undefined) return mention.entity
  return entities.find(({ brands }) =>
    brands.some((brand) => brand.name === mention.brand && holdsOn(brand, notice.effectiveOn)),
  )?.id
}

function quoted(notice: NoticeVersion, means: (mention: RecipientMention) => boolean): string {
  const mention = notice.recipients.find(means)
  return mention === undefined ? '' : `: “${mention.quote.replaceAll(/\s+/g, ' ')}”`
}

function without<T>(values: readonly T[], others: readonly T[]): T[] {
  return values.filter((value) => !others.includes(value))
}

function summaryOf(value: Value): string {
  return Object.entries(value)
    .filter(
      ([key, part]) => key !== 'id' && part !== undefined && !(Array.isArray(part) && part.length === 0),
    )
    .map(([key, part]) => `${plain(key)} ${namesIn(part) ?? wordsFor(part, key)}`)
    .join('; ')
}

/** Things that have names are listed by name: a new dataset is introduced by its columns, not by all it says of them. */
function namesIn(value: Canonical | undefined): string | undefined {
  if (!isList(value)) return undefined
  const names = value.map((one) => (isGroup(one) ? one.name : undefined))
  return names.every((name) => typeof name === 'string') ? names.join(', ') : undefined
}

/** effectiveFrom → effective from */
function plain(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

/** Key by key; a list of texts as what joined it and what left it. */
function differences(before: Value, after: Value): string[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return keys.flatMap((key) => {
    const old = before[key]
    const now = after[key]
    if (old === undefined) return [`${plain(key)}: now ${wordsFor(now, key)}`]
    if (now === undefined) return [`${plain(key)}: no longer stated, was ${wordsFor(old, key)}`]
    if (canonicalJson(old) === canonicalJson(now)) return []
    if (isList(old) && isList(now)) return [`${plain(key)}: ${listDifference(old, now)}`]
    if (key === 'wording') return ['wording: changed']
    return [`${plain(key)}: ${wordsFor(old, key)} → ${wordsFor(now, key)}`]
  })
}

function listDifference(before: readonly Canonical[], after: readonly Canonical[]): string {
  const old = before.map((one) => wordsFor(one))
  const now = after.map((one) => wordsFor(one))
  const parts = [
    ...without(now, old).map((one) => `adds ${one}`),
    ...without(old, now).map((one) => `drops ${one}`),
  ]
  return parts.length === 0 ? 'in another order' : parts.join('; ')
}

function wordsFor(value: Canonical | undefined, key?: string): string {
  if (typeof value === 'number') return key === 'recordsMax' ? String(value) : numberInWords(value)
  if (typeof value === 'string') return value
  if (value === null || value === undefined || typeof value === 'boolean') return String(value)
  if (isList(value)) return value.map((one) => wordsFor(one)).join(', ')
  return `(${summaryOf(value)})`
}

/** But for counts of records, dates are the only numbers of eight digits, and instants the only longer ones. */
function numberInWords(value: number): string {
  if (value > 99991231) return instantToIso(value)
  return value >= 19000101 ? dateToIso(value) : String(value)
}

function isGroup(value: Canonical): value is Value {
  return typeof value === 'object' && value !== null && !isList(value)
}

function isList(value: Canonical | undefined): value is readonly Canonical[] {
  return Array.isArray(value)
}
