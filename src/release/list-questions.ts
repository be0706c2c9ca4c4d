// `review list`: the open questions of the newest decision on a request, with samples to look at; what was answered about
// this recipient and purpose, and whether it counts; what nobody may answer.
import { bitsPerWord } from '../decide/plan.ts'
import { isInForce } from '../model/in-force.ts'
import type { Instant } from '../model/instant.ts'
import type { Determination, Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import type { ReasonCode } from '../model/reason.ts'
import type { DecisionBody } from '../model/release.ts'
import { samePerson } from '../model/same-person.ts'
import type { ReleaseContext } from './decision-context.ts'
import { openArtefact } from './load-decided-dataset.ts'
import {
  isAbout,
  type Question,
  questionsOf,
  type ReasonedGroup,
  type Undeterminable,
} from './questions-of.ts'
import { asDetermination, readDeterminations, type SignedDetermination } from './read-determinations.ts'
import { readDecision, type Stated } from './read-release.ts'
import { artefactRelation } from './verdict-table.ts'

const SAMPLES_MAX = 5

/** A record of the decided file: its number in the file, and the person's in the register. */
export type Sample = { ordinal: number; subject: number }

export type Answer = Pick<
  Determination,
  'id' | 'code' | 'notice' | 'answer' | 'by' | 'because' | 'on' | 'at' | 'revokedOn' | 'revokedAt'
> & {
  /** Signed into the register; else declared in a policy file. */
  signed: boolean
  /** Whether it counts now; `why` if it does not, or counts in spite of what is wrong with it. */
  counts: boolean
  why?: string
}

export type QuestionList = {
  decision: Stated<DecisionBody>
  questions: (Question & { samples: Sample[] })[]
  undeterminable: Undeterminable[]
  answers: Answer[]
  /** Determinations that nobody can read. */
  unreadable: { id: string; why: string }[]
  /** The policy was changed, or an answer given or revoked, after the decision: to see what it makes of it, check again. */
  stale: boolean
}

/** `request.not_found` without a decision; `decision.changed` when its verdicts are not those on record any more. */
export async function listQuestions(context: ReleaseContext, requestId: string): Promise<QuestionList> {
  const { store } = context.register
  const decision = await readDecision(store, requestId)
  if (decision === undefined) throw new Problem('request.not_found', requestId)
  const book = await context.readBook()
  const signed = await readDeterminations(store)
  // Never before what is recorded already: what was revoked a moment ago by a clock that is ahead is revoked.
  const [head] = await store.query<{ recorded_at: number }>('select recorded_at from register.head')
  const now = Math.max(context.register.now(), head!.recorded_at)
  const answers = answersAbout(decision.body, book.policy, signed, now)
  const notices = new Map([...book.numbers.notices].map(([id, number]) => [number, id]))
  const { path } = await openDecided(context, decision.body)
  return context.engine.inTurn(async () => {
    const relation = artefactRelation(path)
    const groups = await readGroups(context, relation, decision.body, notices)
    const allowed = groups.map((group) => ({ ...group, weighing: unanswered(group, answers) }))
    const file = decision.body.file.map(({ code }) => code)
    const open = unanswered({ notice: undefined, weighing: file }, answers)
    const { questions, undeterminable } = questionsOf(allowed, open)
    const refused = questions.filter((question) => !answers.some((answer) => isRefusal(answer, question)))
    const sampled = []
    for (const question of refused)
      sampled.push({ ...question, samples: await sampleOf(context, relation, question, allowed) })
    return {
      ...{ decision, questions: sampled, undeterminable, answers },
      unreadable: signed.flatMap(({ id, statement, fault }) =>
        statement === undefined ? [{ id, why: fault ?? '' }] : [],
      ),
      stale:
        book.policyHash !== decision.body.policyHash ||
        answers.some(({ at = 0, revokedAt = 0 }) => Math.max(at, revokedAt) > decision.recordedAt),
    }
  })
}

function openDecided(context: ReleaseContext, { request, position, artefactSha256 }: DecisionBody) {
  if (artefactSha256 === undefined)
    throw new Problem('decision.stale', `${request.id} was checked without keeping its verdicts`)
  return openArtefact(context, { file: `${request.id}@${position}.parquet`, sha256: artefactSha256 })
}

// --- answers -----------------------------------------------------------------------------------------------------

function answersAbout(
  { request }: DecisionBody,
  policy: Policy,
  signed: readonly SignedDetermination[],
  now: Instant,
): Answer[] {
  const { zone } = policy.controller
  const isMine = ({ recipient, purpose }: { recipient: string; purpose: string }) =>
    recipient === request.recipient && purpose === request.purpose
  const ownAnswer = 'whoever asks does not answer'
  const files = policy.determinations.filter((item) => item.at === undefined && isMine(item))
  return [
    ...files.map((item): Answer => {
      const own = item.answer === 'allow' && samePerson(item.by, request.requestedBy)
      const counts = isInForce(item, now, zone) && !own
      return { ...item, signed: false, counts, ...(own && { why: ownAnswer }) }
    }),
    ...signed.flatMap((item): Answer[] => {
      if (item.statement === undefined || !isMine(item.statement)) return []
      const { fault, ...sound } = item
      const determination = asDetermination(sound, zone)!
      const own = item.statement.answer === 'allow' && samePerson(item.by, request.requestedBy)
      const why = fault ?? (own ? ownAnswer : undefined)
      const held = item.statement.answer === 'refuse' || why === undefined
      const counts = held && isInForce(determination, now, zone)
      return [{ ...determination, signed: true, counts, ...(why !== undefined && { why }) }]
    }),
  ]
}

function unanswered(
  { notice, weighing }: Pick<ReasonedGroup, 'notice' | 'weighing'>,
  answers: readonly Answer[],
): ReasonCode[] {
  const said = (code: ReasonCode, wanted: Answer['answer']) =>
    answers.some(
      (answer) =>
        answer.counts && answer.answer === wanted && answer.code === code && answer.notice === notice,
    )
  return weighing.filter((code) => !said(code, 'allow') || said(code, 'refuse'))
}

function isRefusal(answer: Answer, { code, notice }: Question): boolean {
  return answer.counts && answer.answer === 'refuse' && answer.code === code && answer.notice === notice
}

// --- the decided file --------------------------------------------------------------------------------------------

type ArtefactGroup = ReasonedGroup & { where: string }

/** The histogram of the artefact, in the codes of its own time; `weighing` is all that fired. */
async function readGroups(
  { engine }: ReleaseContext,
  relation: string,
  { maskCodes }: DecisionBody,
  notices: ReadonlyMap<number, string>,
): Promise<ArtefactGroup[]> {
  const masks = Array.from({ length: Math.ceil(maskCodes.length / bitsPerWord) }, (_, word) => `mask_${word}`)
  const rows = await engine.rows<Record<string, number>>(
    `select coalesce(notice, 0) as notice, ${masks.join(', ')}, count(*)::bigint as count from ${relation} group by all order by all`,
  )
  return rows.map((row) => ({
    notice: notices.get(row.notice!),
    weighing: maskCodes.filter((_, index) => hasBit(row[masks[Math.floor(index / bitsPerWord)]!]!, index)),
    count: row.count!,
    where: `(coalesce(notice, 0) = ${row.notice}${masks.map((mask) => ` and ${mask} = ${row[mask]}`).join('')})`,
  }))
}

function hasBit(mask: number, index: number): boolean {
  return ((BigInt(mask) >> BigInt(index % bitsPerWord)) & 1n) === 1n
}

/** Spread evenly over its records in the order of the file: the first five of a sorted file would all be alike. */
async function sampleOf(
  { engine }: ReleaseContext,
  relation: string,
  { code, notice }: Question,
  groups: readonly ArtefactGroup[],
): Promise<Sample[]> {
  const among = groups.filter((group) =>
    notice === undefined
      ? isAbout(code, group.weighing)
      : group.notice === notice && group.weighing.includes(code),
  )
  const records = among.reduce((total, group) => total + group.count, 0)
  const size = Math.min(SAMPLES_MAX, records)
  if (size === 0) return []
  const nth = Array.from({ length: size }, (_, index) => Math.floor(((2 * index + 1) * records) / (2 * size)))
  return engine.rows<Sample>(
    `select ordinal, subject from (
       select ordinal, subject, row_number() over (order by ordinal) - 1 as nth
         from ${relation} where ${among.map(({ where }) => where).join(' or ')})
      where nth in (${nth.join(', ')}) order by ordinal`,
  )
}
