// What `check` and `coverage` print: how many may leave, what stands against the rest under the regulator's three
// questions, and what to do next. A remedy that needs no disclosure comes before one that does.
import type { Question } from '../../decide/rule.ts'
import { type ReasonCode, reasons } from '../../model/reason.ts'
import type { CheckResult } from '../../release/check-request.ts'
import type { CoverageRow } from '../../release/coverage.ts'
import { type Question as AnswerableQuestion, questionsOf } from '../../release/questions-of.ts'
import { count, table } from '../terminal.ts'
import { type CountedReason, countReasons, isProtection, sum } from './count-reasons.ts'
import { bar, type Paint, paintFor } from './paint.ts'
import { day, firstSentence, people, sentence, wrap } from './readable.ts'
import { answerCommand } from './review-report.ts'
import { headlineOf, tellCodes, tellFields } from './tell-case.ts'
import { keepsDataHome, packTitles, wordsFor as rulesWords, type WordsFor } from './words-for.ts'

export type CheckReportOptions = {
  /** Also name the reason codes. */
  codes: boolean
  color?: boolean
  /** Columns; at most 100 are used. */
  width?: number
  /** The file has gone already: say what should have happened, and what is owed now. */
  past?: boolean
  wordsFor?: WordsFor
}

type Page = { paint: Paint; width: number; codes: boolean; past: boolean; wordsFor: WordsFor }

const widthMax = 100
const indent = '  '

const questions: Readonly<Record<Question, string>> = {
  justified: 'Justified? Is it needed, and no more than needed?',
  aware: 'Aware? Were they told?',
  power: 'Power? Is there a ground that carries it?',
  veto: 'Vetoes: what people said, or must be spared',
}
const questionOrder = Object.keys(questions) as Question[]

function pageFor(options: CheckReportOptions): Page {
  return {
    paint: paintFor(options.color ?? false),
    width: Math.max(60, Math.min(widthMax, options.width ?? widthMax)),
    codes: options.codes,
    past: options.past ?? false,
    wordsFor: options.wordsFor ?? rulesWords,
  }
}

export function renderCheck(result: CheckResult, options: CheckReportOptions): string {
  const page = pageFor(options)
  return [
    ...checkHeadline(result, page),
    ...fileReasons(result, page),
    ...disclosed(result, page),
    ...recordReasons(result, page),
    ...questionCommands(result, page),
    ...nextSteps(result, page),
  ].join('\n')
}

function checkHeadline(result: CheckResult, page: Page): string[] {
  const { request, considered, outcomes, packs, dataset, position } = result
  const judgedBy = packTitles([...packs.collection, ...packs.release])
  const against = outcomes.deny === 0 ? '' : ` ${count(outcomes.deny)} stay.`
  const headline = page.past
    ? pastHeadline(considered, considered - outcomes.allow - outcomes.transform)
    : `${headlineOf(outcomes.allow + outcomes.transform, outcomes.review, considered)}.${against}`
  return [
    ...wrap(headline, page.width).map(page.paint.strong),
    ...wrap(
      `${request.title ?? request.id}: to ${request.recipient}, by ${request.channels.join(', ')}, on ${day(request.releaseAt, result.zone)}`,
      page.width,
    ),
    ...wrap(
      `No recorded reason to refuse is not the same as lawful. Judged by: ${judgedBy.join('; ') || 'no rules known for that day'}. As the register stood at entry ${count(position)}.`,
      page.width,
    ).map(page.paint.quiet),
    ...(dataset.rejected === 0
      ? []
      : wrap(
          `${count(dataset.rejected)} lines of the file could not be read and are in none of these numbers.`,
          page.width,
        )),
    ...(dataset.unusableContacts === 0
      ? []
      : wrap(
          `${dataset.unusableContacts === 1 ? 'One contact point' : `${count(dataset.unusableContacts)} contact points`} in the file cannot be read as an e-mail address, a number or an address: no “stop” can be found by ${dataset.unusableContacts === 1 ? 'it' : 'them'}.`,
          page.width,
        )),
    ...(dataset.enrolled === 0
      ? []
      : wrap(`${people(dataset.enrolled)} in the file had no entry in the register yet.`, page.width)),
  ]
}

function pastHeadline(sent: number, against: number): string {
  if (against === 0) return `Against none of the ${count(sent)} records sent is a reason recorded.`
  return `${count(against)} of the ${count(sent)} records sent should have stayed.`
}

function fileReasons({ file, recordOutcomes }: CheckResult, page: Page): string[] {
  const weighing = file.filter(({ cleared }) => !cleared)
  const unhurt = recordOutcomes.allow + recordOutcomes.transform
  const title = weighing.some(({ effect }) => effect === 'deny')
    ? `The file as a whole is refused${unhurt === 0 ? '' : `, the ${count(unhurt)} without a reason of their own included`}`
    : 'The file as a whole waits for a named person'
  return [
    ...(weighing.length === 0 ? [] : ['', ...wrap(title, page.width).map(page.paint.strong)]),
    ...questionOrder.flatMap((question) => {
      const asked = weighing.filter(({ code }) => page.wordsFor(code).question === question)
      return asked.length === 0
        ? []
        : [`${indent}${questions[question]}`, ...asked.flatMap(({ code }) => fileReason(code, page))]
    }),
    ...file
      .filter(({ cleared }) => cleared)
      .flatMap(({ code }) =>
        bullet(
          `answered by a named person: ${firstSentence(page.wordsFor(code).says)}${codeMark(code, page)}`,
          page.width,
        ),
      ),
  ]
}

