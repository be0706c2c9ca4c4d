// Where a worked case lies: in the checkout as source, in an installed package as compiled program.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Problem } from '../model/problem.ts'
import { pathBelow, programRoot } from './package-root.ts'

const examples = pathBelow(programRoot, 'examples/')

/** Path of the case's program. Throws `usage.invalid` naming the cases there are. */
export function findExample(name: string): string {
  const found = ['case.ts', 'case.js']
    .map((file) => join(examples, name, file))
    .find((path) => existsSync(path))
  if (found !== undefined && /^[a-z0-9-]+$/.test(name)) return found
  const names = existsSync(examples) ? readdirSync(examples) : []
  throw new Problem(
    'usage.invalid',
    `there is no case of that name; there are ${names.join(', ') || 'none installed'}`,
  )
}
