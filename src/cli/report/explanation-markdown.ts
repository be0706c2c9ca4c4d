// An explanation as Markdown, to be put into a letter or a file.
import { printable } from './readable.ts'
import type { ToldEvidence, ToldExplanation, ToldNotice, ToldReason } from './tell-explanation.ts'

export function explanationMarkdown(told: ToldExplanation, { codes }: { codes: boolean }): string {
  const reasons = (all: readonly ToldReason[]) => all.map((reason) => reasonBlock(reason, codes)).join('\n')
  const blocks = [
    `# ${plain(told.verdict)}`,
    [...told.notes, told.asked].map(plain).join('\n\n'),
    ...(told.file.reasons.length === 0 ? [] : [`## ${told.file.headline}`, reasons(told.file.reasons)]),
    ...told.headings.flatMap((under) => [`## ${under.heading}`, reasons(under.reasons)]),
    ...(told.outlook === undefined ? [] : ['## What would have to change, all in all', plain(told.outlook)]),
    ...factBlocks(told),
    ...(told.notice === undefined ? [] : noticeBlocks(told.notice)),
    ...told.fields.map(({ how, names }) => `${how}: ${names.map(plain).join(', ')}`),
    plain(told.caveat),
  ]
  return `${blocks.join('\n\n')}\n`
}

function reasonBlock(reason: ToldReason, codes: boolean): string {
  const { words, code, name, law, answered, condition, grounds, remedy, whose } = reason
  return [
    `- **${plain(words)}**${answered ? ' (answered by a determination)' : ''}`,
    ...(codes && code !== undefined ? [`  - ${code} ${name} · ${plain(law ?? '')}`] : []),
    ...(codes && condition !== undefined ? [`  - Fires when: \`${condition}\``] : []),
    ...grounds.flatMap(({ where, fields, facts }) => [
      ...(where === undefined ? [] : [`  - Found ${where}.`]),
      ...(fields.length === 0 ? [] : [`  - Fields: ${fields.map(plain).join(', ')}`]),
      ...facts.map(({ means, value }) => `  - ${plain(means)}: *${plain(value)}*`),
    ]),
    ...(answered ? [] : [`  - What would have to change: ${plain(remedy)}`]),
    ...(answered ? [] : grounds.flatMap(({ changes }) => changes.map((change) => `    - ${plain(change)}`))),
    ...(whose === undefined ? [] : [`  - ${whose}`]),
  ].join('\n')
}

function factBlocks({ facts }: ToldExplanation): string[] {
  if (facts.length === 0) return []
  const items = facts.map(({ means, value, where, evidence, note }) =>
    [
      `- ${plain(means)}: *${plain(value)}*${where === undefined ? '' : ` (${where})`}`,
      ...evidence.map((event) => `  - ${evidenceText(event)}`),
      ...(note === undefined ? [] : [`  - ${note}`]),
    ].join('\n'),
  )
  return ['## What is on record behind these facts', items.join('\n')]
}

function evidenceText({ when, what, known, flag }: ToldEvidence): string {
  return plain(`${when}: ${what} (${known})${flag === undefined ? '' : `. ${flag}`}`)
}

/** As a quotation; the sentences that mattered in bold. */
function noticeBlocks({ title, parts, shown }: ToldNotice): string[] {
  const marked = parts.map(({ text, matters }) => {
    const paragraphs = text.split(/\n{2,}/).map(plain)
    return paragraphs
      .map((paragraph) => (matters && paragraph.trim() !== '' ? `**${paragraph.trim()}**` : paragraph))
      .join('\n>\n> ')
  })
  return [
    `## What the person was shown: ${plain(title)}`,
    ...(shown.length === 0 ? [] : [shown.map((event) => `- ${evidenceText(event)}`).join('\n')]),
    `> ${marked.join('')}`,
  ]
}

/** Nothing in a text from outside is markup. */
function plain(text: string): string {
  return printable(text).replaceAll(/[\\`*_<>[\]#|&]/g, String.raw`\$&`)
}
