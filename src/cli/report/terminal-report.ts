// The case on a terminal: what was asked, how many may leave, and why the others stay, in sums that anyone can check.
import { count, table } from '../terminal.ts'
import type { CaseReport } from './case-report.ts'
import { bar, type Paint, paintFor } from './paint.ts'
import { duration, people, printable, sentence, size, wrap } from './readable.ts'
import {
  type BeatTelling,
  type CaseTelling,
  type GroupAnswer,
  type PersonTelling,
  tellCase,
} from './tell-case.ts'
import type { ReleaseTelling } from './tell-release.ts'
import type { ToldLine, TrustTelling } from './tell-trust.ts'

export type TerminalReportOptions = {
  /** Also list reason codes with their counts. */
  codes: boolean
  color: boolean
  /** Columns; the report uses at most 100. */
  width: number
}

type Page = { paint: Paint; width: number; codes: boolean }

const widthMax = 100
const indent = '   '
/** What publishing said first is long and tells little of the story. */
const impactMax = 3

export function renderTerminal(report: CaseReport, options: TerminalReportOptions): string {
  const telling = tellCase(report, { codes: options.codes })
  const page: Page = {
    paint: paintFor(options.color),
    width: Math.max(60, Math.min(widthMax, options.width)),
    codes: options.codes,
  }
  return [
    ...opening(report, telling, page),
    ...bareBeat(report, telling, page),
    ...telling.beats.flatMap((beat) => beatLines(beat, page)),
    ...trustLines(telling.trust, page),
    ...publications(report, page),
    ...persons(telling, page),
    ...caveats(telling, page),
    ...work(report, page),
  ].join('\n')
}

function opening(report: CaseReport, telling: CaseTelling, page: Page): string[] {
  return [
    '',
    ...wrap(report.title, page.width).map(page.paint.strong),
    ...wrap(telling.size, page.width).map(page.paint.quiet),
    '',
    ...glance(report, telling, page),
    '',
    ...telling.howToRead.flatMap((text) => wrap(text, page.width)),
  ]
}

/** Who may leave in each beat, to scale; a long title runs on below itself. */
function glance(report: CaseReport, telling: CaseTelling, page: Page): string[] {
  const { rows: copied } = report.bareExport
  const rows = [
    { label: '0', title: 'Without Fairshare: the bare export', leave: copied, of: copied },
    ...telling.beats.map(({ label, day, title, mayLeave, considered }) => ({
      label,
      title: `${day}: ${title}`,
      leave: mayLeave,
      of: considered,
    })),
  ]
  const barWidth = page.width >= 90 ? 16 : 6
  const figures = 2 * Math.max(...rows.map(({ of }) => count(of).length)) + 'of '.length
  const room = page.width - indent.length - figures - barWidth - 6
  const cells = rows.flatMap(({ label, title, leave, of }) => {
    const [first = '', ...rest] = wrap(title, room)
    const scale = leave === 0 ? '·' : bar(leave / of, barWidth)
    return [
      [label.padEnd(indent.length - 2), first, count(leave), `of ${count(of)}`, scale],
      ...rest.map((line) => ['', line, '', '', '']),
    ]
  })
  const { label, title, short } = telling.trust
  return [
    ...table(cells, [2, 3]),
    ...labelled(label, `${title}: ${short}`, { start: '', width: indent.length - 2, page }),
  ]
}

function bareBeat(report: CaseReport, telling: CaseTelling, page: Page): string[] {
  const { seconds, sizeBytes } = report.bareExport
  return [
    ...heading('0', 'Without Fairshare: the bare export', page),
    `${indent}${page.paint.strong(telling.bare.headline)}`,
    ...wrap(
      `${telling.bare.words} It took ${duration(seconds)} and made ${size(sizeBytes)}.`,
      page.width,
      indent,
    ),
  ]
}

function beatLines(beat: BeatTelling, page: Page): string[] {
  return [
    ...heading(beat.label, `${beat.day}: ${beat.title}`, page),
    ...wrap(beat.headline, page.width, indent).map(page.paint.strong),
    ...wrap(beat.story, page.width, indent),
    ...fileLines(beat, page),
    ...tellsLines(beat, page),
    ...wrap(sentence(beat.fields), page.width, indent),
    '',
    ...groupLines(beat, page),
    ...(page.codes ? codeLines(beat) : []),
    ...(beat.release === undefined ? [] : releaseLines(beat.release, page)),
    ...recallLines(beat, page),
  ]
}

