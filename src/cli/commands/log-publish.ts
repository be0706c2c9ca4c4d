// fairshare log publish: everything appended so far under a signed checkpoint.

import { logVerifierKey, publishLog } from '../../register/publish-log.ts'
import { signedStatePath } from '../../service/configuration.ts'
import { useExisting } from '../../service/use-app.ts'
import type { Command } from '../command.ts'
import { count, table } from '../terminal.ts'
import { atMost } from './argument-count.ts'

export const logPublishCommand: Command = {
  name: 'log publish',
  summary: 'Publish the log of the register: files that anybody can check, and nothing of anyone',
  usage: '[--rebuild]',
  example: 'log publish',
  options: {
    rebuild: { type: 'boolean', says: 'make every file again from the register' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'log publish takes options only')
    const published = await useExisting(configuration, async ({ register, log }) => ({
      origin: register.logOrigin,
      ...(await publishLog(register, log, { rebuild: options.rebuild === true })),
      verifierKey: logVerifierKey(register),
    }))
    if (published.startedAnew)
      terminal.note(
        `The second place ${signedStatePath(configuration)} was not there; started anew from log/checkpoint.`,
      )
    if (options.json === true) terminal.printJson(published)
    else
      for (const line of table([
        ['log', published.origin],
        ['entries', count(published.size)],
        ['root', published.root],
        ['key', published.verifierKey],
      ]))
        terminal.print(line)
    return 0
  },
}
