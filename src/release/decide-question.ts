// `review decide`: an approver answers one question, signed with the key of that person. What is signed names the question,
// the answer and why, and the request it was asked about.
import { signNote } from '../log/signed-note.ts'
import { type Canonical, canonicalHash, canonicalJson } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import { reasons } from '../model/reason.ts'
import type { ApproverBody, DeterminationBody, DeterminationStatement } from '../model/release.ts'
import { statementText } from '../model/statement.ts'
import { appendUnderLock } from '../register/append-batch.ts'
import type { Signer } from '../register/key-ring.ts'
import { documentDraft } from '../register/record-document.ts'
import { isRequester } from './check-approval.ts'
import type { ReleaseContext } from './decision-context.ts'
import { findApprover } from './find-approver.ts'
import { listQuestions, type QuestionList } from './list-questions.ts'
import type { Question } from './questions-of.ts'
import { readDeterminations } from './read-determinations.ts'
import { readReason } from './read-reason.ts'

export type Determined = {
  position: number
  statement: DeterminationStatement
  approver: ApproverBody
  question: Question
  /** The request names an instant before this answer, at which it does not count yet. */
  early: boolean
}

export type AnswerGiven = {
  request: string
  /** As `review list` shows it. */
  question: string
  answer: 'allow' | 'refuse'
  because: string
  signer: Signer
  /** Id of the approver; absent = whoever the key is on record for. */
  as?: string
}

export async function decideQuestion(context: ReleaseContext, given: AnswerGiven): Promise<Determined> {
  const { register } = context
  const because = readReason(given.because)
  const list = await listQuestions(context, given.request)
  const question = findQuestion(list, given.question)
  const approver = await findApprover(register.store, given.signer, given.as, 'determination.invalid')
  refuseRequester(list, approver)
  let statement: DeterminationStatement | undefined
  const appended = await appendUnderLock(register, async (session, head) => {
    const known = await readDeterminations(session)
    const same = known.find((other) => isSame(other.statement, question, list) && other.revoked === undefined)
    // One whose key was replaced lets nothing go: it may be given again. A refusal has to be taken back first.
    if (same !== undefined && (same.fault === undefined || same.statement?.answer === 'refuse'))
      throw new Problem('question.closed', `${question.id} was answered: ${same.id} has to be revoked first`)
    statement = {
      ...stated(list, question, register.registerId),
      ...{ determination: `d${known.length + 1}`, answer: given.answer, because, approver: approver.id },
      determinedAt: Math.max(register.now(), head.recordedAt),
    }
    const note = signNote(statementText(statement), { name: approver.id, ...given.signer })
    const body: DeterminationBody = { statement, note }
    return documentDraft({
      kind: 'determination',
      about: statement.determination,
      body: canonicalJson(body),
      actor: approver.name,
      idempotencyKey: `determination:${statement.determination}`,
    })
  })
  if (appended === undefined || statement === undefined) throw new Error('nothing was recorded')
  const early = list.decision.body.request.releaseAt < appended.recordedAt
  return { position: appended.position, statement, approver, question, early }
}

function findQuestion(list: QuestionList, id: string): Question {
  const found = list.questions.find((question) => question.id === id)
  if (found !== undefined) return found
  const [code = '', notice] = id.split(/:(.*)/s)
  const answer = list.answers.find((item) => item.counts && item.code === code && item.notice === notice)
  if (answer !== undefined) throw new Problem('question.closed', `${id} was answered by ${answer.id}`)
  const closed = list.undeterminable.find((item) => item.code === code)
  if (closed?.why === 'no-notice')
    throw new Problem('question.closed', `${code}: no notice is on record for these people`)
  if (closed !== undefined) throw new Problem('question.closed', `${code} (${reasons[closed.code].slug})`)
  throw new Problem('question.not_found', `${list.decision.body.request.id} has no question of this id open`)
}

function refuseRequester({ decision }: QuestionList, approver: ApproverBody): void {
  const { requestedBy, id } = decision.body.request
  if (requestedBy === '')
    throw new Problem(
      'determination.invalid',
      `nobody is on record as having asked for ${id}: check it again with --requested-by "<name>"`,
    )
  if (isRequester(approver, { requestedBy, checkedBy: decision.document.actor }))
    throw new Problem('determination.invalid', `${approver.name} has asked for it; somebody else answers`)
}

function isSame(
  statement: DeterminationStatement | undefined,
  { code, notice }: Question,
  { decision }: QuestionList,
): boolean {
  const { recipient, purpose } = decision.body.request
  return (
    statement?.code === code &&
    statement.notice === notice &&
    statement.recipient === recipient &&
    statement.purpose === purpose
  )
}

function stated({ decision }: QuestionList, question: Question, register: string) {
  const { request } = decision.body
  return {
    format: 'fairshare/determination@v1',
    register,
    code: question.code,
    ...(question.notice !== undefined && { notice: question.notice }),
    recipient: request.recipient,
    purpose: request.purpose,
    request: request.id,
    requestSha256: canonicalHash({ ...request } as Canonical),
    requestedBy: request.requestedBy,
    checkedBy: decision.document.actor,
    decision: decision.position,
    held: question.count,
  } as const
}
