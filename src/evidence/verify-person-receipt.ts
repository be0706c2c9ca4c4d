// A person's receipt, verified without the register: everything it says is recomputed from the secret and followed up to a
// checkpoint that the log's key signed. docs/spec/person-receipt.md says the same for other programs.
import { Committer } from '../log/commitment.ts'
import { verifyInclusion } from '../log/inclusion.ts'
import { bodyHash, decodeEntry, type LogEntry } from '../log/log-entry.ts'
import { LogError } from '../log/log-error.ts'
import { leafHash } from '../log/merkle.ts'
import { decodePrefixProof, verifyPrefixProof } from '../log/prefix-proof.ts'
import { ReleaseLeaves, verdictBytes } from '../log/release-leaves.ts'
import { HASH_BYTES } from '../log/sha256.ts'
import { type NoteVerifier, openNote, parseVerifierKey } from '../log/signed-note.ts'
import { parseProof, verifyProof } from '../log/tlog-proof.ts'
import { canonicalHash } from '../model/canonical.ts'
import { eventKindNames } from '../model/event.ts'
import {
  type ClosedEvent,
  type CommittedFields,
  codedWords,
  type Enrolment,
  type OpenedEvent,
  type OpenedRelease,
  type OpenedRow,
  type PathJson,
  type PersonReceipt,
  personReceiptSignedText,
} from '../model/person-receipt.ts'
import type { SealedBody } from '../model/release.ts'
import { outcomes } from '../model/verdict.ts'
import { type Check, Checklist, NotHeld } from './check.ts'
import { readDocument } from './document-shape.ts'
import { personReceiptShape } from './person-receipt-shape.ts'
import { sealedBodyShape } from './release-documents.ts'

/** Format of commitments and entries this verifier knows. */
const FORMAT = 1

/**
 * `bytes` of the file; `verifierKey` of the register, from a place other than the receipt. `file` names it in places.
 * The list ends with the first check that does not hold.
 */
export async function verifyPersonReceipt(
  bytes: Uint8Array,
  verifierKey: string,
  file = 'receipt.json',
): Promise<Check[]> {
  const list = new Checklist()
  await list.run(async () => {
    const receipt = await list.check('it is a person’s receipt', file, () => read(bytes, file))
    const subject = subjectOf(receipt, file, parseVerifierKey(verifierKey))
    await list.check('it names the register whose key is trusted', file, () =>
      checkRegister(subject, verifierKey),
    )
    await list.check('the enrolment is in the log', file, () => checkEnrolment(subject))
    for (const [index, event] of receipt.events.entries())
      await list.check(whichEvent(event, index, receipt.events.length), file, () =>
        checkEvent(subject, event, `events[${index}]`),
      )
    for (const [index, release] of receipt.releases.entries())
      await list.check(`release ${release.release}: ${whatItShows(release)}`, file, () =>
        checkRelease(subject, release, `releases[${index}]`),
      )
    await list.check('all proofs lead to one checkpoint', file, () => checkOneCheckpoint(subject))
    await list.check('the register signed the words', file, () => checkSignature(subject))
  })
  return list.checks
}

// --- the receipt and what checks need of it ----------------------------------------------------------------------

type Subject = {
  file: string
  receipt: PersonReceipt
  log: NoteVerifier
  secret: Buffer
  committer: Committer
}

function read(bytes: Uint8Array, file: string): PersonReceipt {
  const { value, fault } = readDocument(bytes, personReceiptShape)
  if (fault !== undefined) throw new NotHeld(file, fault.at, fault.found)
  return value
}

function subjectOf(receipt: PersonReceipt, file: string, log: NoteVerifier): Subject {
  const { secret, register } = receipt
  return {
    file,
    receipt,
    log,
    secret: Buffer.from(secret, 'hex'),
    committer: new Committer(register.id),
  }
}

function checkRegister({ file, receipt, log }: Subject, verifierKey: string): void {
  if (receipt.register.verifierKey !== verifierKey)
    throw new NotHeld(file, 'register.verifierKey', 'is not the key that is trusted')
  if (receipt.register.origin !== log.name)
    throw new NotHeld(file, 'register.origin', 'is not the name of the key')
}

// --- enrolment and events ----------------------------------------------------------------------------------------

function checkEnrolment(subject: Subject): void {
  const { receipt, committer, secret, file } = subject
  const { enrolment } = receipt
  const entry = checkEntry(subject, enrolment, 'enrolment')
  const commitment = Buffer.alloc(HASH_BYTES)
  committer.commitSubject(receipt.subject, secret, 0, commitment, 0)
  const { index, path } = enrolment
  if (!leadsTo(entry.enrolledRoot, index, entry.enrolled, commitment, path))
    throw new NotHeld(
      file,
      'enrolment',
      'subject, secret, index and path do not lead to the root in the entry',
    )
}

