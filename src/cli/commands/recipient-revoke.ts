// fairshare recipient revoke: nothing is sealed to a recipient's key any more.
import { revokeRecipientKey } from '../../release/revoke-recipient-key.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, required } from '../command.ts'
import { atMost } from './argument-count.ts'

export const recipientRevokeCommand: Command = {
  name: 'recipient revoke',
  summary: 'Seal nothing to the keys a recipient has given so far',
  usage: '<entity id> --because <why>',
  example: 'recipient revoke little-acorn-foods --because "Its key folder was on a laptop that was stolen."',
  options: { because: { type: 'string', value: 'why', says: 'why, in a sentence: it stays on record' } },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(1, given, 'one recipient')
    const recipient = required(given[0], 'a recipient')
    const because = required(options.because, '--because')
    const { position, upTo, repeated } = await useExisting(
      configuration,
      ({ register, configuration: { actor } }) => revokeRecipientKey(register, { recipient, because, actor }),
    )
    if (options.json === true) terminal.printJson({ recipient, position, upTo, repeated })
    else if (repeated)
      terminal.print(`The keys of ${recipient} are already revoked, from position ${position} on.`)
    else {
      terminal.print(`Nothing is sealed to the keys of ${recipient} any more, from position ${position} on.`)
      terminal.print(
        'What was sealed before can still be opened with them: ask what was, and what was not opened yet.',
      )
      terminal.print(
        'For a new key: the recipient makes one (`key new`), and you take its card in (`recipient add`).',
      )
    }
    return 0
  },
}
