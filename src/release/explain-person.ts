// `explain`: one person's decision from her own history, by the reference evaluator, with the facts and the words behind it.
import { fileReasons } from '../decide/decide-set.ts'
import { evidenceBehind } from '../decide/evidence-behind.ts'
import { type JudgedPart, judgeParts, partOf, verdictOfParts } from '../decide/judge-record.ts'
import type { PersonRecord } from '../decide/person-record.ts'
import { type DecisionPlan, planDecision } from '../decide/plan.ts'
import { contactRef, diallingCountry } from '../intake/normalise-contact.ts'
import type { RegisterEvent } from '../model/event.ts'
import { type DateNumber, type Instant, microsecondsPerDay, undatedInterval } from '../model/instant.ts'
import type { NoticeVersion, Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import { type ReasonCode, reasons as reasonTable } from '../model/reason.ts'
import type { SharingRequest } from '../model/request.ts'
import type { Outcome, RecordVerdict } from '../model/verdict.ts'
import { findSubject } from '../register/find-subject.ts'
import { nameEvents } from '../register/name-events.ts'
import { catchUpProjection } from './catch-up-projection.ts'
import type { DecisionContext } from './decision-context.ts'
import {
  type Evidence,
  type ExplainedReason,
  explainReasons,
  type GroundGiven,
  isCleared,
  type Telling,
} from './explain-reason.ts'
import { loadDataset } from './load-dataset.ts'
import { eventFor, isHidden, type Reader } from './masked-reason.ts'
import { linkConfidenceMin } from './project-links.ts'
import { readPersonRecords } from './read-person-records.ts'
import { readDecisionBook } from './read-standing.ts'

/** What a person was last shown, and the sentences of it that bear on this recipient and purpose. */
export type NoticeSeen = {
  id: string
  effectiveOn: DateNumber
  wording: string
  sentences: readonly string[]
  /** How, when and by what evidence it was shown. */
  shown: readonly Evidence[]
}

export type Explanation = {
  request: Pick<SharingRequest, 'id' | 'recipient' | 'onBehalfOf' | 'purpose' | 'channels' | 'releaseAt'>
  reader: Reader
  /** In which dates and times of day are told. */
  zone: string
  packs: readonly string[]
  /** The enrolment's number, for a regulator. */
  subject: number | undefined
  /** How often the person's key stands in the dataset; 0: not in it. */
  rows: number
  /** Of her record; see `file` for what stops it all the same. Deny wherever a masked reason weighs. */
  outcome: Outcome
  /** What stands against the request as a whole, whoever is in it. Whether the whole file fails too often is known to `check` alone. */
  file: readonly ExplainedReason[]
  fields: RecordVerdict['fields']
  reasons: readonly ExplainedReason[]
  /** Whether each reason that weighs has something the organisation can do about it; undefined where none stops it. */
  organisationCanAct: boolean | undefined
  notice: NoticeSeen | undefined
  /** For a regulator only: facts and history name the grounds that others must not see. */
  evidence:
    | { facts: Readonly<Record<string, number | boolean | undefined>>; history: readonly RegisterEvent[] }
    | undefined
}

export type ExplainOptions = {
  /** Evidence recorded from this instant on is flagged. */
  enquiryOpenedAt?: Instant
}

export async function explainPerson(
  context: DecisionContext,
  request: SharingRequest,
  person: PersonRef,
  reader: Reader,
  options: ExplainOptions = {},
): Promise<Explanation> {
  const [explanation] = await explainPeople(context, request, [person], reader, options)
  if (explanation === undefined) {
    throw new Problem('person.not_found', `no ${person.kind} with this reference is enrolled`)
  }
  return explanation
}

type PersonRef = { kind: string; value: string }

/** Several people under one request: the dataset is found and the plan made once. Undefined = not enrolled. */
export async function explainPeople(
  context: DecisionContext,
  request: SharingRequest,
  people: readonly PersonRef[],
  reader: Reader,
  options: ExplainOptions = {},
): Promise<(Explanation | undefined)[]> {
  return context.engine.inTurn(() => explainAll(context, request, people, { ...options, reader }))
}

type Asked = ExplainOptions & { reader: Reader }

async function explainAll(
  context: DecisionContext,
  request: SharingRequest,
  people: readonly PersonRef[],
  asked: Asked,
): Promise<(Explanation | undefined)[]> {
  const dataset = context.policy.datasets.find(({ id }) => id === request.dataset)
  if (dataset === undefined) throw new Problem('policy.not_found', `dataset ${request.dataset}`)
  const { table } = await loadDataset(context, dataset)
  await catchUpProjection(context.register, context.engine, linkConfidenceMin(context.packs))
  const book = { ...(await context.readBook()), policy: context.policy }
  const plan = planDecision(request, await readDecisionBook(context, request, { book }))
  const explanations: (Explanation | undefined)[] = []
  for (const person of people) {
    const subject = await subjectMeant(context, person)
    explanations.push(
      subject === undefined ? undefined : await explainSubject(context, plan, { table, subject }, asked),
    )
  }
  return explanations
}

/** A contact point in its normal form; one that nobody could be found by is nobody's. */
async function subjectMeant(context: DecisionContext, person: PersonRef): Promise<number | undefined> {
  const { kind, value } = person
  if (kind !== 'email' && kind !== 'phone') return findSubject(context.register, person)
  const ref = contactRef({ kind, value }, diallingCountry(context.policy.controller))
  return ref && findSubject(context.register, ref)
}

async function explainSubject(
  context: DecisionContext,
  plan: DecisionPlan,
  { table, subject }: { table: string; subject: number },
  asked: Asked,
): Promise<Explanation> {
  const [rows] = await context.engine.columns(`select ordinal from ${table} where subject = ${subject}`)
  const places = { session: context.register.store, engine: context.engine, datasetTable: table }
  const [record] = await readPersonRecords(places, { subjects: [subject] })
  const evidence = await evidenceOf(context, record!, asked)
  const telling: Telling = { plan, reader: asked.reader, evidenceOf: (event) => evidence.get(event)! }
  return { ...explainRecord(record!, telling), rows: rows!.length }
}

/** Every event that may be evidence, in words; read once. */
async function evidenceOf(
  context: DecisionContext,
  { events, mates, sharers }: PersonRecord,
  { reader, enquiryOpenedAt = Number.POSITIVE_INFINITY }: Asked,
): Promise<Map<RegisterEvent, Evidence>> {
  const all = [...events, ...mates.flatMap((mate) => mate.events), ...sharers]
  const named = await nameEvents(context.register, all)
  return new Map(
    named.map((event, index) => [
      all[index]!,
      {
        ...eventFor(event, reader),
        lagDays: lagDaysOf(event),
        afterEnquiry: event.recordedAt >= enquiryOpenedAt,
      },
    ]),
  )
}

function lagDaysOf({ latest, recordedAt }: { latest: Instant; recordedAt: Instant }): number | undefined {
  if (latest === undatedInterval.latest) return undefined
  return Math.max(0, Math.floor((recordedAt - latest) / microsecondsPerDay))
}

/** The explanation of one record, from what is on record of it; pure. */
function explainRecord(record: PersonRecord, telling: Telling): Omit<Explanation, 'rows'> {
  const { plan, reader } = telling
  const { policy, request } = plan
  const parts = judgeParts(plan, record)
  const verdict = verdictOfParts(parts)
  const given = parts.map((part, index) => groundGiven(part, index, record, plan))
  const reasons = explainReasons(verdict.reasons, given, telling)
  const stopping = reasons.filter(({ cleared, effect }) => !cleared && effect !== 'transform')
  const { id, recipient, onBehalfOf, purpose, channels, releaseAt } = request
  return {
    request: { id, recipient, onBehalfOf, purpose, channels, releaseAt },
    reader,
    zone: policy.controller.zone,
    packs: [...new Set([...plan.packs.collection, ...plan.packs.release].map((pack) => pack.id))],
    subject: reader === 'regulator' ? record.subject : undefined,
    outcome: verdict.reasons.some((code) => isHiddenStop(code, reader) && !isCleared(code, given))
      ? 'deny'
      : verdict.outcome,
    file: explainFile(telling),
    fields: verdict.fields,
    reasons,
    organisationCanAct: stopping.length === 0 ? undefined : stopping.every(({ by }) => by === 'organisation'),
    notice: noticeSeen(parts[0], record, telling),
    evidence: reader === 'regulator' ? { facts: given[0]!.facts, history: record.events } : undefined,
  }
}

/** Some masked reasons wait for a person and others do not: which it is would tell them apart. */
function isHiddenStop(code: ReasonCode, reader: Reader): boolean {
  return isHidden(code, reader) && reasonTable[code].level === 'record'
}

function groundGiven(part: JudgedPart, index: number, record: PersonRecord, plan: DecisionPlan): GroundGiven {
  return {
    codes: part.codes,
    facts: { ...plan.requestFacts, ...part.notice.facts, ...part.facts },
    cleared: part.notice.cleared,
    notice: part.notice,
    record: index === 0 ? record : partOf(record, record.mates[index - 1]!),
    other: index > 0,
  }
}

function explainFile(telling: Telling): ExplainedReason[] {
  const { plan } = telling
  const codes = fileReasons(plan, undefined).map(({ code }) => code)
  const given: GroundGiven = {
    codes: new Set(codes),
    facts: plan.requestFacts,
    cleared: plan.clearedFileCodes,
    ...{ notice: undefined, record: undefined, other: false },
  }
  return explainReasons(codes, [given], telling)
}

function noticeSeen(part: JudgedPart, record: PersonRecord, telling: Telling): NoticeSeen | undefined {
  const { plan, evidenceOf } = telling
  const notice = plan.policy.notices.find(({ id }) => id === part.notice.id)
  if (notice === undefined) return undefined
  return {
    id: notice.id,
    effectiveOn: notice.effectiveOn,
    wording: notice.wording,
    sentences: bearing(notice, plan.request, plan.policy),
    shown: evidenceBehind('notice', record, plan).map(evidenceOf),
  }
}

function bearing(notice: NoticeVersion, request: SharingRequest, policy: Policy): string[] {
  const entity = policy.entities.find(({ id }) => id === request.recipient)
  const mine = notice.recipients.filter(
    (mention) =>
      mention.entity === request.recipient ||
      (mention.brand !== undefined && entity?.brands.some(({ name }) => name === mention.brand)) ||
      (mention.sector !== undefined && entity?.sectors.includes(mention.sector)),
  )
  const recipients = (mine.length > 0 ? mine : notice.recipients).map(({ quote }) => quote)
  const quotes = [...recipients, ...notice.purposes.map(({ quote }) => quote)]
  return [...new Set(quotes.filter((quote) => quote !== ''))]
}
