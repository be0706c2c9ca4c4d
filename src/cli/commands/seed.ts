// fairshare seed: an enrolment is a canary or a test row; no decision releases it.
import { eventKinds } from '../../model/event.ts'
import { seedRecord } from '../../register/seed-record.ts'
import { optional } from '../command.ts'
import { oneOf, statementCommand } from './statement-command.ts'

const kinds = eventKinds.seed.qualifiers

export const seedCommand = statementCommand({
  name: 'seed',
  summary: 'Record that an enrolment is nobody: a canary or a test row',
  usage: '[--kind <kind>]',
  example: 'seed --person member:M0000042 --at 2018-05-02 --source data-team --grade A',
  options: {
    kind: { type: 'string', value: 'kind', says: `${Object.keys(kinds).join(' or ')} (default canary)` },
  },
  scope: (options) => ({ qualifier: oneOf(optional(options.kind) ?? 'canary', kinds, '--kind') }),
  record: seedRecord,
})
