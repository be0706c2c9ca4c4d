// What cannot be, as `exclusions.yaml` has it, each with why: enough to show that a slip changes nothing in any state that
// is left. All states are walked, fact by fact, until both conditions are settled; nothing is sampled.
import { parse } from 'yaml'
import { z } from 'zod'
import { type Expression, factsRead, type Literal, type Value } from '../../src/decide/expression.ts'
import { type Facts, interpret } from '../../src/decide/interpret.ts'
import { type Named, parseExpression } from '../../src/decide/parse-expression.ts'
import { simplify } from '../../src/decide/simplify.ts'
import { factNames } from '../../src/packs/fact-names.ts'
import type { Sighting } from './case-sightings.ts'
import { baseOf, type Condition, dayShifts, movedName } from './mutate-condition.ts'

export type Exclusions = {
  /** Fact → why it is never unknown. */
  known: ReadonlyMap<string, Reason>
  never: readonly ({ when: Expression; text: string } & Reason)[]
}

type Reason = { because: string; underPack: boolean }

const reason = { because: z.string().min(1), underPack: z.boolean().default(false) }
const shape = z.strictObject({
  known: z.array(z.strictObject({ ...reason, facts: z.array(z.string()).min(1) })),
  never: z.array(z.strictObject({ ...reason, when: z.string().min(1) })),
})

export function readExclusions(text: string): Exclusions {
  const { known, never } = shape.parse(parse(text))
  const facts = known.flatMap(({ facts: names, ...why }) =>
    names.map((fact): [string, Reason] => [fact, why]),
  )
  for (const [fact] of facts) if (!factNames.has(fact)) throw new Error(`${fact} is no fact`)
  return {
    known: new Map(facts),
    never: never.map(({ when, ...why }) => ({ ...why, when: readCondition(when), text: when })),
  }
}

/** What a case shows to happen all the same. */
export function refutedBy(exclusions: Exclusions, sightings: readonly Sighting[]): string[] {
  const refuted = new Map<string, string>()
  for (const { where, packs, anyOf } of sightings) {
    const here = packs.release.length > 0 ? exclusions : withoutPack(exclusions)
    for (const facts of anyOf) {
      for (const fact of here.known.keys())
        if (Object.hasOwn(facts, fact) && facts[fact] === undefined) refuted.set(`${fact} is unknown`, where)
      for (const { when, text } of here.never)
        if (hasAll(facts, when) && interpret(when, facts) === true) refuted.set(text, where)
    }
  }
  return [...refuted].map(([text, where]) => `${text}: ${where}`)
}

/** Why both conditions fire alike in every state that can be; undefined where they do not, or it cannot be shown. */
export function whyTheSame(condition: Condition, mutant: Condition, all: Exclusions): string[] | undefined {
  const exclusions = condition.moment === 'release' ? all : withoutPack(all)
  const facts = new Set([...factsRead(condition.when), ...factsRead(mutant.when)].map(baseOf))
  const relevant = exclusions.never.filter(({ when }) =>
    [...factsRead(when)].every((name) => facts.has(name)),
  )
  const used = new Set<string>()
  const search: Search = {
    domains: domainsOf(facts, [condition.when, mutant.when], exclusions, used),
    statesLeft: statesMax,
    used,
  }
  const start: State = { known: {}, one: condition, other: mutant, open: relevant }
  return differs(start, search) ? undefined : [...used]
}

function withoutPack({ known, never }: Exclusions): Exclusions {
  return {
    known: new Map([...known].filter(([, { underPack }]) => !underPack)),
    never: never.filter(({ underPack }) => !underPack),
  }
}

const statesMax = 400_000

type Search = { domains: ReadonlyMap<string, readonly Value[]>; statesLeft: number; used: Set<string> }
type State = {
  known: Facts
  one: Condition
  other: Condition
  open: readonly { when: Expression; because: string }[]
}

