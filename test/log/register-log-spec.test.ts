// The worked example of docs/spec/register-log.md: recomputed from its words with node:crypto alone, and by our code.
import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { signCheckpoint } from '../../src/log/checkpoint.ts'
import { Committer } from '../../src/log/commitment.ts'
import { bodyHash, decodeEntry, encodeEntry } from '../../src/log/log-entry.ts'
import { leafHash, merkleRoot } from '../../src/log/merkle.ts'
import { encodeVerifierKey, parseVerifierKey } from '../../src/log/signed-note.ts'
import { TileGrowth } from '../../src/log/tile-growth.ts'
import { tileTree } from '../../src/log/tile-tree.ts'
import { encodeBundle, tilePath } from '../../src/log/tiles.ts'
import { encodeProof, verifyProof } from '../../src/log/tlog-proof.ts'
import { eventColumns } from '../../src/model/event.ts'

const page = readFileSync(new URL('../../docs/spec/register-log.md', import.meta.url), 'utf8')
const vector = JSON.parse(/```json\n([\s\S]*?)\n```/.exec(page)![1]!)
const secret = Buffer.from(vector.secret, 'hex')
const salt = Buffer.from(vector.document.salt, 'hex')

test('the words of the page lead to every value of the example', () => {
  const commitments = vector.events.map((event: Record<string, number | string>, ord: number) => {
    const key = H(tag('event-key'), secret, u64(vector.position), u32(ord))
    return H(tag('event'), key, eventBytes(event))
  })
  expect(commitments.map(hex)).toEqual(vector.eventCommitments)
  const subject = H(tag('subject'), secret, u32(vector.subject))
  expect(hex(subject)).toBe(vector.subjectCommitment)
  expect(hex(H(tag('body'), salt, H(utf8(vector.document.body))))).toBe(vector.document.hash)

  const [first, second, third] = vector.entries.map((text: string) => JSON.parse(text))
  expect(first).toMatchObject({ events: 2, eventRoot: hex(treeRoot(commitments.map(leaf))), enrolled: 1 })
  expect(first.enrolledRoot).toBe(hex(treeRoot([leaf(subject)])))
  expect(second.body).toBe(vector.document.hash)
  expect(third).toEqual({ ...third, position: 3, format: 1, register: vector.register })
  for (const text of vector.entries) {
    const sorted = Object.entries(JSON.parse(text)).sort(([one], [other]) => (one < other ? -1 : 1))
    expect(JSON.stringify(Object.fromEntries(sorted))).toBe(text)
  }

  const leaves = vector.entries.map((text: string) => leaf(utf8(text)))
  expect(leaves.map(hex)).toEqual(vector.leafHashes)
  expect(hex(treeRoot(leaves))).toBe(vector.root)
  expect(vector.files).toEqual({ 'tile/0/000.p/3': hex(Buffer.concat(leaves)) })
  const bundle = vector.entries.flatMap((text: string) => [u16(utf8(text).length), utf8(text)])
  expect(hex(H(...bundle))).toBe(vector.bundleSha256)
  checkNote(vector.checkpoint)

  const [head, note] = vector.proof
    .split('\n\n', 1)
    .concat(vector.proof.slice(vector.proof.indexOf('\n\n') + 2))
  const [, index, ...path] = head.split('\n')
  expect([index, note]).toEqual(['index 1', vector.checkpoint])
  const [left, right] = path.map((line: string) => Buffer.from(line, 'base64'))
  expect(hex(H(u8(1), H(u8(1), left, leaves[1]), right))).toBe(vector.root)
})

