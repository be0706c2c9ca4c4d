// The register's signing key: changed with a note that both keys signed, finished after a crash, and never an older one again.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { openFileKeyRing } from '../../src/adapters/keys/file-key-ring.ts'
import { firstFailure } from '../../src/evidence/check.ts'
import { verifyKeyRotation } from '../../src/evidence/verify-key-rotation.ts'
import { verifyLog } from '../../src/evidence/verify-log.ts'
import { openCheckpoint, signCheckpoint } from '../../src/log/checkpoint.ts'
import { fsckLog } from '../../src/log/fsck.ts'
import { encodeVerifierKey, openNote, parseVerifierKey, signNote } from '../../src/log/signed-note.ts'
import { statementText } from '../../src/model/statement.ts'
import type { Signer } from '../../src/register/key-ring.ts'
import { isLogPath } from '../../src/register/log-store.ts'
import { logVerifier, logVerifierKey, publishLog } from '../../src/register/publish-log.ts'
import { recordDocument } from '../../src/register/record-document.ts'
import type { Register } from '../../src/register/register.ts'
import { rotateSigningKey } from '../../src/register/rotate-signing-key.ts'
import { readRotations } from '../../src/register/signing-key.ts'
import { type MemoryPlaces, memoryPlaces } from './log-places.ts'
import { openOn } from './open-on.ts'
import { openTestStore, type TestStore } from './test-registers.ts'

let folder: string
let kept: string
beforeEach(() => {
  kept = mkdtempSync(join(tmpdir(), 'fairshare-keys-'))
  folder = join(kept, 'keys')
})
afterEach(() => rmSync(kept, { recursive: true, force: true }))

const ring = (create = false) => openFileKeyRing({ folder, create })

