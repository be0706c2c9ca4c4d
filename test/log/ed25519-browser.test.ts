// The two readers of Ed25519, compared also where readers in the wild differ: keys and points of small order, points with a
// torsion component, numbers and encodings that are not reduced.
import { createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto'
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha512 } from '@noble/hashes/sha2.js'
import { describe, expect, test } from 'vitest'
import { concatBytes } from '../../src/log/bytes.ts'
import { verifyEd25519 as inBrowser } from '../../src/log/ed25519.browser.ts'
import { verifyEd25519 as inNode } from '../../src/log/ed25519.ts'

const { Point } = ed25519
const order = Point.Fn.ORDER
const torsion = Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a')
const message = new TextEncoder().encode('club.example/register\n4\n')

type Case = { publicKey: Uint8Array; message: Uint8Array; signature: Uint8Array }

describe('Ed25519 in a browser', () => {
  test('takes what Node’s signer made, and nothing of which a bit was changed', () => {
    for (let round = 0; round < 4; round++) {
      const made = signed(randomBytes(32), randomBytes(round * 40))
      expect(both(made)).toBe(true)
      for (const part of ['publicKey', 'signature', 'message'] as const)
        for (let at = 0; at < made[part].length; at += 7) {
          const bytes = made[part].slice()
          bytes[at]! ^= 1 << (at % 8)
          expect(both({ ...made, [part]: bytes }), `${part}, byte ${at}`).toBe(false)
        }
    }
  })

  test('says of every odd signature what Node says of it', () => {
    const said = oddCases().map(both)
    // Some of each, or nothing was compared.
    expect(said.filter((holds) => holds).length).toBeGreaterThan(0)
    expect(said.filter((holds) => !holds).length).toBeGreaterThan(0)
  })

  test('refuses keys and signatures of another length', () => {
    const made = signed(new Uint8Array(32).fill(5), message)
    expect(both({ ...made, signature: made.signature.slice(0, 63) })).toBe(false)
    expect(both({ ...made, publicKey: concatBytes([made.publicKey, Uint8Array.of(0)]) })).toBe(false)
  })
})

/** The answer, once it is found to be that of both. */
function both({ publicKey, message, signature }: Case): boolean {
  const node = inNode(publicKey, message, signature)
  expect(inBrowser(publicKey, message, signature), Buffer.from(signature).toString('hex')).toBe(node)
  return node
}

function signed(seed: Uint8Array, text: Uint8Array): Case {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const publicKey = new Uint8Array(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12))
  return { publicKey, message: text, signature: new Uint8Array(sign(undefined, text, key)) }
}

function oddCases(): Case[] {
  const cases: Case[] = []
  const good = signed(new Uint8Array(32).fill(7), message)
  const s = littleEndian(good.signature.subarray(32))
  cases.push({ ...good, signature: concatBytes([good.signature.subarray(0, 32), bytesOf(s + order)]) })
  // A key that is of small order or has a part of it, a nonce point that has one: signed as only its holder can.
  const multiples = Array.from({ length: 8 }, (_, nth) =>
    nth === 0 ? Point.ZERO : torsion.multiply(BigInt(nth)),
  )
  for (const ofKey of multiples)
    for (const ofNonce of multiples) {
      cases.push(crafted(0n, ofKey, ofNonce), crafted(987_654_321n, ofKey, ofNonce))
    }
  // y of the neutral element and of −1, written as y + p; and x = 0 with a sign.
  for (const hex of [
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    '0100000000000000000000000000000000000000000000000000000000000080',
    'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
    'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
    'f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  ]) {
    const odd = Uint8Array.from(Buffer.from(hex, 'hex'))
    const nonce = Point.BASE.multiply(77n).toBytes()
    cases.push({ publicKey: odd, message, signature: concatBytes([nonce, bytesOf(77n)]) })
    cases.push({ ...good, signature: concatBytes([odd, bytesOf(0n)]) })
    cases.push({ publicKey: odd, message, signature: concatBytes([odd, bytesOf(0n)]) })
    cases.push({ publicKey: odd, message, signature: concatBytes([Point.ZERO.toBytes(), bytesOf(0n)]) })
  }
  return cases
}

type PointOfCurve = InstanceType<typeof Point>

function crafted(secret: bigint, ofKey: PointOfCurve, ofNonce: PointOfCurve): Case {
  const nonce = 123_456_789n
  const publicKey = Point.BASE.multiplyUnsafe(secret).add(ofKey).toBytes()
  const r = Point.BASE.multiply(nonce).add(ofNonce).toBytes()
  const k = littleEndian(sha512(concatBytes([r, publicKey, message]))) % order
  return { publicKey, message, signature: concatBytes([r, bytesOf((nonce + k * secret) % order)]) }
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n)
}

function bytesOf(number: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, at) => Number((number >> BigInt(8 * at)) & 0xffn))
}
