// Copying folders for a backup, and back: plain files and folders only, each file hashed while it is copied and synced before
// it counts. A link would let a backup take, or a restore write, a file that is in neither folder: nothing is read through one.
import { createHash } from 'node:crypto'
import type { Dirent } from 'node:fs'
import { lstat, mkdir, open, readdir, realpath, statfs } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { Problem } from '../../model/problem.ts'
import { diskProblem } from './disk-full.ts'
import { syncFolder } from './durable-folder.ts'
import { hasCode } from './error-code.ts'
import { fileProblem } from './file-problem.ts'
import { openPlain } from './open-plain.ts'

/** Paths below the folder that was listed, parts between slashes; folders before what is in them. */
export type ListedFolder = { folders: string[]; files: { path: string; sizeBytes: number }[] }
export type CopiedFile = { path: string; sizeBytes: number; sha256: string }

const CHUNK_BYTES = 1 << 20
/** A database is a thousand small files, and each waits for the disk. */
const LANES = 8
/** Room that is left over: the copy of a full disk's last byte is none. */
const SPARE_BYTES = 16 << 20

/** Everything in `folder`; `unwanted` says what the Problem of a link, a pipe or a device is. */
export async function listFolder(
  folder: string,
  unwanted: (path: string, what: string) => Problem,
): Promise<ListedFolder> {
  const listed: ListedFolder = { folders: [], files: [] }
  await collect(folder, '', listed, unwanted)
  listed.files.sort((a, b) => (a.path < b.path ? -1 : 1))
  return listed
}

/** Copies what was listed into `to`, which is there. `onFile` is told the bytes of each, in no order. */
export async function copyListed(
  from: string,
  to: string,
  { folders, files }: ListedFolder,
  onFile: (copied: CopiedFile) => void,
): Promise<void> {
  for (const folder of folders) await mkdir(join(to, folder), { mode: 0o700 })
  const waiting = files.values()
  const lane = async () => {
    for (const { path } of waiting) onFile({ path, ...(await copyHashed(join(from, path), join(to, path))) })
  }
  await allSettled(Array.from({ length: LANES }, lane))
  for (const folder of folders) await syncFolder(join(to, folder))
  await syncFolder(to)
}

/** `disk.full` when so many bytes do not fit where `path` is to be. */
export async function refuseTooSmall(path: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(await nearestFolder(path))
  const free = bavail * bsize
  if (free < neededBytes + SPARE_BYTES)
    throw new Problem('disk.full', `it takes ${neededBytes} bytes, and ${free} are free for ${path}`)
}

/** Whether `path`, or the place where it is to be, is in `folder`, whatever links lead there. */
export async function liesIn(path: string, folder: string): Promise<boolean> {
  const [place, within] = [await realPlace(resolve(path)), await realPlace(resolve(folder))]
  return place === within || place.startsWith(within + sep)
}

/** A small file that is no link; undefined when it is not there or is none. */
export async function readPlain(path: string, bytesMax: number): Promise<Uint8Array | undefined> {
  const file = await openPlain(path, { noLinks: true }).catch(() => undefined)
  if (file === undefined) return undefined
  try {
    const { size } = await file.stat()
    return size > bytesMax ? undefined : await file.readFile()
  } finally {
    await file.close()
  }
}

/** Throws the first failure, once none is at work any more: nothing is written behind the back of who cleans up. */
async function allSettled(lanes: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(lanes)).find(({ status }) => status === 'rejected')
  if (failed?.status === 'rejected') throw failed.reason
}

async function collect(
  folder: string,
  within: string,
  listed: ListedFolder,
  unwanted: (path: string, what: string) => Problem,
): Promise<void> {
  const items = await readdir(join(folder, within), { withFileTypes: true }).catch((error: unknown) => {
    throw fileProblem(error, join(folder, within))
  })
  for (const item of items) {
    const path = within === '' ? item.name : `${within}/${item.name}`
    if (item.isDirectory()) {
      listed.folders.push(path)
      await collect(folder, path, listed, unwanted)
    } else if (item.isFile()) listed.files.push({ path, sizeBytes: (await lstat(join(folder, path))).size })
    else throw unwanted(path, kindOf(item))
  }
}

function kindOf(item: Dirent): string {
  return item.isSymbolicLink() ? 'is a link' : 'is neither file nor folder'
}

async function copyHashed(from: string, to: string): Promise<{ sizeBytes: number; sha256: string }> {
  const source = await openPlain(from, { noLinks: true })
  try {
    const target = await open(to, 'wx', 0o600)
    try {
      const digest = createHash('sha256')
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
      let sizeBytes = 0
      for (;;) {
        const { bytesRead } = await source.read(chunk, 0, CHUNK_BYTES, sizeBytes)
        if (bytesRead === 0) break
        digest.update(chunk.subarray(0, bytesRead))
        await target.writeFile(chunk.subarray(0, bytesRead))
        sizeBytes += bytesRead
      }
      await target.sync()
      return { sizeBytes, sha256: digest.digest('hex') }
    } finally {
      await target.close()
    }
  } catch (error) {
    throw diskProblem(error, `writing ${to}`)
  } finally {
    await source.close()
  }
}

/** Of what is not there yet, by the nearest folder above it that is. */
async function realPlace(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || dirname(path) === path) throw error
    return join(await realPlace(dirname(path)), basename(path))
  }
}

async function nearestFolder(path: string): Promise<string> {
  const isThere = await lstat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
  return isThere || dirname(path) === path ? path : nearestFolder(dirname(path))
}
