// fairshare withdraw: somebody took consent back. As short as giving it, and shorter: what is left out means all.
import { withdrawConsent } from '../../register/withdraw-consent.ts'
import { optional } from '../command.ts'
import {
  channelOption,
  known,
  purposeOption,
  recipientAndChannel,
  recipientOption,
  statementCommand,
} from './statement-command.ts'

export const withdrawCommand = statementCommand({
  name: 'withdraw',
  summary: 'Record that a person took consent back; what is left out means all',
  usage: '[--purpose <id>] [--recipient <id>] [--channel <channel>]',
  example:
    'withdraw --person member:M0000042 --recipient little-acorn-foods --channel email --at 2018-05-20T21:14:00+01:00 --source unsubscribe-link --grade A',
  options: {
    purpose: purposeOption,
    recipient: recipientOption('all'),
    channel: channelOption('all'),
  },
  scope: (options) => ({
    ...known({ purpose: optional(options.purpose) }),
    ...recipientAndChannel(options),
  }),
  record: withdrawConsent,
})
