// The payload of an age file (age-encryption.org/v1, "STREAM"): 64 KiB at a time under ChaCha20-Poly1305, each piece bound to
// its number and the last one marked as last, so that pieces can be neither moved nor cut off. OpenSSL does it four times as
// fast as the JavaScript of age-encryption, which therefore makes the headers only.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const PIECE_BYTES = 64 * 1024
const TAG_BYTES = 16
const SEALED_BYTES = PIECE_BYTES + TAG_BYTES
/** Salts the key of the payload; it stands before the first piece. */
export const SALT_BYTES = 16
const KEY_BYTES = 32
const CIPHER = 'chacha20-poly1305'

/** Salt and sealed pieces. */
export async function* sealPayload(
  fileKey: Uint8Array,
  plaintext: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const salt = randomBytes(SALT_BYTES)
  yield salt
  const key = payloadKey(fileKey, salt)
  const piece = Buffer.alloc(PIECE_BYTES)
  let used = 0
  let number = 0
  for await (const chunk of plaintext) {
    for (let at = 0; at < chunk.length; ) {
      // A full piece waits until more comes: only then is it known not to be the last.
      if (used === PIECE_BYTES) {
        yield sealPiece(key, nonceOf(number++, false), piece)
        used = 0
      }
      const taken = Math.min(PIECE_BYTES - used, chunk.length - at)
      piece.set(chunk.subarray(at, at + taken), used)
      used += taken
      at += taken
    }
  }
  yield sealPiece(key, nonceOf(number, true), piece.subarray(0, used))
}

/** A piece that is not as it was sealed, is missing, or comes after the last. */
export class BrokenPiece extends Error {
  /** Of the plaintext before the piece: these were given out, and are as they were sealed. */
  readonly bytesBefore: number

  constructor(number: number) {
    super(`piece ${number + 1} does not open`)
    this.name = 'BrokenPiece'
    this.bytesBefore = number * PIECE_BYTES
  }
}

/** The plaintext, piece by piece; throws a `BrokenPiece` where it ends being as it was. `sealed` begins after the salt. */
export async function* openPayload(
  fileKey: Uint8Array,
  salt: Uint8Array,
  sealed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const key = payloadKey(fileKey, salt)
  const piece = Buffer.alloc(SEALED_BYTES)
  let used = 0
  let number = 0
  for await (const chunk of sealed) {
    for (let at = 0; at < chunk.length; ) {
      if (used === SEALED_BYTES) {
        yield openPiece(key, number++, false, piece)
        used = 0
      }
      const taken = Math.min(SEALED_BYTES - used, chunk.length - at)
      piece.set(chunk.subarray(at, at + taken), used)
      used += taken
      at += taken
    }
  }
  const last = openPiece(key, number, true, piece.subarray(0, used))
  // Only an empty file ends with an empty piece; anything else has a shorter spelling.
  if (last.length === 0 && number > 0) throw new BrokenPiece(number)
  yield last
}

function sealPiece(key: Uint8Array, nonce: Uint8Array, piece: Uint8Array): Uint8Array {
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
  const sealed = cipher.update(piece)
  cipher.final()
  return Buffer.concat([sealed, cipher.getAuthTag()])
}

function openPiece(key: Uint8Array, number: number, last: boolean, sealed: Uint8Array): Uint8Array {
  if (sealed.length < TAG_BYTES) throw new BrokenPiece(number)
  const end = sealed.length - TAG_BYTES
  const decipher = createDecipheriv(CIPHER, key, nonceOf(number, last), { authTagLength: TAG_BYTES })
  decipher.setAuthTag(sealed.subarray(end))
  const piece = decipher.update(sealed.subarray(0, end))
  try {
    decipher.final()
  } catch {
    throw new BrokenPiece(number)
  }
  return piece
}

/** Eleven bytes count the pieces, the twelfth is 1 for the last; four of the eleven count 256 TiB. */
function nonceOf(number: number, last: boolean): Uint8Array {
  const nonce = Buffer.alloc(12)
  nonce.writeUInt32BE(number, 7)
  nonce[11] = last ? 1 : 0
  return nonce
}

function payloadKey(fileKey: Uint8Array, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', fileKey, salt, 'payload', KEY_BYTES))
}
