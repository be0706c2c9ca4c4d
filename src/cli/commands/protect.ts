// fairshare protect: a person must not be contacted; whoever asks for a list never learns why.
import { eventKinds } from '../../model/event.ts'
import { protectSubject } from '../../register/protect-subject.ts'
import { required } from '../command.ts'
import { oneOf, statementCommand } from './statement-command.ts'

const grounds = eventKinds.protection.qualifiers

export const protectCommand = statementCommand({
  name: 'protect',
  summary: 'Record that a person must not be contacted; the ground stays out of every answer',
  usage: '--ground <ground>',
  example:
    'protect --person member:M0000042 --ground safety --at 2018-05-02 --source customer-care --grade A',
  options: { ground: { type: 'string', value: 'ground', says: Object.keys(grounds).join(' or ') } },
  scope: (options) => ({ qualifier: oneOf(required(options.ground, '--ground'), grounds, '--ground') }),
  record: protectSubject,
})
