// A recipient's files on disk. What is plain is for its owner's eyes: folders 0700, files 0600, synced before they are named.
import { lstat, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isProblem, Problem } from '../../model/problem.ts'
import type { DeliveryFiles } from '../../recipient/delivery-files.ts'
import { diskProblem } from './disk-full.ts'
import { syncFolder } from './durable-folder.ts'
import { fileProblem } from './file-problem.ts'
import { hashFile } from './hash-file.ts'
import { openPlain } from './open-plain.ts'

const READ_BYTES = 1 << 20

export const deliveryFolder: DeliveryFiles = {
  within: (folder, file) => join(folder, file),
  read: readUpTo,
  async hash(path) {
    return hashFile(path).catch(undefinedIfMissing)
  },
  async exists(path) {
    // Not what a link points at: the link itself would be replaced.
    return (await lstat(path).catch(() => undefined)) !== undefined
  },
  stream: readChunks,
  async emptyFolder(path) {
    try {
      await rm(path, { recursive: true, force: true })
      await mkdir(path, { recursive: true, mode: 0o700 })
    } catch (error) {
      throw writeProblem(error, path)
    }
  },
  write: writeNew,
  async rename(from, to) {
    await rename(from, to)
    await syncFolder(dirname(to))
  },
  async remove(path) {
    await rm(path, { recursive: true, force: true })
  },
}

async function readUpTo(path: string, bytesMax: number): Promise<Uint8Array | undefined> {
  const file = await openPlain(path).catch(undefinedIfMissing)
  if (file === undefined) return undefined
  try {
    // Room for what is there: what may be there at most is far more.
    const bytes = Buffer.alloc(Math.min((await file.stat()).size, bytesMax) + 1)
    let length = 0
    for (;;) {
      const { bytesRead } = await file.read(bytes, length, bytes.length - length, length)
      length += bytesRead
      if (bytesRead === 0 || length === bytes.length) return bytes.subarray(0, length)
    }
  } catch (error) {
    throw fileProblem(error, path)
  } finally {
    await file.close()
  }
}

async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  const file = await openPlain(path)
  try {
    for await (const chunk of file.createReadStream({ highWaterMark: READ_BYTES })) yield chunk
  } catch (error) {
    throw fileProblem(error, path)
  }
}

async function writeNew(
  path: string,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  // 'wx': whoever put a file or a link there first does not get to read what follows.
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw writeProblem(error, path)
  })
  try {
    for await (const chunk of bytes) await file.writeFile(chunk)
    await file.sync()
  } catch (error) {
    throw writeProblem(error, path)
  } finally {
    await file.close()
  }
}

/** A delivery often lies where its recipient may only read. */
function writeProblem(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR')
    return new Problem('value.invalid', `${path} cannot be written: name another folder`, { cause: error })
  return diskProblem(error, `writing ${path}`)
}

function undefinedIfMissing(error: unknown): undefined {
  if (isProblem(error) && error.code === 'file.missing') return undefined
  throw error
}
