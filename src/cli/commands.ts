// Every command, in the order the overview lists them.
import type { Command } from './command.ts'
import { auditPastCommand } from './commands/audit-past.ts'
import { caseCommand } from './commands/case.ts'
import { checkCommand } from './commands/check.ts'
import { coverageCommand } from './commands/coverage.ts'
import { doubtCommand } from './commands/doubt.ts'
import { eraseCommand } from './commands/erase.ts'
import { explainCommand } from './commands/explain.ts'
import { historyCommand } from './commands/history.ts'
import { importCommand } from './commands/import.ts'
import { objectCommand } from './commands/object.ts'
import { policyCheckCommand } from './commands/policy-check.ts'
import { policyPublishCommand } from './commands/policy-publish.ts'
import { policyShowCommand } from './commands/policy-show.ts'
import { presentCommand } from './commands/present.ts'
import { protectCommand } from './commands/protect.ts'
import { recordCommand } from './commands/record.ts'
import { restrictCommand } from './commands/restrict.ts'
import { statusCommand } from './commands/status.ts'
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
  checkCommand,
  explainCommand,
  coverageCommand,
  auditPastCommand,
  statusCommand,
]
