// Fills in what the lock file does not have of packages for other systems: their hash and licence, as the registry states them.
// npm leaves them out where its registry did not serve them. Without the hash, `npm ci` takes on such a system whatever its
// registry says. To be run after every change of a dependency, with a registry that serves them all.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lockedPackages, readLock, root } from './read-lock.ts'

const lock = readLock()
const wanting = lockedPackages(lock).filter(
  ({ integrity, license, dev }) => integrity === undefined || (dev !== true && license === undefined),
)
let completed = 0
for (const { path, name, version } of wanting) {
  const entry = lock.packages[path]!
  const stated = statedBy(`${name}@${version}`)
  if (stated === undefined) {
    console.error(`${name}@${version}: the registry does not say`)
    continue
  }
  completed++
  const { integrity, license } = stated
  // In the places npm gives them, so that its next run changes nothing.
  lock.packages[path] = { version, integrity, ...entry, license: entry.license ?? license }
  console.log(`${name}@${version} ${integrity.slice(0, 20)}… ${license}`)
}
writeFileSync(join(root, 'package-lock.json'), `${JSON.stringify(lock, undefined, 2)}\n`)
console.log(`${completed} completed, ${wanting.length - completed} left as they are`)
process.exitCode = completed === wanting.length ? 0 : 1

function statedBy(spec: string): { integrity: string; license: string } | undefined {
  const { stdout } = spawnSync('npm', ['view', spec, 'dist.integrity', 'license', '--json'], {
    encoding: 'utf8',
  })
  try {
    const { 'dist.integrity': integrity, license } = JSON.parse(stdout) as Record<string, unknown>
    return typeof integrity === 'string' && typeof license === 'string' ? { integrity, license } : undefined
  } catch {
    return undefined
  }
}
