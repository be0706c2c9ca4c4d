// Every command, in the order the overview lists them.
import type { Command } from './command.ts'
import { absentCommand } from './commands/absent.ts'
import { approveCommand } from './commands/approve.ts'
import { approverAddCommand } from './commands/approver-add.ts'
import { approverListCommand } from './commands/approver-list.ts'
import { approverRemoveCommand } from './commands/approver-remove.ts'
import { auditPastCommand } from './commands/audit-past.ts'
import { backupCommand } from './commands/backup.ts'
import { caseCommand } from './commands/case.ts'
import { certificateCommand } from './commands/certificate.ts'
import { certifyCommand } from './commands/certify.ts'
import { checkCommand } from './commands/check.ts'
import { clockCommand } from './commands/clock.ts'
import { copyListCommand } from './commands/copy-list.ts'
import { copyReportCommand } from './commands/copy-report.ts'
import { coverageCommand } from './commands/coverage.ts'
import { destroyedCommand } from './commands/destroyed.ts'
import { disputeCommand } from './commands/dispute.ts'
import { doubtCommand } from './commands/doubt.ts'
import { eraseCommand } from './commands/erase.ts'
import { erasuresCommand } from './commands/erasures.ts'
import { erasuresDestroyCommand } from './commands/erasures-destroy.ts'
import { erasuresHoldCommand } from './commands/erasures-hold.ts'
import { erasuresUnrecoverableCommand } from './commands/erasures-unrecoverable.ts'
import { evidenceCommand } from './commands/evidence.ts'
import { explainCommand } from './commands/explain.ts'
import { feedCommand } from './commands/feed.ts'
import { followUpCommand } from './commands/follow-up.ts'
import { historyCommand } from './commands/history.ts'
import { importCommand } from './commands/import.ts'
import { keyAnswerCommand } from './commands/key-answer.ts'
import { keyNewCommand } from './commands/key-new.ts'
import { keyTrustCommand } from './commands/key-trust.ts'
import { keysListCommand } from './commands/keys-list.ts'
import { keysRotateCommand } from './commands/keys-rotate.ts'
import { linkCommand } from './commands/link.ts'
import { listNumberCommand } from './commands/list-number.ts'
import { logFsckCommand } from './commands/log-fsck.ts'
import { logPublishCommand } from './commands/log-publish.ts'
import { logServeCommand } from './commands/log-serve.ts'
import { objectCommand } from './commands/object.ts'
import { obligationsCommand } from './commands/obligations.ts'
import { openCommand } from './commands/open.ts'
import { packsCheckCommand } from './commands/packs-check.ts'
import { packsDiffCommand } from './commands/packs-diff.ts'
import { packsReasonsCommand } from './commands/packs-reasons.ts'
import { packsShowCommand } from './commands/packs-show.ts'
import { policyCheckCommand } from './commands/policy-check.ts'
import { policyPublishCommand } from './commands/policy-publish.ts'
import { policyShowCommand } from './commands/policy-show.ts'
import { presentCommand } from './commands/present.ts'
import { protectCommand } from './commands/protect.ts'
import { proveCommand } from './commands/prove.ts'
import { receiptCommand } from './commands/receipt.ts'
import { receiveCommand } from './commands/receive.ts'
import { recipientAddCommand } from './commands/recipient-add.ts'
import { recipientListCommand } from './commands/recipient-list.ts'
import { recipientRevokeCommand } from './commands/recipient-revoke.ts'
import { recipientVerifyCommand } from './commands/recipient-verify.ts'
import { recordCommand } from './commands/record.ts'
import { registerMigrateCommand } from './commands/register-migrate.ts'
import { releaseCommand } from './commands/release.ts'
import { remindCommand } from './commands/remind.ts'
import { replayCommand } from './commands/replay.ts'
import { requestNewCommand } from './commands/request-new.ts'
import { restoreCommand } from './commands/restore.ts'
import { restrictCommand } from './commands/restrict.ts'
import { reviewDecideCommand } from './commands/review-decide.ts'
import { reviewListCommand } from './commands/review-list.ts'
import { reviewRevokeCommand } from './commands/review-revoke.ts'
import { seedCommand } from './commands/seed.ts'
import { statusCommand } from './commands/status.ts'
import { triageCommand } from './commands/triage.ts'
import { unlinkCommand } from './commands/unlink.ts'
import { verifyCommand } from './commands/verify.ts'
import { whoHasCommand } from './commands/who-has.ts'
import { withdrawCommand } from './commands/withdraw.ts'
import { workOrderCloseCommand } from './commands/work-order-close.ts'
import { workOrderListCommand } from './commands/work-order-list.ts'

export const commands: readonly Command[] = [
  caseCommand,
  policyCheckCommand,
  policyPublishCommand,
  policyShowCommand,
  packsShowCommand,
  packsDiffCommand,
  packsCheckCommand,
  packsReasonsCommand,
  importCommand,
  presentCommand,
  recordCommand,
  withdrawCommand,
  objectCommand,
  restrictCommand,
  eraseCommand,
  protectCommand,
  doubtCommand,
  disputeCommand,
  absentCommand,
  listNumberCommand,
  seedCommand,
  linkCommand,
  unlinkCommand,
  feedCommand,
  historyCommand,
  requestNewCommand,
  checkCommand,
  explainCommand,
  replayCommand,
  coverageCommand,
  auditPastCommand,
  approverAddCommand,
  approverListCommand,
  approverRemoveCommand,
  reviewListCommand,
  reviewDecideCommand,
  reviewRevokeCommand,
  approveCommand,
  recipientAddCommand,
  recipientVerifyCommand,
  recipientListCommand,
  recipientRevokeCommand,
  releaseCommand,
  receiveCommand,
  destroyedCommand,
  copyReportCommand,
  copyListCommand,
  workOrderListCommand,
  workOrderCloseCommand,
  followUpCommand,
  triageCommand,
  obligationsCommand,
  remindCommand,
  whoHasCommand,
  receiptCommand,
  proveCommand,
  erasuresHoldCommand,
  erasuresDestroyCommand,
  erasuresUnrecoverableCommand,
  erasuresCommand,
  evidenceCommand,
  certificateCommand,
  clockCommand,
  statusCommand,
  registerMigrateCommand,
  logPublishCommand,
  logServeCommand,
  logFsckCommand,
  backupCommand,
  restoreCommand,
  keysListCommand,
  keysRotateCommand,
  keyNewCommand,
  keyAnswerCommand,
  keyTrustCommand,
  openCommand,
  certifyCommand,
  verifyCommand,
]
