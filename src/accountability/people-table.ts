// Who was considered in a release: the notice the decision went by, the showing of it, and what became of the record. Sets
// are joined in the engine; here is one short record for each line, some 65 bytes of memory, and nothing of anybody but numbers.
//
// Which showing: the one that `gather` takes as the latest (src/decide/gather.ts), and SQL as the newest
// (src/decide/compile-facts.ts): of the presentations of this notice that were on record at the position of the decision,
// had surely happened by its instant and are of sufficient grade, the latest in time; recorded later wins a tie.
import { outcomeNumbers } from '../decide/compile-decision.ts'
import { newestFirst } from '../decide/compile-match.ts'
import { packHash } from '../decide/pack-hash.ts'
import { holdsOn } from '../decide/packs/choose-packs.ts'
import { bitsPerWord } from '../decide/plan.ts'
import type { Pack } from '../decide/rule.ts'
import type { SetEngine } from '../decide/set-engine.ts'
import { strictestParameters } from '../decide/strictest-parameters.ts'
import { eventKinds } from '../model/event.ts'
import { dateOf, type Instant, microsecondsPerDay } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { isMasked, type ReasonLevel, reasons } from '../model/reason.ts'
import type { CommittedBody, DecisionBody } from '../model/release.ts'
import { outcomes } from '../model/verdict.ts'
import { grades } from '../model/vocabulary.ts'
import type { Register } from '../register/register.ts'
import { type MemberSet, readDisclosed } from '../register/release-members.ts'
import { artefactRelation, ascendingSubjects } from '../release/verdict-table.ts'
import { type Commitments, readCommitments } from './commitments.ts'

/** What became of a record, `removed` last: taken out after the decision and before the first byte left. */
export const lineOutcomes = [...outcomes, 'removed'] as const
export type LineOutcome = (typeof lineOutcomes)[number]

export type PeopleTable = {
  count: number
  /** In the order of the file that was decided on. */
  subjects: Int32Array
  /** Number of the notice version; 0 = none was shown, and then the next three are 0 too. */
  notices: Int32Array
  /** Days since 1970, UTC: of the latest instant of the showing, and of its entry in the register. */
  shown: Int32Array
  recorded: Int32Array
  grades: Uint8Array
  /** Index into `lineOutcomes`. */
  outcomes: Uint8Array
  /** Entered after the request was made: what is written down then is no witness. */
  afterRequest: number
  /** Records that a masked reason of this level touched, in the decision. */
  masked: Partial<Record<ReasonLevel, number>>
  commitments: Commitments
  /** Every notice anybody in it was shown or asked under at the time of the decision, by number. */
  noticesSeen: ReadonlySet<number>
}

export type PeopleSource = {
  register: Register
  engine: SetEngine
  packs: readonly Pack[]
}

type Decided = {
  decision: DecisionBody
  committed: { position: number; body: CommittedBody }
  /** Parquet files of verdicts: as decided, with the facts; and as of the commit. */
  artefacts: { decided: string; committed: string }
  requestedAt: Instant
  /** Position up to which the pack looks. */
  asOf: number
}

const SLICE_LINES = 500_000
const SHOWINGS = 'pack_showing'
const LINES = 'pack_line'
const outcomeRemoved = lineOutcomes.indexOf('removed')

/** Showings and questions as the register has them up to a position, for as many releases as are asked about. */
export async function loadShowings({ register, engine }: PeopleSource, upTo: number): Promise<void> {
  const columns = [
    'subject',
    'kind',
    'notice',
    'earliest',
    'latest',
    'grade',
    'position',
    'ord',
    'recorded_at',
  ]
  const kinds = [eventKinds.presentation.number, eventKinds.consent.number]
  await engine.run(
    `create or replace temp table ${SHOWINGS} (subject integer, kind utinyint, notice integer, earliest bigint, latest bigint, grade utinyint, position bigint, ord integer, recorded_at bigint)`,
  )
  await engine.load(
    SHOWINGS,
    columns,
    register.store.copyOut(
      `select e.subject, e.kind, e.notice, e.earliest, e.latest, e.grade, e.position, e.ord, b.recorded_at
         from register.event e join register.batch b on b.position = e.position
        where e.kind in (${kinds.join(', ')}) and e.notice is not null and e.position <= ${upTo}`,
    ),
  )
}

export async function dropShowings({ engine }: PeopleSource): Promise<void> {
  await engine.run(`drop table if exists ${SHOWINGS}`)
  await engine.run(`drop table if exists ${LINES}`)
}

/** After `loadShowings` up to a position no earlier than the decision's. */
export async function readPeople(source: PeopleSource, decided: Decided): Promise<PeopleTable> {
  const { register, engine } = source
  await joinLines(source, decided)
  const [counted] = await engine.rows<{ lines: number }>(`select count(*) as lines from ${LINES}`)
  const table = emptyTable(counted!.lines)
  const disclosed = await readDisclosed(register.store, decided.committed.position, decided.asOf)
  for (let first = 0; first < table.count; first += SLICE_LINES)
    fillSlice(table, await readSlice(engine, first), { first, disclosed, requestedAt: decided.requestedAt })
  const seen = await engine.rows<{ notice: number }>(
    `select distinct notice from ${SHOWINGS} where position <= ${decided.decision.position} and subject in (select subject from ${LINES}) order by notice`,
  )
  return {
    ...table,
    masked: await countMasked(engine, decided),
    commitments: await readCommitments(register.store, ascendingSubjects(table)),
    noticesSeen: new Set(seen.map(({ notice }) => notice)),
  }
}

