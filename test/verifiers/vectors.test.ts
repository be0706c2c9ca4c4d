// docs/spec/vectors: made anew, byte for byte, and judged by our own verifiers as they say.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { deliveryFolder } from '../../src/adapters/files/delivery-folder.ts'
import { type Check, firstFailure } from '../../src/evidence/check.ts'
import { type Fault, readDocument, text } from '../../src/evidence/document-shape.ts'
import { verifyDestruction } from '../../src/evidence/verify-destruction.ts'
import { verifyLog } from '../../src/evidence/verify-log.ts'
import { verifyPersonReceipt } from '../../src/evidence/verify-person-receipt.ts'
import { verifyReceipt } from '../../src/evidence/verify-receipt.ts'
import { verifyRelease } from '../../src/evidence/verify-release.ts'
import { verifyRemoval } from '../../src/evidence/verify-removal.ts'
import { openCheckpoint } from '../../src/log/checkpoint.ts'
import { verifyConsistency } from '../../src/log/consistency.ts'
import { verifyInclusion } from '../../src/log/inclusion.ts'
import { LogError } from '../../src/log/log-error.ts'
import { openNote, parseVerifierKey } from '../../src/log/signed-note.ts'
import { verifyProof } from '../../src/log/tlog-proof.ts'
import { canonicalJson } from '../../src/model/canonical.ts'
import { makeVectors, notMadeHere, vectorsFolder } from './make-vectors.ts'
import { changed } from './receipt-vectors.ts'

const made = makeVectors()
const vectorsOf = (name: string) => JSON.parse(Buffer.from(made.get(name)!).toString('utf8'))
const bytes = (base64: string) => Buffer.from(base64, 'base64')
const scratch = mkdtempSync(join(tmpdir(), 'fairshare-vectors-'))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

test('the files are those that our code makes, and no others', () => {
  const found = readdirSync(vectorsFolder, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name).slice(vectorsFolder.length + 1))
  expect(found.filter((file) => !notMadeHere.includes(file)).sort()).toEqual([...made.keys()].sort())
  for (const [path, content] of made)
    expect(
      readFileSync(join(vectorsFolder, path)).equals(content),
      `${path}: node test/verifiers/make-vectors.ts`,
    ).toBe(true)
})

type Case = { holds: boolean; why: string }

/** What `work` finds of each case is what the case says. */
function expectVerdicts<C extends Case>(cases: readonly C[], work: (one: C) => boolean): void {
  expect(new Set(cases.map(({ holds }) => holds)).size).toBe(2)
  for (const one of cases)
    expect({ why: one.why, holds: work(one) }).toEqual({ why: one.why, holds: one.holds })
}

function opens(work: () => unknown): boolean {
  try {
    work()
    return true
  } catch (error) {
    if (error instanceof LogError) return false
    throw error
  }
}

/** Whatever may stand in a signed document. */
function anyValue(value: unknown, at: string): Fault | undefined {
  if (typeof value === 'boolean' || Number.isSafeInteger(value)) return undefined
  if (typeof value !== 'object' || value === null) return text(value, at)
  if (Object.keys(value).some((name) => /[^ -~]/.test(name))) return { at, found: 'a name beyond ASCII' }
  return Object.values(value)
    .map((part) => anyValue(part, at))
    .find((fault) => fault !== undefined)
}