function whichEvent(event: OpenedEvent | ClosedEvent, index: number, all: number): string {
  return `event ${index + 1} of ${all} is in the log${'commitment' in event ? ', and not opened here' : ''}`
}

function checkEvent(subject: Subject, event: OpenedEvent | ClosedEvent, at: string): void {
  const entry = checkEntry(subject, event, at)
  if ('commitment' in event) checkClosed(subject, event, entry, at)
  else checkOpened(subject, event, entry, at)
}

function checkOpened(subject: Subject, event: OpenedEvent, entry: LogEntry, at: string): void {
  const { receipt, committer, secret, file } = subject
  const { position, ord, fields, path } = event
  const commitment = Buffer.alloc(HASH_BYTES)
  const place = { position, ord }
  committer.commitEvent(columnsOf(fields), 0, receipt.subject, place, secret, 0, commitment, 0)
  if (!leadsTo(entry.eventRoot, ord, entry.events, commitment, path))
    throw new NotHeld(file, at, 'fields, ord and path do not lead to the root in the entry')
  checkWords(event, `${at}.words`, file)
}

/** A stop only: a batch of one statement says in the log what it is, and no other kind may hide behind the word. */
function checkClosed({ file }: Subject, event: ClosedEvent, entry: LogEntry, at: string): void {
  const { ord, commitment, path } = event
  if (!leadsTo(entry.eventRoot, ord, entry.events, fromHex(commitment), path))
    throw new NotHeld(file, at, 'commitment, ord and path do not lead to the root in the entry')
  if (eventKindNames.some((kind) => kind === entry.kind && kind !== 'protection'))
    throw new NotHeld(file, `${at}.word`, 'is not what the log says of it')
}

/** The entry is what the log has at this position, and of this register. */
function checkEntry(
  { receipt, log, file }: Subject,
  { position, entry, proof }: Pick<Enrolment, 'position' | 'entry' | 'proof'>,
  at: string,
): LogEntry {
  const bytes = Buffer.from(entry, 'utf8')
  const decoded = decodeEntry(bytes)
  if (decoded === undefined || decoded.format !== FORMAT)
    throw new NotHeld(file, `${at}.entry`, 'is not an entry of a log as this version knows it')
  if (decoded.register !== receipt.register.id)
    throw new NotHeld(file, `${at}.entry`, 'is of another register')
  const { index } = inMember(`${at}.proof`, () => verifyProof(proof, bytes, log))
  if (index !== position - 1 || decoded.position !== position)
    throw new NotHeld(file, `${at}.position`, 'is not where the log has this entry')
  return decoded
}

function leadsTo(
  root: string | undefined,
  index: number,
  size: number,
  commitment: Uint8Array,
  path: readonly string[],
): boolean {
  if (root === undefined) return false
  const siblings = path.map(fromHex)
  return verifyInclusion(index, size, leafHash(commitment), siblings, fromHex(root))
}

function columnsOf(fields: CommittedFields): Parameters<Committer['commitEvent']>[0] {
  const one = (number: number) => Int32Array.of(number)
  return {
    subject: one(0),
    kind: Uint8Array.of(fields.kind),
    earliest: Float64Array.of(fields.earliest),
    latest: Float64Array.of(fields.latest),
    grade: Uint8Array.of(fields.grade),
    source: one(fields.source),
    jurisdiction: Uint8Array.of(fields.jurisdiction),
    route: one(fields.route),
    notice: one(fields.notice),
    purpose: one(fields.purpose),
    recipient: one(fields.recipient),
    channel: one(fields.channel),
    basis: one(fields.basis),
    qualifier: one(fields.qualifier),
    statedText: [fields.statedText],
  }
}

/** Words that follow from the numbers have to; the others rest on the signature. */
function checkWords({ fields, words }: OpenedEvent, at: string, file: string): void {
  const given = new Map<string, string>(Object.entries(words))
  const follow = codedWords(fields)
  for (const name of ['kind', 'earliest', 'latest', 'grade', 'jurisdiction', 'channel', 'qualifier'] as const)
    if (given.get(name) !== follow[name])
      throw new NotHeld(file, `${at}.${name}`, 'is not what the numbers say')
  for (const name of ['route', 'notice', 'purpose', 'recipient'] as const)
    if ((words[name] !== undefined) !== (fields[name] !== 0))
      throw new NotHeld(file, `${at}.${name}`, 'is there without its number, or the other way round')
}

// --- releases ----------------------------------------------------------------------------------------------------

function whatItShows({ rows, sealed, words }: OpenedRelease): string {
  if (sealed === undefined)
    return words.abandonedAt === undefined
      ? 'named, not sealed yet'
      : 'named, and given up before anything left'
  if (rows.length === 0) return 'its roots are in the log; no proof about this person is enclosed'
  const left = rows.filter(({ released }) => released.commitment !== undefined).length
  if (left === 0) return 'considered, and in nothing that was released'
  const inIt = `${left} of ${rows.length} rows considered ${left === 1 ? 'is' : 'are'} in what was`
  return words.abandonedAt === undefined ? `${inIt} released` : `${inIt} sealed, and given up before it left`
}

