// Each slip in each condition of the packs: noticed by a case, shown to be no change at all, or survived. A definition is
// spoiled where it stands, and so in every rule that uses it.
import { type Expression, factsRead } from '../../src/decide/expression.ts'
import type { Facts } from '../../src/decide/interpret.ts'
import type { PacksInForce } from '../../src/decide/packs/choose-packs.ts'
import { fires } from '../../src/decide/plan.ts'
import type { Pack, Rule } from '../../src/decide/rule.ts'
import { type PlannedRule, rulesInPlay } from '../../src/decide/rules-in-play.ts'
import { type ReasonCode, reasonCodes } from '../../src/model/reason.ts'
import { writeExpression } from '../../src/packs/write-expression.ts'
import type { Sighting } from './case-sightings.ts'
import { type Exclusions, whyTheSame } from './exclusions.ts'
import {
  type Condition,
  type Definitions,
  definitionSlips,
  mutantsOf,
  replaceIn,
  thresholdsIn,
  withMovedThresholds,
} from './mutate-condition.ts'

export type Judgement = {
  /** A code, or the name of a definition. */
  of: string
  slip: string
  text: string
  state: 'killed' | 'survived' | 'equivalent'
  /** The case that notices it; of what is the same, why. */
  because: readonly string[]
}

export type Measured = {
  packs: readonly Pack[]
  /** By name, as the packs have them. */
  definitions: ReadonlyMap<string, Expression>
  sightings: readonly Sighting[]
  exclusions: Exclusions
}

export function judgeMutants(measured: Measured): Judgement[] {
  const named: Definitions = new Map(
    [...measured.definitions].map(([name, tree]) => [JSON.stringify(tree), name]),
  )
  const asked = reasonCodes.flatMap((code) =>
    conditionsOf(measured.packs, code).map(
      (condition): Asked => ({
        code,
        condition,
        looks: distinctLooks(code, condition, measured.sightings),
      }),
    ),
  )
  return [
    ...asked.flatMap((one) =>
      mutantsOf(one.condition, named).map(({ slip, text, ...mutant }) => ({
        of: one.code,
        slip,
        text,
        ...judge([{ ...one, mutant }], measured.exclusions),
      })),
    ),
    ...[...measured.definitions].flatMap(([name, tree]) =>
      judgeDefinition(name, tree, { asked, named, measured }),
    ),
  ]
}

function judgeDefinition(
  name: string,
  tree: Expression,
  { asked, named, measured }: { asked: readonly Asked[]; named: Definitions; measured: Measured },
): Judgement[] {
  const key = JSON.stringify(tree)
  return definitionSlips(tree, named).map(({ slip, node }) => {
    const spoiled = asked.flatMap((one): Spoiled[] => {
      const when = replaceIn(one.condition.when, key, node)
      return when === one.condition.when || JSON.stringify(when) === JSON.stringify(one.condition.when)
        ? []
        : [{ ...one, mutant: { ...one.condition, when } }]
    })
    return { of: name, slip, text: writeExpression(node), ...judge(spoiled, measured.exclusions) }
  })
}

function conditionsOf(packs: readonly Pack[], code: ReasonCode): Condition[] {
  const found = packs.flatMap(({ rules }) => rules.filter((rule) => rule.code === code))
  return [
    ...new Map(
      found.map(({ when, unknown, moment }) => [keyOf({ when, unknown, moment }), { when, unknown, moment }]),
    ).values(),
  ]
}

function keyOf({ when, unknown }: Condition): string {
  return JSON.stringify([when, unknown])
}

/** One of many sightings that no slip in this condition can tell apart. */
type Look = { where: string; packs: PacksInForce; packsKey: string; anyOf: readonly Facts[]; fires: boolean }

type Asked = { code: ReasonCode; condition: Condition; looks: readonly Look[] }
type Spoiled = Asked & { mutant: Condition }

function distinctLooks(code: ReasonCode, condition: Condition, sightings: readonly Sighting[]): Look[] {
  const looks = new Map<string, Look>()
  const moved = thresholdsIn(condition.when)
  const planned = new Map<string, PlannedRule | undefined>()
  for (const { codes, where, packs, anyOf } of sightings) {
    if (!codes.includes(code)) continue
    const packsKey = keyOfPacks(packs)
    if (!planned.has(packsKey)) planned.set(packsKey, ruleInPlay(packs, code))
    const rule = planned.get(packsKey)
    if (rule === undefined) continue
    const read = [...factsRead(rule.when)]
    const only = anyOf.map((facts) => Object.fromEntries(read.map((name) => [name, facts[name]])))
    const key = packsKey + only.map((facts) => JSON.stringify(facts)).join()
    if (looks.has(key)) continue
    looks.set(key, {
      where,
      packs,
      packsKey,
      anyOf: only.map((facts) => withMovedThresholds(facts, moved)),
      fires: only.some((facts) => fires(rule, facts)),
    })
  }
  return [...looks.values()]
}

/** One slip, in every rule that it spoils: noticed as soon as one of them answers otherwise. */
function judge(spoiled: readonly Spoiled[], exclusions: Exclusions): Pick<Judgement, 'state' | 'because'> {
  for (const one of spoiled) {
    const where = noticedAt(one)
    if (where !== undefined) return { state: 'killed', because: [where] }
  }
  const whys = spoiled.map(({ condition, mutant }) => whyTheSame(condition, mutant, exclusions))
  if (whys.includes(undefined)) return { state: 'survived', because: [] }
  return { state: 'equivalent', because: [...new Set(whys.flatMap((why) => why ?? []))] }
}

function noticedAt({ code, looks, ...spoil }: Spoiled): string | undefined {
  const planned = new Map<string, PlannedRule | undefined>()
  const noticed = looks.find(({ packs, packsKey, anyOf, fires: before }) => {
    if (!planned.has(packsKey)) planned.set(packsKey, ruleInPlay(packs, code, spoil))
    return anyOf.some((facts) => fires(planned.get(packsKey)!, facts)) !== before
  })
  return noticed?.where
}

/** The rule of one code as a request under these packs is judged by it, with or without the slip. */
function ruleInPlay(
  packs: PacksInForce,
  code: ReasonCode,
  spoil?: { condition: Condition; mutant: Condition },
): PlannedRule | undefined {
  const spoilRule = (rule: Rule): Rule =>
    spoil !== undefined && keyOf(rule) === keyOf(spoil.condition)
      ? { ...rule, when: spoil.mutant.when, unknown: spoil.mutant.unknown }
      : rule
  const only = (pack: Pack): Pack => ({
    ...pack,
    rules: pack.rules.filter((rule) => rule.code === code).map(spoilRule),
  })
  const found = rulesInPlay(
    { ...packs, release: packs.release.map(only), collection: packs.collection.map(only) },
    [],
  )
  return found.find((rule) => rule.code === code)
}

function keyOfPacks({ release, collection }: PacksInForce): string {
  return [...release, { id: '|' }, ...collection].map(({ id }) => id).join()
}