function fileReason(code: ReasonCode, page: Page): string[] {
  const { says, remedy } = page.wordsFor(code)
  return [
    ...bullet(`${says}${codeMark(code, page)}`, page.width),
    ...wrap(`→ ${remedy}`, page.width, indent.repeat(3)).map(page.paint.quiet),
  ]
}

function codeMark(code: ReasonCode, page: Page): string {
  if (!page.codes) return ''
  return ` [${isProtection(code) ? 'withheld' : code}]`
}

function disclosed({ tells, fields }: CheckResult, page: Page): string[] {
  return [
    '',
    ...(tells.length === 0 ? [] : wrap(`The list tells the recipient: ${tells.join('; ')}.`, page.width)),
    ...wrap(sentence(tellFields(fields)), page.width),
  ]
}

/** Each record once, under the reason that weighs most, so that the column adds up to the file. */
function recordReasons(result: CheckResult, page: Page): string[] {
  const counted = countReasons(result).filter(({ primary }) => primary > 0)
  const silent = result.considered - sum(counted.map(({ primary }) => primary))
  const figures = count(result.considered).length
  const held = result.file.some(({ cleared }) => !cleared)
  const untouched = `${count(silent).padStart(figures)}  ${indent}no recorded reason to refuse${held && silent > 0 ? ' of their own; held back with the file' : ''}`
  return [
    '',
    ...wrap('Record by record: everyone once, under what weighs most', page.width).map(page.paint.strong),
    ...questionOrder.flatMap((question) => {
      const rows = counted.filter(({ of }) => page.wordsFor(of).question === question)
      return rows.length === 0
        ? []
        : [
            `${' '.repeat(figures)}  ${questions[question]}`,
            ...rows.flatMap((row) => reasonRow(row, figures, page)),
          ]
    }),
    `${' '.repeat(figures)}  Nothing against it`,
    silent > 0 && !held ? page.paint.accent(untouched) : untouched,
    '─'.repeat(figures),
    `${page.paint.strong(count(result.considered))}  records considered`,
    ...(page.codes ? touchedLines(result, page) : []),
  ]
}

/** Whoever only loses a field may go all the same. */
function reasonRow(row: CountedReason, figures: number, page: Page): string[] {
  const { says, remedy } = page.wordsFor(row.of)
  const hanging = ' '.repeat(figures + 2 + indent.length)
  const goes = reasons[row.of].effect === 'transform' ? ' The rest of the record may go.' : ''
  const [first = '', ...rest] = wrap(`${says}${goes}${codeMark(row.of, page)}`, page.width, hanging)
  return [
    `${count(row.primary).padStart(figures)}  ${indent}${first.slice(hanging.length)}`,
    ...rest,
    ...wrap(`→ ${remedy}`, page.width, `${hanging}${indent}`).map(page.paint.quiet),
  ]
}

function touchedLines(result: CheckResult, page: Page): string[] {
  const rows = tellCodes(result).map(({ code, slug, count: touched }) => [
    code,
    slug,
    touched === undefined ? 'the file' : count(touched),
  ])
  return [
    '',
    ...wrap('Every reason, whether or not it weighs most, and the records it touches', page.width),
    ...table(rows, [2]).map((line) => indent + line),
  ]
}

function nextSteps(result: CheckResult, page: Page): string[] {
  const steps = stepsFor(result, page)
  return [
    '',
    page.paint.strong('What to do next'),
    ...steps.flatMap((step, index) => numbered(index + 1, step, page.width)),
  ]
}

/** A file that has gone cannot be held back: what remains is the recipient's copy and what people are owed. */
function stepsAfterwards({ outcomes, considered, artefact }: CheckResult): string[] {
  const against = considered - outcomes.allow - outcomes.transform
  return [
    ...(against === 0
      ? []
      : [
          'Ask the recipient to stop using these records, to say where they are, and to prove their deletion.',
          'Put it to your privacy lead today: whether it is a breach to report, and whom to tell, is not decided here.',
        ]),
    ...(artefact === undefined ? [] : [`Every record’s reasons are kept in ${artefact.path}`]),
    'For the next list, ask before it goes: fairshare check',
  ]
}

