// The facts as names in an expression: type, words, and at which level a rule may read each.

import type { FactType, FactVocabulary } from '../decide/fact.ts'
import { fieldFacts, noticeFacts, requestFacts } from '../decide/plain-facts.ts'
import { subjectFacts } from '../decide/subject-facts.ts'
import type { ReasonLevel } from '../model/reason.ts'
import { bases, grades, precisions, recipientRoles } from '../model/vocabulary.ts'

type Grain = 'request' | 'notice' | 'person' | 'field'
export type FactName = {
  type: FactType
  vocabulary: Readonly<Record<string, number>> | undefined
  grain: Grain
}

const vocabularies: Readonly<Record<FactVocabulary, Readonly<Record<string, number>>>> = {
  basis: bases,
  precision: precisions,
  role: recipientRoles,
  grade: grades,
}

type PlainFact = { type: FactType; vocabulary?: FactVocabulary }

const named = (grain: Grain, facts: readonly (readonly [string, PlainFact])[]): [string, FactName][] =>
  facts.map(([name, { type, vocabulary }]) => [
    name,
    { type, grain, vocabulary: vocabulary && vocabularies[vocabulary] },
  ])

export const factNames: ReadonlyMap<string, FactName> = new Map([
  ...named('request', Object.entries(requestFacts)),
  ...named('notice', Object.entries(noticeFacts)),
  ...named(
    'person',
    subjectFacts.map((fact) => [fact.name, fact]),
  ),
  ...named('field', Object.entries(fieldFacts)),
])

/** A reason of a file is found before any notice or person is looked at, one of a field before any person is. */
export function mayRead(level: ReasonLevel, { grain }: FactName): boolean {
  return readable[level].includes(grain)
}

const readable: Readonly<Record<ReasonLevel, readonly Grain[]>> = {
  file: ['request'],
  record: ['request', 'notice', 'person'],
  field: ['request', 'notice', 'field'],
}
