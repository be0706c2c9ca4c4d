// An evidence pack that lies unpacked in a folder: regular files only. A link would let whoever made the pack have a file of
// this machine hashed and shown, so nothing is read through one.
import { constants, type Dirent } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { NotHeld } from '../evidence/check.ts'
import { FILE_BYTES_MAX, FILES_MAX, type PackFiles } from '../evidence/pack-files.ts'
import { shownPath } from '../evidence/pack-paths.ts'

/** `NotHeld` at the first thing in it that is neither a file nor a folder of files. */
export async function openPackFolder(folder: string): Promise<PackFiles> {
  const paths: string[] = []
  await collect(folder, '', paths)
  const known = new Set(paths)
  return {
    paths: paths.sort(),
    async read(path) {
      if (!known.has(path)) throw new NotHeld(shownPath(path), undefined, 'is not there')
      return readRegular(join(folder, path), path)
    },
  }
}

async function collect(folder: string, within: string, paths: string[]): Promise<void> {
  for (const item of await readdir(join(folder, within), { withFileTypes: true })) {
    const path = within === '' ? item.name : `${within}/${item.name}`
    if (item.isDirectory()) await collect(folder, path, paths)
    else if (item.isFile()) paths.push(path)
    else throw new NotHeld(shownPath(path), undefined, kindWords(item))
    if (paths.length > FILES_MAX) throw new NotHeld('pack', undefined, `has more than ${FILES_MAX} files`)
  }
}

function kindWords(item: Dirent): string {
  return item.isSymbolicLink() ? 'is a link' : 'is neither file nor folder'
}

/** What was a file a moment ago may be a link, or a pipe that never ends, by now. */
async function readRegular(place: string, path: string): Promise<Uint8Array> {
  const file = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const stat = await file.stat()
    if (!stat.isFile()) throw new NotHeld(path, undefined, 'is no file any more')
    if (stat.size > FILE_BYTES_MAX)
      throw new NotHeld(path, undefined, `has more than ${FILE_BYTES_MAX} bytes`)
    return await file.readFile()
  } finally {
    await file.close()
  }
}
