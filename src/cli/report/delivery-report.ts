// What a recipient reads after opening: what came, from whom, for what, what it owes and by when, and what to send back.
import type { DeliveredColumn, Duty, RemovalManifest } from '../../model/release.ts'
import type { AppliedRemoval } from '../../recipient/apply-removal.ts'
import type { OpenedDelivery } from '../../recipient/open-delivery.ts'
import { count, table } from '../terminal.ts'
import { printable, wrap } from './readable.ts'

const WIDTH = 100

export function deliveryLines({ manifest, log, recordsPath, receiptPath }: OpenedDelivery): string[] {
  const { controller, recipient, onBehalfOf, purpose, channels, records } = manifest
  const rows = [
    ['from', controller.name],
    ['for', [recipient, ...onBehalfOf].map(({ name }) => name).join(', on behalf of ')],
    ['to be used for', purpose.text],
    ['by', channels.join(', ')],
    ['records', `${count(records.rows)} in ${records.columns.length} columns`],
    ...records.columns.map((column) => ['', columnText(column)]),
    [
      'checked',
      `signed by ${manifest.register.origin}; entry ${count(log.index + 1)} of ${count(log.size)} of its log; the rows are those the log holds`,
    ],
  ].map((cells) => cells.map(printable))
  return [
    `Release ${printable(manifest.release)} is whole.`,
    ...table(rows).map((line) => `  ${line}`),
    '',
    'What you have taken on:',
    ...manifest.duties.flatMap(dutyLines),
    '',
    `Records: ${recordsPath}`,
    `Send back: ${receiptPath}`,
    'This does not show that the sender sent nobody anything else, nor that the sender was told the truth.',
  ]
}

export function removalLines({
  release,
  removal,
  count: asked,
  dueAt,
  words,
  controller,
}: RemovalManifest): string[] {
  return [
    `Removal ${removal} of release ${printable(release)}, from ${printable(controller.name)}: ${lineCount(asked)}, due by ${printable(dueAt)}.`,
    ...wrap(words, WIDTH, '  '),
    'Nothing was changed. Name your copy of the records, the folder or the file: --apply <copy>',
  ]
}

export function appliedLines({
  manifest,
  receipt,
  recordsPath,
  receiptPath,
  again,
}: AppliedRemoval): string[] {
  const { asked, removed, absent } = receipt
  return [
    `Removal ${receipt.removal} of release ${printable(manifest.release)}: of ${lineCount(asked)} ${count(removed)} removed, ${count(absent)} not there.`,
    ...(again ? [`None had to go today: the receipt is of ${printable(receipt.appliedAt)}.`] : []),
    ...(absent > 0
      ? [
          `Those that were not there stand in another copy, or went before. The sender keeps the removal open until a receipt says that all ${count(asked)} went.`,
        ]
      : []),
    `Records: ${recordsPath}`,
    `Send back: ${receiptPath}`,
    'Other copies, and those of your contractors, are yours to find.',
  ]
}

function lineCount(lines: number): string {
  return `${count(lines)} ${lines === 1 ? 'line' : 'lines'}`
}

function columnText({ name, treatment, note, neutralised, dropped }: DeliveredColumn): string {
  const remarks = [
    ...(treatment === 'keep' ? [] : [note ?? treatment]),
    ...(neutralised > 0
      ? [`${count(neutralised)} with an apostrophe in front, as a spreadsheet would have run them`]
      : []),
    ...(dropped > 0 ? [`${count(dropped)} left empty`] : []),
  ]
  return remarks.length === 0 ? name : `${name} (${remarks.join('; ')})`
}

function dutyLines({ words, by, source }: Duty): string[] {
  const [first = '', ...more] = wrap(`${words} [${source}]`, WIDTH - 14)
  return [
    `  ${(by === undefined ? '' : `by ${printable(by)}`).padEnd(14)}${first}`,
    ...more.map((line) => `${' '.repeat(16)}${line}`),
  ]
}
