// An explanation for a terminal.
import { wrap } from './readable.ts'
import type { ToldEvidence, ToldExplanation, ToldGround, ToldNotice, ToldReason } from './tell-explanation.ts'

const width = 110

export function explanationLines(told: ToldExplanation, { codes }: { codes: boolean }): string[] {
  const reasonLines = (reasons: readonly ToldReason[]) => reasons.flatMap((reason) => linesOf(reason, codes))
  return [
    told.verdict,
    ...told.notes,
    ...wrap(told.asked, width),
    ...(told.file.reasons.length === 0 ? [] : ['', told.file.headline, ...reasonLines(told.file.reasons)]),
    ...told.headings.flatMap(({ heading, reasons }) => ['', heading, ...reasonLines(reasons)]),
    ...(told.outlook === undefined ? [] : ['', ...wrap(told.outlook, width)]),
    ...factLines(told),
    ...(told.notice === undefined ? [] : noticeLines(told.notice)),
    ...told.fields.flatMap(({ how, names }) => ['', `${how}: ${names.join(', ')}`]),
    '',
    ...wrap(told.caveat, width),
  ]
}

function linesOf(reason: ToldReason, codes: boolean): string[] {
  const { words, code, name, law, answered, condition, grounds, remedy, whose } = reason
  return [
    ...item(`${words}${answered ? '  (answered by a determination)' : ''}`, '  ', '•'),
    ...(codes && code !== undefined ? wrap(`${code} ${name} · ${law}`, width, '    ') : []),
    ...(codes && condition !== undefined ? wrap(`Fires when: ${condition}`, width, '    ') : []),
    ...grounds.flatMap(foundLines),
    ...(answered ? [] : wrap(`What would have to change: ${remedy}`, width, '    ')),
    ...(answered
      ? []
      : grounds.flatMap(({ changes }) => changes.flatMap((change) => item(change, '      ')))),
    ...(whose === undefined ? [] : wrap(whose, width, '    ')),
  ]
}

function foundLines({ where, fields, facts }: ToldGround): string[] {
  const found = [
    ...(where === undefined ? [] : [where]),
    ...(fields.length === 0 ? [] : [`fields: ${fields.join(', ')}`]),
  ]
  return [
    ...(found.length + facts.length === 0
      ? []
      : wrap(`Found ${found.join('; ') || 'by these facts'}:`, width, '    ')),
    ...facts.flatMap(({ means, value }) => item(`${means}: ${value}`, '      ')),
  ]
}

function factLines({ facts }: ToldExplanation): string[] {
  if (facts.length === 0) return []
  return [
    '',
    'What is on record behind these facts',
    ...facts.flatMap(({ means, value, where, evidence, note }) => [
      ...item(`${means}: ${value}${where === undefined ? '' : ` (${where})`}`, '  ', '•'),
      ...evidence.flatMap((event) => evidenceLines(event, '    ')),
      ...(note === undefined ? [] : [`    ${note}`]),
    ]),
  ]
}

function evidenceLines({ when, what, known, flag }: ToldEvidence, indent: string): string[] {
  return [
    ...wrap(`${when}: ${what}`, width, indent),
    ...wrap(`${known}${flag === undefined ? '' : `. ${flag}`}`, width, `${indent}  `),
  ]
}

function noticeLines({ title, parts, shown }: ToldNotice): string[] {
  const wording = parts.map(({ text, matters }) => (matters ? `»${text}«` : text)).join('')
  return [
    '',
    `What the person was shown: ${title}`,
    ...shown.flatMap((event) => evidenceLines(event, '  ')),
    ...(parts.some(({ matters }) => matters) ? ['  »…« marks the sentences that mattered.'] : []),
    ...wording.split(/\n{2,}/).flatMap((paragraph) => wrap(paragraph, width, '  | ')),
  ]
}

function item(text: string, indent: string, mark = '–'): string[] {
  return wrap(text, width, `${indent}  `).map((line, index) =>
    index === 0 ? `${indent}${mark} ${line.trimStart()}` : line,
  )
}
