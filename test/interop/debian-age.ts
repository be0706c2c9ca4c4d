// The age that Debian packages: a program we did not write, asked to seal and to open.
import { spawnSync } from 'node:child_process'
import { aptLine } from './verify-log-command.ts'

export type AgeRun = { stdout: Buffer; stderr: string; exit: number }

/** Without age it throws with what to install: nothing is passed over in silence. */
export function runAge(words: readonly string[], input?: Uint8Array): AgeRun {
  const { error, status, stdout, stderr } = spawnSync('age', words, {
    maxBuffer: 1 << 26,
    ...(input && { input }),
  })
  if (error !== undefined) throw new Error(`this needs the age command: ${aptLine}`, { cause: error })
  return { stdout, stderr: stderr.toString('utf8'), exit: status ?? -1 }
}
