// fairshare review revoke: an answer counts no longer.
import { revokeWithKey } from '../../service/review-questions.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, optional, required } from '../command.ts'
import { atMost } from './argument-count.ts'
import { signedReasonOptions } from './file-options.ts'

export const reviewRevokeCommand: Command = {
  name: 'review revoke',
  summary: 'Take an answer back; what has not left by then is decided again without it',
  usage: '<determination> --because <why> --key <file> [--by <approver id>]',
  example:
    'review revoke d1 --because "The recipient has changed what it sells." --by dana-whitlock --key dana.key',
  options: {
    ...signedReasonOptions,
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(1, given, 'one determination')
    const determination = required(given[0], 'a determination, as `review list` names it,')
    const because = required(options.because, '--because')
    const keyPath = required(options.key, '--key')
    const wanted = { determination, because, keyPath, as: optional(options.by) }
    const { position, statement, approver } = await useExisting(configuration, (app) =>
      revokeWithKey(app, wanted),
    )
    if (options.json === true) terminal.printJson({ position, statement })
    else {
      terminal.print(`${determination} was revoked by ${approver.name} at position ${position}.`)
      terminal.print('Whatever has not left is decided without it; what has left is not called back by this.')
    }
    return 0
  },
}
