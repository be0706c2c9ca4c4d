// fairshare restrict: a person's data may be kept and not used (Article 18), until the restriction is lifted.
import { eventKinds } from '../../model/event.ts'
import { restrictProcessing } from '../../register/restrict-processing.ts'
import { optional } from '../command.ts'
import { oneOf, statementCommand } from './statement-command.ts'

const states = eventKinds.restriction.qualifiers

export const restrictCommand = statementCommand({
  name: 'restrict',
  summary: 'Restrict the processing of a person’s data, or lift the restriction',
  usage: '[--state <state>]',
  example: 'restrict --person member:M0000042 --at 2018-05-02 --source letter --grade A',
  options: {
    state: { type: 'string', value: 'state', says: `${Object.keys(states).join(' or ')} (default on)` },
  },
  scope: (options) => ({ qualifier: oneOf(optional(options.state) ?? 'on', states, '--state') }),
  record: restrictProcessing,
})
