// What a verified event says, in a sentence for whoever holds the file. Its numbers are bound by the log; the names in it are
// the register's word.
import { type Instant, instantToIso, microsecondsPerDay } from '../model/instant.ts'
import type { CommittedFields, EventWords } from '../model/person-receipt.ts'
import { dayOf, daysBetween, daysOf, isUndated } from './evidence-lag.ts'

const HOUR_US = microsecondsPerDay / 24
const QUARTER_US = HOUR_US / 4
const ONE_DAY_US = 25 * HOUR_US
/** A calendar day is an hour shorter or longer when the clocks change. */
const DAY_HOURS = [23, 24, 25]
const WORDS_MAX = 500

/** "On 2018-05-03 this person was shown the privacy notice club@3 (recorded 2 days later; …)." */
export function sayEvent(fields: CommittedFields, words: EventWords, recordedAt: Instant): string {
  const said =
    fields.statedText === undefined ? [] : [`in the words of the source: “${shown(fields.statedText)}”`]
  const known = [
    recordedWords(fields, recordedAt),
    ...said,
    gradeWords[words.grade] ?? `graded ${shown(words.grade)}`,
    ...(words.source === undefined ? [] : [`source: ${shown(words.source)}`]),
  ]
  return `${whenWords(fields)} ${whatWords(words)} (${known.join('; ')}).`
}

/** Somebody's words, fit for a line on a screen: nothing in them that turns or hides what stands beside them. */
export function shown(text: string): string {
  const line = text.replaceAll(/[\p{C}\u2028\u2029]/gu, '?')
  return line.length > WORDS_MAX ? `${line.slice(0, WORDS_MAX)}…` : line
}

// --- when --------------------------------------------------------------------------------------------------------

type When = Pick<CommittedFields, 'earliest' | 'latest'>

function whenWords({ earliest, latest }: When): string {
  if (isUndated({ earliest, latest })) return 'At a time that nobody recorded'
  if (earliest === latest) return `On ${dayOf(latest)}, at ${timeOf(latest)} UTC,`
  // From midnight to midnight somewhere on Earth: noon there is on the same date in UTC.
  const hours = (latest - earliest) / HOUR_US
  if (DAY_HOURS.includes(hours) && earliest % QUARTER_US === 0) return `On ${dayOf((earliest + latest) / 2)}`
  return `Between ${dayOf(earliest)} ${timeOf(earliest)} and ${dayOf(latest)} ${timeOf(latest)} UTC`
}

function timeOf(instant: Instant): string {
  return instantToIso(instant).slice(11, 19)
}

function recordedWords(when: When, recordedAt: Instant): string {
  if (isUndated(when)) return `recorded on ${dayOf(recordedAt)}`
  const { earliest, latest } = when
  const on = dayOf(recordedAt)
  const days = daysBetween(latest, recordedAt)
  const ahead = daysBetween(recordedAt, earliest)
  const end = latest - earliest <= ONE_DAY_US ? '' : ' of the end of that time'
  if (days >= 1) return `recorded ${daysOf(days)} ${end === '' ? 'later' : `after${end.slice(3)}`}, on ${on}`
  if (ahead >= 1) return `recorded ${daysOf(ahead)} before it, on ${on}`
  if (end === '') return 'recorded within a day'
  const left = daysBetween(recordedAt, latest)
  return left < 1
    ? `recorded within a day${end}, on ${on}`
    : `recorded on ${on}, ${daysOf(left)} before${end.slice(3)}`
}

// --- what --------------------------------------------------------------------------------------------------------

const gradeWords: Readonly<Record<string, string>> = {
  A: 'graded A by the register, “captured when it happened”',
  B: 'graded B by the register, “attributed by a documented rule”',
  C: 'graded C by the register, “asserted”',
}

function whatWords(words: EventWords): string {
  return (
    clauses[words.kind]?.(words) ?? `something of the kind ${shown(words.kind)} was recorded of this person`
  )
}

const clauses: Readonly<Record<string, (words: EventWords) => string>> = {
  presentation: ({ notice, route }) =>
    `this person was shown the privacy notice ${shown(notice ?? '')}${route === undefined ? '' : `, route ${shown(route)}`}`,
  consent: ({ qualifier, notice, ...scope }) => {
    const asked = notice === undefined ? '' : `, asked under the privacy notice ${shown(notice)}`
    return `this person ${answers[qualifier ?? ''] ?? 'answered'}${scopeWords(scope, ': nobody was named')}${asked}`
  },
  withdrawal: (words) => `this person took consent back${scopeWords(words, ': all of it')}`,
  objection: ({ qualifier, ...scope }) =>
    `this person objected${qualifier === 'marketing' ? ' to marketing' : ''}${scopeWords(scope, ': to all of it')}`,
  restriction: ({ qualifier }) =>
    qualifier === 'lifted'
      ? 'the restriction of processing this person’s data was lifted'
      : 'processing of this person’s data was restricted',
  erasure: ({ qualifier }) =>
    qualifier === 'done' ? 'this person’s data were erased' : 'this person asked for erasure',
  protection: ({ qualifier }) =>
    `this person was marked as not to be contacted${qualifier === undefined ? '' : ` (${shown(qualifier)})`}`,
  identity_doubt: ({ qualifier }) =>
    qualifier === 'resolved'
      ? 'a doubt about who this person is was resolved'
      : 'there was a doubt about who this person is',
  dispute: ({ qualifier }) =>
    qualifier === 'settled'
      ? 'a dispute about whether this person’s data are accurate was settled'
      : 'this person disputed that the data are accurate',
  absence: ({ qualifier }) => absences[qualifier ?? ''] ?? 'this person could not be reached',
  listing: ({ qualifier }) =>
    qualifier === 'tps-ended'
      ? 'this person’s number was found no longer on a telephone preference register'
      : 'this person’s number was found on a telephone preference register',
  seed: () => 'this enrolment was marked as a test: it is nobody',
}

const answers: Readonly<Record<string, string>> = {
  given: 'gave consent',
  refused: 'refused consent',
  'given-by-parent': 'had consent given by a parent',
}

const absences: Readonly<Record<string, string>> = {
  deceased: 'this person was reported to have died',
  'gone-away': 'this person was reported to have moved away',
  back: 'this person was found to be reachable again',
}

const channelWords: Readonly<Record<string, string>> = {
  post: 'by post',
  email: 'by e-mail',
  sms: 'by text message',
  call: 'by telephone',
  'automated-call': 'by automated call',
  'online-audience': 'in an online audience',
  none: 'not to be contacted at all',
}

function scopeWords(
  { recipient, purpose, channel }: Pick<EventWords, 'recipient' | 'purpose' | 'channel'>,
  none: string,
): string {
  const parts = [
    ...(recipient === undefined ? [] : [`recipient ${shown(recipient)}`]),
    ...(purpose === undefined ? [] : [`purpose ${shown(purpose)}`]),
    ...(channel === undefined ? [] : [channelWords[channel] ?? shown(channel)]),
  ]
  return parts.length === 0 ? none : `: ${parts.join(', ')}`
}
