// Keys, commitments and references of a release, recomputed here from the layout as documented; and what moves the root of R.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildPrefixTree } from '../../src/log/prefix-tree.ts'
import { ReleaseLeaves, RowCommitter, refOf, verdictBytes } from '../../src/log/release-leaves.ts'
import { HashQueue } from '../../src/log/sha256-queue.ts'

type Cells = readonly (string | null)[]

const registerId = '3f2b8c1e-5d47-4a60-9c0f-1b2a3c4d5e6f'
const otherRegisterId = '00000000-0000-4000-8000-000000000000'
const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
const tag = (name: string) => sha256(Buffer.from(`fairshare/v1/${name}\0${registerId}`)).subarray(0, 16)
const secretOf = (subject: number) => sha256(Buffer.from(`secret ${subject}`))
const columns = ['fairshare_ref', 'name', 'city']

test('openings, keys and commitments are the documented hashes, wherever the secret stands and the result goes', () => {
  const secrets = Buffer.concat([Buffer.alloc(7), secretOf(1)])
  const rel = sha256(Buffer.from('Freigabe März'))
  const o = u32(0xfffffffe)
  const leaves = new ReleaseLeaves(registerId, 'Freigabe März')
  const made = Buffer.alloc(200)
  leaves.rowOpening(secrets, 7, 0xfffffffe, made, 3)
  leaves.releasedKey(made, 3, made, 40)
  leaves.decidedKey(secrets, 7, 0xfffffffe, made, 80)
  const verdict = verdictBytes(2, 5, [1, 2 ** 53 - 1])
  leaves.decidedCommitment(secrets, 7, 0xfffffffe, verdict, made, 120)

  const opening = sha256(tag('release-row'), rel, secretOf(1), o)
  expect(made.subarray(3, 35)).toEqual(opening)
  expect(made.subarray(40, 72)).toEqual(sha256(tag('released-key'), opening))
  expect(made.subarray(80, 112)).toEqual(sha256(tag('decided-key'), rel, secretOf(1), o))
  const masks = Buffer.from('0000000000000001001fffffffffffff', 'hex')
  const body = Buffer.concat([Buffer.of(2), u32(5), Buffer.of(2), masks])
  expect(made.subarray(120, 152)).toEqual(sha256(tag('decided'), rel, secretOf(1), o, body))
})

test('verdicts of changing length do not disturb each other', () => {
  const leaves = new ReleaseLeaves(registerId, 'release')
  const made = Buffer.alloc(96)
  for (const [i, masks] of [[1], [1, 2, 3], [1]].entries())
    leaves.decidedCommitment(secretOf(1), 0, 0, verdictBytes(0, 0, masks), made, 32 * i)
  expect(made.subarray(64)).toEqual(made.subarray(0, 32))
  expect(made.subarray(32, 64)).not.toEqual(made.subarray(0, 32))
})

test('many rows at once have the openings, keys and commitments of one after another', () => {
  const leaves = new ReleaseLeaves(registerId, 'release')
  const count = 3_000
  const secrets = Buffer.concat(Array.from({ length: 50 }, (_, i) => secretOf(i)))
  const secretsAt = Uint32Array.from({ length: count }, (_, i) => 32 * ((i * 31) % 50))
  const ordinals = Uint32Array.from({ length: count }, (_, i) => (i === 7 ? 0xfffffffe : i))
  const rows = { count, secrets, secretsAt, ordinals }
  // The last is of a removal that another version wrote.
  const verdicts = [
    verdictBytes(3, 5, [1, 2]),
    verdictBytes(0, 0, [7, 2 ** 52]),
    verdictBytes(1, 0, [1, 2, 3]),
  ]
  const kinds = Uint32Array.from({ length: count }, (_, i) => (i % 100 === 3 ? 2 : i % 2))
  const openings = new Uint8Array(32 * count)
  const [released, decided] = [new Uint8Array(64 * count), new Uint8Array(64 * count)]
  leaves.rowOpenings(rows, openings)
  leaves.releasedKeys(openings, count, released)
  leaves.decidedLeaves(rows, verdicts, kinds, decided)
  const [ones, key, leaf] = [Buffer.alloc(32), Buffer.alloc(32), Buffer.alloc(64)]
  for (let i = 0; i < count; i++) {
    leaves.rowOpening(secrets, secretsAt[i]!, ordinals[i]!, ones, 0)
    leaves.releasedKey(ones, 0, key, 0)
    leaves.decidedKey(secrets, secretsAt[i]!, ordinals[i]!, leaf, 0)
    leaves.decidedCommitment(secrets, secretsAt[i]!, ordinals[i]!, verdicts[kinds[i]!]!, leaf, 32)
    expect(ones.equals(openings.subarray(32 * i, 32 * (i + 1)))).toBe(true)
    expect(key.equals(released.subarray(64 * i, 64 * i + 32))).toBe(true)
    expect(leaf.equals(decided.subarray(64 * i, 64 * (i + 1)))).toBe(true)
  }
})