describe('the signing key of a register', () => {
  let opened: TestStore
  let register: Register
  let places: MemoryPlaces
  let before: string

  beforeEach(async () => {
    opened = await openTestStore('postgres')
    register = await openOn(opened.store, ring(true))
    places = memoryPlaces()
    before = logVerifierKey(register)
    await append(register)
    await publishLog(register, places)
  })
  afterEach(() => opened.dispose())

  const rotate = (why: 'planned' | 'stolen' | 'lost') =>
    rotateSigningKey(register, places, { why, actor: 'test' })

  test('is another after a change, and the log goes on under it from what the old one signed', async () => {
    const checkpoint = places.files.get('checkpoint')!
    const old = openCheckpoint(checkpoint, logVerifier(register))
    const { statement, note, path } = await rotate('planned')
    expect(logVerifierKey(register)).toBe(statement.next)
    expect(statement).toMatchObject({ previous: before, rotation: 1, why: 'planned' })
    const kept = [{ name: 'kept', note: checkpoint }]
    const read = async (file: string) => places.files.get(file)
    const { checks } = await verifyLog(read, parseVerifierKey(statement.next), kept)
    expect(checks).toHaveLength(2)
    expect(firstFailure(checks)).toBeUndefined()
    const now = openCheckpoint(places.files.get('checkpoint')!, parseVerifierKey(statement.next))
    expect(now.size).toBe(old.size + 1)
    expect(() => openCheckpoint(places.files.get('checkpoint')!, parseVerifierKey(before))).toThrow(
      expect.objectContaining({ code: 'note.unsigned' }),
    )
    await fsckLog(async (file) => places.files.get(file), parseVerifierKey(statement.next))
    expect(isLogPath(path)).toBe(true)
    expect(new TextDecoder().decode(places.files.get(path))).toBe(note)
  })

  test('is followed from the old key to the new one by the note, which both signed', async () => {
    const { note, statement } = await rotate('planned')
    for (const key of [before, statement.next]) {
      const { checks, says } = await verifyKeyRotation(note, parseVerifierKey(key), 'rotation-1.note')
      expect(firstFailure(checks)).toBeUndefined()
      expect(says.join()).toContain(statement.next)
    }
    const bytes = Buffer.from(note, 'utf8')
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at]! ^= 1
      const { checks } = await verifyKeyRotation(changed.toString('utf8'), parseVerifierKey(before), 'note')
      expect(firstFailure(checks), `byte ${at}`).toBeDefined()
    }
  })

  test('a note that only the new key signed does not pass for one of both', async () => {
    const { note } = await rotate('planned')
    const lines = note.split('\n')
    const oneSignature = [...lines.slice(0, 4), ''].join('\n')
    const next = parseVerifierKey(logVerifierKey(register))
    expect(openNote(oneSignature, [next]).signatures).toHaveLength(1)
    const { checks } = await verifyKeyRotation(oneSignature, next, 'note')
    expect(firstFailure(checks)?.what).toBe('the key before signed it too')
  })

  test('a note about other keys, or of none to another, is not followed', async () => {
    const { statement } = await rotate('planned')
    const [one, other] = [0, 1].map((seed) => signerFromSeed(new Uint8Array(32).fill(seed + 60)))
    const named = (signer: Signer) => ({ name: register.logOrigin, ...signer })
    const vkey = (signer: Signer) => encodeVerifierKey(register.logOrigin, signer.publicKey)
    const noteOf = (changes: Partial<typeof statement>) =>
      signNote(statementText({ ...statement, ...changes }), named(one!), named(other!), named(ring().signer))
    const trusted = parseVerifierKey(vkey(one!))
    for (const [changes, found] of [
      [{ previous: statement.next, next: vkey(other!) }, 'is not about the key that is trusted'],
      [{ previous: vkey(one!), next: vkey(one!) }, 'nothing was changed'],
      [{ previous: vkey(one!), next: vkey(other!), why: 'stolen' }, 'it cannot vouch for another'],
    ] as const) {
      const { checks } = await verifyKeyRotation(noteOf(changes), trusted, 'note')
      expect(firstFailure(checks)?.found).toContain(found)
    }
  })

  test('that was stolen does not vouch for its successor', async () => {
    const { note, statement } = await rotate('stolen')
    const { checks } = await verifyKeyRotation(note, parseVerifierKey(before), 'note')
    expect(firstFailure(checks)?.found).toContain('is not signed by the key it should be')
    const asNew = await verifyKeyRotation(note, parseVerifierKey(statement.next), 'note')
    expect(firstFailure(asNew.checks)).toBeUndefined()
    expect(asNew.says.join(' ')).toContain('stolen')
  })

  test('that is lost stops signing and nothing else, until another takes its place', async () => {
    rmSync(join(folder, 'signing.key'))
    register = await openOn(opened.store, ring())
    await append(register)
    await expect(publishLog(register, places)).rejects.toMatchObject({ code: 'keys.unusable' })
    await expect(rotate('planned')).rejects.toMatchObject({ code: 'keys.unusable' })
    const { statement } = await rotate('lost')
    expect(statement.previous).toBeUndefined()
    await fsckLog(async (file) => places.files.get(file), parseVerifierKey(statement.next))
    expect(readdirSync(folder)).not.toContain('signing.next')
  })

  test('is taken by the next opening when a crash came after the change was recorded', async () => {
    const keys = ring()
    const crashing = { ...register, keys: { ...keys, signer: keys.signer, adoptSigner: crash } }
    await expect(rotateSigningKey(crashing, places, { why: 'planned', actor: 'test' })).rejects.toThrow(
      'crash',
    )
    expect(existsSync(join(folder, 'signing.next'))).toBe(true)
    const again = await openOn(opened.store, ring())
    expect(logVerifierKey(again)).not.toBe(before)
    expect(existsSync(join(folder, 'signing.next'))).toBe(false)
    const { size } = await publishLog(again, places)
    await fsckLog(async (file) => places.files.get(file), logVerifier(again))
    expect(size).toBe(2)
    expect(places.files.has('keys/rotation-1.note')).toBe(true)
  })

  test('stays when a crash came before the change was recorded, and the next change takes the key that was made', async () => {
    const waiting = ring().nextSigner().publicKey
    register = await openOn(opened.store, ring())
    expect(logVerifierKey(register)).toBe(before)
    const { statement } = await rotate('planned')
    expect(parseVerifierKey(statement.next).publicKey).toEqual(waiting)
  })

  test('that another process changed is taken before anything is signed', async () => {
    const other = await openOn(opened.store, ring())
    const { statement } = await rotate('planned')
    await append(other)
    await publishLog(other, places)
    expect(() =>
      openCheckpoint(places.files.get('checkpoint')!, parseVerifierKey(statement.next)),
    ).not.toThrow()
  })

  test('is not changed in a register that went back behind what its log has signed', async () => {
    const { size, root } = await publishLog(register, places)
    places.signedTree = { size: size + 1, root: Buffer.from(root, 'hex') }
    for (const why of ['planned', 'stolen', 'lost'] as const)
      await expect(rotate(why)).rejects.toMatchObject({ code: 'log.forked' })
    expect(logVerifierKey(register)).toBe(before)
    expect(await readRotations(register.store)).toEqual([])
  })

  test('before binds the log as the new one does, unless it was stolen', async () => {
    const forged = (key: Signer) =>
      signCheckpoint({ size: 99, root: new Uint8Array(32) }, { name: register.logOrigin, ...key })
    const old = ring().signer
    await rotate('planned')
    places.files.set('checkpoint', Buffer.from(forged(old)))
    await expect(publishLog(register, places)).rejects.toMatchObject({ code: 'log.forked' })
    places.files.delete('checkpoint')
    const second = ring().signer
    await rotate('stolen')
    places.files.set('checkpoint', Buffer.from(forged(second)))
    await expect(publishLog(register, places)).resolves.toMatchObject({ size: 3 })
  })

  test('of an older backup opens no register that has changed it since', async () => {
    copyFileSync(join(folder, 'signing.key'), join(kept, 'backup'))
    await rotate('planned')
    copyFileSync(join(kept, 'backup'), join(folder, 'signing.key'))
    await expect(openOn(opened.store, ring())).rejects.toMatchObject({
      code: 'keys.unusable',
      detail: expect.stringContaining('older than the register'),
    })
    await expect(publishLog(register, places)).rejects.toMatchObject({ code: 'keys.unusable' })
  })

  test('is nowhere in its folder any more once it was changed', async () => {
    const secret = readFileSync(join(folder, 'signing.key'))
    await rotate('planned')
    await rotate('planned')
    for (const file of readdirSync(folder))
      expect(readFileSync(join(folder, file)).includes(secret), file).toBe(false)
  })
})

