// What a fact is: a name, a type and one sentence of meaning; a fact of a person also says by which of a few combinators it
// comes from her events. `gather.ts` (reference) and `compile-facts.ts` (SQL) read the same table, `subject-facts.ts`.
import type { EventKind } from '../model/event.ts'

export type FactType = 'boolean' | 'integer' | 'instant' | 'date' | 'code'

/**
 * Which events count. A grant counts once it surely happened (its latest instant), a veto as soon as it possibly did
 * (its earliest). An absent scope in a veto means "all of them"; in a grant it means nobody was named.
 */
export type EventMatch = {
  kind: EventKind
  /** `undated`: the interval is all of time, because the source gives no date. */
  counts: 'surely' | 'possibly' | 'unclear' | 'undated'
  qualifier?: string | readonly string[]
  /** `leg`: the recipient, channel and purpose of one leg of the request (see `legs` in plan.ts). */
  recipient?: 'chain-or-all' | 'chain' | 'nobody'
  channel?: 'requested-or-all' | 'requested' | 'other'
  purpose?: 'covering' | 'touching-or-all' | 'other'
  grade?: 'sufficient'
  /** Only events under notices whose consent was bundled, conditional or pre-ticked. */
  notice?: 'invalid-form'
}

/**
 * What the weakest leg of the chain says: every link and every channel needs its own consent. `byParent`: any was given by
 * a parent; `explicit`: all were asked expressly; `outgrown`: of any, only a later version than the one consented to names
 * the link.
 */
export type LegAggregate =
  | 'given'
  | 'vetoed'
  | 'earliest'
  | 'latest'
  | 'grade'
  | 'precision'
  | 'form'
  | 'byParent'
  | 'explicit'
  | 'outgrown'

export type Combinator =
  | { combinator: 'latest'; event: EventMatch; pick: 'notice' | 'earliest' | 'latest' }
  | { combinator: 'greatest'; event: EventMatch; pick: 'earliest' | 'latest' }
  | { combinator: 'least'; event: EventMatch; pick: 'earliest' | 'latest' }
  | { combinator: 'exists'; event: EventMatch }
  /** Another event of the match, under another notice, that is not surely older than the latest one. */
  | { combinator: 'contested'; event: EventMatch }
  /** What the notice of the first event says for this request. */
  | { combinator: 'first-notice'; event: EventMatch; pick: 'covers' | 'purposeTold' }
  /** Exists, but among the events of others with whom the record shares a contact point. */
  | { combinator: 'sharers'; event: EventMatch }
  /** Earlier disclosures of this person: how many in the year before the release, to anyone; the latest to this recipient. */
  | { combinator: 'disclosures'; pick: 'inYear' | 'latestToRecipient' }
  /** The latest instant at which someone born on that column's date turns so many years; a pack's parameter. */
  | { combinator: 'birthday'; column: 'born_on'; years: 'consentAgeYears' }
  /** A possible link to another enrolment that is neither sure enough to merge nor ruled out. */
  | { combinator: 'link-doubt' }
  | { combinator: 'weakest-leg'; grant: EventMatch; vetoes: readonly EventMatch[]; pick: LegAggregate }
  | {
      combinator: 'column'
      column: 'born_on' | 'expecting_on' | 'duplicate' | 'retain_until' | 'collected_by' | 'changed'
    }

/** Words a code may be compared with; their numbers stand in `model/vocabulary.ts`. */
export type FactVocabulary = 'basis' | 'precision' | 'role' | 'grade'

export type SubjectFact = {
  name: string
  type: FactType
  vocabulary?: FactVocabulary
  means: string
  from: Combinator
}
