// A file of a pack before it is written: its path, what it is, and its bytes as often as they are asked for.
import { createHash } from 'node:crypto'
import { utf8 } from '../log/bytes.ts'
import { type Canonical, canonicalJson } from '../model/canonical.ts'
import type { PackFile } from '../model/evidence-pack.ts'

type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

export type PackContent = {
  path: string
  what: string
  /** Each time the same bytes. */
  chunks(): Chunks
}

export function textContent(path: string, what: string, text: string): PackContent {
  return bytesContent(path, what, utf8(text))
}

export function jsonContent(path: string, what: string, value: Canonical): PackContent {
  return textContent(path, what, canonicalJson(value))
}

export function bytesContent(path: string, what: string, bytes: Uint8Array): PackContent {
  return { path, what, chunks: () => [bytes] }
}

/** Read again each time, so that it is not held between. */
export function readContent(path: string, what: string, read: () => Promise<Uint8Array>): PackContent {
  return {
    path,
    what,
    async *chunks() {
      yield await read()
    },
  }
}

export async function hashContent({ path, what, chunks }: PackContent): Promise<PackFile> {
  const digest = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of chunks()) {
    digest.update(chunk)
    sizeBytes += chunk.length
  }
  return { path, sha256: digest.digest('hex'), sizeBytes, what }
}

/** Passes the bytes on; throws at their end when they are not those that were hashed for the manifest. */
export async function* sameAgain(content: PackContent, { sha256 }: PackFile): AsyncGenerator<Uint8Array> {
  const digest = createHash('sha256')
  for await (const chunk of content.chunks()) {
    digest.update(chunk)
    yield chunk
  }
  if (digest.digest('hex') !== sha256)
    throw new Error(`${content.path} of the pack came out differently the second time`)
}

/** By code unit, as archive and manifest list them. */
export function inPathOrder(one: { path: string }, other: { path: string }): number {
  return one.path < other.path ? -1 : one.path > other.path ? 1 : 0
}
