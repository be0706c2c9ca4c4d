// Which rules judge a request: at release those of every pack in force then, at collection those of every pack someone may
// have joined under. Under several laws a code fires if it does under any of them.
import { startOfDay } from '../model/instant.ts'
import { type ReasonCode, reasonCodes } from '../model/reason.ts'
import { and, compare, type Expression, or } from './expression.ts'
import type { PacksInForce } from './packs/choose-packs.ts'
import type { Pack, Rule } from './rule.ts'

export type PlannedRule = {
  code: ReasonCode
  when: Expression
  unknown: Rule['unknown']
  /** The rule as each pack in play states it, newest last. */
  sources: readonly { pack: Pack; rule: Rule }[]
}

/** `shipped` lends its words where no pack is in force. */
export function rulesInPlay(packs: PacksInForce, shipped: readonly Pack[]): PlannedRule[] {
  const jurisdictions = [
    ...new Set([...packs.release, ...packs.collection].map(({ jurisdiction }) => jurisdiction)),
  ]
  const perLaw = jurisdictions.map((law) => ({
    release: packs.release.find(({ jurisdiction }) => jurisdiction === law),
    collection: packs.collection.filter(({ jurisdiction }) => jurisdiction === law),
  }))
  return reasonCodes.flatMap((code) => {
    const planned = perLaw.flatMap((of) => ruleUnder(of, code) ?? [])
    return planned.length === 0 ? unknownLaw(code, packs, shipped) : [planned.reduce(either)]
  })
}

/** Without any pack at release there is one thing to say, and it refuses. */
function unknownLaw(code: ReasonCode, { release }: PacksInForce, shipped: readonly Pack[]): PlannedRule[] {
  if (code !== 'T805' || release.length > 0) return []
  const sources = shipped.flatMap((pack) => {
    const rule = pack.rules.find((candidate) => candidate.code === code)
    return rule === undefined ? [] : [{ pack, rule }]
  })
  return [{ code, when: { op: 'constant', value: true }, unknown: 'fires', sources: sources.slice(-1) }]
}

function either(one: PlannedRule, other: PlannedRule): PlannedRule {
  return {
    code: one.code,
    when: sameCondition(one.when, other.when) ? one.when : or(one.when, other.when),
    unknown: one.unknown === 'fires' || other.unknown === 'fires' ? 'fires' : 'silent',
    sources: [...one.sources, ...other.sources],
  }
}

/** The packs of one law. */
type OneLaw = { release: Pack | undefined; collection: readonly Pack[] }

function ruleUnder({ release, collection }: OneLaw, code: ReasonCode): PlannedRule | undefined {
  const inPlay = collection.length === 0 && release ? [release] : collection
  const atRelease = release?.rules.find((rule) => rule.code === code)
  const sources = inPlay.flatMap((pack) => {
    const rule = pack.rules.find((candidate) => candidate.code === code)
    return rule === undefined ? [] : [{ pack, rule }]
  })
  const moment = sources[0]?.rule.moment ?? atRelease?.moment
  if (moment === 'collection') return atCollection(code, sources, inPlay)
  if (atRelease === undefined || release === undefined) return undefined
  const { when, unknown } = atRelease
  return { code, when, unknown, sources: [{ pack: release, rule: atRelease }] }
}

/** One condition if all packs agree; else each pack's own, for whoever may have been told while it was in force. */
function atCollection(
  code: ReasonCode,
  sources: PlannedRule['sources'],
  inPlay: readonly Pack[],
): PlannedRule {
  const first = sources[0]!.rule
  const same = sources.every(({ rule }) => sameCondition(rule.when, first.when))
  const when =
    same && sources.length === inPlay.length
      ? first.when
      : or(...sources.map(({ pack, rule }) => and(toldUnder(pack, pack === inPlay[0]), rule.when)))
  return { code, when, unknown: first.unknown, sources }
}

/** Whoever was told before the first law there is here is judged by it: nobody is told under none. */
function toldUnder(pack: Pack, isFirst: boolean): Expression {
  const after = isFirst
    ? ({ op: 'constant', value: true } as const)
    : compare('noticeShownTo', '>=', startOfDay(pack.from, pack.zone))
  return pack.to === undefined
    ? after
    : and(after, compare('noticeShownFrom', '<', startOfDay(pack.to, pack.zone)))
}

function sameCondition(one: Expression, other: Expression): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
