// fairshare keys list: which keys the register has, and how they changed.
import { readRegisterKeys } from '../../service/register-keys.ts'
import { useExisting } from '../../service/use-app.ts'
import type { Command } from '../command.ts'
import { table } from '../terminal.ts'
import { atMost } from './argument-count.ts'

export const keysListCommand: Command = {
  name: 'keys list',
  summary: 'Which key the register signs with, and every change of it',
  usage: '',
  example: 'keys list',
  options: {},
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'keys list takes options only')
    const keys = await useExisting(configuration, readRegisterKeys)
    if (options.json === true) {
      terminal.printJson(keys)
      return 0
    }
    const changes = keys.rotations.map(({ rotation, rotatedAt, why, next }) => [
      `change ${rotation}`,
      `${rotatedAt.slice(0, 10)}, ${why}: ${next}`,
    ])
    const rows = [
      ['log', keys.origin],
      ['signs with', keys.verifierKey ?? 'nothing: its key is gone (fairshare keys rotate --lost)'],
      ['secrets', `wrapped under epoch ${keys.epoch}`],
      ...changes,
    ]
    for (const line of table(rows)) terminal.print(line)
    return 0
  },
}
