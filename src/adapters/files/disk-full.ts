// What the system says when a disk does not take or give what is asked of it, as Problems that somebody can act on.
import { Problem } from '../../model/problem.ts'

/** No room: on the disk, in a quota, in what one file may hold. */
const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
/** A disk that is broken or was taken away, a file system that became read-only, folders that are somebody else's, too many open files. */
const FAILED = new Set(['EIO', 'EROFS', 'ENXIO', 'ENODEV', 'ESTALE', 'EACCES', 'EPERM', 'EMFILE', 'ENFILE'])

/** `disk.full` or `disk.failed`; anything else comes back as it was. `what` was being done. */
export function diskProblem(error: unknown, what: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (FULL.has(code)) return new Problem('disk.full', what, { cause: error })
  if (FAILED.has(code)) return new Problem('disk.failed', `${what} (${code})`, { cause: error })
  return error
}

/** Work with files whose every failure says what to do about it. */
export async function onDisk<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw diskProblem(error, what)
  }
}
