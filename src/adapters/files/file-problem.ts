// What the system says of a path that cannot be opened, as Problems.
import { Problem } from '../../model/problem.ts'
import { diskProblem } from './disk-full.ts'

/** ENOENT and its kin, and what a disk says that fails, as Problems; anything else comes back as it was. */
export function fileProblem(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return new Problem('file.missing', path)
  // No file has such a name: with a NUL in it, or longer than any can be.
  if (code === 'ERR_INVALID_ARG_VALUE' || code === 'ENAMETOOLONG')
    return new Problem('file.missing', `${shortened(path)} cannot be the name of a file`)
  if (code === 'EISDIR') return new Problem('file.unreadable', `${path} is a folder`)
  if (code === 'EACCES' || code === 'EPERM')
    return new Problem('file.unreadable', `no permission to read ${path}`)
  if (code === 'ELOOP') return new Problem('file.unreadable', `${path} is a link where none may be`)
  // A socket, or a device nobody answers for.
  if (code === 'ENXIO' || code === 'ENODEV')
    return new Problem('file.unreadable', `${path} is a pipe or a device, and no file`)
  return diskProblem(error, `reading ${path}`)
}

const SHOWN = 80

function shortened(path: string): string {
  const shown = path.replaceAll('\0', '?')
  return shown.length > SHOWN ? `${shown.slice(0, SHOWN)}…` : shown
}
