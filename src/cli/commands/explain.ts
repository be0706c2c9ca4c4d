// fairshare explain: one person, one request: what is known, what it means, what would have to change.
import { dirname } from 'node:path'
import { Problem } from '../../model/problem.ts'
import { type Explanation, explainPerson, type Reader } from '../../release/explain-person.ts'
import { locateBeside, readRequestFile } from '../../service/read-request-file.ts'
import { useApp } from '../../service/use-app.ts'
import { type Command, optional, required } from '../command.ts'
import { personOption } from './file-options.ts'

const readers: readonly Reader[] = ['marketer', 'person', 'regulator']
const otherForms = {
  drop: 'Left out in any case',
  coarsen: 'Less precise than in the file, under the agreement',
  pseudonymise: 'A pseudonym in its place, under the agreement',
}

const headings = {
  veto: 'The person’s own word',
  aware: 'Aware?',
  power: 'Power?',
  justified: 'Justified?',
} as const

export const explainCommand: Command = {
  name: 'explain',
  summary: 'Why one person’s record may or may not go',
  usage: '--person <kind>:<reference> --request <request.yaml>',
  example: 'explain --person member:M0000042 --request examples/baby-club-2017/requests/3-acorn-post.yaml',
  options: {
    person: { type: 'string', value: 'kind:reference', says: 'whose record' },
    request: { type: 'string', value: 'file', says: 'the request' },
    for: {
      type: 'string',
      value: 'reader',
      says: `for whom the words are: ${readers.join(', ')} (default marketer)`,
    },
    codes: { type: 'boolean', says: 'show the reason codes and the law' },
  },
  async run({ options, terminal, configuration }) {
    const path = required(options.request, '--request <request.yaml>')
    const person = personOption(required(options.person, '--person <kind>:<reference>'))
    const reader = readerNamed(optional(options.for) ?? 'marketer')
    return useApp(configuration, async (app) => {
      const context = await app.decisionContext(locateBeside(dirname(path), configuration.home))
      const explanation = await explainPerson(
        context,
        await readRequestFile(path, context.policy),
        person,
        reader,
      )
      if (options.json === true) terminal.printJson(explanation)
      else for (const line of explanationLines(explanation, options.codes === true)) terminal.print(line)
      const own = explanation.outcome === 'allow' || explanation.outcome === 'transform'
      return own && explanation.file.every(({ cleared }) => cleared) ? 0 : 1
    })
  },
}

function explanationLines(explanation: Explanation, codes: boolean): string[] {
  const verdicts = {
    allow: 'may go: no recorded reason to refuse',
    transform: 'may go with fewer fields',
    review: 'waits for a person to decide',
    deny: 'stays',
  }
  const stopping = explanation.file.filter(({ cleared }) => !cleared)
  const lines =
    stopping.length === 0
      ? [`This record ${verdicts[explanation.outcome]}.`]
      : [
          `This record stays: the file as a whole ${stopping.some(({ effect }) => effect === 'deny') ? 'is refused' : 'waits for a person'}.`,
          ...stopping.map(({ words, code }) => `  • ${words}${codes ? ` [${code}]` : ''}`),
          `By itself the record ${verdicts[explanation.outcome]}.`,
        ]
  if (explanation.rows === 0)
    lines.push('The person is not in this dataset; what follows is what the register alone says.')
  for (const [question, heading] of Object.entries(headings)) {
    const reasons = explanation.reasons.filter((reason) => reason.question === question)
    if (reasons.length === 0) continue
    lines.push('', heading)
    for (const reason of reasons) {
      lines.push(`  • ${reason.words}${reason.cleared ? '  (answered by a determination)' : ''}`)
      if (codes && reason.code !== undefined) {
        const doubt = reason.verified ? '' : ', cited from memory: check before relying on it'
        lines.push(
          `    ${reason.code} ${reason.slug} · ${reason.authority === 'house' ? '' : `${reason.authority}: `}${reason.law}${doubt}`,
        )
      }
      if (!reason.cleared) lines.push(`    What would have to change: ${reason.remedy}`)
    }
  }
  if (explanation.notice !== undefined) {
    lines.push('', `What she was shown: ${explanation.notice.id}`)
    for (const sentence of explanation.notice.sentences) lines.push(`  “${sentence.replace(/\s+/g, ' ')}”`)
  }
  for (const [form, words] of Object.entries(otherForms)) {
    const names = Object.entries(explanation.fields).filter(([, treatment]) => treatment === form)
    if (names.length > 0) lines.push('', `${words}: ${names.map(([name]) => name).join(', ')}`)
  }
  return lines
}

function readerNamed(name: string): Reader {
  const found = readers.find((reader) => reader === name)
  if (found === undefined) throw new Problem('value.invalid', `--for must be one of ${readers.join(', ')}`)
  return found
}
