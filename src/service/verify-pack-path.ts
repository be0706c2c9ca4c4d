// An evidence pack as it lies on a disk, in its archive or unpacked, and what of it says whose key to ask for.
import { basename } from 'node:path'
import { openPlain } from '../adapters/files/open-plain.ts'
import { Checklist } from '../evidence/check.ts'
import type { PackFiles } from '../evidence/pack-files.ts'
import type { PackOptions } from '../evidence/pack-found.ts'
import { looksLikeArchive, readArchive } from '../evidence/read-archive.ts'
import { type PackVerified, verifyPack } from '../evidence/verify-pack.ts'
import type { PackBefore } from '../evidence/verify-pack-before.ts'
import { encodeVerifierKey, type NoteVerifier } from '../log/signed-note.ts'
import { packPaths } from '../model/evidence-pack.ts'
import { Problem } from '../model/problem.ts'
import { openPackFolder } from './pack-folder.ts'

/** As much as is read into memory at once. */
const ARCHIVE_BYTES_MAX = 2 ** 31 - 1

/** `keyFor` picks the key by what the manifest says of itself, which may be nothing. */
export async function verifyPackAt(
  path: string,
  isFolder: boolean,
  keyFor: (manifest: Uint8Array) => NoteVerifier,
  options: PackOptions,
): Promise<PackVerified> {
  const list = new Checklist()
  const what = isFolder
    ? 'The folder has plain files only'
    : 'The archive has plain files only, and nothing beside them'
  const files = await list.run(() => list.check(what, basename(path), () => filesAt(path, isFolder)))
  if (files === undefined) return { checks: list.checks, says: [], doesNotSay: [] }
  const { name, publicKey } = keyFor(await manifestOf(files))
  const verified = await verifyPack(files, encodeVerifierKey(name, publicKey), options)
  return { ...verified, checks: [...list.checks, ...verified.checks] }
}

/** The pack that was there before the seed, read when its turn comes. */
export function packBeforeAt(path: string, isFolder: boolean): PackBefore {
  return { name: basename(path), open: () => filesAt(path, isFolder) }
}

async function filesAt(path: string, isFolder: boolean): Promise<PackFiles> {
  return isFolder ? openPackFolder(path) : readArchive(await readWhole(path), basename(path))
}

export async function isArchive(path: string): Promise<boolean> {
  const file = await openPlain(path).catch(() => undefined)
  if (file === undefined) return false
  try {
    const head = new Uint8Array(64)
    const { bytesRead } = await file.read(head, 0, head.length, 0)
    return looksLikeArchive(head.subarray(0, bytesRead))
  } finally {
    await file.close()
  }
}

async function readWhole(path: string): Promise<Uint8Array> {
  const file = await openPlain(path)
  try {
    if ((await file.stat()).size > ARCHIVE_BYTES_MAX)
      throw new Problem('file.unreadable', `${path} is too large to be verified as one file: unpack it first`)
    return await file.readFile()
  } finally {
    await file.close()
  }
}

/** For finding a key only: what is wrong with the file is told by its checks. */
async function manifestOf(files: PackFiles): Promise<Uint8Array> {
  if (!files.paths.includes(packPaths.manifest)) return new Uint8Array(0)
  return files.read(packPaths.manifest).catch(() => new Uint8Array(0))
}
