// Findings as `policy check` and `packs check` print them: place and message, below it what to do, at the end how many.
import type { Finding } from '../../model/problem.ts'
import { count } from '../terminal.ts'

export function findingLines(findings: readonly Finding[], files: number): string[] {
  return [
    ...findings.flatMap(({ place: { file, line, column }, message, remedy }) => [
      `${[file, line, column].filter((part) => part !== undefined).join(':')}  ${message}`,
      `    ${remedy}`,
    ]),
    `${findings.length === 1 ? '1 finding' : `${count(findings.length)} findings`} in ${files} files.`,
  ]
}
