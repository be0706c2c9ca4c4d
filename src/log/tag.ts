// The tag that begins what is hashed: it tells what kind of thing it is and of which register, so that no hash of one kind can
// be passed off as one of another.
import { sha256 } from './sha256.ts'

export const TAG_BYTES = 16

/** First 16 bytes of SHA-256("fairshare/v1/" ‖ name ‖ 0x00 ‖ register id). */
export function tagOf(name: string, registerId: string): Uint8Array {
  return sha256(Buffer.from(`fairshare/v1/${name}\0${registerId}`, 'utf8')).subarray(0, TAG_BYTES)
}

/** A buffer that begins with the tag, with room for `rest` bytes behind it. */
export function tagged(name: string, registerId: string, rest: number): Buffer {
  const buffer = Buffer.alloc(TAG_BYTES + rest)
  buffer.set(tagOf(name, registerId))
  return buffer
}
