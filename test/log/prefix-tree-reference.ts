// The prefix tree as the specification says it, recursive and slow: what the fast one is compared with.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import type { PrefixProof } from '../../src/log/prefix-proof.ts'

/** Key → commitment, both in hexadecimal. */
export type Leaves = Map<string, string>

const sha256 = (...parts: Uint8Array[]) =>
  new Uint8Array(createHash('sha256').update(Buffer.concat(parts)).digest())
export const fromHex = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
export const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
const bitsOf = (key: string) => [...fromHex(key)].map((byte) => byte.toString(2).padStart(8, '0')).join('')

export type SlowTree = { root: Uint8Array; proof(key: string): PrefixProof }

export function slowTree(leaves: Leaves): SlowTree {
  const byBits = [...leaves].map(([key, commitment]) => ({ bits: bitsOf(key), key, commitment }))
  const known = new Map<string, Uint8Array>()
  const below = (prefix: string, among = byBits) => among.filter(({ bits }) => bits.startsWith(prefix))
  const hash = (prefix: string, among = below(prefix)): Uint8Array => {
    const made = known.get(prefix) ?? hashAnew(prefix, among)
    known.set(prefix, made)
    return made
  }
  const hashAnew = (prefix: string, [first, ...more]: typeof byBits): Uint8Array => {
    if (first === undefined) return new Uint8Array(32)
    if (more.length === 0) return sha256(Buffer.of(2), fromHex(first.key), fromHex(first.commitment))
    const sides = [`${prefix}0`, `${prefix}1`].map((side) => hash(side, below(side, [first, ...more])))
    return sha256(Buffer.of(3), ...sides)
  }
  const proof = (key: string): PrefixProof => {
    const copath: Uint8Array[] = []
    const bits = bitsOf(key)
    let left = byBits
    for (let depth = 0; left.length > 1; depth++) {
      copath.unshift(hash(bits.slice(0, depth) + (bits[depth] === '0' ? '1' : '0')))
      left = below(bits.slice(0, depth + 1), left)
    }
    const depth = copath.length
    const last = left[0]
    if (last === undefined) return { result: 'non-inclusion-parent', depth, copath }
    if (last.key === key) return { result: 'inclusion', depth, copath }
    const leaf = { key: fromHex(last.key), commitment: fromHex(last.commitment) }
    return { result: 'non-inclusion-leaf', depth, copath, leaf }
  }
  return { root: hash(''), proof }
}

/** The leaves as a builder is given them: in the order of the map. */
export function leafBytes(leaves: Leaves): Buffer {
  return Buffer.concat([...leaves].flatMap(([key, commitment]) => [fromHex(key), fromHex(commitment)]))
}

/** Leaves of which many share many bits, down to the last: hashes alone would never lead that deep. */
export function clusteredLeaves(countMax: number): fc.Arbitrary<Leaves> {
  const key = fc.uint8Array({ minLength: 32, maxLength: 32 })
  return fc
    .record({
      stems: fc.array(key, { minLength: 1, maxLength: 3 }),
      rest: fc.array(fc.record({ stem: fc.nat(2), shared: fc.integer({ min: 0, max: 256 }), key }), {
        maxLength: countMax,
      }),
    })
    .map(({ stems, rest }) => {
      const keys = rest.map(({ stem, shared, key }) => graft(stems[stem % stems.length]!, shared, key))
      return new Map(keys.map((made) => [toHex(made), toHex(sha256(Buffer.from('commitment'), made))]))
    })
}

/** As many leaves as asked for, the same each time. Of every 16, `together` share their first 16 bits. */
export function manyLeaves(count: number, together: number): Leaves {
  const made = new Map<string, string>()
  for (let i = 0; i < count; i++) {
    const key = sha256(Buffer.from(`key ${i}`))
    if (i % 16 < together) key.fill(0xa5, 0, 2)
    made.set(toHex(key), toHex(sha256(Buffer.from(`commitment ${i}`))))
  }
  return made
}

/** The first `shared` bits of `stem`, then those of `key`. */
function graft(stem: Uint8Array, shared: number, key: Uint8Array): Uint8Array {
  return key.map((byte, i) => {
    const mask = 0xff >> Math.max(0, Math.min(8, shared - 8 * i))
    return (stem[i]! & ~mask) | (byte & mask)
  })
}

export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, i) => (i === bit >> 3 ? byte ^ (0x80 >> (bit & 7)) : byte))
}