describe('our own verifiers judge as the vectors say', () => {
  test('canonical JSON', () => {
    expectVerdicts<Case & { json: string }>(
      vectorsOf('canonical-json.json').cases,
      ({ json }) => readDocument(bytes(json), anyValue).fault === undefined,
    )
  })

  test('keys, notes, checkpoints', () => {
    const { key, keys, notes, checkpoints } = vectorsOf('signed-notes.json')
    const log = parseVerifierKey(key)
    expectVerdicts<Case & { key: string }>(keys, (one) => opens(() => parseVerifierKey(one.key)))
    expectVerdicts<Case & { note: string }>(notes, ({ note }) => opens(() => openNote(bytes(note), [log])))
    expectVerdicts<Case & { note: string }>(checkpoints, ({ note }) => opens(() => openCheckpoint(note, log)))
  })

  test('proofs', () => {
    const { key, inclusion, consistency, entries } = vectorsOf('proofs.json')
    type Path = Case & { path: string[] }
    expectVerdicts<Path & { index: number; size: number; leaf: string; root: string }>(
      inclusion,
      ({ index, size, leaf, path, root }) =>
        verifyInclusion(index, size, bytes(leaf), path.map(bytes), bytes(root)),
    )
    type Head = { size: number; root: string }
    const head = ({ size, root }: Head) => ({ size, root: bytes(root) })
    expectVerdicts<Path & { older: Head; newer: Head }>(consistency, ({ older, newer, path }) =>
      verifyConsistency(head(older), head(newer), path.map(bytes)),
    )
    expectVerdicts<Case & { entry: string; proof: string }>(entries, ({ entry, proof }) =>
      opens(() => verifyProof(proof, Buffer.from(entry), parseVerifierKey(key))),
    )
  })

  type Changes = Parameters<typeof changed>[1]
  type ReceiptCase = Case & { of: number; place: string; changes: Changes; signature: string }
  test.each<ReceiptCase>(vectorsOf('person-receipts.json').cases)('a person’s receipt: $why', async (one) => {
    const { key, receipts } = vectorsOf('person-receipts.json')
    const receipt = { ...changed(receipts[one.of], one.changes), signature: one.signature }
    const found = firstFailure(await verifyPersonReceipt(Buffer.from(canonicalJson(receipt as never)), key))
    const place = found?.place.at ?? ''
    expect({ holds: found === undefined, place: place.slice(0, one.place.length) }).toEqual({
      holds: one.holds,
      place: one.place,
    })
  })

  type Put = { [file: string]: string | null }
  function copyOf(folder: string, put: Put): string {
    const copy = mkdtempSync(join(scratch, 'copy-'))
    cpSync(join(vectorsFolder, folder), copy, { recursive: true })
    for (const [file, content] of Object.entries(put)) {
      mkdirSync(dirname(join(copy, file)), { recursive: true })
      if (content === null) rmSync(join(copy, file))
      else writeFileSync(join(copy, file), bytes(content))
    }
    return copy
  }

  async function expectFolders(
    cases: (Case & { place: string; put: Put })[],
    folder: string,
    verify: (copy: string) => Promise<{ checks: Check[] }>,
  ) {
    expect(cases.length).toBeGreaterThan(10)
    for (const one of cases) {
      const failure = firstFailure((await verify(copyOf(folder, one.put))).checks)
      const place =
        failure === undefined
          ? ''
          : `${failure.place.file}${failure.place.at ? `, at ${failure.place.at}` : ''}`
      expect({ why: one.why, holds: failure === undefined }).toEqual({ why: one.why, holds: one.holds })
      expect(place, one.why).toContain(one.place)
    }
  }

  test('deliveries and removals', async () => {
    const { key, release, removal } = vectorsOf('deliveries.json')
    const trusted = [parseVerifierKey(key)]
    await expectFolders(release.cases, release.folder, (copy) => verifyRelease(deliveryFolder, copy, trusted))
    await expectFolders(removal.cases, removal.folder, (copy) => verifyRemoval(deliveryFolder, copy, trusted))
  })

  test('certificates of destruction', async () => {
    const { key, cases } = vectorsOf('destruction-certificates.json')
    for (const { holds, why, note } of cases) {
      const { checks } = await verifyDestruction(note, parseVerifierKey(key), 'certificate.txt')
      expect({ why, holds: firstFailure(checks) === undefined }).toEqual({ why, holds })
    }
  })
  test('receipts of a recipient', async () => {
    const { recipientKey, receipts } = vectorsOf('deliveries.json')
    for (const { holds, why, note } of receipts) {
      const { checks } = await verifyReceipt(note, parseVerifierKey(recipientKey), 'receipt.txt')
      expect({ why, holds: firstFailure(checks) === undefined }).toEqual({ why, holds })
    }
  })

  test('copies of a log', async () => {
    const { key, folder, copies } = vectorsOf('log.json')
    await expectFolders(copies, folder, (copy) => {
      const read = async (path: string) => {
        try {
          return new Uint8Array(readFileSync(join(copy, path)))
        } catch {
          return undefined
        }
      }
      return verifyLog(read, parseVerifierKey(key))
    })
  })
})
