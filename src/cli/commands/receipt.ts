// fairshare receipt: everything the register holds of one person, as a file that anyone can check against the public log.
import { writeFile } from 'node:fs/promises'
import type { PersonReceipt } from '../../model/person-receipt.ts'
import { Problem } from '../../model/problem.ts'
import { receiptOf } from '../../service/person-rights.ts'
import { useApp } from '../../service/use-app.ts'
import { type Command, optional } from '../command.ts'
import { count } from '../terminal.ts'
import { atMost } from './argument-count.ts'
import { personOf } from './statement-command.ts'

export const receiptCommand: Command = {
  name: 'receipt',
  summary: 'A person’s receipt: what the register holds of them, with proofs anyone can check',
  usage: '--person <kind:reference> [--out <receipt.json>]',
  example: 'receipt --person member:M0000042 --out receipt.json',
  options: {
    person: { type: 'string', value: 'kind:reference', says: 'whose receipt' },
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
    const text = await useApp(configuration, (app) => receiptOf(app, person))
    await writeNew(out, text)
    const summary = summaryOf(out, text)
    if (options.json === true) terminal.printJson(summary)
    else for (const line of summaryLines(summary)) terminal.print(line)
    return 0
  },
}

type Summary = { file: string; sizeBytes: number; subject: number; events: number; releases: number }

function summaryOf(file: string, text: string): Summary {
  // Our own text, made a moment ago.
  const { subject, events, releases } = JSON.parse(text) as PersonReceipt
  return {
    file,
    sizeBytes: Buffer.byteLength(text),
    subject,
    events: events.length,
    releases: releases.length,
  }
}

function summaryLines({ file, sizeBytes, events, releases }: Summary): string[] {
  const told = (number: number, one: string) => `${count(number)} ${one}${number === 1 ? '' : 's'}`
  return [
    `Wrote ${file} (${count(sizeBytes)} bytes): the enrolment, ${told(events, 'event')}, ${told(releases, 'release')}.`,
    `Anyone can check it without this register: fairshare verify ${file}`,
    'It holds the secret that opens what the public log says of this person, and what it opens: give it to that person and',
    'to nobody else. It does not show that nothing was kept or sent outside this register.',
  ]
}

/** Its owner's alone. */
async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'EEXIST')
      throw new Problem('usage.invalid', `${path} is there already: name another file with --out`)
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR' || code === 'ENOTDIR')
      throw new Problem('usage.invalid', `--out: ${path} cannot be written`, { cause })
    throw cause
  }
}
