// The SHA-256 of a file, streamed, and the Problems of files that cannot be opened.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Problem } from '../../model/problem.ts'

export async function hashFile(path: string): Promise<{ sha256: string; sizeBytes: number }> {
  const digest = createHash('sha256')
  let sizeBytes = 0
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      digest.update(chunk)
      sizeBytes += chunk.length
    }
  } catch (error) {
    throw fileProblem(error, path)
  }
  return { sha256: digest.digest('hex'), sizeBytes }
}

/** ENOENT and its kin as Problems; anything else comes back as it was. */
export function fileProblem(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return new Problem('file.missing', path)
  if (code === 'EISDIR') return new Problem('file.unreadable', `${path} is a folder`)
  if (code === 'EACCES' || code === 'EPERM')
    return new Problem('file.unreadable', `no permission to read ${path}`)
  return error
}

/** The file was replaced or written to between two readings of it. */
export function changedWhileRead(path: string): Problem {
  return new Problem('file.unreadable', `${path} changed while it was being read`)
}
