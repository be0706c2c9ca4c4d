// People whom something recorded after their file was decided may concern, judged once more, one by one. What comes out can
// only take rows out of a release, never add one.
import { outcomeNumbers, wordCount } from '../decide/compile-decision.ts'
import { judgeRecord } from '../decide/judge-record.ts'
import type { PersonRecord } from '../decide/person-record.ts'
import { bitsPerWord, type DecisionPlan, recordCodes } from '../decide/plan.ts'
import { isRefusing, type RegisterEvent } from '../model/event.ts'
import type { ReasonCode } from '../model/reason.ts'
import type { RecordVerdict } from '../model/verdict.ts'
import type { Places } from './people-touched.ts'
import { type RecordsWanted, readPersonRecords } from './read-person-records.ts'

/** Outcome, kept fields and reasons as the numbers the artefact and the D tree hold. */
export type VerdictNumbers = { outcome: number; fields: number; masks: number[] }

export type Touched = { subject: number; verdict: RecordVerdict; numbers: VerdictNumbers }

export type ToJudge = RecordsWanted & {
  plan: DecisionPlan
  /** Fields each of them was to leave with: whoever may leave with less, or not at all, has changed since (T803). */
  before?: ReadonlyMap<number, number>
}

/**
 * A refusing event counts from the moment of release even where it names a later time: a stop that was acknowledged is
 * honoured at once, whatever a clock elsewhere said. Whoever the file does not name any more is judged all the same:
 * nobody's word is passed over.
 */
export async function judgeTouched(places: Places, wanted: ToJudge): Promise<Touched[]> {
  const { plan, before } = wanted
  const records = await readPersonRecords(places, wanted)
  return records.map((found) => {
    const record = honouredAt(found, plan.request.releaseAt)
    const judged = judgedAs(plan, record)
    if (before === undefined || !isWorse(judged.numbers, before.get(record.subject))) return judged
    return judgedAs(plan, { ...record, columns: { ...record.columns, changed: true } })
  })
}

function judgedAs(plan: DecisionPlan, record: PersonRecord): Touched {
  const { verdict } = judgeRecord(plan, record)
  return { subject: record.subject, verdict, numbers: verdictNumbers(plan, verdict) }
}

function isWorse({ outcome, fields }: VerdictNumbers, before: number | undefined): boolean {
  return outcome < outcomeNumbers.transform || (BigInt(before ?? 0) & ~BigInt(fields)) !== 0n
}

const JUDGED_AT_ONCE = 5_000

/** The same for any number of people, outside the lock. */
export async function judgeInSlices(places: Places, wanted: ToJudge): Promise<Touched[]> {
  const judged: Touched[] = []
  for (let first = 0; first < wanted.subjects.length; first += JUDGED_AT_ONCE) {
    const subjects = wanted.subjects.slice(first, first + JUDGED_AT_ONCE)
    for (const touched of await judgeTouched(places, { ...wanted, subjects })) judged.push(touched)
  }
  return judged
}

/** Her own events, those of her other enrolments, and those that reach her through a contact point. */
function honouredAt(record: PersonRecord, releaseAt: number): PersonRecord {
  const honoured = (events: readonly RegisterEvent[]) => events.map((event) => sooner(event, releaseAt))
  return {
    ...record,
    events: honoured(record.events),
    sharers: honoured(record.sharers),
    mates: record.mates.map((mate) => ({ ...mate, events: honoured(mate.events) })),
  }
}

/** What grants and comes later neither helps nor harms: moved half-way, its date would seem unclear (T802). */
function sooner(event: RegisterEvent, releaseAt: number): RegisterEvent {
  if (event.earliest <= releaseAt || !isRefusing(event)) return event
  return { ...event, earliest: releaseAt }
}

function verdictNumbers(plan: DecisionPlan, verdict: RecordVerdict): VerdictNumbers {
  return {
    outcome: outcomeNumbers[verdict.outcome],
    fields: plan.request.fields.reduce(
      (bits, name, index) => (verdict.fields[name] === 'drop' ? bits : bits + 2 ** index),
      0,
    ),
    masks: Array.from({ length: wordCount }, (_, word) => maskWord(verdict.reasons, word)),
  }
}

function maskWord(codes: readonly ReasonCode[], word: number): number {
  return codes.reduce((mask, code) => {
    const index = recordCodes.indexOf(code)
    return Math.floor(index / bitsPerWord) === word ? mask + 2 ** (index % bitsPerWord) : mask
  }, 0)
}
