// The port through which a delivered folder is read, and the files that the checks read whole.
import { NotHeld } from './check.ts'

export type DeliveredFiles = {
  /** A small file whole; undefined when it is not there. A longer one than `bytesMax` gives its first `bytesMax` + 1. */
  read(path: string, bytesMax: number): Promise<Uint8Array | undefined>
  /** Streamed; undefined when the file is not there. */
  hash(path: string): Promise<{ sha256: string; sizeBytes: number } | undefined>
  /** The path of a file in a folder. */
  within(folder: string, file: string): string
}

/** Manifests and proofs are a few kilobytes; what is longer is not read into memory. */
const SMALL_BYTES_MAX = 1 << 20

export async function readSmallFile(
  files: DeliveredFiles,
  folder: string,
  file: string,
): Promise<Uint8Array> {
  const bytes = await files.read(files.within(folder, file), SMALL_BYTES_MAX)
  if (bytes === undefined) throw new NotHeld(file, undefined, 'is not there')
  if (bytes.length > SMALL_BYTES_MAX) throw new NotHeld(file, `byte ${SMALL_BYTES_MAX}`, 'is too long')
  return bytes
}
