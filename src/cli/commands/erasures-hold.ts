// fairshare erasures hold: a claim or an enquiry needs one person's evidence for longer than the rule packs keep it.
import { dateFromIso, dateToIso } from '../../model/instant.ts'
import { holdPerson } from '../../service/erasures.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, required } from '../command.ts'
import { atMost } from './argument-count.ts'
import { recordedLines } from './recorded-lines.ts'
import { personOf } from './statement-command.ts'

export const erasuresHoldCommand: Command = {
  name: 'erasures hold',
  summary: 'Keep the evidence about one person for a claim or an enquiry; suppressed they stay',
  usage: '--person <kind:reference> --until <date> --because <words> [--shorten]',
  example: 'erasures hold --person member:M0000042 --until 2031-01-01 --because "claim 2026-117"',
  options: {
    person: { type: 'string', value: 'kind:reference', says: 'whose evidence' },
    until: {
      type: 'string',
      value: 'date',
      says: 'no key is destroyed before this day; of several the furthest counts',
    },
    because: {
      type: 'string',
      recorded: true,
      value: 'words',
      says: 'the claim or enquiry; deleted with the person',
    },
    shorten: { type: 'boolean', says: 'let a hold end sooner than was said before' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'erasures hold takes options only, such as --person')
    const person = personOf(options)
    const until = dateFromIso(required(options.until, '--until <date>'))
    const shorten = options.shorten === true
    const because = required(options.because, '--because <words>')
    const recorded = await useExisting(configuration, (app) =>
      holdPerson(app, person, { until, because, shorten }),
    )
    for (const line of recordedLines(recorded, options.json === true)) terminal.print(line)
    if (options.json !== true)
      terminal.print(`No key of this person is destroyed before ${dateToIso(until)}.`)
    return 0
  },
}
