// The SHA-256 of a file, streamed.
import { createHash } from 'node:crypto'
import { Problem } from '../../model/problem.ts'
import { fileProblem } from './file-problem.ts'
import { openPlain } from './open-plain.ts'

export async function hashFile(path: string): Promise<{ sha256: string; sizeBytes: number }> {
  const digest = createHash('sha256')
  let sizeBytes = 0
  const file = await openPlain(path)
  try {
    for await (const chunk of file.createReadStream({ highWaterMark: 1 << 20 })) {
      digest.update(chunk)
      sizeBytes += chunk.length
    }
  } catch (error) {
    throw fileProblem(error, path)
  }
  return { sha256: digest.digest('hex'), sizeBytes }
}

/** The file was replaced or written to between two readings of it. */
export function changedWhileRead(path: string): Problem {
  return new Problem('file.unreadable', `${path} changed while it was being read`)
}