test('rows whose secret is not there, or that have no room, are refused', () => {
  const leaves = new ReleaseLeaves(registerId, 'release')
  const rows = (secretAt: number) => ({
    count: 1,
    secrets: Buffer.alloc(64),
    secretsAt: Uint32Array.of(secretAt),
    ordinals: Uint32Array.of(0),
  })
  const into = new Uint8Array(64)
  expect(() => leaves.rowOpenings(rows(32), into)).not.toThrow()
  for (const at of [36, 64, 2]) expect(() => leaves.rowOpenings(rows(at), into)).toThrow('missing')
  expect(() => leaves.rowOpenings({ ...rows(0), count: 2, secretsAt: new Uint32Array(1) }, into)).toThrow()
  expect(() => leaves.rowOpenings(rows(0), new Uint8Array(28))).toThrow('room')
  expect(() => leaves.releasedKeys(new Uint8Array(60), 2, new Uint8Array(128))).toThrow('missing')
  expect(() => leaves.releasedKeys(new Uint8Array(64), 2, new Uint8Array(64))).toThrow('room')
})

test('a row is committed to cell by cell under its columns, whatever its length and characters', () => {
  const rows: Cells[] = [
    ['0'.repeat(16), 'Ana', null],
    ['', '', ''],
    [null, null, null],
    ['0'.repeat(16), 'ö'.repeat(500), '👶 李'],
    ['0'.repeat(16), 'long '.repeat(3000), '€'.repeat(40)],
    ['0'.repeat(16), 'Ana', null],
  ]
  const list = Buffer.concat([u16(3), ...columns.flatMap((name) => [u16(name.length), Buffer.from(name)])])
  const rowTag = sha256(Buffer.from(`fairshare/v1/row\0${registerId}\0`), list).subarray(0, 16)
  const committer = new RowCommitter(registerId, columns)
  const openings = Buffer.concat([Buffer.alloc(5), secretOf(9)])
  for (const cells of rows) {
    const made = Buffer.alloc(40)
    committer.commit(cells, openings, 5, made, 8)
    const bytes = cells.map((cell) => {
      if (cell === null) return Buffer.of(0)
      return Buffer.concat([Buffer.of(1), u32(Buffer.byteLength(cell)), Buffer.from(cell)])
    })
    expect(made.subarray(8)).toEqual(sha256(rowTag, secretOf(9), ...bytes))
    const later = Buffer.alloc(40)
    const queue = new HashQueue(later)
    committer.commitLater(cells, openings, 5, queue, 8)
    queue.finish()
    expect(later).toEqual(made)
  }
})

test('a reference is the first ten bytes of a key in 16 characters that nobody mistakes', () => {
  const key = Buffer.alloc(40)
  expect(refOf(key)).toBe('0000000000000000')
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(8), (bytes, at) => {
      key.set(bytes, at)
      const ref = refOf(key, at)
      expect(ref).toMatch(/^[0-9A-HJKMNP-TV-Z]{16}$/)
      const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
      const number = [...ref].reduce((sum, letter) => 32n * sum + BigInt(alphabet.indexOf(letter)), 0n)
      expect(number.toString(16).padStart(20, '0')).toBe(Buffer.from(bytes.subarray(0, 10)).toString('hex'))
    }),
  )
  expect(() => refOf(key, 9)).toThrow('32 bytes')
})

