// CRC-32 as ZIP has it (ISO 3309, reflected). It finds accidents only; what a pack rests on is SHA-256.

export function crc32(bytes: Uint8Array): number {
  let crc = ~0
  for (let at = 0; at < bytes.length; at++) crc = (crc >>> 8) ^ table[(crc ^ bytes[at]!) & 0xff]!
  return ~crc >>> 0
}

const table = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ ((value & 1) * 0xedb88320)
  return value
})
