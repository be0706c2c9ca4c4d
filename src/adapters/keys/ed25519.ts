// Ed25519 from a 32-byte seed, the form in which keys lie in files (RFC 8032: the private key is the seed).
import { createPrivateKey, createPublicKey, sign } from 'node:crypto'
import type { Signer } from '../../register/key-ring.ts'

/** DER of a PKCS #8 Ed25519 key up to its seed (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC_KEY_BYTES = 32

export function signerFromSeed(seed: Uint8Array): Signer {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_PREFIX, seed]),
    format: 'der',
    type: 'pkcs8',
  })
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return {
    publicKey: new Uint8Array(der.subarray(-PUBLIC_KEY_BYTES)),
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  }
}
