// Questions of a decided request, answered and revoked with an approver's key file.
import { openApproverKey } from '../adapters/keys/approver-key-file.ts'
import { type Determined, decideQuestion } from '../release/decide-question.ts'
import { listQuestions, type QuestionList } from '../release/list-questions.ts'
import { type Revoked, revokeDetermination } from '../release/revoke-determination.ts'
import type { App } from './open-app.ts'

export async function listQuestionsOf(app: App, request: string): Promise<QuestionList> {
  return listQuestions(await contextOf(app), request)
}

export async function decideWithKey(
  app: App,
  given: {
    request: string
    question: string
    answer: 'allow' | 'refuse'
    because: string
    keyPath: string
    as: string | undefined
  },
): Promise<Determined> {
  const { keyPath, as, ...rest } = given
  const signer = await openApproverKey(keyPath)
  return decideQuestion(await contextOf(app), { ...rest, signer, ...(as !== undefined && { as }) })
}

export async function revokeWithKey(
  { register }: App,
  given: { determination: string; because: string; keyPath: string; as: string | undefined },
): Promise<Revoked> {
  const { keyPath, as, ...rest } = given
  const signer = await openApproverKey(keyPath)
  return revokeDetermination(register, { ...rest, signer, ...(as !== undefined && { as }) })
}

/** Questions are read from what was decided; the file of people stays where it is. */
function contextOf(app: App) {
  return app.decisionContext(() => {
    throw new Error('a question is not read from the file of people')
  })
}
