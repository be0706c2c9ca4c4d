// What `review list` prints: what is open and the command that answers it, what was answered, what nobody may answer.
import { dateToIso, instantToIso } from '../../model/instant.ts'
import { type ReasonCode, reasons } from '../../model/reason.ts'
import type { Answer, QuestionList, Sample } from '../../release/list-questions.ts'
import type { Question, Undeterminable } from '../../release/questions-of.ts'
import { count } from '../terminal.ts'
import { isProtection } from './count-reasons.ts'
import { wordsFor } from './words-for.ts'

/** What a person types to answer it; the words after --because are theirs. */
export function answerCommand(request: string, question: string): string {
  return `fairshare review decide ${request} ${question} --answer allow|refuse --because "…" --by <approver id> --key <file>`
}

export function reviewLines(list: QuestionList): string[] {
  const { request } = list.decision.body
  return [
    `${request.id}, to ${request.recipient} for ${request.purpose}, as decided at position ${list.decision.position}.`,
    ...(list.stale
      ? ['The policy or an answer changed since: check the request again to see what comes of it.']
      : []),
    ...section(
      'Open questions',
      list.questions.flatMap((question) => questionLines(question, request.id)),
    ),
    ...(list.questions.length === 0 ? ['', 'No question is open.'] : []),
    ...section('Answered', list.answers.map(answerLine)),
    ...section(
      'Not counted, as nobody can read them',
      list.unreadable.map(({ id, why }) => `${id}: ${why}`),
    ),
    ...section('Cannot be determined', undeterminable(list).map(undeterminableLine)),
  ]
}

export function reviewJson(list: QuestionList) {
  const { body, position } = list.decision
  return {
    request: body.request.id,
    recipient: body.request.recipient,
    purpose: body.request.purpose,
    decision: position,
    stale: list.stale,
    questions: list.questions.map((question) => ({
      ...question,
      slug: reasons[question.code].slug,
      command: answerCommand(body.request.id, question.id),
    })),
    answers: list.answers.map(({ at, revokedAt, on, revokedOn, ...answer }) => ({
      ...answer,
      since: at === undefined ? dateToIso(on) : instantToIso(at),
      ...(revokedAt !== undefined && { revoked: instantToIso(revokedAt) }),
      ...(revokedAt === undefined && revokedOn !== undefined && { revoked: dateToIso(revokedOn) }),
    })),
    unreadable: list.unreadable,
    undeterminable: undeterminable(list),
  }
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]
}

function questionLines({ id, code, samples, ...counts }: Question & { samples: Sample[] }, request: string) {
  return [
    `${id}: ${records(counts.count)}${aloneWords(counts)}`,
    `  ${wordsFor(code).says}`,
    ...(samples.length === 0
      ? []
      : [
          `  Look at ${samples.map(({ ordinal, subject }) => `record ${ordinal} (subject ${subject})`).join(', ')}`,
        ]),
    `  ${answerCommand(request, id)}`,
  ]
}

function aloneWords({ count: held, alone }: Pick<Question, 'count' | 'alone'>): string {
  if (alone === held) return ', held back by nothing else'
  return alone === 0
    ? ', all held back by other reasons too'
    : `, ${count(alone)} of them held back by nothing else`
}

function answerLine({ id, code, notice, answer, by, because, counts, why, ...dates }: Answer): string {
  const question = notice === undefined ? code : `${code}:${notice}`
  const since = dates.at === undefined ? dateToIso(dates.on) : instantToIso(dates.at)
  const said = `${id}: ${question} ${answer === 'allow' ? 'allowed' : 'refused'} by ${by} on ${since}: ${because}`
  const state = counts ? '' : ` — counts no longer or not yet${revokedWords(dates)}`
  return `${said}${dates.signed ? '' : ' (policy file)'}${why === undefined ? state : ` — ${counts ? 'goes on refusing' : 'DOES NOT COUNT'}: ${why}`}`
}

function revokedWords({ revokedAt, revokedOn }: Pick<Answer, 'revokedAt' | 'revokedOn'>): string {
  if (revokedAt !== undefined) return `: revoked ${instantToIso(revokedAt)}`
  return revokedOn === undefined ? '' : `: revoked ${dateToIso(revokedOn)}`
}

type Row = Omit<Undeterminable, 'code'> & { code: ReasonCode | undefined; slug: string | undefined }

/** Two grounds that a reader may not tell apart are one row, without a code: not even a count of one gives either away. */
function undeterminable({ undeterminable: rows }: QuestionList): Row[] {
  const hidden = rows.filter(({ code }) => isProtection(code))
  const told = rows.filter(({ code }) => !isProtection(code))
  const together = hidden.reduce((total, row) => Math.max(total, row.count), 0)
  return [
    ...told.map((row) => ({ ...row, slug: reasons[row.code].slug })),
    ...(hidden.length === 0
      ? []
      : [{ code: undefined, slug: undefined, count: together, why: 'no-override' as const }]),
  ]
}

function undeterminableLine({ code, slug, count: held, why }: Row): string {
  const name = code === undefined ? 'a protection whose ground is withheld' : `${code} ${slug}`
  return `${name}: ${records(held)}${why === 'no-notice' ? ', as no notice is on record for them' : ''}`
}

function records(number: number): string {
  return `${count(number)} ${number === 1 ? 'record' : 'records'}`
}
