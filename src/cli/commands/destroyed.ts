// fairshare destroyed: somebody says that a release or a copy was destroyed. What its holder signed comes in with `receive`.
import { recordCopyDestruction, recordDestruction } from '../../release/record-destruction.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, required } from '../command.ts'
import { atMost } from './argument-count.ts'
import { recordedLines } from './recorded-lines.ts'

export const destroyedCommand: Command = {
  name: 'destroyed',
  summary: 'Record on somebody’s word that a recipient has destroyed a release or a copy',
  usage: '<release or copy> --evidence <where> --by <name>',
  example: 'destroyed 4-acorn-email@212 --evidence certificate-2019-017 --by "Little Acorn Foods Ltd"',
  options: {
    evidence: { type: 'string', recorded: true, value: 'where', says: 'where the proof of it is kept' },
    by: { type: 'string', recorded: true, value: 'name', says: 'who says so, for the recipient' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(1, given, 'one release or copy at a time')
    const id = required(given[0], '<release or copy>')
    const said = {
      evidence: required(options.evidence, '--evidence <where>'),
      by: required(options.by, '--by <name>'),
      actor: configuration.actor,
    }
    const recorded = await useExisting(configuration, ({ register }) =>
      // A release is called after its request and decision: no copy’s id can be one.
      /^c\d+$/.test(id)
        ? recordCopyDestruction(register, { copy: id, ...said })
        : recordDestruction(register, { release: id, ...said }),
    )
    for (const line of recordedLines(recorded, options.json === true)) terminal.print(line)
    if (options.json !== true)
      terminal.print(
        recorded.certified
          ? 'A certificate that its holder signed is on record already, and goes before this word.'
          : 'This is somebody’s word, and unsigned: `fairshare certify` makes what the holder signs.',
      )
    return 0
  },
}
