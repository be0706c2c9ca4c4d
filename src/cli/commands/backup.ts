// fairshare backup: the register and what belongs to it as files elsewhere; never its keys.
import { Problem } from '../../model/problem.ts'
import { backUp, type MadeBackup } from '../../service/back-up.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, type Invocation, optional, required } from '../command.ts'
import { size } from '../report/readable.ts'
import { count } from '../terminal.ts'
import { atMost } from './argument-count.ts'

const KEEP_DAYS = '35'

export const backupCommand: Command = {
  name: 'backup',
  summary: 'Copy the register, its log and its deliveries, as one state, without the keys',
  usage: '--out <folder> [--keep-days <number>]',
  example: 'backup --out /backups/members-2018-06-12 --keep-days 35',
  options: {
    out: { type: 'string', value: 'folder', says: 'folder to make, on another disk than the data folder' },
    'keep-days': {
      type: 'string',
      value: 'number',
      says: `for how many days you keep it (default ${KEEP_DAYS}): the number to give to erasures destroy`,
    },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'backup takes options only, such as --out')
    const out = required(options.out, '--out <folder>')
    const keepDays = daysOf(options['keep-days'])
    const made = await useExisting(configuration, (app) =>
      backUp(app, { out, keepDays, onStep: (step) => terminal.progress(step) }),
    )
    if (options.json === true) terminal.printJson(asJson(made))
    else for (const line of linesOf(made, keepDays)) terminal.print(line)
    return 0
  },
}

function daysOf(value: Invocation['options'][string]): number {
  const text = optional(value) ?? KEEP_DAYS
  if (/^\d{1,5}$/.test(text) && Number(text) > 0) return Number(text)
  throw new Problem('value.invalid', '--keep-days is a whole number of days, 1 or more')
}

function asJson({ folder, statement, files, sizeBytes }: MadeBackup) {
  const { register, origin, position, root, madeAt, keepUntil } = statement
  return { folder, register, origin, position, root, madeAt, keepUntil, files, sizeBytes }
}

function linesOf({ folder, statement, files, sizeBytes }: MadeBackup, keepDays: number): string[] {
  const { position, root, keepUntil } = statement
  return [
    `Wrote ${folder}: position ${count(position)}, ${count(files)} files, ${size(sizeBytes)}.`,
    `Root ${root}`,
    'The keys are not in it: copy the folder keys apart, without last-signed, to another place, encrypted.',
    `Destroy it by ${keepUntil}: whoever is erased from now on can be read from it until then, by whoever has`,
    `the keys of today too. \`erasures destroy --backups-kept-days ${keepDays}\` tells them so.`,
    `Back: fairshare restore "${folder}" --home <new folder with the keys in it>`,
  ]
}
