// The published log as a folder that any web server can serve as it stands: checkpoint, tile/<level>/…, tile/entries/….
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem } from '../../model/problem.ts'
import { isLogPath, type LogStore } from '../../register/log-store.ts'
import { writeWhole } from './write-whole.ts'

/** Read by whoever the folder lets in: a log holds nothing of anyone. */
const FILE_MODE = 0o644

/** The folder is made by the first write. */
export function openLogFolder(folder: string): LogStore {
  const place = (path: string) => {
    // Nothing but the files of a log, whatever a caller asks for: no path leads out of the folder.
    if (!isLogPath(path)) throw new Error('no file of a log has this path')
    return join(folder, path)
  }
  return {
    async read(path) {
      const file = place(path)
      try {
        return await readFile(file)
      } catch (error) {
        if (isAbsent(error)) return undefined
        throw new Problem('file.unreadable', `${path} in ${folder}`, { cause: error })
      }
    },
    async write(path, bytes) {
      await writeWhole(place(path), bytes, FILE_MODE)
    },
  }
}

function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR'
}
