// fairshare work-order list: what contractors are to do, until when, and what of it is still held.
import { dateToIso } from '../../model/instant.ts'
import { listWorkOrders } from '../../service/copies.ts'
import { useExisting } from '../../service/use-app.ts'
import type { Command } from '../command.ts'
import { workOrderLines } from '../report/copy-report.ts'
import { atMost } from './argument-count.ts'

export const workOrderListCommand: Command = {
  name: 'work-order list',
  summary: 'What contractors are to do, until when, and what of it is still held',
  usage: '',
  example: 'work-order list',
  options: {},
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'work-order list takes options only')
    const listed = await useExisting(configuration, listWorkOrders)
    if (options.json === true)
      terminal.printJson(
        listed.orders.map(({ order, open, closed }) => ({
          ...order,
          from: dateToIso(order.from),
          until: dateToIso(order.until),
          open,
          closedOn: closed === undefined ? null : dateToIso(closed.body.closedOn),
        })),
      )
    else for (const line of workOrderLines(listed, configuration.now())) terminal.print(line)
    return 0
  },
}
