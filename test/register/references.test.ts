// Lookup keys, the index over them, secrets and keys at rest: no database needed.
import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, truncateSync, unlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openFileKeyRing } from '../../src/adapters/keys/file-key-ring.ts'
import { Personal } from '../../src/model/personal.ts'
import { RefIndex } from '../../src/register/ref-index.ts'
import { refKey, refKeyOf, refKeyText } from '../../src/register/ref-key.ts'
import { keystream, wrapSecrets } from '../../src/register/secrets/wrap-secrets.ts'
import { testKeys } from './open-on.ts'

describe('a lookup key', () => {
  test('is the first half of HMAC-SHA-256 under the pepper', () => {
    const keys = testKeys()
    for (const value of ['M-1', 'Zoë', '', 'x'.repeat(5_000), '会員'.repeat(900)]) {
      const hmac = createHmac('sha256', keys.lookupPepper.bytes).update(`member\0${value}`).digest()
      expect(Buffer.from(refKey(keys, 'member', value))).toEqual(hmac.subarray(0, 16))
    }
  })

  test('does not depend on blanks around the value or on how its characters are composed', () => {
    const keys = testKeys()
    const plain = refKey(keys, 'member', 'Zoë 1')
    expect(refKey(keys, 'member', '  Zoe\u0308 1\t')).toEqual(plain)
    expect(refKey(keys, 'member', 'Zoë １')).toEqual(plain)
    expect(refKeyOf(keys, { kind: 'member', value: new Personal('Zoë 1') })).toEqual(plain)
  })

  test('differs between kinds and between registers', () => {
    const one = refKeyText(refKey(testKeys(), 'member', '1'))
    expect(refKeyText(refKey(testKeys(), 'card', '1'))).not.toBe(one)
    expect(refKeyText(refKey(testKeys(2), 'member', '1'))).not.toBe(one)
  })
})

describe('the index of references', () => {
  test('finds every one of many keys and nobody else', () => {
    const count = 50_000
    const keys = randomBytes(16 * count)
    const index = new RefIndex()
    for (let n = 0; n < count; n++) index.insert(keys, 16 * n, n + 1)
    expect(index.size).toBe(count)
    for (let n = 0; n < count; n++) if (index.find(keys, 16 * n) !== n + 1) throw new Error(`lost key ${n}`)
    for (let n = 0; n < 1_000; n++) expect(index.find(randomBytes(16))).toBe(0)
  })

  test('keeps keys apart that share a slot, and takes a new subject for a known key', () => {
    const index = new RefIndex()
    const key = (last: number) => Uint8Array.from({ length: 16 }, (_, i) => (i === 15 ? last : 9))
    for (let last = 0; last < 200; last++) index.insert(key(last), 0, last + 1)
    index.insert(key(7), 0, 1_000)
    expect(index.size).toBe(200)
    expect(index.find(key(6))).toBe(7)
    expect(index.find(key(7))).toBe(1_000)
  })
})

describe('secrets at rest', () => {
  test('are wrapped with blocks 2n and 2n + 1 of the epoch key, many at once like one by one', () => {
    const key = randomBytes(32)
    const secrets = randomBytes(32 * 5)
    const together = Uint8Array.from(secrets)
    wrapSecrets(together, 1_000, key)
    for (let n = 0; n < 5; n++) {
      const counter = Buffer.alloc(16)
      counter.writeUInt32BE(2 * (1_000 + n), 12)
      const cipher = createCipheriv('aes-256-ctr', key, counter)
      const alone = cipher.update(secrets.subarray(32 * n, 32 * n + 32))
      expect(Buffer.from(together.subarray(32 * n, 32 * n + 32))).toEqual(alone)
    }
    wrapSecrets(together, 1_000, key)
    expect(Buffer.from(together)).toEqual(secrets)
  })

  test('no two subjects share key stream', () => {
    const stream = Buffer.from(keystream(randomBytes(32), 1, 32 * 1_000))
    const blocks = Array.from({ length: 2_000 }, (_, n) => stream.toString('hex', 16 * n, 16 * n + 16))
    expect(new Set(blocks).size).toBe(2_000)
  })
})

describe('the file key ring', () => {
  let folder: string
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'fairshare-keys-')), 'keys')
  })
  afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }))

  test('makes keys once, for their owner only, and finds the same again', () => {
    const made = openFileKeyRing({ folder, create: true })
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'epoch-1.key')).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'lookup-pepper-1.key')).mode & 0o777).toBe(0o600)
    for (const create of [true, false]) {
      const again = openFileKeyRing({ folder, create })
      expect(again.lookupPepper).toEqual(made.lookupPepper)
      expect(again.epochKey(again.epoch)).toEqual(made.epochKey(made.epoch))
    }
    expect(made.epochKey(1)).not.toEqual(made.lookupPepper.bytes)
  })

  test('refuses to make keys for a register that had some', () => {
    expect(() => openFileKeyRing({ folder, create: false })).toThrow(
      expect.objectContaining({ code: 'keys.unusable' }),
    )
  })

  test('refuses a key that is gone or cut short', () => {
    openFileKeyRing({ folder, create: true })
    unlinkSync(join(folder, 'epoch-1.key'))
    const ring = openFileKeyRing({ folder, create: false })
    expect(() => ring.epochKey(1)).toThrow(expect.objectContaining({ code: 'keys.unusable' }))
    truncateSync(join(folder, 'lookup-pepper-1.key'), 31)
    expect(() => openFileKeyRing({ folder, create: false })).toThrow(
      expect.objectContaining({ code: 'keys.unusable' }),
    )
  })
})
