// fairshare record: somebody was asked under a notice, and said yes or no.
import { eventKinds } from '../../model/event.ts'
import { Problem } from '../../model/problem.ts'
import { recordConsent } from '../../register/record-consent.ts'
import { type Invocation, required } from '../command.ts'
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
    '--notice <notice@version> --purpose <id> (--answer <answer> | --given-by-parent) [--recipient <id>] [--channel <channel>]',
  example:
    'record --person member:M0000042 --notice online-form@2016-09 --purpose baby-offers --recipient little-acorn-foods --channel email --answer given --at 2018-05-01T10:00:00+01:00 --source web-form --grade A',
  options: {
    answer: { type: 'string', value: 'answer', says: 'given or refused' },
    'given-by-parent': {
      type: 'boolean',
      says: 'given for a child, by whoever has parental responsibility',
    },
    notice: noticeOption,
    purpose: purposeOption,
    recipient: recipientOption('nobody was named'),
    channel: channelOption('none was named'),
  },
  scope: (options) => ({
    qualifier: answerOf(options),
    notice: required(options.notice, '--notice'),
    purpose: required(options.purpose, '--purpose'),
    ...recipientAndChannel(options),
  }),
  record: recordConsent,
})

function answerOf(options: Invocation['options']): keyof typeof answers {
  if (options['given-by-parent'] !== true)
    return oneOf(required(options.answer, '--answer'), answers, '--answer')
  if (options.answer !== undefined && options.answer !== 'given')
    throw new Problem('usage.invalid', '--given-by-parent says that consent was given')
  return 'given-by-parent'
}
