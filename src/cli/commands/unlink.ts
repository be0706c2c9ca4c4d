// fairshare unlink: two enrolments are two people, whatever was said before.
import type { Command } from '../command.ts'
import { recordLink } from './link.ts'

export const unlinkCommand: Command = {
  name: 'unlink',
  summary: 'Record that two enrolments are two people; takes a link apart',
  usage: '<kind:reference> <kind:reference> --because <words>',
  example: 'unlink member:M0000042 member:M0000043 --because "mother and daughter of one name"',
  options: { because: { type: 'string', value: 'words', says: 'what it rests on; no personal value' } },
  run: (invocation) => recordLink(invocation, (a, b) => ({ a, b, says: 'not-same' })),
}
