// A folder of small text files as path → text: policy files, mappings, migrations.
import { readdir } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { Problem } from '../../model/problem.ts'
import { openPlain } from './open-plain.ts'

const fileSizeMax = 1 << 20
const filesMax = 10_000

/** Keys are relative paths with `/`. Links are left out: what they point at is not in the folder that was reviewed. */
export async function readFolder(folder: string, endings: readonly string[]): Promise<Map<string, string>> {
  const files = new Map<string, string>()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new Problem('policy.folder_missing', folder, { cause })
  })
  const wanted = entries.filter(
    (entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)),
  )
  if (wanted.length > filesMax)
    throw new Problem('file.unreadable', `${folder} holds more than ${filesMax} files`)
  for (const entry of wanted) {
    const path = join(entry.parentPath, entry.name)
    files.set(relative(folder, path).split(sep).join('/'), await readText(path))
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** A text file of at most 1 MiB; not UTF-8 → `file.unreadable`. */
export async function readText(path: string): Promise<string> {
  const file = await openPlain(path)
  try {
    if ((await file.stat()).size > fileSizeMax)
      throw new Problem('file.unreadable', `${path} is larger than 1 MiB`)
    return textOf(await file.readFile(), path)
  } finally {
    await file.close()
  }
}

function textOf(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new Problem('file.unreadable', `${path} is not UTF-8 text`, { cause })
  }
}
