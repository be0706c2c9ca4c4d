// Whose it is to change what a rule found: the organisation's, the person's own, or nobody's under this very request.
import type { ReasonCode } from '../model/reason.ts'
import { reasons } from '../model/reason.ts'
import { type Expression, factsRead } from './expression.ts'
import type { Combinator, SubjectFact } from './fact.ts'
import type { RequestFactName } from './plain-facts.ts'
import type { Question } from './rule.ts'
import { subjectFacts } from './subject-facts.ts'
import type { Change } from './what-would-change.ts'

/** `another-request`: only asking for something else would change it, and that is not this question. */
export type Whose = 'organisation' | 'person' | 'another-request'

/** A condition over several facts is the least free one's. */
export function whoseChange({ condition }: Pick<Change, 'condition'>): Whose {
  const names = [...factsRead(condition)]
  if (names.some((name) => asked.has(name))) return 'another-request'
  return names.some(isPersonal) ? 'person' : 'organisation'
}

/** A person's "no" is the person's alone; else what a named person may decide, or a record may mend, is the organisation's. */
export function whoCanChange(
  rule: { code: ReasonCode; question: Question; when: Expression },
  changes: readonly Change[],
): Whose {
  if (reasons[rule.code].override === 'determination') return 'organisation'
  if (rule.question === 'veto') return 'person'
  const whose = new Set(changes.map(whoseChange))
  for (const one of ['organisation', 'person'] as const) if (whose.has(one)) return one
  if ([...factsRead(rule.when)].some(isPersonal)) return 'person'
  return whose.size > 0 ? 'another-request' : 'organisation'
}

function isPersonal(name: string): boolean {
  const fact = subjectFacts.find((candidate: SubjectFact) => candidate.name === name)
  return fact !== undefined && saidByPerson(fact.from)
}

function saidByPerson(from: Combinator): boolean {
  switch (from.combinator) {
    case 'birthday':
      return true
    case 'column':
      return from.column === 'born_on' || from.column === 'expecting_on'
    case 'weakest-leg':
      // How well a yes is evidenced is the organisation's to look up.
      return from.pick !== 'grade'
    case 'disclosures':
    case 'link-doubt':
      return false
    default:
      return !organisational.has(from.event.kind)
  }
}

/** What the organisation does, finds out or settles. */
const organisational: ReadonlySet<string> = new Set([
  'presentation',
  'restriction',
  'identity_doubt',
  'dispute',
])

/** What is asked for, by whom, on what ground, and what the file is. */
const asked: ReadonlySet<string> = new Set<RequestFactName>([
  'marketing',
  'political',
  'commercial',
  'paid',
  'basis',
  'exempt',
  'anonymousClaimed',
  'anonymousTested',
  'ownSending',
  'hosted',
  'matching',
  'liveCalls',
  'onlineTargeting',
  'channelNeedsConsent',
  'recipientRole',
  'obtainedElsewhere',
  'maintenance',
  'copyLeaves',
  'softOptInMessage',
  'charitySoftOptInKnown',
  'retentionDeclared',
  'collectionDeclared',
  'resupplyLimited',
  'packKnown',
  'memberStateRuleNeeded',
])
