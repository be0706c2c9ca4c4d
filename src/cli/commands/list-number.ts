// fairshare list-number: a screen found a number on a telephone preference register, or no longer there.
import { eventKinds } from '../../model/event.ts'
import { listNumber } from '../../register/list-number.ts'
import { optional } from '../command.ts'
import { oneOf, statementCommand } from './statement-command.ts'

const registers = eventKinds.listing.qualifiers

export const listNumberCommand = statementCommand({
  name: 'list-number',
  summary: 'Record that a screen found the number on the TPS or CTPS, or no longer',
  usage: '[--register <register>]',
  example: 'list-number --person member:M0000042 --at 2018-05-02 --source tps-screen --grade A',
  options: {
    register: {
      type: 'string',
      value: 'register',
      says: `${Object.keys(registers).join(' or ')} (default tps)`,
    },
  },
  scope: (options) => ({ qualifier: oneOf(optional(options.register) ?? 'tps', registers, '--register') }),
  record: listNumber,
})