/** A state that can be, in which one fires and the other does not; also where there are too many states to say. */
function differs({ known, one, other, open }: State, search: Search): boolean {
  if (--search.statesLeft < 0) return true
  const excluded = open.find(({ when }) => when.op === 'constant' && when.value === true)
  if (excluded !== undefined) {
    search.used.add(excluded.because)
    return false
  }
  const settled = [firesConstant(one), firesConstant(other)]
  if (settled[0] !== undefined && settled[0] === settled[1]) return false
  if (one.unknown === other.unknown && JSON.stringify(one.when) === JSON.stringify(other.when)) return false
  const next = [one.when, other.when, ...open.map(({ when }) => when)]
    .flatMap((when) => [...factsRead(when)])
    .map(baseOf)[0]
  if (next === undefined) return true
  return search.domains.get(next)!.some((value) => {
    const now = { ...known, ...assigned(next, value) }
    const settle = <C extends { when: Expression }>(part: C): C => ({
      ...part,
      when: simplify(part.when, now),
    })
    return differs({ known: now, one: settle(one), other: settle(other), open: open.map(settle) }, search)
  })
}

function firesConstant({ when, unknown }: Condition): boolean | undefined {
  if (when.op !== 'constant') return undefined
  return when.value ?? unknown === 'fires'
}

/** In these states a day is two steps long, so that something lies within it. */
const dayInSteps = 2

function assigned(fact: string, value: Value): Record<string, Value> {
  const moved = dayShifts.map((days): [string, Value] => [
    movedName(fact, days),
    typeof value === 'number' ? value + days * dayInSteps : value,
  ])
  return Object.fromEntries([[fact, value], ...moved])
}

function domainsOf(
  facts: ReadonlySet<string>,
  conditions: readonly Expression[],
  { known }: Exclusions,
  used: Set<string>,
): Map<string, readonly Value[]> {
  const numeric = [...facts].filter((fact) =>
    ['instant', 'date', 'integer'].includes(factNames.get(fact)!.type),
  )
  const steps = Array.from({ length: 3 * numeric.length + 1 }, (_, step) => step)
  const literals = conditions.flatMap(literalsIn)
  return new Map(
    [...facts].map((fact): [string, readonly Value[]] => {
      const { type, vocabulary } = factNames.get(fact)!
      const values: Value[] =
        type === 'boolean'
          ? [true, false]
          : vocabulary !== undefined
            ? Object.values(vocabulary)
            : [...new Set([...steps, ...literals.flatMap((value) => [value - 1, value, value + 1])])]
      const because = known.get(fact)?.because
      if (because !== undefined) used.add(because)
      return [fact, because === undefined ? [...values, undefined] : values]
    }),
  )
}

function literalsIn(node: Expression): number[] {
  switch (node.op) {
    case 'and':
    case 'or':
      return node.of.flatMap(literalsIn)
    case 'not':
      return literalsIn(node.of)
    case 'in':
    case 'unknown':
    case 'holds':
    case 'constant':
      return []
    default:
      return [node.left, node.right].flatMap((operand) =>
        'literal' in operand && typeof operand.literal === 'number' ? [operand.literal] : [],
      )
  }
}

function hasAll(facts: Facts, when: Expression): boolean {
  return [...factsRead(when)].every((name) => Object.hasOwn(facts, name))
}

function readCondition(text: string): Expression {
  const { expression, fault } = parseExpression(text, {
    noun: 'the name of a fact',
    find(name): Named | undefined {
      const fact = factNames.get(name)
      if (fact === undefined) return undefined
      const codeOf = (word: string): Literal & number => fact.vocabulary![word]!
      return { is: 'value', type: fact.type, codeOf, ...(fact.vocabulary && { vocabulary: fact.vocabulary }) }
    },
  })
  if (fault === undefined) return expression
  throw new Error(`exclusions.yaml: ${text}: ${fault.message}`)
}
