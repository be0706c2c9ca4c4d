// The sender's side of a receipt: taken in when the recipient's own key signed it and it found what was sealed.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Canonical, canonicalJson } from '../../src/model/canonical.ts'
import type { ReleaseReceipt, RemovalReceipt } from '../../src/model/release.ts'
import { applyRemoval } from '../../src/recipient/apply-removal.ts'
import { openDelivery } from '../../src/recipient/open-delivery.ts'
import type { RecipientKeys } from '../../src/recipient/recipient-desk.ts'
import { signReceipt } from '../../src/recipient/sign-receipt.ts'
import { readDocuments, recordDocument } from '../../src/register/record-document.ts'
import type { Register } from '../../src/register/register.ts'
import { readRelease } from '../../src/release/read-release.ts'
import { receiveReceipt } from '../../src/release/receive-receipt.ts'
import { openTestRegister, type TestRegister } from '../register/test-registers.ts'
import { buildDelivery, buildRemoval, desk, recipientKeys } from './build-delivery.ts'

const root = mkdtempSync(join(tmpdir(), 'fairshare-receive-'))
const release = '3-acorn-post@41'
let opened: TestRegister
let register: Register
let keys: RecipientKeys
let stranger: RecipientKeys
let note: string
let receipt: ReleaseReceipt
let removalNote: string
let removalReceipt: RemovalReceipt

const record = (kind: string, about: string, body: Canonical) =>
  recordDocument(register, { kind, about, body: canonicalJson(body), actor: 'test' })

beforeAll(async () => {
  opened = await openTestRegister('pglite')
  register = opened.register
  keys = await recipientKeys('acorn', 3)
  stranger = await recipientKeys('acorn', 4)
  await recordKey(stranger, false)
  const delivery = await buildDelivery(join(root, 'delivery'), keys)
  await recordKey(keys, true)
  const out = join(root, 'opened')
  const { receiptPath, ...opening } = await openDelivery(desk, keys, { folder: delivery.folder, out })
  note = readFileSync(receiptPath, 'utf8')
  receipt = opening.receipt
  await expect(receiveReceipt(register, note, 'test')).rejects.toMatchObject({ code: 'release.not_found' })
  await record('release.committed', release, { release, request: { recipient: 'acorn' } })
  await record('release.sealed', release, delivery.body)
  await expect(receiveReceipt(register, note, 'test')).rejects.toMatchObject({
    detail: expect.stringContaining('not delivered'),
  })
  await record('release.delivered', release, { release, folder: 'x' })
  const folder = join(root, 'removal')
  await buildRemoval(folder, keys, { release, refs: delivery.refs.slice(0, 3) })
  const applied = await applyRemoval(desk, keys, { folder, into: out })
  removalNote = readFileSync(applied.receiptPath, 'utf8')
  removalReceipt = applied.receipt
  await record('removal.sealed', release, {
    release,
    removal: 1,
    count: 3,
    upTo: 50,
    removalSha256: applied.manifest.sha256,
    manifestSha256: applied.manifestSha256,
    ageRecipient: keys.card.ageRecipient,
    dueAt: 0,
  })
})
afterAll(async () => {
  await opened.dispose()
  rmSync(root, { recursive: true, force: true })
})

async function recordKey(of: RecipientKeys, verified: boolean) {
  const { position } = await record('recipient-key', 'acorn', {
    recipient: 'acorn',
    card: of.card,
    challengeSha256: 'c'.repeat(64),
    expiresAt: 0,
  })
  if (verified)
    await record('recipient-key-verified', 'acorn', { recipient: 'acorn', key: position, note: '' })
}

const refused = async (changed: string) => {
  const before = await readDocuments(register.store, { kind: ['release.opened', 'removal.applied'] })
  const outcome = await receiveReceipt(register, changed, 'test').catch((error: unknown) => error)
  expect(outcome).toMatchObject({ code: 'receipt.invalid' })
  expect(await readDocuments(register.store, { kind: ['release.opened', 'removal.applied'] })).toEqual(before)
  return (outcome as { detail: string }).detail
}
const forged = (change: Partial<ReleaseReceipt>, by = keys) => signReceipt({ ...receipt, ...change }, by)

