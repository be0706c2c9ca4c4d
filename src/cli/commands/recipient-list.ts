// fairshare recipient list: the cards that came in, and which of them files are sealed to.
import { listRecipientKeys } from '../../service/register-keys.ts'
import { useExisting } from '../../service/use-app.ts'
import type { Command } from '../command.ts'
import { table } from '../terminal.ts'
import { atMost } from './argument-count.ts'

export const recipientListCommand: Command = {
  name: 'recipient list',
  summary: 'Whose keys are known, and which of them files are sealed to',
  usage: '',
  example: 'recipient list',
  options: {},
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'recipient list takes options only')
    const keys = await useExisting(configuration, listRecipientKeys)
    if (options.json === true) terminal.printJson(keys)
    else if (keys.length === 0) terminal.print('No card has come in yet: fairshare recipient add')
    else
      for (const line of table(
        keys.map(({ recipient, state, card, position }) => [
          recipient,
          state,
          card.ageRecipient,
          `recorded at ${position}`,
        ]),
      ))
        terminal.print(line)
    return 0
  },
}
