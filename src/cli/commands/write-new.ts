// A file of somebody's data that a command makes: never over one that is there.
import { writeFile } from 'node:fs/promises'
import { Problem } from '../../model/problem.ts'

/** Its owner's alone. */
export async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o600 })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'EEXIST') throw new Problem('out.exists', `${path} is there already`)
    if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR' || code === 'ENOTDIR')
      throw new Problem('usage.invalid', `--out: ${path} cannot be written`, { cause })
    throw cause
  }
}
