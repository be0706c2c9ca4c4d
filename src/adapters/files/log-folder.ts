// The published log as a folder that any web server can serve as it stands: checkpoint, tile/<level>/…, tile/entries/….
import { join } from 'node:path'
import { isProblem, Problem } from '../../model/problem.ts'
import { isLogPath, type LogStore } from '../../register/log-store.ts'
import { openPlain } from './open-plain.ts'
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
      return readIfThere(file).catch((cause: unknown) => {
        throw new Problem('file.unreadable', `${path} in ${folder}`, { cause })
      })
    },
    async write(path, bytes) {
      await writeWhole(place(path), bytes, FILE_MODE)
    },
  }
}

/** What is served to everybody, or comes from somebody else as a copy, is what lies in the folder: never what a link points at. */
async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  const file = await openPlain(path, { noLinks: true }).catch((error: unknown) => {
    if (isProblem(error) && error.code === 'file.missing') return undefined
    throw error
  })
  return file?.readFile().finally(() => file.close())
}
