// fairshare dispute: a person says that what is held is wrong (Article 16), or that was settled.
import { eventKinds } from '../../model/event.ts'
import { disputeAccuracy } from '../../register/dispute-accuracy.ts'
import { optional } from '../command.ts'
import { oneOf, statementCommand } from './statement-command.ts'

const states = eventKinds.dispute.qualifiers

export const disputeCommand = statementCommand({
  name: 'dispute',
  summary: 'Record that a person disputes what is held, or that it was settled',
  usage: '[--state <state>]',
  example: 'dispute --person member:M0000042 --at 2018-05-02 --source letter --grade A',
  options: {
    state: { type: 'string', value: 'state', says: `${Object.keys(states).join(' or ')} (default open)` },
  },
  scope: (options) => ({ qualifier: oneOf(optional(options.state) ?? 'open', states, '--state') }),
  record: disputeAccuracy,
})
