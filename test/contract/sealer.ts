// What every sealer and its unsealer promise; each adapter's test runs this suite.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/model/canonical.ts'
import type { Unsealer } from '../../src/recipient/unsealer.ts'
import type { Sealer } from '../../src/release/sealer.ts'

export type KeyPair = { identity: string; recipient: string }
/** Payloads are sealed in pieces of this size. */
const PIECE_BYTES = 65_536

export function describeSealer(
  name: string,
  { sealer, unsealer }: { sealer: Sealer; unsealer: Unsealer },
  kinds: Readonly<Record<string, () => Promise<KeyPair>>>,
): void {
  describe(`the sealer ${name}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'fairshare-sealer-'))
    afterAll(() => rmSync(folder, { recursive: true, force: true }))
    let files = 0
    const newPath = () => join(folder, `${++files}.age`)

    describe.each(Object.entries(kinds))('to a key of kind %s', (_, makeKeys) => {
      let own: KeyPair
      let other: KeyPair
      beforeAll(async () => {
        own = await makeKeys()
        other = await makeKeys()
      })

      test.each([0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES])(
        'gives back %i bytes as they were',
        async (bytes) => {
          const plain = pattern(bytes)
          const path = newPath()
          const sealed = await sealer.seal(own.recipient, chunksOf(plain, 1000), path)
          const written = readFileSync(path)
          expect(sealed).toEqual({ sha256: sha256Hex(written), sizeBytes: written.length })
          expect((await openAll(unsealer, [own.identity], path)).equals(plain)).toBe(true)
        },
      )

      test('opens with any of several identities, and with no other', async () => {
        const path = newPath()
        await sealer.seal(own.recipient, [pattern(10)], path)
        expect(await openAll(unsealer, [other.identity, own.identity], path)).toEqual(pattern(10))
        await expect(openAll(unsealer, [other.identity], path)).rejects.toMatchObject({
          code: 'delivery.not_for_you',
        })
        await expect(openAll(unsealer, [], path)).rejects.toMatchObject({ code: 'delivery.not_for_you' })
      })

      test('seals the same bytes to other bytes each time', async () => {
        const [first, second] = [newPath(), newPath()]
        const { sha256 } = await sealer.seal(own.recipient, [pattern(10)], first)
        expect((await sealer.seal(own.recipient, [pattern(10)], second)).sha256).not.toBe(sha256)
      })

      test('any changed byte is found, and nothing before the end of a piece is given out', async () => {
        const plain = pattern(2 * PIECE_BYTES + 10)
        const path = newPath()
        await sealer.seal(own.recipient, [plain], path)
        const whole = readFileSync(path)
        const step = Math.floor(whole.length / 60)
        const last = Array.from({ length: 20 }, (_, back) => whole.length - 1 - back)
        const first = Array.from({ length: 220 }, (_, at) => at)
        const spread = Array.from({ length: 60 }, (_, k) => k * step)
        for (const at of [...first, ...spread, ...last]) {
          const changed = Buffer.from(whole)
          changed[at]! ^= 1
          writeFileSync(path, changed)
          const { plain: got, error } = await openPart(unsealer, [own.identity], path)
          expect(error, `byte ${at}`).toMatchObject({
            code: expect.stringMatching(/^delivery\.(tampered|not_for_you)$/),
          })
          expect(plain.subarray(0, got.length).equals(got), `byte ${at}`).toBe(true)
          expect(got.length % PIECE_BYTES).toBe(0)
        }
      })

      test('a file cut short is found, also between two pieces, and one with something behind it', async () => {
        const path = newPath()
        await sealer.seal(own.recipient, [pattern(2 * PIECE_BYTES + 10)], path)
        const whole = readFileSync(path)
        const cuts = [1, 26, 27, 26 + PIECE_BYTES, whole.length - 30, whole.length]
        for (const changed of [...cuts.map((cut) => whole.subarray(0, whole.length - cut)), twice(whole)]) {
          writeFileSync(path, changed)
          const { error } = await openPart(unsealer, [own.identity], path)
          expect(error, `${changed.length} of ${whole.length}`).toMatchObject({ code: 'delivery.tampered' })
        }
      })

      test('a key with one letter changed is refused before anything is read or written', async () => {
        const path = newPath()
        const letter = own.recipient.endsWith('q') ? 'p' : 'q'
        let asked = false
        const plain = (function* () {
          asked = true
          yield pattern(1)
        })()
        await expect(
          sealer.seal(`${own.recipient.slice(0, -1)}${letter}`, plain, path),
        ).rejects.toMatchObject({ code: 'recipient.key_invalid' })
        expect([asked, existsSync(path)]).toEqual([false, false])
      })
    })

    describe('whatever the key', () => {
      let keys: KeyPair
      beforeAll(async () => {
        keys = await Object.values(kinds)[0]!()
      })

      test('leaves nothing when what it seals fails on the way', async () => {
        const path = newPath()
        let released = false
        const failing = async function* () {
          try {
            yield pattern(3 * PIECE_BYTES)
            throw new Error('the source broke')
          } finally {
            released = true
          }
        }
        await expect(sealer.seal(keys.recipient, failing(), path)).rejects.toThrow('the source broke')
        expect([existsSync(path), released]).toEqual([false, true])
      })

      test('leaves alone what is there already, and does not begin', async () => {
        const path = newPath()
        writeFileSync(path, 'mine')
        await expect(sealer.seal(keys.recipient, [pattern(1)], path)).rejects.toMatchObject({
          code: 'EEXIST',
        })
        expect(readFileSync(path, 'utf8')).toBe('mine')
      })

      test('makes files that their owner alone reads', async () => {
        const path = newPath()
        await sealer.seal(keys.recipient, [], path)
        expect(statSync(path).mode & 0o777).toBe(0o600)
      })

      test.each([
        '',
        'age1',
        'ssh-ed25519 AAAA',
        'age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t',
        ' ',
      ])('refuses %j as a key', async (recipient) => {
        await expect(sealer.seal(recipient, [], newPath())).rejects.toMatchObject({
          code: 'recipient.key_invalid',
        })
      })

      test('refuses an identity that is none, and does not repeat it', async () => {
        const path = newPath()
        await sealer.seal(keys.recipient, [pattern(1)], path)
        const broken = `${keys.identity.slice(0, -1)}${keys.identity.endsWith('Q') ? 'P' : 'Q'}`
        for (const identity of [broken, 'AGE-SECRET-KEY-1', 'hello']) {
          const { error } = await openPart(unsealer, [identity], path)
          expect(error).toMatchObject({ code: 'keys.unusable' })
          expect(String(error)).not.toContain(identity)
        }
      })

      test('says that a file is not there', async () => {
        const { error } = await openPart(unsealer, [keys.identity], newPath())
        expect(error).toMatchObject({ code: 'file.missing' })
      })
    })
  })
}

export async function openAll(unsealer: Unsealer, identities: string[], path: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of unsealer.open(identities, path)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** What was given out before the error, and the error. */
export async function openPart(
  unsealer: Unsealer,
  identities: string[],
  path: string,
): Promise<{ plain: Buffer; error: unknown }> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of unsealer.open(identities, path)) chunks.push(chunk)
  } catch (error) {
    return { plain: Buffer.concat(chunks), error }
  }
  return { plain: Buffer.concat(chunks), error: undefined }
}

/** Bytes in which a shift or a repetition shows. */
export function pattern(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes)
  for (let at = 0; at < bytes; at++) buffer[at] = (at * 31 + (at >>> 8) * 7 + (at >>> 16)) & 0xff
  return buffer
}

function* chunksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

function twice(bytes: Uint8Array): Buffer {
  return Buffer.concat([bytes, bytes.subarray(-100)])
}
