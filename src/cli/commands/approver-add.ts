// fairshare approver add: somebody who may approve, and the key that person signs with.
import { addApproverWithKey } from '../../service/approver-keys.ts'
import { useApp } from '../../service/use-app.ts'
import { type Command, required } from '../command.ts'
import { atMost } from './argument-count.ts'

export const approverAddCommand: Command = {
  name: 'approver add',
  summary: 'Put somebody on record who may approve, with a key of their own',
  usage: '--name <name> --key <file>',
  example: 'approver add --name "Dana Whitlock" --key dana.key',
  options: {
    name: { type: 'string', recorded: true, value: 'name', says: 'the person’s name' },
    key: { type: 'string', value: 'file', says: 'the person’s key file; made when it is not there' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'no argument; the name goes after --name')
    const name = required(options.name, '--name')
    const keyPath = required(options.key, '--key')
    const added = await useApp(configuration, (app) => addApproverWithKey(app, { name, keyPath }))
    const { approver, position, replaced, keyMade } = added
    if (options.json === true) {
      terminal.printJson({ ...approver, position, replaced, keyMade })
      return 0
    }
    if (keyMade)
      terminal.print(`Made ${keyPath}: ${approver.name} keeps it; whoever has it approves in that name.`)
    if (position === undefined) terminal.print(`${approver.name} is on record with this key already.`)
    else terminal.print(`${approver.name} may approve, from position ${position} on (${approver.id}).`)
    if (replaced !== undefined)
      terminal.print('Another key was on record for this name; from now on only the new one counts.')
    return 0
  },
}
