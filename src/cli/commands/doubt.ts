// fairshare doubt: an enrolment may be two people, or one of two of one person; nothing leaves on a guess.
import { eventKinds } from '../../model/event.ts'
import { doubtIdentity } from '../../register/doubt-identity.ts'
import { optional } from '../command.ts'
import { oneOf, statementCommand } from './statement-command.ts'

const states = eventKinds.identity_doubt.qualifiers

export const doubtCommand = statementCommand({
  name: 'doubt',
  summary: 'Record a doubt about who a person is, or that it was resolved',
  usage: '[--state <state>]',
  example: 'doubt --person member:M0000042 --at 2018-05-02 --source duplicate-check --grade B',
  options: {
    state: { type: 'string', value: 'state', says: `${Object.keys(states).join(' or ')} (default open)` },
  },
  scope: (options) => ({ qualifier: oneOf(optional(options.state) ?? 'open', states, '--state') }),
  record: doubtIdentity,
})
