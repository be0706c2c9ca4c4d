// What a browser has in the place of ed25519.ts: the same answers without Node, also where readers of Ed25519 differ. A note
// that held in one place and not in another would be two notes.
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { concatBytes, equalBytes } from './bytes.ts'

export const PUBLIC_KEY_BYTES = 32
export const SIGNATURE_BYTES = 64

const { Point } = ed25519

/** As OpenSSL: R is compared as bytes, without the cofactor; s is below the order; under a key of small order nothing holds. */
export function verifyEd25519(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== PUBLIC_KEY_BYTES || signature.length !== SIGNATURE_BYTES) return false
  const r = signature.subarray(0, 32)
  const s = littleEndian(signature.subarray(32))
  const key = pointOf(publicKey)
  if (key === undefined || key.isSmallOrder() || s >= Point.Fn.ORDER) return false
  const k = Point.Fn.create(littleEndian(sha512(concatBytes([r, publicKey, message]))))
  const computed = Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(k))
  return equalBytes(computed.toBytes(), r)
}

function pointOf(publicKey: Uint8Array): InstanceType<typeof Point> | undefined {
  try {
    return Point.fromBytes(publicKey, true)
  } catch {
    return undefined
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n)
}
