// Opens age files: the header by age-encryption, the payload by OpenSSL. Binary files to X25519 and hybrid identities, as
// we make them: armour and passphrases are refused.
import { basename } from 'node:path'
import { Decrypter } from 'age-encryption'
import { Problem } from '../../model/problem.ts'
import type { Unsealer } from '../../recipient/unsealer.ts'
import { fileProblem } from '../files/file-problem.ts'
import { openPlain } from '../files/open-plain.ts'
import { BrokenPiece, openPayload, SALT_BYTES } from './age-payload.ts'

/** A header for one recipient has under 2,000 bytes; whoever sends more wants our memory. */
const HEADER_BYTES_MAX = 1 << 20
const READ_BYTES = 1 << 20

export const ageUnsealer: Unsealer = {
  async *open(identities, path) {
    const chunks = readChunks(path)
    try {
      const { header, salt, rest } = await readHead(chunks, path)
      const fileKey = await unwrapFileKey(identities, header, path)
      yield* openPayload(fileKey, salt, startingWith(rest, chunks))
    } catch (error) {
      if (error instanceof BrokenPiece)
        throw tampered(path, `in or after byte ${error.bytesBefore} of what is in it`)
      throw error
    } finally {
      await chunks.return(undefined)
    }
  },
}

async function* readChunks(path: string): AsyncGenerator<Uint8Array> {
  const file = await openPlain(path)
  try {
    for await (const chunk of file.createReadStream({ highWaterMark: READ_BYTES })) yield chunk
  } catch (error) {
    throw fileProblem(error, path)
  }
}

type Head = { header: Uint8Array; salt: Uint8Array; rest: Uint8Array }

/** The header ends with the line of its MAC, the only one that begins with three hyphens and a blank. */
async function readHead(chunks: AsyncGenerator<Uint8Array>, path: string): Promise<Head> {
  let read: Buffer = Buffer.alloc(0)
  for (;;) {
    const mac = read.indexOf('\n--- ')
    const end = mac < 0 ? -1 : read.indexOf('\n', mac + 1) + 1
    if (end > 0 && read.length >= end + SALT_BYTES) {
      const payloadAt = end + SALT_BYTES
      return {
        header: read.subarray(0, end),
        salt: read.subarray(end, payloadAt),
        rest: read.subarray(payloadAt),
      }
    }
    const next = await chunks.next()
    if (next.done === true || (end <= 0 && read.length > HEADER_BYTES_MAX))
      throw tampered(path, 'its header does not end')
    read = Buffer.concat([read, next.value])
  }
}

async function unwrapFileKey(
  identities: readonly string[],
  header: Uint8Array,
  path: string,
): Promise<Uint8Array> {
  const decrypter = new Decrypter()
  for (const identity of identities) {
    try {
      decrypter.addIdentity(identity)
    } catch (cause) {
      // Not the library's words: they might repeat the key.
      throw new Problem('keys.unusable', 'the identity is not an age secret key', { cause })
    }
  }
  // Asked last, and only when no identity before it could open the file.
  let noneMatched = false
  decrypter.addIdentity({
    unwrapFileKey() {
      noneMatched = true
      return null
    },
  })
  try {
    return await decrypter.decryptHeader(header)
  } catch (cause) {
    if (noneMatched) throw new Problem('delivery.not_for_you', basename(path), { cause })
    throw tampered(path, 'in its header', cause)
  }
}

async function* startingWith(
  first: Uint8Array,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first
  yield* chunks
}

function tampered(path: string, place: string, cause?: unknown): Problem {
  return new Problem('delivery.tampered', `${basename(path)}, ${place}`, { cause })
}
