// One case, decided twice: record by record by the reference, and as a file by the compiled SQL.
import { keptFields, outcomeNumbers, wordCount } from '../../src/decide/compile-decision.ts'
import { codesOf, decideSet, type FileReason } from '../../src/decide/decide-set.ts'
import { interpret } from '../../src/decide/interpret.ts'
import { type JudgedRecord, judgeRecord } from '../../src/decide/judge-record.ts'
import { type DecisionPlan, planDecision } from '../../src/decide/plan.ts'
import type { SetEngine } from '../../src/decide/set-engine.ts'
import { type ReasonCode, reasonCodes } from '../../src/model/reason.ts'
import type { SharingRequest } from '../../src/model/request.ts'
import type { FieldTreatment, Outcome } from '../../src/model/verdict.ts'
import { shippedPacks } from '../decide/shipped-packs.ts'
import { caseTable, loadRecords } from './load-records.ts'
import { numberNames } from './name-numbers.ts'
import { type Case, expectedOf } from './read-case.ts'
import { type CaseRecord, recordPerson, subjectStep } from './record-people.ts'

export type Found = {
  outcome: Outcome
  reasons: readonly ReasonCode[]
  fields: Readonly<Record<string, FieldTreatment>>
}

export type DecidedCase = {
  plan: DecisionPlan
  /** By person; undefined = the selection passes them over. */
  reference: ReadonlyMap<string, JudgedRecord | undefined>
  /** Whoever only the reference can be asked about is missing. */
  compiled: ReadonlyMap<string, Found>
  /** The file's own reasons, once it is counted. */
  file: readonly FileReason[]
}

export async function decideCase(
  engine: SetEngine,
  read: Case,
  request: SharingRequest,
): Promise<DecidedCase> {
  const { policy, standing } = read
  const numbers = numberNames(policy, Object.values(read.people))
  const plan = planDecision(request, { policy, numbers, packs: shippedPacks, standing })
  const people = Object.entries(read.people).map(([name, person], index) =>
    recordPerson({ name, person }, (index + 1) * subjectStep, read, numbers),
  )
  const reference = new Map(
    people.map((person) => [
      person.name,
      isSelected(plan, person) ? judgeRecord(plan, person.record) : undefined,
    ]),
  )
  const inFile = people.filter(({ person }) => !person.changed)
  await loadRecords(engine, plan, [...inFile, ...others(read, request, people)])
  return { plan, reference, ...(await compiledOf(engine, plan, inFile)) }
}

function isSelected({ select }: DecisionPlan, { cells }: CaseRecord): boolean {
  return select === undefined || interpret(select, cells) === true
}

/** The rest of the file: more like the first who may leave, so that a file of two is not refused for being small. */
function others(read: Case, request: SharingRequest, people: readonly CaseRecord[]): CaseRecord[] {
  const { head } = read
  const expected = expectedOf(read, request).people
  const leaves = ({ name }: CaseRecord) => ['allow', 'transform'].includes(expected[name]?.outcome ?? '')
  const like = people.find((one) => one.person.control && leaves(one)) ?? people.find(leaves)
  if (like === undefined) return []
  return Array.from({ length: head.others }, (_, index) =>
    renumbered(like, (people.length + 1 + index) * subjectStep),
  )
}

function renumbered(like: CaseRecord, subject: number): CaseRecord {
  const moved = subject - like.record.subject
  const move = <T extends { subject: number }>(item: T): T => ({ ...item, subject: item.subject + moved })
  const { events, mates } = like.record
  return {
    ...like,
    sharers: like.sharers.map((sharer) => ({ ...move(sharer), events: sharer.events.map(move) })),
    record: {
      ...like.record,
      subject,
      events: events.map(move),
      mates: mates.map((mate) => ({ ...move(mate), events: mate.events.map(move) })),
    },
  }
}

async function compiledOf(engine: SetEngine, plan: DecisionPlan, people: readonly CaseRecord[]) {
  const decided = await decideSet(engine, plan, caseTable, 'decided')
  const rows = await engine.rows<Record<string, number>>('select * from decided')
  const bySubject = new Map(rows.map((row) => [row.subject, row]))
  const compiled = new Map<string, Found>()
  for (const { name, record } of people) {
    const row = bySubject.get(record.subject)
    if (row !== undefined) compiled.set(name, foundIn(row, plan))
  }
  return { compiled, file: decided.file }
}

function foundIn(row: Record<string, number>, plan: DecisionPlan): Found {
  const codes = Array.from({ length: wordCount }, (_, word) => codesOf(row[`mask_${word}`]!, word)).flat()
  const outcome = Object.entries(outcomeNumbers).find(([, number]) => number === row.outcome)![0] as Outcome
  const notice = plan.notices.get(row.notice!) ?? plan.notices.get(0)!
  // Where nobody in the file has another enrolment the notice alone says which fields are kept.
  const bits = row.fields ?? keptFields(notice)
  const fields = plan.request.fields.map((name, index): [string, FieldTreatment] => {
    const kept = (bits & (2 ** index)) !== 0
    const treatment = notice.fields.find((field) => field.name === name)!.treatment
    return [name, kept ? (treatment === 'drop' ? 'keep' : treatment) : 'drop']
  })
  return {
    outcome,
    reasons: reasonCodes.filter((code) => codes.includes(code)),
    fields: Object.fromEntries(fields),
  }
}
