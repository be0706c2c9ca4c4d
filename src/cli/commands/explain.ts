// fairshare explain: one person, one request: what is known, what it means, what would have to change.
import { dirname } from 'node:path'
import { dateFromIso, startOfDay } from '../../model/instant.ts'
import { Problem } from '../../model/problem.ts'
import { type Explanation, explainPerson } from '../../release/explain-person.ts'
import type { Reader } from '../../release/masked-reason.ts'
import { locateBeside, readRequestFile } from '../../service/read-request-file.ts'
import { useApp } from '../../service/use-app.ts'
import { type Command, optional, required } from '../command.ts'
import { explanationHtml } from '../report/explanation-html.ts'
import { explanationJson } from '../report/explanation-json.ts'
import { explanationLines } from '../report/explanation-lines.ts'
import { explanationMarkdown } from '../report/explanation-markdown.ts'
import { tellExplanation } from '../report/tell-explanation.ts'
import { personOption } from './file-options.ts'
import { writeNew } from './write-new.ts'

const readers: readonly Reader[] = ['marketer', 'person', 'regulator']
const formats = ['text', 'markdown', 'html'] as const
type Format = (typeof formats)[number]

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
    codes: {
      type: 'boolean',
      says: 'show the reason codes, the law and each condition (a regulator always sees them)',
    },
    'enquiry-opened': {
      type: 'string',
      value: 'date',
      says: 'flag evidence recorded on or after this day',
    },
    format: { type: 'string', value: 'format', says: `${formats.join(', ')} (default text)` },
    out: { type: 'string', value: 'file', says: 'write it there, not on the screen' },
  },
  async run({ options, terminal, configuration }) {
    const path = required(options.request, '--request <request.yaml>')
    const person = personOption(required(options.person, '--person <kind>:<reference>'))
    const reader = readerNamed(optional(options.for) ?? 'marketer')
    const format = formatNamed(optional(options.format) ?? 'text')
    const opened = optional(options['enquiry-opened'])
    const enquiry = opened === undefined ? undefined : dateFromIso(opened)
    const out = optional(options.out)
    return useApp(configuration, async (app) => {
      const context = await app.decisionContext(locateBeside(dirname(path), configuration.home))
      const explanation = await explainPerson(
        context,
        await readRequestFile(path, context.policy),
        person,
        reader,
        enquiry === undefined ? {} : { enquiryOpenedAt: startOfDay(enquiry, context.policy.controller.zone) },
      )
      const text =
        options.json === true ? asJson(explanation) : rendered(explanation, format, options.codes === true)
      if (out === undefined) terminal.print(text.trimEnd())
      else {
        await writeNew(out, text)
        terminal.note(`Wrote ${out}. It is about one person: keep it as you keep their data.`)
      }
      const own = explanation.outcome === 'allow' || explanation.outcome === 'transform'
      return own && explanation.file.every(({ cleared }) => cleared) ? 0 : 1
    })
  },
}

function asJson(explanation: Explanation): string {
  return `${JSON.stringify(explanationJson(explanation), undefined, 2)}\n`
}

function rendered(explanation: Explanation, format: Format, wantsCodes: boolean): string {
  const told = tellExplanation(explanation)
  const codes = { codes: wantsCodes || explanation.reader === 'regulator' }
  if (format === 'html') return explanationHtml(told, codes)
  if (format === 'markdown') return explanationMarkdown(told, codes)
  return `${explanationLines(told, codes).join('\n')}\n`
}

function formatNamed(name: string): Format {
  const found = formats.find((format) => format === name)
  if (found === undefined) throw new Problem('value.invalid', `--format must be one of ${formats.join(', ')}`)
  return found
}

function readerNamed(name: string): Reader {
  const found = readers.find((reader) => reader === name)
  if (found === undefined) throw new Problem('value.invalid', `--for must be one of ${readers.join(', ')}`)
  return found
}
