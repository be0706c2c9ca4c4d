// fairshare erasures destroy: the keys of those whose evidence has been kept long enough are destroyed, and what remains is said.
import { dateToIso, instantToIso } from '../../model/instant.ts'
import { Problem } from '../../model/problem.ts'
import type { DestroyedErasures } from '../../release/destroy-erased.ts'
import { destroyDue } from '../../service/erasures.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, type Invocation, optional } from '../command.ts'
import { destroyedLines } from '../report/erasure-report.ts'
import { atMost } from './argument-count.ts'
import { personOf } from './statement-command.ts'

export const erasuresDestroyCommand: Command = {
  name: 'erasures destroy',
  summary: 'Destroy the keys of people whose erasure is due; it cannot be taken back',
  usage: '(--due | --person <kind:reference>) [--backups-kept-days <number>]',
  example: 'erasures destroy --due --backups-kept-days 35',
  options: {
    due: {
      type: 'boolean',
      says: 'everybody whose evidence has been kept long enough; also finishes what was cut short',
    },
    person: { type: 'string', value: 'kind:reference', says: 'this person alone, if due' },
    'backups-kept-days': {
      type: 'string',
      value: 'number',
      says: 'how many days you keep copies of the register and of its keys: until then a copy can be opened',
    },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'erasures destroy takes options only, such as --due')
    if ((options.due === true) === (options.person !== undefined))
      throw new Problem('usage.invalid', 'say --due for everybody who is due, or --person for one of them')
    const person = options.person === undefined ? undefined : personOf(options)
    const backupsKeptDays = daysOption(options['backups-kept-days'])
    const result = await useExisting(configuration, (app) => destroyDue(app, { person, backupsKeptDays }))
    if (options.json === true) terminal.printJson(asJson(result))
    else for (const line of destroyedLines(result)) terminal.print(line)
    return 0
  },
}

function daysOption(value: Invocation['options'][string]): number | undefined {
  const text = optional(value)
  if (text === undefined) return undefined
  if (/^\d{1,5}$/.test(text)) return Number(text)
  throw new Problem('value.invalid', '--backups-kept-days is a whole number of days')
}

function asJson({ destroyed, ...rest }: DestroyedErasures) {
  if (destroyed === undefined) return { destroyed: null, ...rest }
  const { at, lastBackupUnrecoverableOn, ...counts } = destroyed
  return {
    destroyed: {
      ...{ ...counts, at: instantToIso(at) },
      ...(lastBackupUnrecoverableOn !== undefined && {
        lastBackupUnrecoverableOn: dateToIso(lastBackupUnrecoverableOn),
      }),
    },
    ...rest,
  }
}
