// Verifying Ed25519 signatures (RFC 8032) under a public key of 32 raw bytes. A browser has ed25519.browser.ts in its place.
import { createPublicKey, verify } from 'node:crypto'

export const PUBLIC_KEY_BYTES = 32
export const SIGNATURE_BYTES = 64

/** What stands before the 32 bytes in a SubjectPublicKeyInfo of Ed25519 (RFC 8410). */
const SPKI_PREFIX = Uint8Array.of(0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00)

export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false
  const der = new Uint8Array(SPKI_PREFIX.length + PUBLIC_KEY_BYTES)
  der.set(SPKI_PREFIX)
  der.set(publicKey, SPKI_PREFIX.length)
  const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' })
  return verify(undefined, message, key, signature)
}
