// The table of docs/dependencies.md as data, and the same as the lock file and the disk have it.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { broughtBy, readLock, root, rootAsks } from './read-lock.ts'

export type MeasuredDependency = {
  name: string
  version: string
  licence: string
  /** Packages it brings, without itself and without those for other systems. */
  brings: number
  sizeKb: number
}
export type DependencyRow = MeasuredDependency & { reason: string; line: string }

export const dependenciesPath = join(root, 'docs', 'dependencies.md')

/** Of libraries; the runtimes that are brought along for an older Node are no part of the program. */
export function measureDependencies(): MeasuredDependency[] {
  const lock = readLock()
  return rootAsks(lock)
    .filter((path) => lock.packages[path]!.optional !== true)
    .map((path) => {
      const brought = broughtBy(lock, path).filter((one) => isThere(one.path))
      const own = lock.packages[path]!
      return {
        name: path.replace('node_modules/', ''),
        version: own.version!,
        licence: [...new Set(brought.map(({ license }) => license ?? 'not stated'))].sort().join(', '),
        brings: brought.length - 1,
        sizeKb: Math.round(brought.reduce((sum, one) => sum + sizeOf(join(root, one.path)), 0) / 1000),
      }
    })
}

export function readDependencyRows(): { text: string; rows: DependencyRow[] } {
  const text = readFileSync(dependenciesPath, 'utf8')
  const pattern = /^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \| (\d+) \| ([\d,]+) kB \|$/gm
  const rows = [...text.matchAll(pattern)].map(([line, name, version, reason, licence, brings, size]) => ({
    ...{ line, name: name!, version: version!, reason: reason!, licence: licence! },
    ...{ brings: Number(brings), sizeKb: Number(size!.replaceAll(',', '')) },
  }))
  return { text, rows }
}

export function rowOf({
  name,
  version,
  reason,
  licence,
  brings,
  sizeKb,
}: Omit<DependencyRow, 'line'>): string {
  return `| \`${name}\` | ${version} | ${reason} | ${licence} | ${brings} | ${sizeKb.toLocaleString('en-GB')} kB |`
}

function isThere(path: string): boolean {
  return statSync(join(root, path), { throwIfNoEntry: false }) !== undefined
}

/** Bytes of its files, without packages below it that are counted by themselves. */
function sizeOf(folder: string): number {
  let bytes = 0
  for (const item of readdirSync(folder, { withFileTypes: true })) {
    if (item.name === 'node_modules') continue
    const path = join(folder, item.name)
    bytes += item.isDirectory() ? sizeOf(path) : statSync(path).size
  }
  return bytes
}
