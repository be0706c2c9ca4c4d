// Facts that tell of safety, bereavement, childhood, health or seeded rows: whoever may not read a masked reason may not
// read these either, whichever rule asked for them.
import type { Combinator, SubjectFact } from './fact.ts'
import type { FieldFactName, NoticeFactName, RequestFactName } from './plain-facts.ts'
import { subjectFacts } from './subject-facts.ts'

export function isMaskedFact(name: string): boolean {
  const fact = subjectFacts.find((candidate: SubjectFact) => candidate.name === name)
  return fact === undefined ? maskedOfRequest.has(name) : tellsOfGround(fact.from)
}

function tellsOfGround(from: Combinator): boolean {
  switch (from.combinator) {
    case 'birthday':
      return true
    case 'column':
      return from.column === 'born_on' || from.column === 'expecting_on'
    case 'weakest-leg':
      return from.pick === 'byParent' || from.pick === 'explicit'
    case 'exists':
      return from.event.kind === 'protection' || from.event.kind === 'seed'
    default:
      return false
  }
}

const maskedOfRequest: ReadonlySet<string> = new Set<RequestFactName | NoticeFactName | FieldFactName>([
  'listRevealsMaternity',
  'listRevealsChildren',
  'listRevealsSpecial',
  'expectingDeclared',
  'childrenLikely',
  'disclosesSpecial',
  'conditionClaimed',
  'conditionExplicitConsent',
  'bornOnAdultMax',
  'bornOnPoliticalMax',
  'fieldAboutChild',
  'fieldSpecial',
  'fieldCriminal',
])
