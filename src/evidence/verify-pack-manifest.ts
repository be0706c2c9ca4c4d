// The manifest of an evidence pack: signed by the trusted key, of the known form, and over exactly the files that are there.
import { LogError } from '../log/log-error.ts'
import { type NoteVerifier, openNote } from '../log/signed-note.ts'
import { sha256Hex } from '../model/canonical.ts'
import {
  type LeftOut,
  type PackManifest,
  packPaths,
  packSignedText,
  receiptPath,
} from '../model/evidence-pack.ts'
import { NotHeld } from './check.ts'
import { readDocument } from './document-shape.ts'
import type { PackFiles } from './pack-files.ts'
import { clashingPath, pathFault, shownPath } from './pack-paths.ts'
import { packManifestShape } from './pack-shapes.ts'
import { compareFile, refuseUnknownKey } from './verify-release.ts'

/** A pack as its checks see it: `has` and `read` know the files of the manifest only. */
export type OpenedPack = {
  manifest: PackManifest
  key: NoteVerifier
  has(path: string): boolean
  read(path: string): Promise<Uint8Array>
  /** Whether the manifest says that this is not in it. */
  leaves(what: LeftOut, name: string): boolean
}

export async function openManifest(files: PackFiles, key: NoteVerifier): Promise<OpenedPack> {
  const bytes = await readOne(files, packPaths.manifest)
  const note = await readOne(files, packPaths.signature)
  const { value: manifest, fault } = readDocument(bytes, packManifestShape)
  refuseUnknownKey({
    file: packPaths.manifest,
    claimed: manifest?.register.verifierKey,
    note,
    trusted: [key],
  })
  const { text } = openNoteIn(packPaths.signature, note, key)
  if (text !== packSignedText(sha256Hex(bytes)))
    throw new NotHeld(packPaths.manifest, fault?.at, 'is not the manifest that was signed')
  if (fault !== undefined) throw new NotHeld(packPaths.manifest, fault.at, fault.found)
  if (manifest.register.origin !== key.name)
    throw new NotHeld(packPaths.manifest, 'register.origin', 'is not the name of the key that signed')
  return opened(files, manifest, key)
}

/** The register's name and key stand in the manifest; `verifierKey` is compared as text, as people compare it. */
export function checkRegisterNamed({ manifest }: OpenedPack, verifierKey: string): void {
  if (manifest.register.verifierKey !== verifierKey)
    throw new NotHeld(packPaths.manifest, 'register.verifierKey', 'is not the key that is trusted')
}

/** Names first: what is wrong with a name is not looked for under it. */
export async function checkFiles(files: PackFiles, { manifest }: OpenedPack): Promise<void> {
  const listed = manifest.files.map(({ path }) => path)
  checkPaths(listed, packPaths.manifest)
  checkPaths(files.paths, 'pack')
  const known = new Set<string>([packPaths.manifest, packPaths.signature, ...listed])
  const extra = files.paths.find((path) => !known.has(path))
  if (extra !== undefined) throw new NotHeld(shownPath(extra), undefined, 'is not named in the manifest')
  for (const [index, path] of listed.entries()) {
    if (path === packPaths.manifest || path === packPaths.signature)
      throw new NotHeld(packPaths.manifest, `files[${index}]`, 'names the manifest itself')
    if (index > 0 && listed[index - 1]! >= path)
      throw new NotHeld(packPaths.manifest, `files[${index}]`, 'is not in the order of the names')
    if (!isKnownPlace(path, manifest.releases))
      throw new NotHeld(path, undefined, 'is no file that a pack has')
  }
  checkGaps(manifest, listed)
  const there = new Set(files.paths)
  for (const { path, sha256, sizeBytes } of manifest.files) {
    const bytes = there.has(path) ? await files.read(path) : undefined
    compareFile(
      { file: path, sha256, sizeBytes },
      bytes && { sha256: sha256Hex(bytes), sizeBytes: bytes.length },
    )
  }
}

function openNoteIn(file: string, note: string | Uint8Array, key: NoteVerifier): { text: string } {
  try {
    return openNote(note, [key])
  } catch (error) {
    if (error instanceof LogError) throw new NotHeld(file, undefined, 'is not signed by the key it should be')
    throw error
  }
}

function opened(files: PackFiles, manifest: PackManifest, key: NoteVerifier): OpenedPack {
  const listed = new Set(manifest.files.map(({ path }) => path))
  return {
    manifest,
    key,
    has: (path) => listed.has(path),
    async read(path) {
      if (!listed.has(path)) throw new NotHeld(path, undefined, 'is not there')
      return files.read(path)
    },
    leaves: (what, name) =>
      manifest.left.some((line) => line === `${what} ${name}` || line.startsWith(`${what} ${name}:`)),
  }
}

async function readOne(files: PackFiles, path: string): Promise<Uint8Array> {
  if (!files.paths.includes(path)) throw new NotHeld(path, undefined, 'is not there')
  return files.read(path)
}

function checkPaths(paths: readonly string[], where: string): void {
  for (const path of paths) {
    const fault = pathFault(path)
    if (fault !== undefined) throw new NotHeld(where, shownPath(path), fault)
  }
  const clash = clashingPath(paths)
  if (clash !== undefined) throw new NotHeld(where, shownPath(clash.path), clash.fault)
}

const places = [
  /^(index\.html|README\.txt)$/,
  /^log\/./,
  /^documents\/\d{8,16}-[a-z.-]+\.json$/,
  /^policy\/[a-z-]+\/.+@[^/@]+\.json$/,
  /^notices\/.+@[^/@]+\.(md|txt)$/,
  /^packs\/[^/]+\.json$/,
  /^people\/\d{4}\/receipt\.json$/,
  /^verifiers\/./,
]

function isKnownPlace(path: string, releases: readonly string[]): boolean {
  if (places.some((place) => place.test(path))) return true
  const [, release, file] = /^releases\/([^/]+)\/([^/]+)$/.exec(path) ?? []
  if (release === undefined || !releases.includes(release)) return false
  return file === 'manifest.json' || file === 'summary.json' || file === 'people.csv'
}

/** Readers go from the first receipt on to the last: one that comes after a gap would be seen by some only. */
function checkGaps({ scope, sample, releases }: PackManifest, listed: readonly string[]): void {
  const receipts = listed.filter((path) => path.startsWith('people/'))
  const file = packPaths.manifest
  receipts.forEach((path, index) => {
    if (path !== receiptPath(index))
      throw new NotHeld(path, undefined, 'does not follow on the receipt before it')
  })
  if (new Set(releases).size !== releases.length) throw new NotHeld(file, 'releases', 'has one release twice')
  if ('release' in scope && releases.join('\n') !== scope.release)
    throw new NotHeld(file, 'releases', 'is not the release that was asked for')
  if ('subject' in scope && sample !== undefined)
    throw new NotHeld(file, 'sample', 'is there, though one person is asked about')
}
