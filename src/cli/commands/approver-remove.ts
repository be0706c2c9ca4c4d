// fairshare approver remove: somebody approves no more.
import { removeApprover } from '../../release/remove-approver.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, required } from '../command.ts'
import { atMost } from './argument-count.ts'

export const approverRemoveCommand: Command = {
  name: 'approver remove',
  summary: 'Take somebody off the list of those who may approve',
  usage: '<name or id> --because <why>',
  example: 'approver remove dana-whitlock --because "Her key was on a laptop that was stolen."',
  options: { because: { type: 'string', value: 'why', says: 'why, in a sentence: it stays on record' } },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(1, given, 'one name')
    const name = required(given[0], 'the name or id of an approver')
    const because = required(options.because, '--because')
    const { approver, position } = await useExisting(
      configuration,
      ({ register, configuration: { actor } }) => removeApprover(register, { name, because, actor }),
    )
    if (options.json === true) terminal.printJson({ id: approver.id, position })
    else {
      terminal.print(`${approver.name} may not approve any more, from position ${position} on.`)
      terminal.print(
        'What this person approved or answered and has not been used does not count; what has left was approved when it left.',
      )
    }
    return 0
  },
}
