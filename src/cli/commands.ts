// Every command, in the order the overview lists them.
import type { Command } from './command.ts'
import { checkCommand } from './commands/check.ts'

export const commands: readonly Command[] = [checkCommand]
