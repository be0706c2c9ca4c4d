// fairshare destroyed: a recipient has shown that it destroyed what it got.
import { recordDestruction } from '../../release/record-destruction.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, required } from '../command.ts'
import { atMost } from './argument-count.ts'
import { recordedLines } from './recorded-lines.ts'

export const destroyedCommand: Command = {
  name: 'destroyed',
  summary: 'Record that a recipient has shown that it destroyed a release',
  usage: '<release> --evidence <where> --by <name>',
  example: 'destroyed 4-acorn-email@212 --evidence certificate-2019-017 --by "Little Acorn Foods Ltd"',
  options: {
    evidence: { type: 'string', value: 'where', says: 'where the proof of it is kept' },
    by: { type: 'string', value: 'name', says: 'who says so, for the recipient' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(1, given, 'one release at a time')
    const body = {
      release: required(given[0], '<release>'),
      evidence: required(options.evidence, '--evidence <where>'),
      by: required(options.by, '--by <name>'),
    }
    const recorded = await useExisting(configuration, ({ register }) =>
      recordDestruction(register, { ...body, actor: configuration.actor }),
    )
    for (const line of recordedLines(recorded, options.json === true)) terminal.print(line)
    return 0
  },
}
