// Replacing a file so that a crash or a power cut leaves the old one or the new one, and never a part.
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { diskProblem } from './disk-full.ts'
import { makeFolder, syncFolder } from './durable-folder.ts'

/** Durable under its name when it resolves, folders included. One writer per path at a time. */
export async function writeWhole(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  try {
    await makeFolder(dirname(path))
    // The bytes before the name: a rename that outlived the bytes would leave an empty file.
    const part = `${path}.part`
    const file = await open(part, 'w', mode)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(part, path)
    await syncFolder(dirname(path))
  } catch (error) {
    throw diskProblem(error, `writing ${path}`)
  }
}
