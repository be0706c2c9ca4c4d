// The rule packs that come with the program, read from their folder once.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Pack } from '../decide/rule.ts'
import { readPacks } from '../packs/read-packs.ts'
import { packageRoot, pathBelow } from './package-root.ts'

export const packsFolder = pathBelow(packageRoot, 'packs/')

let shipped: readonly Pack[] | undefined

/** Without waiting, as reports ask for words while they print. */
export function shippedPacks(): readonly Pack[] {
  shipped ??= readShipped()
  return shipped
}

function readShipped(): readonly Pack[] {
  const files = readdirSync(packsFolder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [relative(packsFolder, path).split(sep).join('/'), readFileSync(path, 'utf8')] as const)
  const { packs, findings } = readPacks(new Map(files))
  if (packs !== undefined) return packs
  const { place, message } = findings[0]!
  throw new Error(`the packs of this installation cannot be read: ${place.file}:${place.line}  ${message}`)
}
