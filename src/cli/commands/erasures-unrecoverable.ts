// fairshare erasures unrecoverable: somebody says that the last copy of a destroyed epoch's key is gone.
import { Problem } from '../../model/problem.ts'
import { recordUnrecoverable } from '../../register/record-unrecoverable.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, optional, required } from '../command.ts'
import { atMost } from './argument-count.ts'
import { recordedLines } from './recorded-lines.ts'

export const erasuresUnrecoverableCommand: Command = {
  name: 'erasures unrecoverable',
  summary: 'Record that no copy is left that could open what was destroyed',
  usage: '--epoch <number> [--by <name>]',
  example: 'erasures unrecoverable --epoch 1 --by "Dana Whitlock"',
  options: {
    epoch: {
      type: 'string',
      value: 'number',
      says: 'the epoch whose key was destroyed, as `erasures` lists it',
    },
    by: { type: 'string', recorded: true, value: 'name', says: 'who says so (default: whoever runs this)' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'erasures unrecoverable takes options only, such as --epoch')
    const epoch = required(options.epoch, '--epoch <number>')
    if (!/^[1-9]\d{0,8}$/.test(epoch)) throw new Problem('value.invalid', '--epoch is a whole number')
    const { actor } = configuration
    const recorded = await useExisting(configuration, ({ register }) =>
      recordUnrecoverable(register, { epoch: Number(epoch), by: optional(options.by) ?? actor, actor }),
    )
    for (const line of recordedLines(recorded, options.json === true)) terminal.print(line)
    return 0
  },
}
