// Receipts held against another log than the one they are of: of another organisation, or of the same one that keeps two.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Check, firstFailure } from '../../src/evidence/check.ts'
import { verifyPersonReceipt } from '../../src/evidence/verify-person-receipt.ts'
import { encodeVerifierKey, signNote } from '../../src/log/signed-note.ts'
import { canonicalHash, canonicalJson } from '../../src/model/canonical.ts'
import { type PersonReceipt, personReceiptSignedText } from '../../src/model/person-receipt.ts'
import { logVerifierKey } from '../../src/register/publish-log.ts'
import type { Register } from '../../src/register/register.ts'
import { issueReceipt } from '../../src/rights/issue-receipt.ts'
import { runInside } from '../cli/run-fairshare.ts'
import { memoryPlaces } from '../register/log-places.ts'
import { openOn, testKeys } from '../register/open-on.ts'
import { openTestRegister, openTestStore } from '../register/test-registers.ts'
import { fillRegister } from './small-register.ts'

const scratch = mkdtempSync(join(tmpdir(), 'fairshare-another-'))
const closers: (() => Promise<void>)[] = []
/** `ours` and `second` have one signing key and two logs; `stranger` has a key of its own. */
let ours: Side
let second: Side
let stranger: Side

type Side = { register: Register; key: string; receipt: PersonReceipt }

beforeAll(async () => {
  const [one, two, store] = [
    await openTestRegister('pglite'),
    await openTestRegister('pglite'),
    await openTestStore('pglite'),
  ]
  closers.push(one.dispose, two.dispose, store.dispose)
  ours = await sideOf(one.register)
  second = await sideOf(two.register)
  stranger = await sideOf(await openOn(store.store, testKeys(2)))
})
afterAll(async () => {
  for (const close of closers) await close()
  rmSync(scratch, { recursive: true, force: true })
})

async function sideOf(register: Register): Promise<Side> {
  await fillRegister(register)
  const files = { openTree: async () => undefined, readVerdicts: async () => undefined }
  const receipt = JSON.parse(await issueReceipt(register, memoryPlaces(), files, 3))
  return { register, key: logVerifierKey(register), receipt }
}

/** As this side's operator signs it. */
function signedBy({ register }: Side, receipt: PersonReceipt): PersonReceipt {
  const { signature: _, ...rest } = receipt
  const signer = { name: register.logOrigin, ...register.keys.signer }
  return { ...rest, signature: signNote(personReceiptSignedText(canonicalHash(rest)), signer) }
}

async function refused(receipt: PersonReceipt, key: string): Promise<{ at?: string; found: string }> {
  const checks: Check[] = await verifyPersonReceipt(Buffer.from(canonicalJson(receipt)), key)
  const failure = firstFailure(checks)
  if (failure === undefined) throw new Error('it holds')
  return { at: failure.place.at!, found: failure.found }
}

test('each holds under the key of its own log', async () => {
  for (const { receipt, key } of [ours, second, stranger])
    expect(firstFailure(await verifyPersonReceipt(Buffer.from(canonicalJson(receipt)), key))).toBeUndefined()
})

test('a receipt of one log under the key of another is refused, on the command line too', async () => {
  for (const other of [second, stranger]) {
    expect(await refused(ours.receipt, other.key)).toEqual({
      at: 'register.verifierKey',
      found: 'is not the key that is trusted',
    })
    const path = join(scratch, 'receipt.json')
    writeFileSync(path, canonicalJson(ours.receipt))
    const environment = { FAIRSHARE_HOME: join(scratch, 'home'), DATABASE_URL: undefined }
    const { stdout, exit } = await runInside(['verify', path, '--key', other.key], environment)
    expect(stdout).toContain(
      '\n      receipt.json, at register.verifierKey: is not the key that is trusted\n',
    )
    expect(exit).toBe(1)
  }
})

test('a receipt that claims another log, and is signed for that one, has proofs that lead elsewhere', async () => {
  for (const other of [second, stranger]) {
    const claimed = signedBy(other, { ...ours.receipt, register: other.receipt.register })
    const { at, found } = await refused(claimed, other.key)
    expect([at, found]).toEqual([expect.stringMatching(/^enrolment/), expect.stringMatching(/^is /)])
  }
})

test('proofs, entries and persons of another log that the same key signs do not fit into a receipt', async () => {
  const { enrolment, events, secret } = second.receipt
  const places: [PersonReceipt, RegExp][] = [
    [{ ...ours.receipt, enrolment }, /^enrolment/],
    [{ ...ours.receipt, secret }, /^enrolment/],
    [{ ...ours.receipt, enrolment, secret }, /^enrolment/],
    [{ ...ours.receipt, events }, /^events\[0\]/],
    [{ ...ours.receipt, enrolment: { ...ours.receipt.enrolment, proof: enrolment.proof } }, /^enrolment/],
  ]
  for (const [receipt, place] of places) {
    const { at } = await refused(signedBy(ours, receipt), ours.key)
    expect(at).toMatch(place)
  }
})

test('a log that calls itself by the name of another is not signed by the key that is known for that name', async () => {
  const { publicKey } = stranger.register.keys.signer
  const name = ours.register.logOrigin
  const impostor = { ...stranger, register: { ...stranger.register, logOrigin: name } }
  const verifierKey = encodeVerifierKey(name, publicKey)
  const receipt = signedBy(impostor, {
    ...stranger.receipt,
    register: { ...ours.receipt.register, verifierKey },
  })
  expect((await refused(receipt, ours.key)).at).toBe('register.verifierKey')
  const hidden = signedBy(impostor, { ...stranger.receipt, register: ours.receipt.register })
  expect((await refused(hidden, ours.key)).at).toMatch(/^(signature|enrolment)/)
})
