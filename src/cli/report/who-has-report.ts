// "Who has my data", in words that can be sent to the person who asked.
import { dateToIso, type Instant, startOfDay } from '../../model/instant.ts'
import type { Disclosure, Removal } from '../../rights/who-has.ts'
import { count } from '../terminal.ts'
import { day, fieldWords, listed, printable, sentence } from './readable.ts'

/** Days as the calendar of the zone has them. */
export function whoHasLines(disclosures: readonly Disclosure[], zone: string): string[] {
  if (disclosures.length === 0)
    return ['Nobody: no release of this register holds, or held, this person’s record.', ...limits]
  return [headline(disclosures), ...disclosures.flatMap((one) => ['', ...told(one, zone)]), '', ...limits]
}

const limits = [
  'These are the actual recipients, as GDPR Article 15(1)(c) has it (CJEU C-154/21), by their legal names on the day of the',
  'release. What left without going through this register is not in it.',
]

function headline(disclosures: readonly Disclosure[]): string {
  const recipients = new Set(disclosures.map(({ recipient }) => recipient.id)).size
  const releases = `${count(disclosures.length)} ${disclosures.length === 1 ? 'release' : 'releases'}`
  const isUnderWay = disclosures.some(({ state }) => state === 'preparing')
  return recipients === 1
    ? `One organisation was given this person’s record, in ${releases}${isUnderWay ? ', or is about to be' : ''}.`
    : `${count(recipients)} organisations were given this person’s record, in ${releases}${isUnderWay ? ', or are about to be' : ''}.`
}

function told(one: Disclosure, zone: string): string[] {
  return [
    printable(one.recipient.name),
    ...chain(one),
    `for      ${printable(sentence(one.purpose))}`,
    `by       ${one.channels.includes('none') ? 'no channel' : listed(one.channels.map(channelWords), 'or')}`,
    `what     ${one.isSealed ? '' : 'at most '}${listed(one.fields.map(fieldTold))}`,
    `state    ${stateTold(one, zone)}`,
    ...(one.removal === undefined ? [] : [`removal  ${removalTold(one.removal, zone)}`]),
    one.destroyed === undefined ? '' : `gone     ${destroyedTold(one.destroyed, zone)}`,
    one.deliveredAt === undefined ? '' : `delete   ${deleteTold(one, zone)}`,
    `release  ${printable(one.release)}`,
  ]
    .filter((line) => line !== '')
    .map((line, index) => (index === 0 ? line : `  ${line}`))
}

function chain({ role, onBehalfOf }: Disclosure): string[] {
  const names = onBehalfOf.map(({ name }) => printable(name))
  const as = {
    controller: '',
    'joint-controller': 'as a joint controller',
    processor: 'as a processor',
    agent: 'as an agent',
  }
  if (names.length === 0) return as[role] === '' ? [] : [as[role]]
  return [`${as[role] === '' ? '' : `${as[role]} `}on behalf of ${names.join(', on behalf of ')}`]
}

const channelWords = (channel: string) => (channel === 'sms' ? 'SMS' : channel.replaceAll('-', ' '))

const treatments = {
  keep: '',
  drop: 'left out',
  coarsen: 'coarsened',
  pseudonymise: 'as a pseudonym',
}

function fieldTold({ name, treatment, note, partly }: Disclosure['fields'][number]): string {
  const how = treatment === 'coarsen' && note !== undefined ? printable(note) : treatments[treatment]
  const told = [how, partly ? 'in some rows empty' : ''].filter((words) => words !== '')
  return `${printable(fieldWords(name))}${told.length === 0 ? '' : ` (${told.join('; ')})`}`
}

function stateTold({ state, committedAt, deliveredAt, openedAt }: Disclosure, zone: string): string {
  if (state === 'preparing' || deliveredAt === undefined)
    return `decided on ${day(committedAt, zone)}; not delivered yet`
  const delivered = `delivered on ${day(deliveredAt, zone)}`
  if (openedAt === undefined) return `${delivered}; no receipt from the recipient yet`
  return `${delivered}; the recipient’s signed receipt says it was opened on ${dayOfIso(openedAt, zone)}`
}

function removalTold({ foundAt, askedAt, dueAt, appliedAt, notFound }: Removal, zone: string): string {
  const due = dueAt === undefined ? '' : `, to be done by ${day(dueAt, zone)}`
  const asked =
    askedAt === undefined
      ? `to be asked for since ${day(foundAt, zone)}`
      : `asked for on ${day(askedAt, zone)}${appliedAt === undefined ? due : ''}`
  if (notFound !== undefined) return `${asked}; ${notFoundTold(notFound, zone)}`
  if (appliedAt === undefined) return `${asked}; no receipt from the recipient yet`
  return `${asked}; the recipient’s signed receipt says it was applied on ${dayOfIso(appliedAt, zone)}`
}

/** Of many lines asked for, a receipt does not tell which were not there. */
function notFoundTold({ saidAt, absent, asked }: NonNullable<Removal['notFound']>, zone: string): string {
  const on = `the recipient said on ${dayOfIso(saidAt, zone)} that it found no such line`
  return absent === asked ? on : `${on} for ${count(absent)} of the ${count(asked)} it was asked to remove`
}

function destroyedTold({ recordedAt, isSigned }: NonNullable<Disclosure['destroyed']>, zone: string): string {
  const on = day(recordedAt, zone)
  return isSigned
    ? `destroyed: the recipient’s signed certificate came in on ${on}`
    : `destroyed, as somebody said on ${on}; the recipient signed nothing`
}

function deleteTold({ deleteBy, deleteUnder }: Disclosure, zone: string): string {
  if (deleteBy === undefined) return 'the agreement names no day'
  return `by ${day(startOfDay(deleteBy, zone), zone)} (${dateToIso(deleteBy)}), by the ${deleteUnder ?? 'agreement'}`
}

/** The recipient wrote it: what is no instant is shown as it is, made harmless. */
function dayOfIso(text: string, zone: string): string {
  const milliseconds = Date.parse(text)
  if (Number.isNaN(milliseconds)) return printable(text)
  const instant: Instant = milliseconds * 1000
  return day(instant, zone)
}
