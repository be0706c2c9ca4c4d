// People about whom something was recorded after their file was decided, judged once more, one by one. What comes out can
// only take rows out of a release, never add one.
import { outcomeNumbers, wordCount } from '../decide/compile-decision.ts'
import { judgeRecord } from '../decide/judge-record.ts'
import { bitsPerWord, type DecisionPlan, recordCodes } from '../decide/plan.ts'
import type { SetEngine } from '../decide/set-engine.ts'
import { eventKindNames, isRefusing, type RegisterEvent } from '../model/event.ts'
import type { ReasonCode } from '../model/reason.ts'
import type { RecordVerdict } from '../model/verdict.ts'
import { readHistories } from '../register/read-history.ts'
import type { StoreSession } from '../register/store.ts'

/** Outcome, kept fields and reasons as the numbers the artefact and the D tree hold. */
export type VerdictNumbers = { outcome: number; fields: number; masks: number[] }

export type Touched = { subject: number; verdict: RecordVerdict; numbers: VerdictNumbers }

/** People with an event in (from, to], ascending. */
export async function touchedSince(
  session: Pick<StoreSession, 'query'>,
  { from, to }: { from: number; to: number },
): Promise<number[]> {
  const rows = await session.query<{ subject: number }>(
    'select distinct subject from register.event where position > $1 and position <= $2 order by subject',
    [from, to],
  )
  return rows.map(({ subject }) => subject)
}

/** People of whom the projection holds events that name a time after this instant, ascending. */
export async function speakingOfLater(engine: SetEngine, instant: number): Promise<number[]> {
  const kinds = eventKindNames.map((kind) => `select subject from ${kind} where earliest > ${instant}`)
  const rows = await engine.rows<{ subject: number }>(
    `select distinct subject from (${kinds.join(' union all ')}) order by subject`,
  )
  return rows.map(({ subject }) => subject)
}

/**
 * A refusing event counts from the moment of release even where it names a later time: a stop that was acknowledged is
 * honoured at once, whatever a clock elsewhere said.
 */
export async function judgeTouched(
  session: Pick<StoreSession, 'query'>,
  engine: SetEngine,
  options: { plan: DecisionPlan; datasetTable: string | undefined; subjects: readonly number[] },
): Promise<Touched[]> {
  const { plan, datasetTable, subjects } = options
  if (subjects.length === 0) return []
  const histories = await readHistories(session, subjects)
  const columns =
    datasetTable === undefined
      ? []
      : await engine.rows<{
          subject: number
          born_on: number | null
          expecting_on: number | null
          duplicate: number
        }>(
          `select subject, max(born_on) as born_on, max(expecting_on) as expecting_on, max(duplicate) as duplicate
             from ${datasetTable} where subject in (${subjects.join(', ')}) group by subject`,
        )
  const known = new Map(columns.map((row) => [row.subject, row]))
  // Whoever the file does not name any more is judged all the same: nobody's word is passed over.
  return subjects.map((subject) => {
    const { born_on = null, expecting_on = null, duplicate = 0 } = known.get(subject) ?? {}
    const history = (histories.get(subject) ?? []).map((event) => sooner(event, plan.request.releaseAt))
    const { verdict } = judgeRecord(plan, history, {
      born_on: born_on ?? undefined,
      expecting_on: expecting_on ?? undefined,
      duplicate: duplicate === 1,
    })
    return { subject, verdict, numbers: verdictNumbers(plan, verdict) }
  })
}

const JUDGED_AT_ONCE = 5_000

/** The same for any number of people, outside the lock. */
export async function judgeInSlices(
  session: Pick<StoreSession, 'query'>,
  engine: SetEngine,
  options: Parameters<typeof judgeTouched>[2],
): Promise<Touched[]> {
  const judged: Touched[] = []
  for (let first = 0; first < options.subjects.length; first += JUDGED_AT_ONCE) {
    const subjects = options.subjects.slice(first, first + JUDGED_AT_ONCE)
    for (const touched of await judgeTouched(session, engine, { ...options, subjects })) judged.push(touched)
  }
  return judged
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
