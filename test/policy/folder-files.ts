// Reads a folder of policy files from disk for tests: the policy room itself does no I/O.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { PolicyFiles } from '../../src/policy/merge-overlay.ts'

export function folderFiles(folder: string): PolicyFiles {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return [relative(folder, path).replaceAll(sep, '/'), readFileSync(path, 'utf8')]
    }),
  )
}
