// A claim, verified without the register: one event opened with its own key, or what the trees of one release say of a person.
// docs/spec/claims.md says the same for other programs.
import { fromBase64 } from '../log/base64.ts'
import { openCheckpoint, type TreeHead } from '../log/checkpoint.ts'
import { Committer } from '../log/commitment.ts'
import { verifyInclusion } from '../log/inclusion.ts'
import type { LogEntry } from '../log/log-entry.ts'
import { leafHash } from '../log/merkle.ts'
import type { PrefixProof } from '../log/prefix-proof.ts'
import { HASH_BYTES } from '../log/sha256.ts'
import { type NoteVerifier, parseVerifierKey } from '../log/signed-note.ts'
import { canonicalHash } from '../model/canonical.ts'
import {
  type Claim,
  type ClaimPath,
  type ClaimRow,
  claimFormat,
  claimSignedText,
  type EventClaim,
  type LeafShown,
  type Logged,
  type ReleaseClaim,
} from '../model/claim.ts'
import { eventKinds } from '../model/event.ts'
import type { SealedBody } from '../model/release.ts'
import { type Check, Checklist, NotHeld } from './check.ts'
import { claimShape } from './claim-shape.ts'
import { readDocument } from './document-shape.ts'
import { lateWords } from './evidence-lag.ts'
import {
  checkRegister,
  checkSignature,
  checkWords,
  columnsOf,
  inMember,
  leadsTo,
  readEntry,
} from './verify-entry.ts'
import { checkRow, readSealed, type ShownLeaf } from './verify-rows.ts'

/**
 * `bytes` of the file; `verifierKey` of the register, from a place other than the claim. `file` names it in places.
 * The list ends with the first check that does not hold.
 */
export async function verifyClaim(
  bytes: Uint8Array,
  verifierKey: string,
  file = 'claim.json',
): Promise<Check[]> {
  const list = new Checklist()
  await list.run(async () => {
    const claim = await list.check('it is a claim', file, () => read(bytes, file))
    const log = parseVerifierKey(verifierKey)
    await list.check('it names the register whose key is trusted', file, () =>
      checkRegister(claim.register, verifierKey, log, file),
    )
    const tree = await list.check('the register signed the checkpoint of its log', file, () =>
      inMember('checkpoint', () => openCheckpoint(claim.checkpoint, log)),
    )
    const at = { file, tree }
    if ('event' in claim) await checkEventClaim(list, claim, at)
    else await checkReleaseClaim(list, claim, at)
    await list.check('the register signed the words', file, () => checkWhole(claim, log, file))
  })
  return list.checks
}

/** Its first member, or its format: one of them may have been damaged. */
export function looksLikeClaim(text: string): boolean {
  return text.startsWith('{"checkpoint"') || text.includes(`"format":"${claimFormat}"`)
}

type At = { file: string; tree: TreeHead }

function read(bytes: Uint8Array, file: string): Claim {
  const { value, fault } = readDocument(bytes, claimShape)
  if (fault !== undefined) throw new NotHeld(file, fault.at, fault.found)
  return value
}

// --- an event ----------------------------------------------------------------------------------------------------

async function checkEventClaim(list: Checklist, claim: EventClaim, at: At): Promise<void> {
  const { logged, fields } = claim.event
  const entry = await list.check('the batch it stands in is in the log', at.file, () =>
    checkLogged(claim, logged, 'event.logged', at),
  )
  await list.check(`the event is in that batch${lateWords(fields, entry.recordedAt)}`, at.file, () =>
    checkEvent(claim, entry, at.file),
  )
}

function checkEvent({ claim, register, subject, event }: EventClaim, entry: LogEntry, file: string): void {
  const { ord, path, key, fields, words, enrolledAt, notice } = event
  const made = new Committer(register.id).commitWithKey(columnsOf(fields), 0, subject, bytesOf(key))
  if (!leadsTo(entry.eventRoot, ord, entry.events, made, hashesOf(path)))
    throw new NotHeld(
      file,
      'event',
      'subject, key, fields, ord and path do not lead to the root in the entry',
    )
  if ((claim === 'shown') !== (fields.kind === eventKinds.presentation.number))
    throw new NotHeld(file, 'claim', 'is not what the event is')
  checkWords(fields, words, 'event.words', file)
  if ((notice !== undefined) !== (fields.notice !== 0))
    throw new NotHeld(file, 'event.notice', 'is there without its number, or the other way round')
  if (enrolledAt > entry.recordedAt)
    throw new NotHeld(file, 'event.enrolledAt', 'is after the event was recorded')
}