type Numbers = Omit<PeopleTable, 'masked' | 'commitments' | 'noticesSeen'>

function emptyTable(count: number): Numbers {
  const numbers = () => new Int32Array(count)
  return {
    count,
    subjects: numbers(),
    notices: numbers(),
    shown: numbers(),
    recorded: numbers(),
    grades: new Uint8Array(count),
    outcomes: new Uint8Array(count),
    afterRequest: 0,
  }
}

async function joinLines({ engine, packs }: PeopleSource, { decision, artefacts }: Decided): Promise<void> {
  const kept = await engine.rows<{ column_name: string }>(
    `describe select * from ${artefactRelation(artefacts.decided)}`,
  )
  const has = (name: string) => kept.some(({ column_name }) => column_name === name)
  // Where the decision kept the interval it went by, that pins the showing, whatever the packs say today.
  const pinned = has('noticeShownFrom') && has('noticeShownTo')
  const interval = pinned ? ', "noticeShownFrom" as shown_from, "noticeShownTo" as shown_to' : ''
  const showings = `select * from ${SHOWINGS} where kind = ${eventKinds.presentation.number} and position <= ${decision.position} and latest <= ${decision.releaseAt} and grade <= ${gradeMax(decision, packs)}`
  const newest = `qualify row_number() over (partition by subject, notice${pinned ? ', earliest, latest' : ''} ${newestFirst}) = 1`
  const same = pinned ? ' and s.earliest = d.shown_from and s.latest = d.shown_to' : ''
  await engine.run(
    `create or replace temp table ${LINES} as
     with d as (select ordinal, subject, notice${interval} from ${artefactRelation(artefacts.decided)}),
          c as (select ordinal, outcome from ${artefactRelation(artefacts.committed)}),
          s as (${showings} ${newest})
     select row_number() over (order by d.ordinal) - 1 as line, d.subject, d.notice, c.outcome, s.latest, s.recorded_at, s.grade
       from d join c on c.ordinal = d.ordinal
       left join s on s.subject = d.subject and s.notice = d.notice${same}`,
  )
}

/** The weakest evidence that shows a notice under the packs in force at the release; any, where one of them is another now. */
function gradeMax({ packHashes, releaseAt }: DecisionBody, packs: readonly Pack[]): number {
  const named = packs.filter(({ id }) => packHashes[id] !== undefined)
  const unchanged = named.filter((pack) => packHashes[pack.id] === packHash(pack))
  const inForce = unchanged.filter((pack) => holdsOn(pack, dateOf(releaseAt, pack.zone)))
  const strictest = strictestParameters(inForce)?.evidenceGradeMax.value
  return unchanged.length === Object.keys(packHashes).length && strictest !== undefined
    ? strictest
    : Math.max(...Object.values(grades))
}

async function readSlice(engine: SetEngine, first: number): Promise<Float64Array[]> {
  return engine.columns(
    `select subject, notice, outcome, latest, recorded_at, grade from ${LINES}
      where line >= ${first} and line < ${first + SLICE_LINES} order by line`,
  )
}

function fillSlice(
  table: Numbers,
  [subjects, notices, outcomesOf, latest, recordedAt, gradesOf]: readonly Float64Array[],
  { first, disclosed, requestedAt }: { first: number; disclosed: MemberSet; requestedAt: Instant },
): void {
  for (let row = 0; row < subjects!.length; row++) {
    const line = first + row
    const subject = subjects![row]!
    const notice = notices![row]!
    const outcome = outcomesOf![row]!
    table.subjects[line] = subject
    table.notices[line] = notice
    const left = outcome >= outcomeNumbers.transform
    table.outcomes[line] = left && !disclosed.has(subject) ? outcomeRemoved : outcome
    if (notice === 0) continue
    const grade = gradesOf![row]!
    if (grade === 0)
      throw new Problem('register.corrupt', 'a showing that a decision went by is not on record')
    table.shown[line] = dayOf(latest![row]!)
    table.recorded[line] = dayOf(recordedAt![row]!)
    table.grades[line] = grade
    if (recordedAt![row]! > requestedAt) table.afterRequest++
  }
}

function dayOf(instant: Instant): number {
  return Math.floor(instant / microsecondsPerDay)
}

/** A record with several masked reasons counts once: how many there are would tell of their kinds. */
async function countMasked(
  engine: SetEngine,
  { decision, artefacts }: Decided,
): Promise<PeopleTable['masked']> {
  const masked: PeopleTable['masked'] = {}
  for (const level of ['record', 'field'] as const) {
    const condition = maskedCondition(decision, level)
    if (condition === undefined) continue
    const [row] = await engine.rows<{ touched: number }>(
      `select count(*) as touched from ${artefactRelation(artefacts.decided)} where ${condition}`,
    )
    if (row!.touched > 0) masked[level] = row!.touched
  }
  return masked
}

function maskedCondition({ maskCodes }: DecisionBody, level: ReasonLevel): string | undefined {
  const words = new Map<number, bigint>()
  maskCodes.forEach((code, index) => {
    if (!isMasked(code) || reasons[code].level !== level) return
    const word = Math.floor(index / bitsPerWord)
    words.set(word, (words.get(word) ?? 0n) | (1n << BigInt(index % bitsPerWord)))
  })
  if (words.size === 0) return undefined
  return [...words].map(([word, bits]) => `(mask_${word} & ${bits}) <> 0`).join(' or ')
}