function fileLines({ file, answered }: BeatTelling, page: Page): string[] {
  const refuses = file.some((reason) => reason.refuses)
  const title = refuses
    ? 'The file as a whole is refused, whoever is in it:'
    : 'The file as a whole waits for a named person:'
  return [
    ...(file.length === 0 ? [] : ['', ...wrap(title, page.width, indent)]),
    ...file.flatMap(({ says }) => bullet(says, page.width)),
    ...(file.length === 0 && answered.length > 0 ? [''] : []),
    ...answered.flatMap((says) => wrap(`Answered by a named person: ${says}`, page.width, indent)),
  ]
}

function tellsLines({ tells }: BeatTelling, page: Page): string[] {
  return tells === undefined
    ? ['']
    : ['', ...wrap(`The list tells the recipient: ${tells}`, page.width, indent)]
}

const marks: Readonly<Record<GroupAnswer, string>> = {
  'may leave': 'may leave',
  waits: 'waits',
  stays: 'stays',
}

function groupLines(beat: BeatTelling, page: Page): string[] {
  const figures = count(beat.sum).length
  const barWidth = page.width >= 90 ? 20 : 8
  const lines = beat.groups.flatMap((group) => {
    const start = [
      count(group.people).padStart(figures),
      bar(group.share, barWidth).padEnd(barWidth),
      marks[group.answer].padEnd(marks['may leave'].length),
    ].join('  ')
    const hanging = ' '.repeat(indent.length + start.length + 2)
    const [first = '', ...rest] = wrap(group.says, page.width, hanging)
    const line = `${indent}${start}  ${first.trimStart()}`
    return [group.answer === 'may leave' ? page.paint.accent(line) : line, ...rest]
  })
  return [
    ...lines,
    `${indent}${'─'.repeat(figures)}`,
    `${indent}${page.paint.strong(count(beat.sum))}  people considered, each counted once`,
    ...wrap(
      `${beat.agreement} Decided in ${duration(beat.seconds)}. Judged by: ${beat.judgedBy}.`,
      page.width,
      indent,
    ).map(beat.agrees ? page.paint.quiet : page.paint.strong),
  ]
}

function codeLines({ codes }: BeatTelling): string[] {
  const rows = codes.map(({ code, slug, count: touched, primary }) => [
    code,
    slug,
    touched === undefined ? 'the file' : count(touched),
    primary === undefined ? '' : count(primary),
  ])
  return [
    '',
    ...table([['code', 'slug', 'touched', 'weighs most'], ...rows], [2, 3]).map((line) => indent + line),
  ]
}

function releaseLines({ headline, facts, agrees }: ReleaseTelling, page: Page): string[] {
  const width = Math.max(...facts.map(({ label }) => label.length))
  return [
    '',
    ...wrap(headline, page.width, indent).map(agrees ? page.paint.accent : page.paint.strong),
    ...facts.flatMap(({ label, says }) => labelled(label, says, { start: indent, width, page })),
  ]
}

function recallLines({ recalls }: BeatTelling, page: Page): string[] {
  return recalls.length === 0 ? [] : ['', ...recalls.flatMap((recall) => wrap(recall, page.width, indent))]
}

function trustLines(trust: TrustTelling, page: Page): string[] {
  const answerWidth = Math.max(...[...trust.checks, ...trust.trials].map(({ answer }) => answer.length), 0)
  const answered = (answer: string, says: string) =>
    labelled(answer, says, { start: indent + indent, width: answerWidth, page })
  return [
    ...heading(trust.label, trust.title, page),
    ...wrap(trust.headline, page.width, indent).map(page.paint.strong),
    ...wrap('Checked from the files alone, without the register:', page.width, indent),
    ...trust.checks.flatMap(({ answer, says }) => answered(answer, says)),
    '',
    ...wrap('One byte changed:', page.width, indent),
    ...trust.trials.flatMap(({ answer, says, place }) => answered(answer, `${says}: ${place}`)),
    '',
    ...wrap(`${trust.asks}:`, page.width, indent),
    ...toldLines(trust.told, page),
    '',
    ...wrap(trust.limits, page.width, indent),
    '',
    ...wrap('Check it yourself:', page.width, indent).map(page.paint.strong),
    ...trust.commands.flatMap(({ what, command }) => [
      ...bullet(what, page.width),
      ...commandLines(command, page),
    ]),
    ...wrap(`All of this took ${duration(trust.seconds)}.`, page.width, indent).map(page.paint.quiet),
  ]
}

function toldLines(told: readonly ToldLine[], page: Page): string[] {
  const width = Math.max(...told.map(({ label }) => label?.length ?? 0))
  const start = indent + indent
  return told.flatMap(({ label, text }) => {
    if (text === '') return ['']
    return label === undefined
      ? wrap(text, page.width, start)
      : labelled(label, text, { start: `${start}  `, width, page })
  })
}

