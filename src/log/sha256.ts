// SHA-256 of small inputs, millions of times: one-shot `crypto.hash`, whose binary-string result costs a quarter of
// a Hash object and a third of a Buffer result (Node 24). A browser gets sha256.browser.ts in its place.
import { hash } from 'node:crypto'

export const HASH_BYTES = 32

/** Writes the digest of `input` into `into` at `offset`. `input` and `into` may share memory. */
export function sha256Into(input: Uint8Array, into: Uint8Array, offset: number): void {
  if (!(offset >= 0 && offset + HASH_BYTES <= into.length)) throw new Error('no room for a digest')
  const digest = hash('sha256', input, 'binary')
  for (let i = 0; i < HASH_BYTES; i++) into[offset + i] = digest.charCodeAt(i)
}

export function sha256(input: Uint8Array): Uint8Array {
  const digest = new Uint8Array(HASH_BYTES)
  sha256Into(input, digest, 0)
  return digest
}
