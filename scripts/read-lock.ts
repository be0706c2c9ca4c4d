// package-lock.json as data: the packages that run where Fairshare is installed, and which of them each one asks for.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../', import.meta.url))

type LockEntry = {
  version?: string
  integrity?: string
  resolved?: string
  license?: string
  dev?: boolean
  optional?: boolean
  os?: string[]
  link?: boolean
  hasInstallScript?: boolean
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}
export type Lock = { lockfileVersion: number; packages: Record<string, LockEntry> }

export type LockedPackage = LockEntry & {
  /** Below the checkout: node_modules/pg. */
  path: string
  name: string
  version: string
  /** Paths of the packages it finds when it asks for what it depends on. */
  asks: string[]
}

export function readLock(): Lock {
  return JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock
}

/** Without what is for development only; in the order of their paths. */
export function runtimePackages(lock: Lock): LockedPackage[] {
  return lockedPackages(lock).filter(({ dev }) => dev !== true)
}

/** Every package but the one whose lock it is. */
export function lockedPackages({ packages }: Lock): LockedPackage[] {
  return Object.entries(packages)
    .filter(([path]) => path !== '')
    .map(([path, entry]) => ({
      ...entry,
      path,
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version: entry.version ?? '',
      asks: asked(packages, path, entry),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** What the package whose lock it is asks for at run time. */
export function rootAsks({ packages }: Lock): string[] {
  return asked(packages, '', packages['']!)
}

/** A package and all that it brings: itself, and whatever those ask for. */
export function broughtBy(lock: Lock, path: string): LockedPackage[] {
  const known = new Map(lockedPackages(lock).map((one) => [one.path, one]))
  const brought = new Map<string, LockedPackage>()
  const take = (at: string) => {
    const found = known.get(at)
    if (found === undefined || brought.has(at)) return
    brought.set(at, found)
    for (const next of found.asks) take(next)
  }
  take(path)
  return [...brought.values()]
}

function asked(packages: Lock['packages'], from: string, entry: LockEntry): string[] {
  const names = Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
  return names.flatMap((name) => found(packages, from, name) ?? []).sort()
}

/** As Node looks for it: in the package's own folder first, then in each one above. */
function found(packages: Lock['packages'], from: string, name: string): string | undefined {
  const path = from === '' ? `node_modules/${name}` : `${from}/node_modules/${name}`
  if (packages[path] !== undefined) return path
  if (from === '') return undefined
  return found(packages, from.slice(0, Math.max(0, from.lastIndexOf('/node_modules/'))), name)
}
