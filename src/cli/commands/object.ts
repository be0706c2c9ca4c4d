// fairshare object: somebody said stop (Article 21).
import { eventKinds } from '../../model/event.ts'
import { objectToProcessing } from '../../register/object-to-processing.ts'
import { optional } from '../command.ts'
import {
  channelOption,
  oneOf,
  recipientAndChannel,
  recipientOption,
  statementCommand,
} from './statement-command.ts'

const objections = eventKinds.objection.qualifiers

export const objectCommand = statementCommand({
  name: 'object',
  summary: 'Record that a person objected; what is left out means all',
  byContact: true,
  usage: '[--against <what>] [--recipient <id>] [--channel <channel>]',
  example: 'object --person member:M0000042 --at 2018-06-12T09:41:07+01:00 --source stop-page --grade A',
  options: {
    against: {
      type: 'string',
      value: 'what',
      says: `${Object.keys(objections).join(' or ')} (default marketing)`,
    },
    recipient: recipientOption('all'),
    channel: channelOption('all'),
  },
  scope: (options) => ({
    qualifier: oneOf(optional(options.against) ?? 'marketing', objections, '--against'),
    ...recipientAndChannel(options),
  }),
  record: objectToProcessing,
})
