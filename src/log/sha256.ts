// SHA-256 of small inputs, millions of times: one-shot `crypto.hash`, whose binary-string result costs a quarter of
// a Hash object and a third of a Buffer result (Node 24).
import { hash } from 'node:crypto'

export const HASH_BYTES = 32

/** Writes the digest of `input` into `into` at `offset`. `input` and `into` may share memory. */
export function sha256Into(input: Uint8Array, into: Buffer, offset: number): void {
  into.write(hash('sha256', input, 'binary'), offset, 'latin1')
}

export function sha256(input: Uint8Array): Uint8Array {
  const digest = Buffer.alloc(HASH_BYTES)
  sha256Into(input, digest, 0)
  return new Uint8Array(digest.buffer, digest.byteOffset, HASH_BYTES)
}
