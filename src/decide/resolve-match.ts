// An EventMatch with the request's numbers put in: what both `gather` and the SQL compiler test, event by event.
import { type EventKind, eventKinds } from '../model/event.ts'
import { type PurposeTerm, purposeWithin } from '../model/purpose.ts'
import type { EventMatch } from './fact.ts'
import type { PolicyNumbers } from './policy-numbers.ts'

/** A test on one column; 0 in an event (NULL in the projection) is "absent". */
export type Condition = {
  column: 'qualifier' | 'recipient' | 'channel' | 'purpose' | 'notice' | 'grade'
  test: 'in' | 'in-or-absent' | 'not-in' | 'absent' | 'at-most'
  numbers: readonly number[]
}

export type ResolvedMatch = {
  kind: EventKind
  counts: EventMatch['counts']
  conditions: readonly Condition[]
  releaseAt: number
}

/** One recipient by one channel: each needs its own consent. */
export type Leg = { recipient: number; channel: number }

/** What a request means in numbers. */
export type Scope = {
  releaseAt: number
  /** A disclosure after this instant was within a year of the release. */
  disclosedAfter: number
  /** The recipient itself, without whom it acts for. */
  recipient: number
  /** Ages that count in law, strictest of the packs at release; undefined without a pack. */
  ages: Readonly<Record<'consentAgeYears', number | undefined>>
  /** Whoever in the chain a "no" may be addressed to; −1 for an entity the register has never named. */
  chain: readonly number[]
  /** Whom a consent has to be for: the third parties, or the controller where the message is its own. */
  consentChain: readonly number[]
  channels: readonly number[]
  /** Purposes whose consent covers the request: the same one, or a wider one; never another of the same kind. */
  purposesCovering: readonly number[]
  /** Purposes whose withdrawal touches it: wider, narrower, or open. */
  purposesTouching: readonly number[]
  evidenceGradeMax: number
  /** For a list that is paid for, a stop by one channel means every channel (domain 5.4.8). */
  vetoesReachAllChannels: boolean
  invalidFormNotices: readonly number[]
}

export function resolveMatch(match: EventMatch, scope: Scope, leg?: Leg): ResolvedMatch {
  const conditions: Condition[] = []
  const everybody = match.kind === 'consent' && match.recipient === 'chain' ? scope.consentChain : scope.chain
  const chain = leg ? [leg.recipient] : everybody
  const channels = leg ? [leg.channel] : scope.channels
  const add = (column: Condition['column'], test: Condition['test'], numbers: readonly number[]) =>
    conditions.push({ column, test, numbers })

  if (match.qualifier !== undefined) add('qualifier', 'in', qualifierNumbers(match.kind, match.qualifier))
  if (match.recipient === 'chain') add('recipient', 'in', chain)
  if (match.recipient === 'chain-or-all') add('recipient', 'in-or-absent', chain)
  if (match.recipient === 'nobody') add('recipient', 'absent', [])
  if (match.channel === 'requested') add('channel', 'in', channels)
  if (match.channel === 'requested-or-all' && !scope.vetoesReachAllChannels)
    add('channel', 'in-or-absent', channels)
  if (match.channel === 'other') add('channel', 'not-in', channels)
  if (match.purpose === 'covering') add('purpose', 'in', scope.purposesCovering)
  if (match.purpose === 'other') add('purpose', 'not-in', scope.purposesCovering)
  if (match.purpose === 'touching-or-all') add('purpose', 'in-or-absent', scope.purposesTouching)
  if (match.notice === 'invalid-form') add('notice', 'in', scope.invalidFormNotices)
  if (match.grade === 'sufficient') add('grade', 'at-most', [scope.evidenceGradeMax])
  return { kind: match.kind, counts: match.counts, conditions, releaseAt: scope.releaseAt }
}

export function purposesCovering(
  wanted: { id: string; dpv: PurposeTerm | undefined },
  numbers: PolicyNumbers,
) {
  return numbersWhere(
    numbers,
    ({ id, dpv }) => id === wanted.id || (dpv !== wanted.dpv && within(wanted.dpv, dpv)),
  )
}

export function purposesTouching(
  wanted: { id: string; dpv: PurposeTerm | undefined },
  numbers: PolicyNumbers,
) {
  return numbersWhere(
    numbers,
    ({ id, dpv }) =>
      id === wanted.id ||
      dpv === undefined ||
      wanted.dpv === undefined ||
      within(wanted.dpv, dpv) ||
      within(dpv, wanted.dpv),
  )
}

function within(narrow: PurposeTerm | undefined, wide: PurposeTerm | undefined): boolean {
  return narrow !== undefined && wide !== undefined && purposeWithin(narrow, wide)
}

function numbersWhere(
  numbers: PolicyNumbers,
  test: (purpose: { id: string; dpv: PurposeTerm | undefined }) => boolean,
): number[] {
  return [...numbers.purposes].filter(([, purpose]) => test(purpose)).map(([number]) => number)
}

function qualifierNumbers(kind: EventKind, wanted: string | readonly string[]): number[] {
  const known: Readonly<Record<string, number>> = eventKinds[kind].qualifiers
  return [wanted].flat().map((name) => {
    const number = known[name]
    if (number === undefined) throw new Error(`${kind} has no qualifier ${name}`)
    return number
  })
}
