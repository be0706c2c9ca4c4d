// Secrets at rest: s XOR the AES-256-CTR blocks 2n and 2n + 1 of subject n under the epoch's key.
// A number is never reused under an epoch, so neither is a block; the logged commitment gives the integrity CTR lacks.
import { createCipheriv } from 'node:crypto'

export const SECRET_BYTES = 32
const BLOCKS_PER_SECRET = 2

/** Wraps, or unwraps, in place: the secrets of subjects `first`, `first` + 1, … laid end to end. */
export function wrapSecrets(secrets: Uint8Array, first: number, epochKey: Uint8Array): void {
  const stream = keystream(epochKey, first, secrets.length)
  for (let i = 0; i < secrets.length; i++) secrets[i]! ^= stream[i]!
}

/** The bytes that wrap subject `first` and those after it. */
export function keystream(epochKey: Uint8Array, first: number, length: number): Uint8Array {
  const counter = Buffer.alloc(16)
  counter.writeBigUInt64BE(BigInt(first) * BigInt(BLOCKS_PER_SECRET), 8)
  return createCipheriv('aes-256-ctr', epochKey, counter).update(Buffer.alloc(length))
}
