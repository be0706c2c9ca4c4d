// What may only ever take something out of a release, tried on random registers, policies and requests.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outcomeNumbers } from '../../src/decide/compile-decision.ts'
import { fileReasons } from '../../src/decide/decide-set.ts'
import { type Expression, factsRead } from '../../src/decide/expression.ts'
import type { Facts } from '../../src/decide/interpret.ts'
import { judgeRecord } from '../../src/decide/judge-record.ts'
import type { PersonRecord } from '../../src/decide/person-record.ts'
import { type DecisionPlan, fires, planDecision } from '../../src/decide/plan.ts'
import { eventKindNames, eventKinds, isRefusing, type RegisterEvent } from '../../src/model/event.ts'
import type { NoticeVersion } from '../../src/model/policy.ts'
import { type ReasonCode, reasonCodes, reasons } from '../../src/model/reason.ts'
import type { RecordVerdict } from '../../src/model/verdict.ts'
import { worlds } from './random-world.ts'

const never = reasonCodes.filter((code) => reasons[code].override === 'never')

/** Nothing that `before` keeps back leaves after. */
function expectNoMore(after: RecordVerdict, before: RecordVerdict): void {
  const more =
    outcomeNumbers[after.outcome] > outcomeNumbers[before.outcome] ||
    kept(after).some((field) => !kept(before).includes(field))
  if (more) expect(after).toEqual(before)
}

function kept({ fields }: RecordVerdict): string[] {
  return Object.keys(fields).filter((name) => fields[name] !== 'drop')
}

/** Every event that says no, one for each kind and qualifier. */
const refusals = eventKindNames.flatMap((kind) =>
  [0, ...Object.values(eventKinds[kind].qualifiers)]
    .filter((qualifier) => qualifier > 0 || Object.keys(eventKinds[kind].qualifiers).length === 0)
    .map((qualifier) => ({ kind, qualifier }))
    .filter(isRefusing),
)

function refusal(index: number, subject: number, at: number): RegisterEvent {
  const scope = { route: 0, notice: 0, purpose: 0, recipient: 0, channel: 0, basis: 0 }
  const where = { subject, position: 9, ord: 1, earliest: at, latest: at, grade: 1, source: 1 }
  return { ...scope, ...where, ...refusals[index]! }
}