describe('the root of R', () => {
  const rows: Cells[] = [
    ['r0', 'Ana Example', 'Bern'],
    ['r1', 'Bo', null],
    ['r2', '', 'Genf'],
  ]
  const base = rootOf(rows)

  test.each<[string, Uint8Array]>([
    ['a cell', rootOf([rows[0]!, ['r1', 'Ba', null], rows[2]!])],
    ['no value where there was empty text', rootOf([rows[0]!, rows[1]!, ['r2', null, 'Genf']])],
    ['empty text where there was no value', rootOf([rows[0]!, ['r1', 'Bo', ''], rows[2]!])],
    ['where one cell ends and the next begins', rootOf([['r0', 'Ana ExampleB', 'ern'], rows[1]!, rows[2]!])],
    ['two cells exchanged', rootOf([['r0', 'Bern', 'Ana Example'], rows[1]!, rows[2]!])],
    ['a row more', rootOf([...rows, ['r3', 'Cy', 'Chur']])],
    ['a row less', rootOf(rows.slice(0, 2))],
    ['the cells of two people exchanged', rootOf([rows[1]!, rows[0]!, rows[2]!])],
    ['a column name', rootOf(rows, { columns: ['fairshare_ref', 'name', 'town'] })],
    ['where one column name ends', rootOf(rows, { columns: ['fairshare_ref', 'namec', 'ity'] })],
    ['the order of column names', rootOf(rows, { columns: ['fairshare_ref', 'city', 'name'] })],
    ['the release', rootOf(rows, { release: 'release 2' })],
    ['the register', rootOf(rows, { register: otherRegisterId })],
    ['the number of a row of its subject', rootOf(rows, { ordinal: 1 })],
  ])('is another with another %s', (_, root) => {
    expect(root).not.toEqual(base)
  })

  test('is another whenever cells are others, and the same in any order of rows', () => {
    const cells = fc.array(
      fc.tuple(...[0, 1, 2].map(() => fc.option(fc.string({ unit: 'binary', maxLength: 4 })))),
      { maxLength: 4 },
    )
    fc.assert(
      fc.property(cells, cells, (a, b) => {
        expect(Buffer.compare(rootOf(a), rootOf(b)) === 0).toBe(JSON.stringify(a) === JSON.stringify(b))
        expect(rootOf(a, { backwards: true })).toEqual(rootOf(a))
      }),
    )
  })
})

test('what the formats cannot say is refused', () => {
  const made = Buffer.alloc(32)
  const leaves = new ReleaseLeaves(registerId, 'release')
  const committer = new RowCommitter(registerId, columns)
  for (const refused of [
    () => new ReleaseLeaves('short', 'release'),
    () => new RowCommitter('short', columns),
    () => new RowCommitter(registerId, []),
    () => new RowCommitter(registerId, ['name', 'fairshare_ref']),
    () => new RowCommitter(registerId, ['fairshare_ref', 'name', 'name']),
    () => new RowCommitter(registerId, ['fairshare_ref', 'x'.repeat(65_536)]),
    () => committer.commit(['a', 'b'], made, 0, made, 0),
    () => committer.commit(['a', 'b', 'c', 'd'], made, 0, made, 0),
    () => committer.commit(['a', 'b', '\ud83d'], made, 0, made, 0),
    () => committer.commit(['a', 'b', 'c'], made, 1, made, 0),
    () => leaves.rowOpening(secretOf(1), 1, 0, made, 0),
    () => leaves.rowOpening(secretOf(1), 0, -1, made, 0),
    () => leaves.rowOpening(secretOf(1), 0, 2 ** 32, made, 0),
    () => leaves.releasedKey(made.subarray(1), 0, made, 0),
    () => verdictBytes(4, 0, []),
    () => verdictBytes(-1, 0, []),
    () => verdictBytes(0.5, 0, []),
    () => verdictBytes(0, -1, []),
    () => verdictBytes(0, 2 ** 32, []),
    () => verdictBytes(0, 0.5, []),
    () => verdictBytes(0, 0, [2 ** 53]),
    () => verdictBytes(0, 0, [-1]),
    () => verdictBytes(0, 0, [0.5]),
    () => verdictBytes(0, 0, new Array(256).fill(0)),
  ])
    expect(refused).toThrow()
})

function rootOf(
  rows: readonly Cells[],
  other: {
    columns?: string[]
    release?: string
    register?: string
    ordinal?: number
    backwards?: boolean
  } = {},
): Uint8Array {
  const register = other.register ?? registerId
  const leaves = new ReleaseLeaves(register, other.release ?? 'release 1')
  const committer = new RowCommitter(register, other.columns ?? columns)
  const bytes = Buffer.alloc(64 * rows.length)
  const opening = Buffer.alloc(32)
  rows.forEach((cells, i) => {
    const at = 64 * (other.backwards === true ? rows.length - 1 - i : i)
    leaves.rowOpening(secretOf(i), 0, other.ordinal ?? 0, opening, 0)
    leaves.releasedKey(opening, 0, bytes, at)
    committer.commit(cells, opening, 0, bytes, at + 32)
  })
  return buildPrefixTree(bytes, rows.length).root
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16BE(value)
  return bytes
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
