// Folders that survive a power cut: the name of a file or folder is an entry of the folder above, which is synced for it.
import { mkdir, open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** Its owner's alone. Each folder above that had to be made is synced into the one above it. */
export async function makeFolder(folder: string): Promise<void> {
  const topmost = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (topmost === undefined) return
  for (let made = resolve(folder); ; made = dirname(made)) {
    await syncFolder(dirname(made))
    if (made === resolve(topmost)) return
  }
}

export async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r')
  try {
    await opened.sync()
  } finally {
    await opened.close()
  }
}