function stepsFor(result: CheckResult, page: Page): string[] {
  if (page.past) return stepsAfterwards(result)
  const { request, outcomes, file, artefact } = result
  const may = outcomes.allow + outcomes.transform
  const atHome = sum(
    countReasons(result)
      .filter(({ of }) => keepsDataHome(page.wordsFor(of).remedy))
      .map(({ primary }) => primary),
  )
  return [
    // A processor alone sends for us already.
    ...(atHome === 0 || (request.role === 'processor' && request.onBehalfOf.length === 0)
      ? []
      : [
          `Offer to send it for the recipient: for ${people(atHome)} that would disclose nothing. Whether your own notices cover it is a question of its own; ask it as a request.`,
        ]),
    ...(file.some(({ cleared }) => !cleared)
      ? ['Mend what holds back the whole file (each → above), then ask again.']
      : []),
    ...questionSteps(result),
    may > 0
      ? `${people(may)} may leave${waysOut(request)} Whoever says stop in between stays.`
      : 'See who may be sent what today: fairshare coverage',
    ...(artefact === undefined ? [] : [`Every record’s reasons are kept in ${artefact.path}`]),
    'See one person: fairshare explain --person <kind>:<reference> --request <request.yaml>',
  ]
}

/** Questions that somebody other than whoever asked may answer, once for all records they hold back. */
function openQuestions({ groups, file, artefact }: CheckResult): AnswerableQuestion[] {
  if (artefact === undefined) return []
  const open = file.filter(({ cleared }) => !cleared).map(({ code }) => code)
  return questionsOf(groups, open).questions
}

function questionSteps(result: CheckResult): string[] {
  const asked = openQuestions(result).length
  if (asked === 0) return []
  return [
    `${asked === 1 ? 'One question is' : `${count(asked)} questions are`} for a named person other than the requester, to be answered once: fairshare review list ${result.request.id}`,
  ]
}

/** A question is named by its code; commands are not wrapped, so that they can be copied. */
function questionCommands(result: CheckResult, page: Page): string[] {
  if (!page.codes || page.past) return []
  const asked = openQuestions(result)
  if (asked.length === 0) return []
  return [
    '',
    page.paint.strong('What answers each question'),
    ...asked.map(({ id, count: held }) => `${indent}${count(held)}  ${answerCommand(result.request.id, id)}`),
  ]
}

/** A file of people has no declared dataset to release from; `requestForFile` names its request after the file. */
function waysOut({ id, dataset }: CheckResult['request']): string {
  return id === `file-${dataset}`
    ? '. To release them, declare the file under datasets/ and put a request: fairshare request new.'
    : `, once this answer is approved: fairshare approve ${id} --key <file>, then fairshare release ${id}.`
}

export function renderCoverage(rows: readonly CoverageRow[], options: CheckReportOptions): string {
  const page = pageFor(options)
  if (rows.length === 0)
    return wrap(
      'Nothing to count: no agreement or assessment names a recipient with a defined purpose.',
      page.width,
    ).join('\n')
  return [
    ...wrap('How many may go today, to whom, for what, by which channel', page.width).map(page.paint.strong),
    ...rows.flatMap((row) => coverageRow(row, page)),
  ].join('\n')
}

function coverageRow(row: CoverageRow, page: Page): string[] {
  const share = row.considered === 0 ? 0 : row.mayGo / row.considered
  const figures = count(row.considered).length
  return [
    '',
    ...wrap(
      `${row.recipient}, ${row.purpose}, by ${row.channel} (${row.basis.replaceAll('-', ' ')})`,
      page.width,
    ).map(page.paint.strong),
    `${indent}${page.paint.accent(`${bar(share, 20).padEnd(20)}  ${count(row.mayGo)} of ${count(row.considered)} may go`)}${row.review === 0 ? '' : `; ${count(row.review)} wait for a named person’s decision`}`,
    ...(row.file.length === 0 ? [] : [`${indent}What holds back the whole file:`]),
    ...row.file.flatMap(({ code }) => fileReason(code, page)),
    ...mergeProtections(row.blockers).flatMap((blocker) => blockerLines(blocker, figures, page)),
  ]
}

function blockerLines(
  { code, count: held }: CoverageRow['blockers'][number],
  figures: number,
  page: Page,
): string[] {
  const { says, remedy } = page.wordsFor(code)
  const hanging = ' '.repeat(indent.length + figures + 2)
  const [first = '', ...rest] = wrap(`${says}${codeMark(code, page)}`, page.width, hanging)
  return [
    `${indent}${count(held).padStart(figures)}  ${first.slice(hanging.length)}`,
    ...rest,
    ...wrap(`→ ${remedy}`, page.width, `${hanging}${indent}`).map(page.paint.quiet),
  ]
}

/** Two grounds that a reader may not tell apart are one row. */
function mergeProtections(blockers: CoverageRow['blockers']): CoverageRow['blockers'] {
  const first = blockers.find(({ code }) => isProtection(code))
  if (first === undefined) return blockers
  const together = sum(blockers.filter(({ code }) => isProtection(code)).map((blocker) => blocker.count))
  return [...blockers.filter(({ code }) => !isProtection(code)), { ...first, count: together }].sort(
    (a, b) => b.count - a.count,
  )
}

function bullet(text: string, width: number): string[] {
  const [first = '', ...rest] = wrap(text, width, indent.repeat(2))
  return [`${indent}– ${first.slice(indent.length * 2)}`, ...rest]
}

function numbered(number: number, text: string, width: number): string[] {
  const start = `${indent}${number}. `
  const [first = '', ...rest] = wrap(text, width, ' '.repeat(start.length))
  return [start + first.slice(start.length), ...rest]
}