/** Broken between words only, in the way a shell puts together again. */
function commandLines(command: string, page: Page): string[] {
  const start = indent + indent
  const lines: string[] = []
  for (const word of printable(command).split(' ')) {
    const last = lines.at(-1)
    if (
      last === undefined ||
      start.length + last.length + word.length + ' '.length + ' \\'.length > page.width
    )
      lines.push(last === undefined ? word : `  ${word}`)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.map((line, index) => `${start}${line}${index < lines.length - 1 ? ' \\' : ''}`)
}

/** A label in a column of its own, and what it says beside it. */
function labelled(
  label: string,
  says: string,
  { start, width, page }: { start: string; width: number; page: Page },
): string[] {
  const hanging = ' '.repeat(start.length + width + 2)
  const [first = '', ...rest] = wrap(says, page.width, hanging)
  return [`${start}${label.padEnd(width)}  ${first.slice(hanging.length)}`.trimEnd(), ...rest]
}

function publications(report: CaseReport, page: Page): string[] {
  const told = report.publications.filter(({ impact }) => impact.length > 0)
  if (told.length === 0) return []
  return [
    ...heading('', 'What publishing the notices said', page),
    ...told.flatMap(({ title, impact }) => [
      ...wrap(title, page.width, indent).map(page.paint.strong),
      ...impact.slice(0, impactMax).flatMap((line) => bullet(line, page.width)),
      ...(impact.length > impactMax
        ? bullet(`and ${impact.length - impactMax} more, on the page`, page.width)
        : []),
    ]),
  ]
}

function persons(telling: CaseTelling, page: Page): string[] {
  return [
    ...heading('', `${telling.persons.length === 6 ? 'Six people' : 'People'}, one card each`, page),
    ...telling.persons.flatMap((person, index) => [...(index === 0 ? [] : ['']), ...card(person, page)]),
  ]
}

function card({ name, memberNo, card, lines }: PersonTelling, page: Page): string[] {
  const widest = Math.max(...lines.map(({ beats }) => beats.length), 0)
  return [
    `${indent}${page.paint.strong(printable(name))}  ${page.paint.quiet(printable(memberNo))}`,
    ...wrap(card, page.width, indent),
    ...lines.flatMap(({ beats, mayLeave, words, codes }) => {
      const answer = marks[mayLeave ? 'may leave' : 'stays'].padEnd(marks['may leave'].length)
      const start = `${indent}${indent}${beats.padEnd(widest)}  ${answer}  `
      const said = page.codes && codes.length > 0 ? `${words} (${codes.join(', ')})` : words
      const [first = '', ...rest] = wrap(said, page.width, ' '.repeat(start.length))
      const line = start + first.slice(start.length)
      return [mayLeave ? page.paint.accent(line) : line.trimEnd(), ...rest]
    }),
  ]
}

function caveats(telling: CaseTelling, page: Page): string[] {
  return [
    ...heading('', 'What this does not prove', page),
    ...telling.notProven.flatMap((text) => bullet(text, page.width)),
  ]
}

function work(report: CaseReport, page: Page): string[] {
  const steps = report.timings.map(({ step, records, seconds, reused }) => [
    printable(step),
    count(records),
    duration(seconds),
    reused ? 'there already' : `${count(Math.round(records / Math.max(seconds, 0.001)))}/s`,
  ])
  const made = report.made.map(({ path, what }) => [printable(what), printable(path)])
  return [
    ...heading('', 'What was made, how long it took, how much memory', page),
    ...table(made).map((line) => indent + line),
    ...wrap('How to check these files stands under 6, “Check it yourself”.', page.width, indent),
    '',
    ...table([['step', 'records', 'time', 'rate'], ...steps], [1, 2, 3]).map((line) => indent + line),
    '',
    ...wrap(
      `${duration(report.totalSeconds)} in all; ${size(report.peakRssBytes)} of memory at most, with ${people(report.people)}. ${sentence(`Made on ${report.madeOn}`)}`,
      page.width,
      indent,
    ),
  ]
}

function heading(label: string, title: string, page: Page): string[] {
  const start = label === '' ? '' : `${label.padEnd(indent.length)}`
  const [first = '', ...rest] = wrap(title, page.width, ' '.repeat(start.length))
  return [
    '',
    page.paint.quiet('─'.repeat(page.width)),
    ...[start + first.slice(start.length), ...rest].map(page.paint.strong),
  ]
}

function bullet(text: string, width: number): string[] {
  const [first = '', ...rest] = wrap(text, width, `${indent}  `)
  return [`${indent}– ${first.slice(indent.length + 2)}`, ...rest]
}
