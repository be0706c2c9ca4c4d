// fairshare erase: a person asked for erasure (Article 17), or it was carried out in the customer file.
import { eventKinds } from '../../model/event.ts'
import { requestErasure } from '../../register/request-erasure.ts'
import { optional } from '../command.ts'
import { oneOf, statementCommand } from './statement-command.ts'

const states = eventKinds.erasure.qualifiers

export const eraseCommand = statementCommand({
  name: 'erase',
  summary: 'Record that a person asked for erasure, or that it was done',
  usage: '[--state <state>]',
  example: 'erase --person member:M0000042 --at 2018-05-02 --source letter --grade A',
  options: {
    state: {
      type: 'string',
      value: 'state',
      says: `${Object.keys(states).join(' or ')} (default requested)`,
    },
  },
  scope: (options) => ({ qualifier: oneOf(optional(options.state) ?? 'requested', states, '--state') }),
  record: requestErasure,
})
