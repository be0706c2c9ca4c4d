// fairshare key new: a recipient makes its keys. No register is opened.
import { join } from 'node:path'
import { makeRecipientKeys } from '../../service/recipient-keys.ts'
import { type Command, required } from '../command.ts'
import { atMost } from './argument-count.ts'

export const keyNewCommand: Command = {
  name: 'key new',
  summary: 'For a recipient: make keys, and the card to hand out',
  usage: '<new folder> --name <name>',
  example: 'key new acorn-keys --name little-acorn',
  options: {
    name: {
      type: 'string',
      value: 'name',
      says: 'the name your receipts are signed with, e.g. little-acorn',
    },
  },
  async run({ options, terminal, arguments: given }) {
    atMost(1, given, 'one folder')
    const folder = required(given[0], 'a new folder')
    const card = await makeRecipientKeys(folder, required(options.name, '--name'))
    if (options.json === true) {
      terminal.printJson({ folder, card })
      return 0
    }
    terminal.print(`Made in ${folder}:`)
    terminal.print(
      '  identity.txt  opens what is sealed to you; keep it to yourself, with a copy in a safe place',
    )
    terminal.print('  signing.key   signs your receipts; the same')
    terminal.print('  card.json     your card, with no secret in it')
    terminal.print(
      `Next: send ${join(folder, 'card.json')} to whoever sends you data. A challenge comes back; answer it with`,
    )
    terminal.print(`  fairshare key answer <challenge.age> --key ${folder}`)
    return 0
  },
}
