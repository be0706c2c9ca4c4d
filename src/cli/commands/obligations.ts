// fairshare obligations: what others owe us for what they hold of ours, in red, amber and green.
import type { Obligation } from '../../custody/obligation.ts'
import { dateFromIso, dateToIso, instantToIso } from '../../model/instant.ts'
import { Problem } from '../../model/problem.ts'
import { countLights, listObligations, type ObligationList } from '../../service/obligations.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, type Invocation, optional } from '../command.ts'
import { obligationLines } from '../report/obligations-report.ts'
import { atMost } from './argument-count.ts'

export const obligationsCommand: Command = {
  name: 'obligations',
  summary: 'What recipients and contractors owe: receipts, removals, deletions, in red, amber and green',
  usage: '[--recipient <id>] [--release <id>] [--on <date>] [--all] [--fail-on <red|amber>]',
  example: 'obligations --fail-on red',
  options: {
    recipient: { type: 'string', value: 'id', says: 'of this entity alone' },
    release: { type: 'string', value: 'id', says: 'of this release alone' },
    on: { type: 'string', value: 'date', says: 'at the end of this day instead of now' },
    all: { type: 'boolean', says: 'also what is done, and what merely holds while a release is used' },
    'fail-on': { type: 'string', value: 'red|amber', says: 'exit with 1 when anything is red (or amber)' },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(0, given, 'obligations takes options only, such as --recipient')
    const failing = failingLights(options['fail-on'])
    const on = optional(options.on)
    const list = await useExisting(configuration, (app) =>
      listObligations(app, {
        recipient: optional(options.recipient),
        release: optional(options.release),
        on: on === undefined ? undefined : dateFromIso(on),
      }),
    )
    if (options.json === true) terminal.printJson(asJson(list))
    else {
      const color = process.stdout.isTTY === true && process.env.NO_COLOR === undefined
      for (const line of obligationLines(list, { all: options.all === true, color })) terminal.print(line)
    }
    return list.obligations.some(({ light }) => failing.includes(light)) ? 1 : 0
  },
}

function failingLights(option: Invocation['options'][string]): Obligation['light'][] {
  if (option === undefined) return []
  if (option === 'red') return ['red']
  if (option === 'amber') return ['red', 'amber']
  throw new Problem('usage.invalid', '--fail-on takes red, or amber for red and amber')
}

function asJson({ today, zone, obligations }: ObligationList) {
  return {
    ...{ today: dateToIso(today), zone, counts: countLights(obligations) },
    obligations: obligations.map(({ dueOn, dueAt, ...obligation }) => ({
      ...obligation,
      ...(dueOn !== undefined && { dueOn: dateToIso(dueOn) }),
      ...(dueAt !== undefined && { dueAt: instantToIso(dueAt) }),
    })),
  }
}