test('our code gives the same', async () => {
  const committer = new Committer(vector.register)
  const made = Buffer.alloc(32)
  committer.commitSubject(vector.subject, secret, 0, made, 0)
  expect(hex(made)).toBe(vector.subjectCommitment)
  const commitments = eventCommitments(committer)
  expect(commitments.map(hex)).toEqual(vector.eventCommitments)
  expect(bodyHash(vector.register, salt, utf8(vector.document.body))).toBe(vector.document.hash)
  expect(hex(merkleRoot(Buffer.concat(commitments)))).toBe(JSON.parse(vector.entries[0]).eventRoot)

  const entries: Buffer[] = vector.entries.map(utf8)
  for (const entry of entries) expect(hex(encodeEntry(decodeEntry(entry)!))).toBe(hex(entry))
  expect(hex(H(encodeBundle(entries)))).toBe(vector.bundleSha256)
  const growth = new TileGrowth()
  growth.add(Buffer.concat(entries.map(leafHash)))
  const [tile] = growth.partials()
  expect({ [tilePath(0, 0, 3)]: hex(tile!.hashes) }).toEqual(vector.files)
  expect(hex(growth.root())).toBe(vector.root)

  const signer = { name: vector.origin, ...signerFromSeed(Buffer.from(vector.signingKey, 'hex')) }
  expect(encodeVerifierKey(signer.name, signer.publicKey)).toBe(vector.verifierKey)
  const checkpoint = signCheckpoint({ size: 3, root: growth.root() }, signer)
  expect(checkpoint).toBe(vector.checkpoint)
  const hashes = await tileTree(3, async () => tile!.hashes).inclusionProof(1)
  expect(encodeProof({ index: 1, hashes, checkpoint })).toBe(vector.proof)
  expect(verifyProof(vector.proof, entries[1]!, parseVerifierKey(vector.verifierKey)).index).toBe(1)
})

function eventCommitments(committer: Committer): Buffer[] {
  const columns = eventColumns(vector.events.length)
  return vector.events.map((event: Record<string, number>, ord: number) => {
    const { text, ...numbers } = event
    for (const [name, value] of Object.entries(numbers)) Reflect.get(columns, name)[ord] = value
    if (text) Reflect.set(columns.statedText, ord, text)
    const made = Buffer.alloc(32)
    const place = { position: vector.position, ord }
    committer.commitEvent(columns, ord, vector.subject, place, secret, 0, made, 0)
    return made
  })
}

function eventBytes(event: Record<string, number | string>): Buffer {
  const number = (name: string) => Number(event[name])
  const text = utf8(String(event.text))
  const names = ['route', 'notice', 'purpose', 'recipient', 'channel', 'basis', 'qualifier']
  return Buffer.concat([
    ...[u8(number('kind')), u32(vector.subject), i64(number('earliest')), i64(number('latest'))],
    ...[u8(number('grade')), u32(number('source')), u8(number('jurisdiction'))],
    ...names.map((name) => u32(number(name))),
    ...[u64(0), u32(0), u32(text.length), text],
  ])
}

/** Signed by the example's key, named as the page says; Ed25519 gives one signature for one text. */
function checkNote(note: string): void {
  const text = `${vector.origin}\n3\n${Buffer.from(vector.root, 'hex').toString('base64')}\n`
  const pkcs8 = Buffer.from(`302e020100300506032b657004220420${vector.signingKey}`, 'hex')
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  const publicKey = createPublicKey(key)
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  const id = H(utf8(vector.origin), u8(10), u8(1), raw).subarray(0, 4)
  const signature = sign(null, utf8(text), key)
  expect(verify(null, utf8(text), publicKey, signature)).toBe(true)
  const line = Buffer.concat([id, signature]).toString('base64')
  expect(note).toBe(`${text}\n\u2014 ${vector.origin} ${line}\n`)
  const typed = Buffer.concat([u8(1), raw]).toString('base64')
  expect(vector.verifierKey).toBe(`${vector.origin}+${hex(id)}+${typed}`)
}

function tag(name: string): Buffer {
  return H(utf8(`fairshare/v1/${name}\0${vector.register}`)).subarray(0, 16)
}

function leaf(data: Uint8Array): Buffer {
  return H(u8(0), data)
}

function treeRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return H(u8(1), treeRoot(leaves.slice(0, split)), treeRoot(leaves.slice(split)))
}

function H(...parts: Uint8Array[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest()
}

function bigEndian(value: number, length: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes.subarray(8 - length)
}

const u8 = (value: number) => bigEndian(value, 1)
const u16 = (value: number) => bigEndian(value, 2)
const u32 = (value: number) => bigEndian(value, 4)
const u64 = (value: number) => bigEndian(value, 8)
const i64 = u64
const utf8 = (text: string) => Buffer.from(text, 'utf8')
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
