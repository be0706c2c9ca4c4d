// Crockford's base 32: digits and capitals without I, L, O, U, so that nothing read aloud is read wrong.

/** Five bits a character, the last one filled up with zeros. */
export function crockford(bytes: Uint8Array): string {
  let text = ''
  let waiting = 0
  let bits = 0
  for (const byte of bytes) {
    waiting = ((waiting << 8) | byte) & 0xfff
    bits += 8
    for (; bits >= 5; bits -= 5) text += alphabet[(waiting >>> (bits - 5)) & 31]
  }
  return bits === 0 ? text : text + alphabet[(waiting << (5 - bits)) & 31]
}

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
