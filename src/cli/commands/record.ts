// fairshare record: somebody was asked under a notice, and said yes or no.
import { eventKinds } from '../../model/event.ts'
import { recordConsent } from '../../register/record-consent.ts'
import { required } from '../command.ts'
import {
  channelOption,
  noticeOption,
  oneOf,
  purposeOption,
  recipientAndChannel,
  recipientOption,
  statementCommand,
} from './statement-command.ts'

const answers = eventKinds.consent.qualifiers

export const recordCommand = statementCommand({
  name: 'record',
  summary: 'Record a person’s consent, or refusal, under the notice they were asked with',
  usage:
    '--notice <notice@version> --purpose <id> --answer <answer> [--recipient <id>] [--channel <channel>]',
  example:
    'record --person member:M0000042 --notice online-form@2016-09 --purpose baby-offers --recipient little-acorn-foods --channel email --answer given --at 2018-05-01T10:00:00+01:00 --source web-form --grade A',
  options: {
    answer: { type: 'string', value: 'answer', says: Object.keys(answers).join(' or ') },
    notice: noticeOption,
    purpose: purposeOption,
    recipient: recipientOption('nobody was named'),
    channel: channelOption('none was named'),
  },
  scope: (options) => ({
    qualifier: oneOf(required(options.answer, '--answer'), answers, '--answer'),
    notice: required(options.notice, '--notice'),
    purpose: required(options.purpose, '--purpose'),
    ...recipientAndChannel(options),
  }),
  record: recordConsent,
})
