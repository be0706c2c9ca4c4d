// Writes docs/spec/vectors anew from our own code, without chance or clock: what a second implementation is compared with.
// Run it with `node test/verifiers/make-vectors.ts`; a test holds the files to it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { claimVectors } from './claim-vectors.ts'
import { deliveryVectors } from './delivery-vectors.ts'
import { destructionVectors } from './destruction-vectors.ts'
import { canonicalVectors, commitmentVectors, logVectors, noteVectors, proofVectors } from './log-vectors.ts'
import { receiptVectors } from './receipt-vectors.ts'

export const vectorsFolder = fileURLToPath(new URL('../../docs/spec/vectors', import.meta.url))
/** Written by hand, and made by other code than ours. */
export const notMadeHere = ['README.md', 'release-tree.json']

/** Path below the folder → content. */
export function makeVectors(): Map<string, Uint8Array> {
  const page = readFileSync(join(vectorsFolder, '..', 'register-log.md'), 'utf8')
  const example = /```json\n([\s\S]*?)\n```/.exec(page)![1]!
  const documents: [string, object][] = [
    ['register-log.json', JSON.parse(example)],
    ['canonical-json.json', canonicalVectors()],
    ['commitments.json', commitmentVectors()],
    ['signed-notes.json', noteVectors()],
    ['proofs.json', proofVectors()],
    ['person-receipts.json', receiptVectors()],
    ['claims.json', claimVectors()],
    ['destruction-certificates.json', destructionVectors()],
  ]
  const files = new Map<string, Uint8Array>()
  for (const { vectors, folders } of [logVectors(), deliveryVectors()]) {
    documents.push(vectors)
    for (const [path, bytes] of folders) files.set(path, bytes)
  }
  for (const [path, value] of documents)
    files.set(path, Buffer.from(`${JSON.stringify(value, undefined, 1)}\n`))
  return files
}

function writeVectors(): void {
  for (const folder of ['log', 'delivery', 'removal'])
    rmSync(join(vectorsFolder, folder), { recursive: true, force: true })
  for (const [path, bytes] of makeVectors()) {
    mkdirSync(dirname(join(vectorsFolder, path)), { recursive: true })
    writeFileSync(join(vectorsFolder, path), bytes)
  }
}

if (import.meta.main) writeVectors()
