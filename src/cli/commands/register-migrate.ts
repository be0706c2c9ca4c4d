// fairshare register migrate: tables and roles of a register in PostgreSQL are made, or brought to what this program knows.
import { migrateRegister } from '../../service/migrate-register.ts'
import type { Command } from '../command.ts'
import { table } from '../terminal.ts'
import { atMost } from './argument-count.ts'

const roles = [
  ['fairshare_writer', 'the login Fairshare works under: reads, appends, erases'],
  ['fairshare_reader', 'logins for reports: everything but what leads to a person'],
  ['fairshare_auditor', 'logins of whoever checks log, entries and documents'],
  ['fairshare_owner', 'logins that migrate; never the one Fairshare works under'],
]

export const registerMigrateCommand: Command = {
  name: 'register migrate',
  summary: 'Make or update the tables and roles of a register in PostgreSQL, as its owner',
  usage: '',
  example: 'register migrate',
  options: {},
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'register migrate takes options only')
    const { from, to } = await migrateRegister(configuration)
    if (options.json === true) {
      terminal.printJson({ from, to, roles: roles.map(([role]) => role) })
      return 0
    }
    terminal.print(
      from === to ? `The schema is number ${to} already.` : `The schema went from ${from} to ${to}.`,
    )
    terminal.print('Which login may do what is yours to say, once for each, as `grant <role> to <login>`:')
    for (const line of table(roles)) terminal.print(`  ${line}`)
    return 0
  },
}
