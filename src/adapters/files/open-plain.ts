// Opening a file to read it, and nothing else that may lie under its name: a pipe would wait for a writer who never comes, a
// device such as /dev/zero never ends.
import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Problem } from '../../model/problem.ts'
import { fileProblem } from './file-problem.ts'

/**
 * A link is followed, unless `noLinks`: where somebody else filled the folder, what a link points at is not what came in it.
 * Throws `file.missing` or `file.unreadable`.
 */
export async function openPlain(
  path: string,
  { noLinks = false }: { noLinks?: boolean } = {},
): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (noLinks ? constants.O_NOFOLLOW : 0)
  const file = await open(path, flags).catch((error: unknown) => {
    throw fileProblem(error, path)
  })
  const fault = plainFault(await file.stat())
  if (fault === undefined) return file
  await file.close()
  throw new Problem('file.unreadable', `${path} ${fault}`)
}

function plainFault(found: { isFile(): boolean; isDirectory(): boolean }): string | undefined {
  if (found.isFile()) return undefined
  return found.isDirectory() ? 'is a folder' : 'is a pipe or a device, and no file'
}
