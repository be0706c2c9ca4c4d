// fairshare remind: letters to whoever owes something near its day or past it, each stage once.
import type { Reminder } from '../../custody/send-reminders.ts'
import { dateToIso } from '../../model/instant.ts'
import { remind } from '../../service/mail-reminders.ts'
import { useExisting } from '../../service/use-app.ts'
import type { Command } from '../command.ts'
import { reminderLines } from '../report/obligations-report.ts'
import { atMost } from './argument-count.ts'

export const remindCommand: Command = {
  name: 'remind',
  summary: 'Remind recipients of what is due or overdue: files in the outbox, and mails where configured',
  usage: '[--dry-run]',
  example: 'remind --dry-run',
  options: {
    'dry-run': { type: 'boolean', says: 'say what would be sent, and send and record nothing' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'remind takes options only: --dry-run')
    const dryRun = options['dry-run'] === true
    const reminders = await useExisting(configuration, (app) => remind(app, { dryRun }))
    if (options.json === true) terminal.printJson({ reminders: reminders.map(asJson) })
    else for (const line of reminderLines(reminders)) terminal.print(line)
    return reminders.some(({ outcome }) => outcome === 'not-sent') ? 1 : 0
  },
}

function asJson({ obligation: { id, who, dueOn }, ...reminder }: Reminder) {
  return { obligation: id, who, ...(dueOn !== undefined && { dueOn: dateToIso(dueOn) }), ...reminder }
}
