// fairshare review decide: an approver answers a question, once for all records it holds back.
import { instantToIso } from '../../model/instant.ts'
import { Problem } from '../../model/problem.ts'
import type { Determined } from '../../release/decide-question.ts'
import { decideWithKey } from '../../service/review-questions.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, optional, required } from '../command.ts'
import { count } from '../terminal.ts'
import { atMost } from './argument-count.ts'
import { signedReasonOptions } from './file-options.ts'

export const reviewDecideCommand: Command = {
  name: 'review decide',
  summary: 'Answer a question of a request, signed with the key of whoever answers',
  usage: '<request id> <question> --answer allow|refuse --because <why> --key <file> [--by <approver id>]',
  example:
    'review decide 3-acorn-post N405:food-notice@2 --answer allow --because "A baby food maker is a food company." --by dana-whitlock --key dana.key',
  options: {
    answer: { type: 'string', value: 'answer', says: 'allow or refuse' },
    ...signedReasonOptions,
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(2, given, 'a request and a question')
    const request = required(given[0], 'a request')
    const question = required(given[1], 'a question, as `review list` names it,')
    const answer = answerOf(required(options.answer, '--answer'))
    const because = required(options.because, '--because')
    const keyPath = required(options.key, '--key')
    const answered = { request, question, answer, because, keyPath, as: optional(options.by) }
    const determined = await useExisting(configuration, (app) => decideWithKey(app, answered))
    const { position, statement, early } = determined
    if (options.json === true) terminal.printJson({ position, statement, early })
    else for (const line of determinedLines(determined)) terminal.print(line)
    return 0
  },
}

function answerOf(text: string): 'allow' | 'refuse' {
  if (text === 'allow' || text === 'refuse') return text
  throw new Problem('value.invalid', '--answer is allow or refuse')
}

function determinedLines({ position, statement, approver, question, early }: Determined): string[] {
  const { determination, answer, recipient, purpose, request, determinedAt } = statement
  const records = `${count(question.count)} ${question.count === 1 ? 'record' : 'records'}`
  return [
    `${question.id}, ${records}, to ${recipient} for ${purpose}: ${answer === 'allow' ? 'allowed' : 'refused'} by ${approver.name}.`,
    `It is ${determination}, at position ${position}, and holds for every request to ${recipient} for ${purpose} until it is revoked.`,
    ...(answer === 'refuse' ? [] : [`Check ${request} again: what was decided before does not know of it.`]),
    ...(early && answer === 'allow'
      ? [`The request names a time before ${instantToIso(determinedAt)}; let it name a later one.`]
      : []),
  ]
}
