// fairshare log fsck: the published log derived anew and compared, with the register or from a copy alone.
import { existsSync } from 'node:fs'
import { Problem } from '../../model/problem.ts'
import { checkLog, checkPublishedLog, type LogCheck } from '../../register/check-log.ts'
import type { LogPlaces } from '../../register/log-store.ts'
import { type Configuration, signedStatePath } from '../../service/configuration.ts'
import { openPublishedLog } from '../../service/published-log.ts'
import { useExisting } from '../../service/use-app.ts'
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
    else terminal.print(check.words ?? `does not hold: ${check.place} (${check.found})`)
    return check.holds ? 0 : 1
  },
}

/** With words of its own where a file that is not there means more than that. */
type Checked = LogCheck & { words?: string }

async function runCheck(
  folder: string | undefined,
  key: string | undefined,
  configuration: Configuration,
): Promise<Checked> {
  if (folder !== undefined && !existsSync(folder)) throw new Problem('file.missing', folder)
  if (folder !== undefined && key !== undefined) return checkPublishedLog(openPublishedLog(folder), key)
  if (folder !== undefined || key !== undefined)
    throw new Problem('usage.invalid', 'a copy is checked with --folder and --key together')
  return useExisting(configuration, async ({ register, log }) => {
    const check = await checkLog(register, log)
    const words = check.holds ? undefined : await wordsFor(check.place, log, configuration)
    return words === undefined ? check : { ...check, words }
  })
}

async function wordsFor(
  place: string,
  { signed }: LogPlaces,
  configuration: Configuration,
): Promise<string | undefined> {
  if (place === 'second place')
    return `does not hold: the second place ${signedStatePath(configuration)} is not there. It says what was signed last: without it a register restored from an old backup would not be noticed. Bring it back; or compare log/checkpoint with one that somebody else keeps, and run \`fairshare log publish\`, which starts it anew.`
  const nothingSigned = place === 'checkpoint' && (await signed.read()) === undefined
  return nothingSigned ? 'Nothing is published yet: fairshare log publish.' : undefined
}
