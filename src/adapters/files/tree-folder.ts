// The prefix trees of releases as the outbox keeps them, `trees/<release>/<tree>.tree`, read piece by piece.
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { TreeFile } from '../../rights/release-files.ts'
import { fileProblem } from './file-problem.ts'

/** A release id; nothing of this form leads out of the folder. */
const RELEASE = /^[a-z0-9]+(?:-[a-z0-9]+)*@[1-9][0-9]*$/

/** Undefined when the file is not there. */
export async function openTreeFile(
  folder: string,
  release: string,
  tree: 'released' | 'decided',
): Promise<TreeFile | undefined> {
  if (!RELEASE.test(release)) throw new Error('no release has such an id')
  const file = await openIfThere(join(folder, release, `${tree}.tree`))
  if (file === undefined) return undefined
  const { size } = await file.stat()
  return {
    sizeBytes: size,
    readAt: (offset, length) => read(file, offset, length),
    close: () => file.close(),
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw fileProblem(error, path)
  }
}

/** As many bytes as asked for, or fewer at the end of the file. */
async function read(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let got = 0
  while (got < length) {
    const { bytesRead } = await file.read(bytes, got, length - got, offset + got)
    if (bytesRead === 0) break
    got += bytesRead
  }
  return bytes.subarray(0, got)
}
