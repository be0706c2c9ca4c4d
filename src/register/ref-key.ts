// The lookup key of a reference such as a member number: a keyed hash, so that the register holds no reference.
import { createHash, hash } from 'node:crypto'
import { type Personal, reveal } from '../model/personal.ts'
import { Problem } from '../model/problem.ts'
import type { KeyRing } from './key-ring.ts'

export const REF_KEY_BYTES = 16
const BLOCK_BYTES = 64
const DIGEST_BYTES = 32
const VALUE_BYTES_FIRST = 1 << 10

/** Inner and outer message buffers, each beginning with the padded key (RFC 2104). */
type Pads = { inner: Buffer; outer: Buffer }
const padsOf = new WeakMap<Uint8Array, Pads>()

/**
 * First 16 bytes of HMAC-SHA-256(pepper, kind ‖ 0x00 ‖ value), the value NFKC-normalised and trimmed.
 * Two one-shot hashes over prepared pads are three times as fast as a Hmac object.
 */
export function refKey(keys: KeyRing, kind: string, value: string): Uint8Array {
  const pads = padsFor(keys.lookupPepper.bytes)
  const message = `${kind}\0${value.normalize('NFKC').trim()}`
  if (pads.inner.length < BLOCK_BYTES + 3 * message.length)
    pads.inner = Buffer.concat([pads.inner, Buffer.alloc(3 * message.length)])
  const length = pads.inner.write(message, BLOCK_BYTES, 'utf8')
  const inner = hash('sha256', pads.inner.subarray(0, BLOCK_BYTES + length), 'binary')
  pads.outer.write(inner, BLOCK_BYTES, 'latin1')
  const key = new Uint8Array(REF_KEY_BYTES)
  const digest = hash('sha256', pads.outer, 'binary')
  for (let i = 0; i < REF_KEY_BYTES; i++) key[i] = digest.charCodeAt(i)
  return key
}

/**
 * The same for all writings of a reference: without capitals, without anything but letters and digits, and without the leading
 * zeros that spreadsheets lose. Where nothing would be left, of the reference as it stands.
 */
export function foldedRefKey(keys: KeyRing, kind: string, value: string): Uint8Array {
  const folded = value
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .replace(/^0+(?=.)/u, '')
  return refKey(keys, `${kind}/folded`, folded === '' ? value : folded)
}

/** References by which whoever writes reaches a person, and of which two people may have the same. */
export const contactKinds = ['email', 'phone', 'address'] as const
export type ContactKind = (typeof contactKinds)[number]

/** Of the form contact points are brought into. It stands in what is hashed: keys of two versions never look alike. */
const CONTACT_VERSION = 1

/** Kind under which a contact point in its normal form is hashed. */
export function contactRefKind(kind: ContactKind): string {
  return `${kind}/${CONTACT_VERSION}`
}

export function isContactKind(kind: string): kind is ContactKind {
  return (contactKinds as readonly string[]).includes(kind)
}

/** The reference is a contact point in its normal form. */
export function isContactRef(ref: PersonRef): boolean {
  return contactKinds.some((kind) => ref.kind === contactRefKind(kind))
}

/** First 53 bits of a key, so that it is an exact integer everywhere; what two keys share by chance suppresses one too many. */
export function contactKey(key: Uint8Array): number {
  const view = new DataView(key.buffer, key.byteOffset)
  return view.getUint32(0) * 2 ** 21 + (view.getUint32(4) >>> 11)
}

/** The same number in SQL, of a uuid. */
export const contactKeySql = (uuid: string) =>
  `(('x' || substr(replace(${uuid}::text, '-', ''), 1, 14))::bit(56)::int8 >> 3)`

/** A reference to one person: what kind of number it is, and the number. */
export type PersonRef = { kind: string; value: string | Personal<string> }

export function refKeyOf(keys: KeyRing, ref: PersonRef): Uint8Array {
  // Written in one of its many forms it would be found by none of the others.
  if (isContactKind(ref.kind))
    throw new Problem('value.invalid', `a reference of kind ${ref.kind} has to be in its normal form`)
  return refKey(keys, ref.kind, typeof ref.value === 'string' ? ref.value : reveal(ref.value))
}

/** Undefined of a contact point: its normal form has folded it already. */
export function foldedKeyOf(keys: KeyRing, ref: PersonRef): Uint8Array | undefined {
  if (isContactRef(ref)) return undefined
  return foldedRefKey(keys, ref.kind, typeof ref.value === 'string' ? ref.value : reveal(ref.value))
}

/** As PostgreSQL writes it: keys are stored in uuid columns, their 16 bytes in order. */
export function refKeyText(key: Uint8Array): string {
  const hex = Buffer.from(key).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

function padsFor(pepper: Uint8Array): Pads {
  const known = padsOf.get(pepper)
  if (known !== undefined) return known
  const block = Buffer.alloc(BLOCK_BYTES)
  block.set(pepper.length > BLOCK_BYTES ? createHash('sha256').update(pepper).digest() : pepper)
  const pads = {
    inner: Buffer.alloc(BLOCK_BYTES + VALUE_BYTES_FIRST),
    outer: Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES),
  }
  for (let i = 0; i < BLOCK_BYTES; i++) {
    pads.inner[i] = block[i]! ^ 0x36
    pads.outer[i] = block[i]! ^ 0x5c
  }
  padsOf.set(pepper, pads)
  return pads
}
