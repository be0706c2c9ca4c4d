// Seals to an age recipient: the header by age-encryption, the payload by OpenSSL, the file hashed on its way to the disk.
import { createHash } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { Encrypter } from 'age-encryption'
import { Problem } from '../../model/problem.ts'
import type { Sealed, Sealer } from '../../release/sealer.ts'
import { diskProblem } from '../files/disk-full.ts'
import { SALT_BYTES, sealPayload } from './age-payload.ts'

/** X25519 (age1…) and hybrid post-quantum (age1pq1…) recipients, whose identities are files; no plugins, no hardware tags. */
const RECIPIENT = /^age1(pq1)?[023456789acdefghjklmnpqrstuvwxyz]+$/
const WRITE_BYTES = 1 << 20
const EMPTY_PAYLOAD_BYTES = SALT_BYTES + 16

export const ageSealer: Sealer = {
  async seal(recipient, plaintext, path) {
    const { header, fileKey } = await makeHeader(recipient)
    // `wx`: a file that is there already is somebody else's, and stays.
    const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
      throw diskProblem(error, `sealing ${path}`)
    })
    try {
      const sealed = await writeAll(file, withHeader(header, sealPayload(fileKey, plaintext)))
      // On disk before anybody signs its hash.
      await file.sync()
      await file.close()
      return sealed
    } catch (error) {
      await file.close().catch(() => {})
      await unlink(path).catch(() => {})
      throw diskProblem(error, `sealing ${path}`)
    } finally {
      fileKey.fill(0)
    }
  },
}

/** The library wraps the file key; a second "recipient" that adds nothing to the header tells us which key it was. */
async function makeHeader(recipient: string): Promise<{ header: Uint8Array; fileKey: Uint8Array }> {
  if (!RECIPIENT.test(recipient))
    throw new Problem('recipient.key_invalid', 'it is not an age1… or age1pq1… key')
  let fileKey = new Uint8Array(0)
  try {
    const encrypter = new Encrypter()
    encrypter.addRecipient(recipient)
    encrypter.addRecipient({
      wrapFileKey(key) {
        fileKey = key.slice()
        return []
      },
    })
    const empty = await encrypter.encrypt(new Uint8Array(0))
    // Behind the header lie salt and tag of an empty payload, which nobody ever sees.
    return { header: empty.subarray(0, -EMPTY_PAYLOAD_BYTES), fileKey }
  } catch (cause) {
    throw new Problem('recipient.key_invalid', 'the age key in it does not hold together', { cause })
  }
}

async function* withHeader(
  header: Uint8Array,
  payload: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield header
  yield* payload
}

async function writeAll(file: FileHandle, chunks: AsyncIterable<Uint8Array>): Promise<Sealed> {
  const digest = createHash('sha256')
  let sizeBytes = 0
  let waiting: Uint8Array[] = []
  let waitingBytes = 0
  const write = async () => {
    const block = Buffer.concat(waiting)
    waiting = []
    waitingBytes = 0
    digest.update(block)
    sizeBytes += block.length
    await file.writeFile(block)
  }
  for await (const chunk of chunks) {
    waiting.push(chunk)
    waitingBytes += chunk.length
    if (waitingBytes >= WRITE_BYTES) await write()
  }
  await write()
  return { sha256: digest.digest('hex'), sizeBytes }
}
