// fairshare work-order close: nothing of it is held any more, and nothing more goes out under it.
import { dateToIso } from '../../model/instant.ts'
import { closeWorkOrderOf } from '../../service/copies.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, required } from '../command.ts'
import { atMost } from './argument-count.ts'

export const workOrderCloseCommand: Command = {
  name: 'work-order close',
  summary: 'Close a work order of which nothing is held any more',
  usage: '<work order> --by <name>',
  example: 'work-order close migration-2019 --by "Ines Carver"',
  options: { by: { type: 'string', recorded: true, value: 'name', says: 'who closes it' } },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(1, given, 'one work order at a time')
    const order = {
      workOrder: required(given[0], '<work order>'),
      by: required(options.by, '--by <name>'),
    }
    const { closed, position, repeated } = await useExisting(configuration, (app) =>
      closeWorkOrderOf(app, order),
    )
    const closedOn = dateToIso(closed.closedOn)
    if (options.json === true) terminal.printJson({ ...closed, closedOn, position, repeated })
    else if (repeated) terminal.print(`Work order ${closed.workOrder} was closed on ${closedOn} already.`)
    else
      terminal.print(
        `Work order ${closed.workOrder} is closed: nothing more goes out under it (recorded at ${position}).`,
      )
    return 0
  },
}