// --- a release ---------------------------------------------------------------------------------------------------

async function checkReleaseClaim(list: Checklist, claim: ReleaseClaim, at: At): Promise<void> {
  const { file } = at
  const { release, sealed, rows } = claim.release
  await list.check('the enrolment is in the log', file, () => checkEnrolment(claim, at))
  const roots = await list.check(`the trees of release ${release} are in the log`, file, () => {
    const entry = checkLogged(claim, sealed.logged, 'release.sealed.logged', at)
    const places = {
      ...{ file, release: 'release.release' },
      ...{ entry: 'release.sealed.logged.entry', body: 'release.sealed.body' },
    }
    return readSealed(entry, { release, body: sealed.body, salt: bytesOf(sealed.salt) }, places)
  })
  for (const [ordinal, row] of rows.entries())
    await list.check(whatRowShows(row, ordinal), file, () => checkOne(claim, roots, row, ordinal, file))
}

function checkEnrolment(claim: ReleaseClaim, at: At): void {
  const { register, subject, secret, enrolment } = claim
  const entry = checkLogged(claim, enrolment.logged, 'enrolment.logged', at)
  const made = new Uint8Array(HASH_BYTES)
  new Committer(register.id).commitSubject(subject, bytesOf(secret), 0, made, 0)
  const path = hashesOf(enrolment.path)
  if (!leadsTo(entry.enrolledRoot, enrolment.index, entry.enrolled, made, path))
    throw new NotHeld(
      at.file,
      'enrolment',
      'subject, secret, index and path do not lead to the root in the entry',
    )
}

function whatRowShows({ decided, verdict, released }: ClaimRow, ordinal: number): string {
  if (released.commitment !== undefined) return `row ${ordinal} was released`
  if (decided === undefined) return `row ${ordinal} was not released`
  if (decided.commitment === undefined) return `row ${ordinal} was not considered, and not released`
  return `row ${ordinal} was considered and not released${verdict === undefined ? '' : ', and this is why'}`
}

function checkOne(
  { register, secret }: ReleaseClaim,
  roots: SealedBody,
  { decided, released, verdict }: ClaimRow,
  ordinal: number,
  file: string,
): void {
  const person = { registerId: register.id, secret: bytesOf(secret) }
  const shown = { decided: decided && shownLeaf(decided), released: shownLeaf(released), verdict }
  checkRow(person, roots, shown, ordinal, { file, at: `release.rows[${ordinal}]` })
}

function shownLeaf({ commitment, path }: LeafShown): ShownLeaf {
  return { commitment: commitment === undefined ? undefined : bytesOf(commitment), proof: proofOf(path) }
}

function proofOf({ result, depth, copath, leaf }: ClaimPath): PrefixProof {
  const bytes = leaf === undefined ? undefined : bytesOf(leaf)
  return {
    result,
    depth,
    copath: hashesOf(copath),
    ...(bytes && { leaf: { key: bytes.subarray(0, HASH_BYTES), commitment: bytes.subarray(HASH_BYTES) } }),
  }
}

// --- the log, and the whole --------------------------------------------------------------------------------------

/** The entry is of this register, and the log has it at the position it says. */
function checkLogged(
  { register }: Claim,
  { entry: text, path }: Logged,
  at: string,
  { file, tree }: At,
): LogEntry {
  const { entry, bytes } = readEntry(text, register.id, file, `${at}.entry`)
  if (!verifyInclusion(entry.position - 1, tree.size, leafHash(bytes), hashesOf(path), tree.root))
    throw new NotHeld(file, at, 'does not lead to the root in the checkpoint')
  return entry
}

function checkWhole(claim: Claim, log: NoteVerifier, file: string): void {
  const { signature, ...signed } = claim
  checkSignature(signature, claimSignedText(canonicalHash(signed)), log, file)
}

function hashesOf(base64: string): Uint8Array[] {
  const bytes = bytesOf(base64)
  return Array.from({ length: bytes.length / HASH_BYTES }, (_, index) =>
    bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
  )
}

/** Of a text whose form was looked at before. */
function bytesOf(base64: string): Uint8Array {
  const bytes = fromBase64(base64)
  if (bytes === undefined) throw new Error('not the Base64 that its form promises')
  return bytes
}