const disputes = async () =>
  (await readDocuments(register.store, { kind: 'release.disputed', about: release })).map(({ body }) =>
    JSON.parse(body),
  )

describe('a receipt of a release', () => {
  test('that tells of other rows than were sealed is the alarm', async () => {
    const released = 'a'.repeat(64)
    expect(await refused(forged({ released }, stranger))).toContain('not signed with the key of the card')
    expect(await disputes()).toEqual([])
    const found = await refused(forged({ released }))
    expect(found).toContain('what arrived is not what was sent')
    const dispute = { release, receipt: { ...receipt, released }, note: forged({ released }), found }
    expect(await disputes()).toEqual([dispute])
    expect(await refused(forged({ released }))).toBe(found)
    expect(await disputes()).toEqual([dispute])
  })

  test('for another manifest, other counts or another file is refused with what differs', async () => {
    expect(await refused(forged({ manifestSha256: 'a'.repeat(64) }))).toContain('another manifest')
    expect(await refused(forged({ rows: 11 }))).toContain('11 rows where 12')
    expect(await refused(forged({ recordsSha256: 'a'.repeat(64) }))).toContain('another file')
    expect(await refused(forged({ checked: { signature: true, log: true, rows: false } }))).toContain(
      'check the rows',
    )
  })

  test('signed by any other key than that of the verified card is refused', async () => {
    expect(await refused(forged({}, stranger))).toContain('not signed with the key of the card')
    expect(await refused(note.replace('"rows":12', '"rows": 12'))).toContain('canonical')
    expect(await refused(note.replace(/openedAt":"2018/, 'openedAt":"2019'))).toContain(
      'not signed with the key of the card',
    )
    expect(await refused('hello')).toContain('not a known form')
    expect(await refused(note.slice(0, 200))).toBeTruthy()
  })

  test('is recorded once, however often it comes', async () => {
    const first = await receiveReceipt(register, note, 'test')
    expect(first).toMatchObject({ kind: 'release.opened', release, repeated: false })
    expect(await receiveReceipt(register, note, 'test')).toMatchObject({
      position: first.position,
      repeated: true,
    })
    expect((await readRelease(register.store, release)).opened?.body).toEqual({ release, receipt, note })
  })
})

describe('a receipt of a removal', () => {
  test('counts when the removal was delivered, and only for the one it names', async () => {
    expect(await refused(removalNote)).toContain('not delivered')
    await record('removal.delivered', release, { release, removal: 1, folder: 'x' })
    const change = (by: Partial<RemovalReceipt>) => signReceipt({ ...removalReceipt, ...by }, keys)
    expect(await refused(change({ removal: 2 }))).toContain('not delivered')
    expect(await refused(change({ asked: 2, removed: 2, absent: 0 }))).toContain(
      '2 lines were asked for; 3 were',
    )
    expect(await refused(change({ removed: 1, absent: 1 }))).toContain('do not add up')
    expect(await refused(change({ manifestSha256: 'a'.repeat(64) }))).toContain('another removal')
    expect(await refused(change({ removed: 0, absent: 3 }))).toBe(
      '3 lines were not in the copy it was applied to; ask acorn which copy that was; the removal stays open',
    )
    expect(await refused(change({ removed: 2, absent: 1 }))).toContain('1 line was not in the copy')
    expect(await receiveReceipt(register, removalNote, 'test')).toMatchObject({
      kind: 'removal.applied',
      repeated: false,
    })
    expect(await receiveReceipt(register, removalNote, 'test')).toMatchObject({ repeated: true })
    // Of a second copy, or of the same once more: all lines are accounted for by now.
    expect(await receiveReceipt(register, change({ removed: 0, absent: 3 }), 'test')).toMatchObject({
      repeated: false,
    })
    expect((await readRelease(register.store, release)).removals[0]?.applied?.body.receipt).toEqual(
      removalReceipt,
    )
  })
})
