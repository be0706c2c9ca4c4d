// Whatever byte of a delivered document is changed, and to whatever: the verifier says so. Nothing in these files is free to say
// something else.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deliveryFolder } from '../../src/adapters/files/delivery-folder.ts'
import { firstFailure } from '../../src/evidence/check.ts'
import type { DeliveredFiles } from '../../src/evidence/delivered-files.ts'
import { verifyReceipt } from '../../src/evidence/verify-receipt.ts'
import { verifyRelease } from '../../src/evidence/verify-release.ts'
import { verifyRemoval } from '../../src/evidence/verify-removal.ts'
import { parseVerifierKey } from '../../src/log/signed-note.ts'
import { sha256Hex } from '../../src/model/canonical.ts'
import { applyRemoval } from '../../src/recipient/apply-removal.ts'
import { openDelivery } from '../../src/recipient/open-delivery.ts'
import type { RecipientKeys } from '../../src/recipient/recipient-desk.ts'
import { changeEachByte, unnoticed } from '../log/change-each-byte.ts'
import { buildDelivery, buildRemoval, desk, recipientKeys, registerKey } from '../recipient/build-delivery.ts'

const root = mkdtempSync(join(tmpdir(), 'fairshare-bytes-'))
const folder = join(root, 'delivery')
const removal = join(root, 'removal')
const trusted = [parseVerifierKey(registerKey)]
const receipts = new Map<string, Uint8Array>()
let keys: RecipientKeys

beforeAll(async () => {
  keys = await recipientKeys('acorn', 3)
  const { release, refs } = await buildDelivery(folder, keys)
  const opened = await openDelivery(desk, keys, { folder, out: join(root, 'opened') })
  receipts.set('release', readFileSync(opened.receiptPath))
  await buildRemoval(removal, keys, { release, refs: refs.slice(0, 2) })
  const applied = await applyRemoval(desk, keys, { folder: removal, into: join(root, 'opened') })
  receipts.set('removal', readFileSync(applied.receiptPath))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** The folder as it is but for one file; every other file is read and hashed once. */
function filesWith(name: string, bytes: Uint8Array): DeliveredFiles {
  return {
    ...deliveryFolder,
    read: (path, most) => (basename(path) === name ? Promise.resolve(bytes) : readOnce(path, most)),
    hash: async (path) =>
      basename(path) === name ? { sha256: sha256Hex(bytes), sizeBytes: bytes.length } : hashOnce(path),
  }
}

const readOnce = once(deliveryFolder.read)
const hashOnce = once(deliveryFolder.hash)

function once<T, More extends unknown[]>(work: (path: string, ...more: More) => Promise<T>) {
  const done = new Map<string, Promise<T>>()
  return (path: string, ...more: More): Promise<T> => {
    const result = done.get(path) ?? work(path, ...more)
    done.set(path, result)
    return result
  }
}

test.each(['manifest.json', 'manifest.json.sig', 'sealed.json', 'sealed.tlog-proof', 'README.txt'])(
  'no byte of %s of a release can be changed',
  async (name) => {
    const verify = async (bytes: Uint8Array) =>
      firstFailure((await verifyRelease(filesWith(name, bytes), folder, trusted)).checks) !== undefined
    const bytes = readFileSync(join(folder, name))
    expect(await verify(bytes)).toBe(false)
    const { asked, missed } = await unnoticed(changeEachByte(bytes, 2), verify)
    expect(missed).toEqual([])
    expect(asked).toBe(2 * bytes.length)
  },
)

test.each(['removal.json', 'removal.json.sig', 'README.txt'])(
  'no byte of %s of a removal can be changed',
  async (name) => {
    const verify = async (bytes: Uint8Array) =>
      firstFailure((await verifyRemoval(filesWith(name, bytes), removal, trusted)).checks) !== undefined
    const bytes = readFileSync(join(removal, name))
    expect(await verify(bytes)).toBe(false)
    const { asked, missed } = await unnoticed(changeEachByte(bytes, 2), verify)
    expect(missed).toEqual([])
    expect(asked).toBe(2 * bytes.length)
  },
)

test.each(['release', 'removal'])('no byte of a recipient’s receipt of a %s can be changed', async (of) => {
  const key = parseVerifierKey(keys.card.verifierKey)
  // As a file is read: what is not UTF-8 turns into something else, which nobody signed.
  const verify = async (bytes: Uint8Array) => {
    const { checks } = await verifyReceipt(Buffer.from(bytes).toString('utf8'), key, 'receipt.txt')
    return firstFailure(checks) !== undefined
  }
  expect(await verify(receipts.get(of)!)).toBe(false)
  const { asked, missed } = await unnoticed(changeEachByte(receipts.get(of)!, 8), verify)
  expect(missed).toEqual([])
  expect(asked).toBe(8 * receipts.get(of)!.length)
})
