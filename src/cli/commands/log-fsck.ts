// fairshare log fsck: the published log derived anew and compared, with the register or from a copy alone.
import { Problem } from '../../model/problem.ts'
import { checkLog, checkPublishedLog, type LogCheck } from '../../register/check-log.ts'
import type { Configuration } from '../../service/configuration.ts'
import { openPublishedLog } from '../../service/published-log.ts'
import { useApp } from '../../service/use-app.ts'
import { type Command, optional } from '../command.ts'
import { count } from '../terminal.ts'
import { atMost } from './argument-count.ts'

export const logFsckCommand: Command = {
  name: 'log fsck',
  summary: 'Check every file of the published log, and that it says what the register holds',
  usage: '[--folder <folder> --key <key>]',
  example: 'log fsck',
  options: {
    folder: { type: 'string', value: 'folder', says: 'check this copy of a log, without its register' },
    key: { type: 'string', value: 'key', says: 'the verifier key of that log: name+id+key' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'log fsck takes options only')
    const check = await runCheck(optional(options.folder), optional(options.key), configuration)
    if (options.json === true) terminal.printJson(check)
    else if (check.holds) terminal.print(`${count(check.size)} entries hold, root ${check.root}`)
    else terminal.print(`does not hold: ${check.place} (${check.found})`)
    return check.holds ? 0 : 1
  },
}

async function runCheck(
  folder: string | undefined,
  key: string | undefined,
  configuration: Configuration,
): Promise<LogCheck> {
  if (folder !== undefined && key !== undefined) return checkPublishedLog(openPublishedLog(folder), key)
  if (folder !== undefined || key !== undefined)
    throw new Problem('usage.invalid', 'a copy is checked with --folder and --key together')
  return useApp(configuration, ({ register, log }) => checkLog(register, log))
}
