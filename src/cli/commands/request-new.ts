// fairshare request new: asks what a request has to say, on a terminal or by options, and writes the file `check` reads.
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import type { Policy } from '../../model/policy.ts'
import { Problem } from '../../model/problem.ts'
import { type Answers, type Question, requestQuestions, unanswered } from '../../release/draft-request.ts'
import { newRequest } from '../../service/new-request.ts'
import { readPolicyBook } from '../../service/policy-book.ts'
import { useApp } from '../../service/use-app.ts'
import { type Command, type Invocation, type OptionSpecs, optional } from '../command.ts'
import { atMost } from './argument-count.ts'
import { listOption } from './file-options.ts'

const several = ['on-behalf-of', 'by', 'fields']

const options: OptionSpecs = {
  id: { type: 'string', value: 'id', says: 'the request’s id (default: the name of the file)' },
  title: { type: 'string', value: 'text', says: 'a line that says what it is' },
  dataset: { type: 'string', value: 'id', says: 'dataset of the policy' },
  to: { type: 'string', value: 'entity', says: 'recipient, by its id in the policy' },
  role: {
    type: 'string',
    value: 'role',
    says: 'the recipient’s role (default: controller; agent, if on behalf of others)',
  },
  'on-behalf-of': {
    type: 'string',
    value: 'entity',
    multiple: true,
    says: 'a further link of the chain; repeat for each',
  },
  for: { type: 'string', value: 'purpose', says: 'purpose, by its id in the policy' },
  by: { type: 'string', value: 'channel', multiple: true, says: 'channel; repeat for each' },
  fields: { type: 'string', value: 'a,b', multiple: true, says: 'fields asked for' },
  basis: { type: 'string', value: 'basis', says: 'lawful basis' },
  select: { type: 'string', value: 'expression', says: 'which records (default: all)' },
  agreement: { type: 'string', value: 'id', says: 'agreement with the recipient' },
  consideration: { type: 'string', value: 'what', says: 'none, paid or in-kind' },
  justified: { type: 'string', value: 'text', says: 'why it is needed, and why less would not do' },
  aware: { type: 'string', value: 'text', says: 'what people were told, and by which notice' },
  power: { type: 'string', value: 'text', says: 'what people can do about it, and how' },
  'requested-by': { type: 'string', value: 'name', says: 'who asks; somebody else approves' },
  on: { type: 'string', value: 'instant', says: 'when it is to leave' },
  'use-window-days': { type: 'string', value: 'days', says: 'for how many days it may be used after that' },
}

export const requestNewCommand: Command = {
  name: 'request new',
  summary: 'Put a request, question by question: what for, what people know, what they can do',
  usage: '[<requests/id.yaml>] [--id <id>] [an option for each question]',
  example:
    'request new requests/6-acorn-post.yaml --dataset members-2018 --to little-acorn-foods --for baby-offers --by post --fields parent_name,home_address --basis legitimate-interests --agreement acorn-2018 --consideration none --justified "An offer by post needs a name and an address." --aware "The form of 2016 names Little Acorn Foods." --power "A card in every parcel says how to object." --requested-by "Lee Marsh" --on 2018-06-12T09:00:00+01:00 --use-window-days 28',
  options,
  async run(invocation) {
    const path = pathOf(invocation)
    const { terminal, configuration } = invocation
    const made = await useApp(configuration, async (app) => {
      const { policy } = await readPolicyBook(app.register)
      const answers = await completeAnswers(policy, givenAnswers(invocation), invocation)
      return newRequest(app, policy, { path, answers })
    })
    if (invocation.options.json === true) terminal.printJson({ path, ...made })
    else {
      terminal.print(`${path} is written, and the request on record at position ${made.position}. Next:`)
      terminal.print(`  fairshare check ${path}`)
    }
    return 0
  },
}

function pathOf({ arguments: given, options }: Invocation): string {
  atMost(1, given, 'one file')
  const id = optional(options.id)
  const path = given[0] ?? (id === undefined ? undefined : join('requests', `${id}.yaml`))
  if (path === undefined) throw new Problem('usage.invalid', 'name the file, or give --id')
  if (!/\.ya?ml$/.test(path)) throw new Problem('usage.invalid', 'the file’s name ends in .yaml')
  if (id !== undefined && basename(path).replace(/\.ya?ml$/, '') !== id)
    throw new Problem('usage.invalid', 'the id is the name of the file without its ending')
  return path
}

function givenAnswers({ options: given }: Invocation): Answers {
  const answers: Record<string, string | readonly string[]> = {}
  for (const name of Object.keys(options)) {
    const text = optional(given[name])
    if (several.includes(name)) answers[name] = listOption(given[name])
    else if (text !== undefined) answers[name] = text
  }
  return answers
}

/** Without somebody at a terminal, everything that is missing is named at once. */
async function completeAnswers(
  policy: Policy,
  given: Answers,
  { terminal, options }: Invocation,
): Promise<Answers> {
  const missing = unanswered(requestQuestions(policy, given), given)
  if (missing.length === 0) return given
  if (!terminal.interactive || process.stdin.isTTY !== true || options.json === true)
    throw new Problem('usage.invalid', `missing: ${missing.map(({ name }) => `--${name}`).join(', ')}`)
  const reader = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await askQuestions(policy, given, (text) => reader.question(text))
  } finally {
    reader.close()
  }
}

/** Asks what is not answered yet, again and again until the answer is one. */
export async function askQuestions(
  policy: Policy,
  given: Answers,
  ask: (text: string) => Promise<string>,
): Promise<Answers> {
  let answers = given
  for (const { name } of requestQuestions(policy, given)) {
    // Made anew: the dataset answered a moment ago has the fields to choose from.
    const question = requestQuestions(policy, answers).find((one) => one.name === name)
    if (question === undefined || (answers[name] ?? '').length > 0) continue
    for (let answer: string | readonly string[] | undefined; answer === undefined; ) {
      answer = understood(question, await ask(wording(question)))
      if (answer !== undefined) answers = { ...answers, [name]: answer }
    }
  }
  return answers
}

function wording({ asks, choices, several, optional: mayStay }: Question): string {
  const hints = [
    ...(choices === undefined ? [] : [choices.join(', ')]),
    ...(several ? ['commas between them'] : []),
    ...(mayStay ? ['Enter for none'] : []),
  ]
  return hints.length === 0 ? `${asks}\n> ` : `${asks}\n  (${hints.join('; ')})\n> `
}

/** Undefined when it has to be asked again. */
function understood(
  { choices, several, optional: mayStay }: Question,
  line: string,
): string | string[] | undefined {
  const answer = line.trim()
  if (answer === '') return mayStay ? (several ? [] : '') : undefined
  const names = several ? listOption(answer) : [answer]
  if (choices !== undefined && names.some((name) => !choices.includes(name))) return undefined
  return several ? names : answer
}
