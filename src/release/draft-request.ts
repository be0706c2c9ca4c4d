// A new request, question by question: what is asked for, by the names the policy has, and the three things whoever asks
// has to be able to say: why, what people were told, and what they can do about it.
import type { Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import type { RequestBody } from '../model/release.ts'
import type { SharingRequest } from '../model/request.ts'
import { bases, channels, recipientRoles } from '../model/vocabulary.ts'

/** As it stands in a request file: the instant as it was written. */
export type DraftedRequest = Omit<SharingRequest, 'id' | 'releaseAt'> & { releaseAt: string }

export type Question = {
  name: string
  asks: string
  /** The names it may be answered with; absent = words of one's own. */
  choices?: readonly string[]
  /** Several answers, with commas between them. */
  several?: true
  /** May stay unanswered. */
  optional?: true
}

/** Answers by the name of their question; a list where the question takes several. */
export type Answers = Readonly<Record<string, string | readonly string[]>>

/** In the order they are asked; the fields are those of the dataset answered so far. */
export function requestQuestions(policy: Policy, answered: Answers): Question[] {
  const idsOf = (items: readonly { id: string }[]) => items.map(({ id }) => id)
  const recipients = idsOf(policy.entities)
  const dataset = policy.datasets.find(({ id }) => id === answered.dataset)
  const agreements = policy.agreements.filter(({ recipient }) => recipient === answered.to)
  return [
    { name: 'dataset', asks: 'Which dataset?', choices: idsOf(policy.datasets) },
    { name: 'to', asks: 'Who is to receive it?', choices: recipients },
    {
      name: 'on-behalf-of',
      asks: 'For whom do they use it, if not for themselves?',
      choices: recipients,
      several: true,
      optional: true,
    },
    { name: 'for', asks: 'For what?', choices: idsOf(policy.purposes) },
    { name: 'by', asks: 'By which channels?', choices: Object.keys(channels), several: true },
    {
      name: 'fields',
      asks: 'Which fields, and no more than needed?',
      several: true,
      ...(dataset && { choices: dataset.fields.map(({ name }) => name) }),
    },
    { name: 'basis', asks: 'On which lawful basis?', choices: Object.keys(bases) },
    { name: 'agreement', asks: 'Under which agreement?', choices: idsOf(agreements), optional: true },
    { name: 'consideration', asks: 'What is given for it?', choices: ['none', 'paid', 'in-kind'] },
    { name: 'justified', asks: 'Justified: why is it needed, and why would less not do?' },
    { name: 'aware', asks: 'Aware: what were people told, and by which notice?' },
    { name: 'power', asks: 'Power: what can people do about it, and how (object, withdraw)?' },
    { name: 'requested-by', asks: 'Who asks? Your name:' },
    { name: 'on', asks: 'When is it to leave (e.g. 2018-06-12T09:00:00+01:00)?' },
    { name: 'use-window-days', asks: 'For how many days may it be used after that?' },
  ]
}

/** What is still to be answered, in words for whoever gave the rest. */
export function unanswered(questions: readonly Question[], answers: Answers): Question[] {
  return questions.filter(({ name, optional }) => optional !== true && (answers[name] ?? '').length === 0)
}

/** The request as the answers say; what they name is checked when the file is read. */
export function draftRequest(answers: Answers): { request: DraftedRequest; answers: RequestBody['answers'] } {
  const days = text(answers, 'use-window-days')
  if (!/^\d{1,4}$/.test(days)) throw new Problem('usage.invalid', '--use-window-days is a number of days')
  const onBehalfOf = list(answers, 'on-behalf-of')
  const agreement = text(answers, 'agreement')
  const title = text(answers, 'title')
  const select = text(answers, 'select')
  const justified = text(answers, 'justified')
  return {
    request: {
      ...(title !== '' && { title }),
      dataset: text(answers, 'dataset'),
      recipient: text(answers, 'to'),
      role: named(
        text(answers, 'role') || (onBehalfOf.length > 0 ? 'agent' : 'controller'),
        recipientRoles,
        '--role',
      ),
      onBehalfOf,
      purpose: text(answers, 'for'),
      channels: list(answers, 'by').map((channel) => named(channel, channels, '--by')),
      basis: named(text(answers, 'basis'), bases, '--basis'),
      fields: list(answers, 'fields'),
      ...(select !== '' && { select }),
      consideration: named(
        text(answers, 'consideration'),
        { none: 0, paid: 0, 'in-kind': 0 },
        '--consideration',
      ),
      ...(agreement !== '' && { agreement }),
      necessity: justified,
      requestedBy: text(answers, 'requested-by'),
      releaseAt: text(answers, 'on'),
      useWindowDays: Number(days),
    },
    answers: { justified, aware: text(answers, 'aware'), power: text(answers, 'power') },
  }
}

function text(answers: Answers, name: string): string {
  const answer = answers[name] ?? ''
  return typeof answer === 'string' ? answer.trim() : answer.join(', ')
}

function list(answers: Answers, name: string): string[] {
  const answer = answers[name] ?? []
  return typeof answer === 'string' ? [answer] : [...answer]
}

function named<const V extends object>(name: string, vocabulary: V, what: string): keyof V & string {
  const found = Object.keys(vocabulary).find((one): one is keyof V & string => one === name)
  if (found === undefined)
    throw new Problem('value.invalid', `${what} must be one of ${Object.keys(vocabulary).join(', ')}`)
  return found
}
