// fairshare approver list: who may approve, each with the key that counts.
import { listApprovers } from '../../service/register-keys.ts'
import { useExisting } from '../../service/use-app.ts'
import type { Command } from '../command.ts'
import { table } from '../terminal.ts'
import { atMost } from './argument-count.ts'

export const approverListCommand: Command = {
  name: 'approver list',
  summary: 'Who may approve, and with which key',
  usage: '',
  example: 'approver list',
  options: {},
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'approver list takes options only')
    const approvers = await useExisting(configuration, listApprovers)
    if (options.json === true) terminal.printJson(approvers)
    else if (approvers.length === 0) terminal.print('Nobody may approve yet: fairshare approver add')
    else
      for (const line of table(approvers.map(({ id, name, verifierKey }) => [id, name, verifierKey])))
        terminal.print(line)
    return 0
  },
}
