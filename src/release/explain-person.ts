// `explain`: one person's decision from her own history, by the reference evaluator, with the facts and the words behind it.
import { type FileReason, fileReasons } from '../decide/decide-set.ts'
import { type JudgedRecord, judgeRecord } from '../decide/judge-record.ts'
import { type DecisionPlan, planDecision } from '../decide/plan.ts'
import type { Authority, Question, Rule } from '../decide/rule.ts'
import type { RegisterEvent } from '../model/event.ts'
import type { NoticeVersion, Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import { isMasked, type ReasonCode, reasons } from '../model/reason.ts'
import type { SharingRequest } from '../model/request.ts'
import type { Outcome, RecordVerdict } from '../model/verdict.ts'
import { findSubject } from '../register/find-subject.ts'
import { readHistory } from '../register/read-history.ts'
import { catchUpProjection } from './catch-up-projection.ts'
import type { DecisionContext } from './decision-context.ts'
import { loadDataset } from './load-dataset.ts'

export type Reader = 'marketer' | 'person' | 'regulator'

export type ExplainedReason = {
  /** Absent where the ground is not the reader's to know. */
  code: ReasonCode | undefined
  slug: string | undefined
  question: Question
  words: string
  remedy: string
  law: string
  authority: Authority
  /** False: the pack cites this from memory; check the source before relying on it. */
  verified: boolean
  /** A determination has answered this question for this notice, recipient and purpose. */
  cleared: boolean
}

export type Explanation = {
  request: SharingRequest
  subject: number
  /** How often the person's key stands in the dataset; 0: not in it. */
  rows: number
  /** Of her record; see `file` for what stops it all the same. */
  outcome: Outcome
  /** What stands against the request as a whole, whoever is in it. Whether the whole file fails too often is known to `check` alone. */
  file: readonly (FileReason & { words: string })[]
  fields: RecordVerdict['fields']
  reasons: readonly ExplainedReason[]
  notice: { id: string; wording: string; sentences: readonly string[] } | undefined
  /** For a regulator only: facts and history name the grounds that others must not see. */
  evidence:
    | { facts: Readonly<Record<string, number | boolean | undefined>>; history: readonly RegisterEvent[] }
    | undefined
}

export async function explainPerson(
  context: DecisionContext,
  request: SharingRequest,
  person: PersonRef,
  reader: Reader,
): Promise<Explanation> {
  const [explanation] = await explainPeople(context, request, [person], reader)
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
): Promise<(Explanation | undefined)[]> {
  return context.engine.inTurn(() => explainAll(context, request, people, reader))
}

async function explainAll(
  context: DecisionContext,
  request: SharingRequest,
  people: readonly PersonRef[],
  reader: Reader,
): Promise<(Explanation | undefined)[]> {
  const dataset = context.policy.datasets.find(({ id }) => id === request.dataset)
  if (dataset === undefined) throw new Problem('policy.not_found', `dataset ${request.dataset}`)
  const { table } = await loadDataset(context, dataset)
  await catchUpProjection(context.register, context.engine)
  const plan = planDecision(request, context.policy, (await context.readBook()).numbers)
  const explanations: (Explanation | undefined)[] = []
  for (const person of people) {
    const subject = await findSubject(context.register, person)
    explanations.push(
      subject === undefined ? undefined : await explainSubject(context, plan, table, subject, reader),
    )
  }
  return explanations
}

async function explainSubject(
  context: DecisionContext,
  plan: DecisionPlan,
  table: string,
  subject: number,
  reader: Reader,
): Promise<Explanation> {
  const rows = await context.engine.rows<{
    born_on: number | null
    expecting_on: number | null
    duplicate: number
  }>(`select born_on, expecting_on, duplicate from ${table} where subject = ${subject}`)
  const history = await readHistory(context.register, subject)
  const judged = judgeRecord(plan, history, {
    born_on: rows[0]?.born_on ?? undefined,
    expecting_on: rows[0]?.expecting_on ?? undefined,
    duplicate: rows[0]?.duplicate === 1,
  })
  return {
    request: plan.request,
    subject,
    rows: rows.length,
    outcome: judged.verdict.outcome,
    file: fileReasons(plan, undefined).map((reason) => ({
      ...reason,
      words: ruleFor(reason.code, plan).explain[reader],
    })),
    fields: judged.verdict.fields,
    reasons: judged.verdict.reasons.map((code) => explainReason(code, plan, judged, reader)),
    notice: noticeSeen(judged, plan.request, context.policy),
    evidence:
      reader === 'regulator'
        ? { facts: { ...plan.requestFacts, ...judged.notice.facts, ...judged.facts }, history }
        : undefined,
  }
}

/** The words for one reader: a regulator reads the ground; safety, child and health codes are nobody else's to see. */
function explainReason(
  code: ReasonCode,
  plan: DecisionPlan,
  judged: JudgedRecord,
  reader: Reader,
): ExplainedReason {
  const rule = ruleFor(code, plan)
  const masked = isMasked(code) && reader !== 'regulator'
  return {
    code: masked ? undefined : code,
    slug: masked ? undefined : reasons[code].slug,
    question: rule.question,
    words: rule.explain[reader],
    remedy: rule.remedy,
    law: rule.law,
    authority: rule.authority,
    verified: rule.verified,
    cleared: judged.notice.cleared.has(code),
  }
}

/** The rule as the newest pack in play states it. */
export function ruleFor(code: ReasonCode, plan: DecisionPlan): Rule {
  const planned = [...plan.recordRules, ...plan.fileRules].find((rule) => rule.code === code)
  const pack = plan.packs.release ?? plan.packs.collection.at(-1)
  const rule = planned?.sources.at(-1)?.rule ?? pack?.rules.find((candidate) => candidate.code === code)
  if (rule === undefined) throw new Error(`no pack in play has a rule for ${code}`)
  return rule
}

/** The notice the person was last shown, and its sentences that bear on this recipient and purpose. */
function noticeSeen(judged: JudgedRecord, request: SharingRequest, policy: Policy): Explanation['notice'] {
  const notice = policy.notices.find(({ id }) => id === judged.notice.id)
  if (notice === undefined) return undefined
  return { id: notice.id, wording: notice.wording, sentences: bearing(notice, request, policy) }
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
  return [...new Set([...recipients, ...notice.purposes.map(({ quote }) => quote)])]
}
