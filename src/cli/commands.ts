// Every command, in the order the overview lists them.
import type { Command } from './command.ts'
import { approveCommand } from './commands/approve.ts'
import { approverAddCommand } from './commands/approver-add.ts'
import { auditPastCommand } from './commands/audit-past.ts'
import { caseCommand } from './commands/case.ts'
import { checkCommand } from './commands/check.ts'
import { coverageCommand } from './commands/coverage.ts'
import { doubtCommand } from './commands/doubt.ts'
import { eraseCommand } from './commands/erase.ts'
import { explainCommand } from './commands/explain.ts'
import { followUpCommand } from './commands/follow-up.ts'
import { historyCommand } from './commands/history.ts'
import { importCommand } from './commands/import.ts'
import { keyAnswerCommand } from './commands/key-answer.ts'
import { keyNewCommand } from './commands/key-new.ts'
import { logFsckCommand } from './commands/log-fsck.ts'
import { logPublishCommand } from './commands/log-publish.ts'
import { logServeCommand } from './commands/log-serve.ts'
import { objectCommand } from './commands/object.ts'
import { openCommand } from './commands/open.ts'
import { policyCheckCommand } from './commands/policy-check.ts'
import { policyPublishCommand } from './commands/policy-publish.ts'
import { policyShowCommand } from './commands/policy-show.ts'
import { presentCommand } from './commands/present.ts'
import { protectCommand } from './commands/protect.ts'
import { receiptCommand } from './commands/receipt.ts'
import { receiveCommand } from './commands/receive.ts'
import { recipientAddCommand } from './commands/recipient-add.ts'
import { recipientVerifyCommand } from './commands/recipient-verify.ts'
import { recordCommand } from './commands/record.ts'
import { releaseCommand } from './commands/release.ts'
import { requestNewCommand } from './commands/request-new.ts'
import { restrictCommand } from './commands/restrict.ts'
import { statusCommand } from './commands/status.ts'
import { verifyCommand } from './commands/verify.ts'
import { whoHasCommand } from './commands/who-has.ts'
import { withdrawCommand } from './commands/withdraw.ts'

export const commands: readonly Command[] = [
  caseCommand,
  policyCheckCommand,
  policyPublishCommand,
  policyShowCommand,
  importCommand,
  presentCommand,
  recordCommand,
  withdrawCommand,
  objectCommand,
  restrictCommand,
  eraseCommand,
  protectCommand,
  doubtCommand,
  historyCommand,
  requestNewCommand,
  checkCommand,
  explainCommand,
  coverageCommand,
  auditPastCommand,
  approverAddCommand,
  approveCommand,
  recipientAddCommand,
  recipientVerifyCommand,
  releaseCommand,
  receiveCommand,
  followUpCommand,
  whoHasCommand,
  receiptCommand,
  statusCommand,
  logPublishCommand,
  logServeCommand,
  logFsckCommand,
  keyNewCommand,
  keyAnswerCommand,
  openCommand,
  verifyCommand,
]
