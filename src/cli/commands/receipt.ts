// fairshare receipt: everything the register holds of one person, as a file that anyone can check against the public log.
import type { PersonReceipt } from '../../model/person-receipt.ts'
import { receiptOf } from '../../service/person-rights.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, optional } from '../command.ts'
import { count } from '../terminal.ts'
import { atMost } from './argument-count.ts'
import { checkedOf, checkedOption } from './checked-option.ts'
import { personOf } from './statement-command.ts'
import { writeNew } from './write-new.ts'

export const receiptCommand: Command = {
  name: 'receipt',
  summary: 'A person’s receipt: what the register holds of them, with proofs anyone can check',
  usage: '--person <kind:reference> [--checked <how>] [--grounds] [--out <receipt.json>]',
  example: 'receipt --person member:M0000042 --out receipt.json',
  options: {
    person: { type: 'string', value: 'kind:reference', says: 'whose receipt' },
    checked: checkedOption,
    grounds: { type: 'boolean', says: 'also open why the person must not be contacted' },
    out: {
      type: 'string',
      value: 'file',
      says: 'where to write it (default receipt.json); never overwritten',
    },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'receipt takes options only, such as --person')
    const person = personOf(options)
    const out = optional(options.out) ?? 'receipt.json'
    const text = await useExisting(configuration, (app) =>
      receiptOf(app, person, { grounds: options.grounds === true, checked: checkedOf(options) }),
    )
    await writeNew(out, text)
    const summary = summaryOf(out, text)
    if (options.json === true) terminal.printJson(summary)
    else for (const line of summaryLines(summary)) terminal.print(line)
    return 0
  },
}

type Summary = {
  file: string
  sizeBytes: number
  subject: number
  events: number
  /** Of these, how many stay closed. */
  notOpened: number
  releases: number
  verifierKey: string
}

function summaryOf(file: string, text: string): Summary {
  // Our own text, made a moment ago.
  const { subject, events, releases, register } = JSON.parse(text) as PersonReceipt
  return {
    file,
    sizeBytes: Buffer.byteLength(text),
    subject,
    events: events.length,
    notOpened: events.filter((event) => 'commitment' in event).length,
    releases: releases.length,
    verifierKey: register.verifierKey,
  }
}

function summaryLines({ file, sizeBytes, events, notOpened, releases, verifierKey }: Summary): string[] {
  const told = (number: number, one: string) => `${count(number)} ${one}${number === 1 ? '' : 's'}`
  const closed = notOpened === 0 ? '' : ` (${count(notOpened)} not opened: --grounds opens all)`
  return [
    `Wrote ${file} (${count(sizeBytes)} bytes): the enrolment, ${told(events, 'event')}${closed}, ${told(releases, 'release')}.`,
    'Anyone can check it without this register:',
    `  fairshare verify "${file}" --key "${verifierKey}"`,
    'The person takes that key from your website or a letter of yours, not from the file: a file vouches for itself.',
    'It holds the secret that opens what the public log says of this person, and what it opens: give it to that person and',
    'to nobody else. It does not show that nothing was kept or sent outside this register.',
  ]
}
