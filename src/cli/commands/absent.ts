// fairshare absent: a person has died or moved away, or can be reached again.
import { eventKinds } from '../../model/event.ts'
import { reportAbsence } from '../../register/report-absence.ts'
import { required } from '../command.ts'
import { oneOf, statementCommand } from './statement-command.ts'

const states = eventKinds.absence.qualifiers

export const absentCommand = statementCommand({
  name: 'absent',
  summary: 'Record that a person died or moved away, or can be reached again',
  usage: '--state <state>',
  example:
    'absent --person member:M0000042 --state gone-away --at 2018-05-02 --source returned-mail --grade A',
  options: {
    state: { type: 'string', value: 'state', says: `${Object.keys(states).join(' or ')}` },
  },
  scope: (options) => ({ qualifier: oneOf(required(options.state, '--state'), states, '--state') }),
  record: reportAbsence,
})