describe('nothing more is released', () => {
  it('when somebody says no: the person, a second enrolment of hers, or whoever shares her address', () => {
    expect(refusals.length).toBeGreaterThan(15)
    fc.assert(
      fc.property(
        worlds(150),
        fc.nat(refusals.length - 1),
        fc.integer({ min: -400, max: 2 }),
        fc.constantFrom<'own' | 'mate' | 'sharer'>('own', 'own', 'mate', 'sharer'),
        ({ request, book, people }, index, days, whose) => {
          const plan = planDecision(request, book)
          for (const { record } of people.rows) {
            const no = refusal(index, record.subject, request.releaseAt + days * 86_400_000_000)
            expectNoMore(
              judgeRecord(plan, withEvent(record, no, whose)).verdict,
              judgeRecord(plan, record).verdict,
            )
          }
        },
      ),
      { numRuns: 120 },
    )
  }, 120_000)

  it('when it changed since it was decided', () => {
    fc.assert(
      fc.property(worlds(50), ({ request, book, people }) => {
        const plan = planDecision(request, book)
        for (const { record } of people.rows) {
          const changed = { ...record, columns: { ...record.columns, changed: true } }
          expectNoMore(judgeRecord(plan, changed).verdict, judgeRecord(plan, record).verdict)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('when a notice no longer mentions somebody', () => {
    fc.assert(
      fc.property(worlds(100), fc.nat(3), fc.nat(4), ({ request, book, people }, which, mention) => {
        const notices = book.policy.notices.map((notice, index) =>
          index === which ? withoutMention(notice, mention) : notice,
        )
        const plan = planDecision(request, book)
        const less = planDecision(request, { ...book, policy: { ...book.policy, notices } })
        for (const { record } of people.rows)
          expectNoMore(judgeRecord(less, record).verdict, judgeRecord(plan, record).verdict)
        expect(stops(less)).toEqual(expect.arrayContaining(stops(plan)))
      }),
      { numRuns: 150 },
    )
  }, 120_000)

  it('about a person than about each of her enrolments', () => {
    let merged = 0
    fc.assert(
      fc.property(worlds(200), ({ request, book, people }) => {
        const plan = planDecision(request, book)
        for (const { record } of people.rows.filter((row) => row.record.mates.length > 0)) {
          const { verdict } = judgeRecord(plan, record)
          for (const part of [record, ...record.mates]) {
            const alone = judgeRecord(plan, { ...record, ...part, mates: [] }).verdict
            expectNoMore(verdict, alone)
            expect(verdict.reasons).toEqual(expect.arrayContaining([...alone.reasons]))
          }
          merged += 1
        }
      }),
      { numRuns: 60 },
    )
    expect(merged).toBeGreaterThan(100)
  }, 120_000)

  it('by a determination, where the code is one that nobody may answer', () => {
    let tried = 0
    fc.assert(
      fc.property(worlds(60, { determined: never }), ({ request, book, people }) => {
        const plan = planDecision(request, book)
        const without = planDecision(request, { ...book, policy: { ...book.policy, determinations: [] } })
        expect([...plan.clearedFileCodes]).toEqual([])
        for (const { record } of people.rows)
          expect(judgeRecord(plan, record).verdict).toEqual(judgeRecord(without, record).verdict)
        tried += book.policy.determinations.length
      }),
      { numRuns: 60 },
    )
    expect(tried).toBeGreaterThan(100)
  })

  it('because a fact is unknown, unless the rule says that another speaks for that case', () => {
    const open = new Set<ReasonCode>()
    fc.assert(
      fc.property(worlds(40), ({ request, book, people }) => {
        const plan = planDecision(request, book)
        for (const { record } of people.rows) forget(plan, record, open)
      }),
      { numRuns: 60 },
    )
    expect([...open]).toEqual([])
  }, 120_000)
})

/** Codes that stop firing when one of the facts that made them fire is not known any more. */
function forget(plan: DecisionPlan, record: PersonRecord, found: Set<ReasonCode>): void {
  const { facts, notice } = judgeRecord(plan, record)
  const known: Facts = { ...plan.requestFacts, ...notice.facts, ...facts }
  for (const rule of plan.recordRules) {
    if (rule.unknown === 'silent' || !fires(rule, known)) continue
    const asked = askedWhetherKnown(rule.when)
    for (const name of factsRead(rule.when)) {
      if (!asked.has(name) && !fires(rule, { ...known, [name]: undefined })) found.add(rule.code)
    }
  }
}

/** Facts whose absence is an answer, and which the rule asks about as such: nobody objected, nobody withdrew. */
function askedWhetherKnown(expression: Expression): Set<string> {
  switch (expression.op) {
    case 'and':
    case 'or':
      return new Set(expression.of.flatMap((part) => [...askedWhetherKnown(part)]))
    case 'not':
      return askedWhetherKnown(expression.of)
    case 'unknown':
      return new Set('fact' in expression.of ? [expression.of.fact] : [])
    default:
      return new Set()
  }
}

function withEvent(
  record: PersonRecord,
  event: RegisterEvent,
  whose: 'own' | 'mate' | 'sharer',
): PersonRecord {
  if (whose === 'sharer') return { ...record, sharers: [...record.sharers, event] }
  if (whose === 'own' || record.mates.length === 0) return { ...record, events: [...record.events, event] }
  const [mate, ...others] = record.mates
  return { ...record, mates: [{ ...mate!, events: [...mate!.events, event] }, ...others] }
}

function withoutMention(notice: NoticeVersion, index: number): NoticeVersion {
  const { processors, ...rest } = notice
  return index < notice.recipients.length
    ? { ...notice, recipients: notice.recipients.toSpliced(index, 1) }
    : rest
}

function stops(plan: DecisionPlan): ReasonCode[] {
  return fileReasons(plan, undefined)
    .filter(({ cleared }) => !cleared)
    .map(({ code }) => code)
}
