// fairshare key trust: a recipient follows a register's change of keys. No register is opened.
import { trustNextKey } from '../../service/recipient-keys.ts'
import { type Command, required } from '../command.ts'
import { atMost } from './argument-count.ts'

export const keyTrustCommand: Command = {
  name: 'key trust',
  summary: 'For a recipient: trust the next key of a register, by the note its old key signed',
  usage: '<rotation.note> --key <folder>',
  example: 'key trust rotation-1.note --key acorn-keys',
  options: { key: { type: 'string', value: 'folder', says: 'the folder `fairshare key new` made' } },
  async run({ options, terminal, arguments: given }) {
    atMost(1, given, 'one note')
    const path = required(given[0], 'a note')
    const folder = required(options.key, '--key')
    const { origin, verifierKey, trusted } = await trustNextKey({ path, folder })
    if (options.json === true) terminal.printJson({ origin, verifierKey, trusted })
    else {
      terminal.print(`${origin} signs with`)
      terminal.print(`  ${verifierKey}`)
      terminal.print(trusted === 'known' ? 'which you trust already.' : 'which you trust from now on.')
    }
    return 0
  },
}
