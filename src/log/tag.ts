// The tag that begins what is hashed: it tells what kind of thing it is and of which register, so that no hash of one kind can
// be passed off as one of another.
import { utf8 } from './bytes.ts'
import { sha256 } from './sha256.ts'

export const TAG_BYTES = 16

/** First 16 bytes of SHA-256("fairshare/v1/" ‖ name ‖ 0x00 ‖ register id). */
export function tagOf(name: string, registerId: string): Uint8Array {
  return sha256(utf8(`fairshare/v1/${name}\0${registerId}`)).subarray(0, TAG_BYTES)
}

/** Bytes that begin with the tag, with room for `rest` behind it. */
export function tagged(name: string, registerId: string, rest: number): Uint8Array {
  const bytes = new Uint8Array(TAG_BYTES + rest)
  bytes.set(tagOf(name, registerId))
  return bytes
}
