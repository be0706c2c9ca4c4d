// fairshare approve: a person signs for an answer, so that it may leave.
import { instantToIso } from '../../model/instant.ts'
import type { Approval } from '../../release/approve-request.ts'
import { approveWithKey } from '../../service/approver-keys.ts'
import { useExisting } from '../../service/use-app.ts'
import { type Command, optional, required } from '../command.ts'
import { count } from '../terminal.ts'
import { atMost } from './argument-count.ts'

export const approveCommand: Command = {
  name: 'approve',
  summary: 'Approve the newest answer to a request, as it stands',
  usage: '<request id> --key <file> [--as <approver id>]',
  example: 'approve 3-acorn-post --key dana.key',
  options: {
    key: { type: 'string', value: 'file', says: 'the approver’s key file' },
    as: {
      type: 'string',
      value: 'id',
      says: 'the approver’s id (default: whoever the key is on record for)',
    },
  },
  async run({ options, terminal, configuration, arguments: given }) {
    atMost(1, given, 'one request')
    const request = required(given[0], 'a request')
    const keyPath = required(options.key, '--key')
    const as = optional(options.as)
    const approval = await useExisting(configuration, (app) => approveWithKey(app, { request, keyPath, as }))
    if (options.json === true)
      terminal.printJson({ position: approval.position, statement: approval.statement })
    else for (const line of approvalLines(approval)) terminal.print(line)
    return 0
  },
}

function approvalLines({ position, statement, approver, decision }: Approval): string[] {
  const { mayLeave, considered, recipient, rule, because, expiresAt } = statement
  const review = decision.outcomes.review
  return [
    `${statement.request}, decided at position ${statement.decision}, asked for by ${statement.requestedBy}:`,
    `  ${count(mayLeave)} of ${count(considered)} records may go to ${recipient}${review > 0 ? `; ${count(review)} wait for a review and stay` : ''}.`,
    ...(mayLeave === 0 ? ['  Nothing will leave; the answer is on record.'] : []),
    `Approved by ${approver.name} at position ${position}, until ${instantToIso(expiresAt)}.`,
    ...(rule === 'sole-person' ? [`One person alone has approved this: ${because}`] : []),
  ]
}
