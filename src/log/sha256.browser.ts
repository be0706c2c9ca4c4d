// SHA-256 where there is no node:crypto: what a bundler for browsers puts in the place of sha256.ts (package.json, `browser`).
import { sha256 as digestOf } from '@noble/hashes/sha2.js'

export const HASH_BYTES = 32

/** Writes the digest of `input` into `into` at `offset`. `input` and `into` may share memory. */
export function sha256Into(input: Uint8Array, into: Uint8Array, offset: number): void {
  into.set(digestOf(input), offset)
}

export function sha256(input: Uint8Array): Uint8Array {
  return digestOf(input)
}