test('a key that two processes take at once is taken once, and stays whole', async () => {
  const children = [0, 1].map(() => fork(join(import.meta.dirname, 'adopt-key.ts')))
  try {
    for (let round = 0; round < 60; round++) {
      const place = join(kept, `${round}`)
      const publicKey = Buffer.from(openFileKeyRing({ folder: place, create: true }).nextSigner().publicKey)
      const at = performance.timeOrigin + performance.now() + 12
      const answers = children.map(async (child) => {
        child.send({ folder: place, publicKey: publicKey.toString('hex'), at })
        return (await once(child, 'message'))[0] as string
      })
      expect(await Promise.all(answers)).toEqual(['signs', 'signs'])
      const signer = openFileKeyRing({ folder: place, create: false }).signer
      expect(Buffer.from(signer.publicKey).equals(publicKey)).toBe(true)
    }
  } finally {
    for (const child of children) child.kill()
  }
})

test.skipIf(process.platform === 'win32')('a key that others can read is not used', () => {
  ring(true)
  for (const file of ['lookup-pepper-1.key', 'pseudonym-1.key']) {
    chmodSync(join(folder, file), 0o640)
    expect(() => ring()).toThrow(expect.objectContaining({ code: 'keys.exposed' }))
    chmodSync(join(folder, file), 0o600)
  }
  const keys = ring()
  for (const file of ['signing.key', 'epoch-1.key']) chmodSync(join(folder, file), 0o604)
  expect(() => keys.signer).toThrow(expect.objectContaining({ code: 'keys.exposed' }))
  expect(() => keys.epochKey(1)).toThrow(expect.objectContaining({ code: 'keys.exposed' }))
})

function crash(): never {
  throw new Error('crash')
}

let appended = 0

function append(register: Register) {
  const name = `${++appended}`
  return recordDocument(register, { kind: 'feed', about: name, body: `{"n":"${name}"}`, actor: 'test' })
}
