// What a verified person's receipt says, in sentences for the person it is about, and what it cannot say.

import { utf8 } from '../log/bytes.ts'
import { decodeEntry, type LogEntry } from '../log/log-entry.ts'
import type { Instant } from '../model/instant.ts'
import type { ClosedEvent, OpenedRelease, PersonReceipt } from '../model/person-receipt.ts'
import { reasonCodes, reasons } from '../model/reason.ts'
import { outcomes } from '../model/verdict.ts'
import { dayOf, joinedBefore } from './evidence-lag.ts'
import { sayEvent, shown } from './say-event.ts'

export type Said = { says: string[]; doesNotSay: string[] }

export const whatRecordsLack =
  'That what was recorded is true: the log shows what was recorded, when, and that it was not changed since.'

/** Of a receipt that was verified; of any other it means nothing. */
export function sayReceipt(receipt: PersonReceipt): Said {
  const { register, subject, enrolment, events, releases, issued } = receipt
  const joinedAt = recordedAtOf(enrolment.entry)
  return {
    says: [
      `The register ${shown(register.origin)} issued this on ${shown(issued.at.slice(0, 10))} about the person it enrolled as number ${subject} on ${dayOf(joinedAt)}.`,
      sayIdentity(receipt, joinedAt),
      ...events.map((event) =>
        'commitment' in event
          ? sayClosed(event)
          : sayEvent(event.fields, event.words, recordedAtOf(event.entry)),
      ),
      ...releases.map(sayRelease),
      ...(releases.length === 0 ? ['No release is named in it.'] : []),
    ],
    doesNotSay: [
      'Who holds the file: it is about an enrolment, and whoever has the file can show it.',
      whatRecordsLack,
      'The names in it (of notices, recipients, purposes, sources) are the register’s word, under its signature.',
      'That everybody is shown the same log: compare its checkpoint with one that somebody else was given.',
    ],
  }
}

/** Who asked, and of whom there is evidence only from later. */
function sayIdentity({ events, issued }: PersonReceipt, joinedAt: Instant): string {
  const checked = issued.checked === undefined ? {} : { checked: shown(issued.checked) }
  const opened = events.flatMap((event) => ('commitment' in event ? [] : [event.fields]))
  const late = joinedBefore(opened, joinedAt, { at: issued.at, ...checked })
  return late ?? `How it was made sure who asked for this: ${checked.checked ?? 'nobody recorded it'}.`
}

export function recordedAtOf(entry: string): Instant {
  return entryOf(entry).recordedAt
}

export function entryOf(entry: string): LogEntry {
  const decoded = decodeEntry(utf8(entry))
  if (decoded === undefined) throw new Error('an entry that was verified can be read')
  return decoded
}

/** Day and words of when a release was made, as the register has them. */
export function whichRelease({ release, words }: Pick<OpenedRelease, 'release' | 'words'>): string {
  return `release ${shown(release)} (${shown(words.releasedAt.slice(0, 10))}, to ${shown(words.recipient)}, for ${shown(words.purpose)})`
}

/** What became of it afterwards; empty when nothing did. */
export function sayAfterwards({ removed, abandonedAt, deliveredAt }: OpenedRelease['words']): string {
  if (abandonedAt !== undefined)
    return ` The release was given up on ${shown(abandonedAt.slice(0, 10))}, before anything left.`
  if (removed === 'amended') return ' The record was taken out again before anything left.'
  const handed =
    deliveredAt === undefined ? '' : ` The release was handed over on ${shown(deliveredAt.slice(0, 10))}.`
  return removed === 'recalled' ? `${handed} The recipient was asked to remove the record.` : handed
}

function sayClosed(event: ClosedEvent): string {
  return `On ${dayOf(recordedAtOf(event.entry))} a stop was recorded: this person must not be contacted. Its ground is not opened in this file.`
}

function sayRelease(opened: OpenedRelease): string {
  const which = whichRelease(opened)
  const { sealed, rows, words } = opened
  if (sealed === undefined)
    return words.abandonedAt === undefined
      ? `The ${which} is named, and was not sealed yet.`
      : `The ${which} was given up before anything left.`
  if (rows.length === 0) return `The ${which} is in the log; no proof about this person is enclosed.`
  const left = rows.filter(({ released }) => released.commitment !== undefined).length
  const of = rows.length === 1 ? '' : ` (${left} of ${rows.length} rows)`
  if (left > 0) return `This person’s record was in the ${which}${of}.${sayAfterwards(words)}`
  return `This person’s record was considered for the ${which}${wasToStay(rows) ? ' and withheld' : ', and is not in what was sealed'}. ${sayReasons(rows)}${sayAfterwards(words)}`
}

type Judged = Pick<OpenedRelease['rows'][number], 'verdict'>

/** False when what was committed to of a row is that it leaves: then something else kept it back. */
export function wasToStay(rows: readonly Judged[]): boolean {
  return rows.every(({ verdict }) => verdict === undefined || verdict.outcome < outcomes.indexOf('transform'))
}

/** Why a record stayed, row by row; no check ties these codes to what was committed to. */
export function sayReasons(rows: readonly Judged[]): string {
  const codes = [...new Set(rows.flatMap(({ verdict }) => verdict?.words.reasons ?? []))].map(reasonWords)
  const unopened = rows.some(({ verdict }) => verdict === undefined)
  if (codes.length === 0) return 'The reason is not in this file.'
  return `Because, in the register’s words: ${codes.join('; ')}.${unopened ? ' Of some rows the reason is not in this file.' : ''}`
}

/** "S301 (objected to marketing)": what the table of codes calls it. */
function reasonWords(code: string): string {
  const known = reasonCodes.find((candidate) => candidate === code)
  return known === undefined
    ? shown(code)
    : `${known} (${reasons[known].slug.toLowerCase().replaceAll('_', ' ')})`
}
