// The age adapter: the contract, the published vectors, and the age that Debian packages, both ways.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import {
  Decrypter,
  generateHybridIdentity,
  generateX25519Identity,
  identityToRecipient,
} from 'age-encryption'
import * as vectors from 'cctv-age'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ageSealer } from '../../src/adapters/age/age-sealer.ts'
import { ageUnsealer } from '../../src/adapters/age/age-unsealer.ts'
import { sha256Hex } from '../../src/model/canonical.ts'
import { describeSealer, type KeyPair, openAll, openPart, pattern } from '../contract/sealer.ts'

const scratch = mkdtempSync(join(tmpdir(), 'fairshare-age-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

async function keysOf(identity: string): Promise<KeyPair> {
  return { identity, recipient: await identityToRecipient(identity) }
}
const x25519Keys = async () => keysOf(await generateX25519Identity())
const hybridKeys = async () => keysOf(await generateHybridIdentity())

describeSealer(
  'of age files',
  { sealer: ageSealer, unsealer: ageUnsealer },
  { X25519: x25519Keys, 'X25519 with ML-KEM-768': hybridKeys },
)

describe('the vectors of C2SP/CCTV', () => {
  const named = Object.entries(vectors).map(([name, bytes]): [string, Vector] => [name, readVector(bytes)])

  test('are all there', () => {
    expect(named.length).toBe(143)
    expect(named.filter(([, { expects }]) => expects === 'success').length).toBeGreaterThan(20)
  })

  /**
   * Here the file ends in a piece that opens, as one that should not be the last or as one too early. The vectors let it
   * out; we hold every piece back until it is known to be what it says, and give out whole pieces before it only.
   */
  const endsInAPieceThatIsNotTheEnd =
    /^stream_(no_final_(two_chunks_)?full|trailing_garbage|two_final_chunks)/
  const oneWholePiece = named.find(([name]) => name === 'stream_no_final_full')![1].payload
  const begins = [sha256Hex(''), oneWholePiece]

  test.each(named)('%s', async (name, vector) => {
    const path = join(scratch, `${name}.age`)
    writeFileSync(path, vector.file)
    const { plain, error } = await openPart(ageUnsealer, vector.identities, path)
    // Armour and passphrases are not what we take: such a file stays shut, whatever is in it.
    if (vector.armored || vector.passphrase) {
      expect(error).toMatchObject({ code: expect.stringMatching(/^delivery\./) })
      expect(plain.length).toBe(0)
      return
    }
    if (vector.expects === 'success') expect(error).toBeUndefined()
    else
      expect(error).toMatchObject({
        code: vector.expects === 'no match' ? 'delivery.not_for_you' : 'delivery.tampered',
      })
    if (vector.payload === undefined) expect(plain.length).toBe(0)
    else if (endsInAPieceThatIsNotTheEnd.test(name)) expect(begins).toContain(sha256Hex(plain))
    else expect(sha256Hex(plain)).toBe(vector.payload)
  })
})

type Vector = {
  expects: string
  identities: string[]
  passphrase: boolean
  armored: boolean
  payload: string | undefined
  file: Uint8Array
}

/** Lines of key and value, an empty line, the age file. */
function readVector(bytes: Uint8Array): Vector {
  const split = Buffer.from(bytes).indexOf('\n\n')
  const pairs = Buffer.from(bytes.subarray(0, split))
    .toString('utf8')
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)] as const)
  const all = (key: string) => pairs.filter(([name]) => name === key).map(([, value]) => value)
  const file = bytes.subarray(split + 2)
  return {
    expects: all('expect')[0]!,
    identities: all('identity'),
    passphrase: all('passphrase').length > 0,
    armored: all('armored').length > 0,
    payload: all('payload')[0],
    file: all('compressed')[0] === 'zlib' ? inflateSync(file) : file,
  }
}

test('a broken piece is named by the file and the byte before which all is well', async () => {
  const keys = await x25519Keys()
  const path = join(scratch, 'records.csv.age')
  const { sizeBytes } = await ageSealer.seal(keys.recipient, [pattern(150_000)], path)
  const bytes = readFileSync(path)
  bytes[sizeBytes - 20_000]! ^= 1
  writeFileSync(path, bytes)
  const { error } = await openPart(ageUnsealer, [keys.identity], path)
  expect(error).toMatchObject({
    code: 'delivery.tampered',
    detail: 'records.csv.age, in or after byte 65536 of what is in it',
  })
})

describe('other programs', () => {
  const plain = pattern(200_000)
  const sealedPath = join(scratch, 'sealed.age')
  let keys: KeyPair
  beforeAll(async () => {
    keys = await x25519Keys()
    await ageSealer.seal(keys.recipient, [plain], sealedPath)
  })

  test('age-encryption opens what we sealed', async () => {
    const decrypter = new Decrypter()
    decrypter.addIdentity(keys.identity)
    expect(plain.equals(await decrypter.decrypt(readFileSync(sealedPath)))).toBe(true)
  })

  test('age-encryption opens what we sealed to a hybrid key', async () => {
    const hybrid = await hybridKeys()
    const path = join(scratch, 'sealed-to-hybrid.age')
    await ageSealer.seal(hybrid.recipient, [plain], path)
    const decrypter = new Decrypter()
    decrypter.addIdentity(hybrid.identity)
    expect(plain.equals(await decrypter.decrypt(readFileSync(path)))).toBe(true)
  })

  test('the age command opens what we sealed', () => {
    const identityFile = join(scratch, 'identity.txt')
    writeFileSync(identityFile, `# a comment\n${keys.identity}\n`)
    expect(plain.equals(age(['--decrypt', '--identity', identityFile, sealedPath]))).toBe(true)
  })

  test('we open what the age command sealed', async () => {
    const path = join(scratch, 'theirs.age')
    age(['--recipient', keys.recipient, '--output', path], plain)
    expect(plain.equals(await openAll(ageUnsealer, [keys.identity], path))).toBe(true)
  })
})

function age(words: readonly string[], input?: Uint8Array): Buffer {
  const { error, status, stdout, stderr } = spawnSync('age', words, {
    maxBuffer: 1 << 24,
    ...(input && { input }),
  })
  if (error !== undefined)
    throw new Error('this test needs the age command: apt-get install age', { cause: error })
  expect(stderr.toString()).toBe('')
  expect(status).toBe(0)
  return stdout
}
