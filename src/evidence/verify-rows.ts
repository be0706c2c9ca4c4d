// What the trees of a sealed release say of one person's rows, as receipts and claims tell it.
import { equalBytes, utf8 } from '../log/bytes.ts'
import { bodyHash, type LogEntry } from '../log/log-entry.ts'
import { type PrefixProof, verifyPrefixProof } from '../log/prefix-proof.ts'
import { ReleaseLeaves, verdictBytes } from '../log/release-leaves.ts'
import { HASH_BYTES } from '../log/sha256.ts'
import type { OpenedVerdict } from '../model/person-receipt.ts'
import type { SealedBody } from '../model/release.ts'
import { outcomes } from '../model/verdict.ts'
import { NotHeld } from './check.ts'
import { readDocument } from './document-shape.ts'
import { sealedBodyShape } from './release-documents.ts'
import { bytesOf } from './verify-entry.ts'

/** Of a file, where it says which release, and its sealed document with the entry. */
export type SealedPlaces = { file: string; release: string; entry: string; body: string }

/** The sealed document, which is that of this release and has its hash in the entry. */
export function readSealed(
  entry: LogEntry,
  { release, body, salt }: { release: string; body: string; salt: Uint8Array },
  at: SealedPlaces,
): SealedBody {
  if (entry.kind !== 'release.sealed') throw new NotHeld(at.file, at.entry, 'is of no sealed release')
  if (entry.body !== bodyHash(entry.register, salt, utf8(body)))
    throw new NotHeld(at.file, at.body, 'is not the document whose hash is in the log')
  const { value, fault } = readDocument(utf8(body), sealedBodyShape)
  if (fault !== undefined) throw new NotHeld(at.file, `${at.body}.${fault.at}`, fault.found)
  if (value.release !== release) throw new NotHeld(at.file, at.release, 'is not the release that was sealed')
  return value
}

/** A path, and the commitment it leads from; without one, that there is no such leaf. */
export type ShownLeaf = { commitment: Uint8Array | undefined; proof: PrefixProof | undefined }

export type ShownRow = {
  decided: ShownLeaf | undefined
  released: ShownLeaf
  verdict: OpenedVerdict | undefined
}

/** Row number `ordinal` of the person whose secret this is. */
export function checkRow(
  { registerId, secret }: { registerId: string; secret: Uint8Array },
  roots: SealedBody,
  { decided, released, verdict }: ShownRow,
  ordinal: number,
  { file, at }: { file: string; at: string },
): void {
  const leaves = new ReleaseLeaves(registerId, roots.release)
  const key = new Uint8Array(HASH_BYTES)
  leaves.decidedKey(secret, 0, ordinal, key, 0)
  if (decided !== undefined && !showsLeaf(roots.decided, key, decided))
    throw new NotHeld(file, `${at}.decided`, 'does not show whether the row was among those considered')
  leaves.rowOpening(secret, 0, ordinal, key, 0)
  leaves.releasedKey(key, 0, key, 0)
  if (!showsLeaf(roots.released, key, released))
    throw new NotHeld(file, `${at}.released`, 'does not show whether the row was released')
  if (verdict === undefined) return
  const made = new Uint8Array(HASH_BYTES)
  const bytes = verdictBytes(verdict.outcome, verdict.fields, verdict.masks)
  leaves.decidedCommitment(secret, 0, ordinal, bytes, made, 0)
  if (decided?.commitment === undefined || !equalBytes(made, decided.commitment))
    throw new NotHeld(file, `${at}.verdict`, 'is not the one that was committed to')
  if (verdict.words.outcome !== outcomes[verdict.outcome])
    throw new NotHeld(file, `${at}.verdict.words.outcome`, 'is not what the number says')
  if (verdict.outcome < outcomes.indexOf('transform') && released.commitment !== undefined)
    throw new NotHeld(file, `${at}.released`, 'was released although it was to stay')
}

function showsLeaf(root: string, key: Uint8Array, { commitment, proof }: ShownLeaf): boolean {
  return proof !== undefined && verifyPrefixProof(bytesOf(root), key, commitment, proof)
}