function checkRelease(subject: Subject, { release, sealed, rows }: OpenedRelease, at: string): void {
  const { file, receipt } = subject
  if (sealed === undefined) {
    if (rows.length > 0) throw new NotHeld(file, `${at}.rows`, 'has proofs from trees that are not sealed')
    return
  }
  const { body, salt } = sealed
  const entry = checkEntry(subject, sealed, `${at}.sealed`)
  if (entry.kind !== 'release.sealed')
    throw new NotHeld(file, `${at}.sealed.entry`, 'is of no sealed release')
  if (entry.body !== bodyHash(receipt.register.id, fromHex(salt), Buffer.from(body, 'utf8')))
    throw new NotHeld(file, `${at}.sealed.body`, 'is not the document whose hash is in the log')
  const roots = readRoots(body, file, `${at}.sealed.body`)
  if (roots.release !== release)
    throw new NotHeld(file, `${at}.release`, 'is not the release that was sealed')
  for (const [ordinal, row] of rows.entries())
    checkRow(subject, roots, row, ordinal, `${at}.rows[${ordinal}]`)
}

function readRoots(body: string, file: string, at: string): SealedBody {
  const { value, fault } = readDocument(Buffer.from(body, 'utf8'), sealedBodyShape)
  if (fault !== undefined) throw new NotHeld(file, `${at}.${fault.at}`, fault.found)
  return value
}

function checkRow(subject: Subject, roots: SealedBody, row: OpenedRow, ordinal: number, at: string): void {
  const { receipt, secret, file } = subject
  const leaves = new ReleaseLeaves(receipt.register.id, roots.release)
  const key = Buffer.alloc(HASH_BYTES)
  leaves.decidedKey(secret, 0, ordinal, key, 0)
  const { decided, released, verdict } = row
  if (!showsLeaf(roots.decided, key, decided.commitment, decided.proof))
    throw new NotHeld(file, `${at}.decided`, 'does not show the row among those considered')
  leaves.rowOpening(secret, 0, ordinal, key, 0)
  leaves.releasedKey(key, 0, key, 0)
  if (!showsLeaf(roots.released, key, released.commitment, released.proof))
    throw new NotHeld(file, `${at}.released`, 'does not show whether the row was released')
  if (verdict === undefined) return
  const made = Buffer.alloc(HASH_BYTES)
  const bytes = verdictBytes(verdict.outcome, verdict.fields, verdict.masks)
  leaves.decidedCommitment(secret, 0, ordinal, bytes, made, 0)
  if (made.toString('hex') !== decided.commitment)
    throw new NotHeld(file, `${at}.verdict`, 'is not the one that was committed to')
  if (verdict.words.outcome !== outcomes[verdict.outcome])
    throw new NotHeld(file, `${at}.verdict.words.outcome`, 'is not what the number says')
  if (verdict.outcome < outcomes.indexOf('transform') && released.commitment !== undefined)
    throw new NotHeld(file, `${at}.released`, 'was released although it was to stay')
}

function showsLeaf(root: string, key: Uint8Array, commitment: string | undefined, path: PathJson): boolean {
  const proof = decodePrefixProof(path)
  const leaf = commitment === undefined ? undefined : fromHex(commitment)
  return proof !== undefined && verifyPrefixProof(fromHex(root), key, leaf, proof)
}

// --- the whole ---------------------------------------------------------------------------------------------------

/** Two checkpoints of one log may be two histories. */
function checkOneCheckpoint({ receipt, file }: Subject): void {
  const { enrolment, events, releases } = receipt
  const checkpoint = parseProof(enrolment.proof).checkpoint
  const others = [
    ...events.map(({ proof }, index) => ({ proof, at: `events[${index}].proof` })),
    ...releases.flatMap(({ sealed }, index) =>
      sealed === undefined ? [] : [{ proof: sealed.proof, at: `releases[${index}].sealed.proof` }],
    ),
  ]
  const other = others.find(({ proof }) => parseProof(proof).checkpoint !== checkpoint)
  if (other !== undefined) throw new NotHeld(file, other.at, 'is against another checkpoint')
}

function checkSignature({ receipt, log, file }: Subject): void {
  const { signature, ...signed } = receipt
  const { text } = inMember('signature', () => openNote(signature, [log]))
  if (text !== personReceiptSignedText(canonicalHash(signed)))
    throw new NotHeld(file, 'signature', 'is over another receipt: a word in this one was changed')
}

/** A place in a proof or note, within the member that holds it. */
function inMember<T>(at: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (error instanceof LogError) throw new LogError(error.code, `${at}: ${error.place}`)
    throw error
  }
}

function fromHex(text: string): Uint8Array {
  return Buffer.from(text, 'hex')
}
