// A person's receipt, verified without the register: everything it says is recomputed from the secret and followed up to a
// checkpoint that the log's key signed. docs/spec/person-receipt.md says the same for other programs.
import { utf8 } from '../log/bytes.ts'
import { Committer } from '../log/commitment.ts'
import { decodeEntry, type LogEntry } from '../log/log-entry.ts'
import { decodePrefixProof } from '../log/prefix-proof.ts'
import { HASH_BYTES } from '../log/sha256.ts'
import { type NoteVerifier, parseVerifierKey } from '../log/signed-note.ts'
import { parseProof, verifyProof } from '../log/tlog-proof.ts'
import { canonicalHash } from '../model/canonical.ts'
import { eventKindNames } from '../model/event.ts'
import {
  type ClosedEvent,
  type Enrolment,
  type OpenedEvent,
  type OpenedRelease,
  type OpenedRow,
  type PathJson,
  type PersonReceipt,
  personReceiptSignedText,
} from '../model/person-receipt.ts'
import { type Check, Checklist, NotHeld } from './check.ts'
import { readDocument } from './document-shape.ts'
import { lateWords } from './evidence-lag.ts'
import { personReceiptShape } from './person-receipt-shape.ts'
import {
  bytesOf,
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
      checkRegister(receipt.register, verifierKey, subject.log, file),
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
    await list.check('the register signed the words', file, () => checkWhole(subject))
  })
  return list.checks
}

// --- the receipt and what checks need of it ----------------------------------------------------------------------

type Subject = {
  file: string
  receipt: PersonReceipt
  log: NoteVerifier
  secret: Uint8Array
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
    secret: bytesOf(secret),
    committer: new Committer(register.id),
  }
}

// --- enrolment and events ----------------------------------------------------------------------------------------

function checkEnrolment(subject: Subject): void {
  const { receipt, committer, secret, file } = subject
  const { enrolment } = receipt
  const entry = checkEntry(subject, enrolment, 'enrolment')
  const commitment = new Uint8Array(HASH_BYTES)
  committer.commitSubject(receipt.subject, secret, 0, commitment, 0)
  const { index, path } = enrolment
  if (!leadsTo(entry.enrolledRoot, index, entry.enrolled, commitment, path.map(bytesOf)))
    throw new NotHeld(
      file,
      'enrolment',
      'subject, secret, index and path do not lead to the root in the entry',
    )
}

function whichEvent(event: OpenedEvent | ClosedEvent, index: number, all: number): string {
  const which = `event ${index + 1} of ${all} is in the log`
  if ('commitment' in event) return `${which}, and not opened here`
  return `${which}${lateWords(event.fields, recordedAt(event) ?? event.fields.latest)}`
}

function checkEvent(subject: Subject, event: OpenedEvent | ClosedEvent, at: string): void {
  const entry = checkEntry(subject, event, at)
  if ('commitment' in event) checkClosed(subject, event, entry, at)
  else checkOpened(subject, event, entry, at)
}

function checkOpened(subject: Subject, event: OpenedEvent, entry: LogEntry, at: string): void {
  const { receipt, committer, secret, file } = subject
  const { position, ord, fields, path } = event
  const commitment = new Uint8Array(HASH_BYTES)
  const place = { position, ord }
  committer.commitEvent(columnsOf(fields), 0, receipt.subject, place, secret, 0, commitment, 0)
  if (!leadsTo(entry.eventRoot, ord, entry.events, commitment, path.map(bytesOf)))
    throw new NotHeld(file, at, 'fields, ord and path do not lead to the root in the entry')
  checkWords(fields, event.words, `${at}.words`, file)
}

/** A stop only: a batch of one statement says in the log what it is, and no other kind may hide behind the word. */
function checkClosed({ file }: Subject, event: ClosedEvent, entry: LogEntry, at: string): void {
  const { ord, commitment, path } = event
  if (!leadsTo(entry.eventRoot, ord, entry.events, bytesOf(commitment), path.map(bytesOf)))
    throw new NotHeld(file, at, 'commitment, ord and path do not lead to the root in the entry')
  if (eventKindNames.some((kind) => kind === entry.kind && kind !== 'protection'))
    throw new NotHeld(file, `${at}.word`, 'is not what the log says of it')
}

/** The entry is what the log has at this position, and of this register. */
function checkEntry(
  { receipt, log, file }: Subject,
  { position, entry: text, proof }: Pick<Enrolment, 'position' | 'entry' | 'proof'>,
  at: string,
): LogEntry {
  const { entry, bytes } = readEntry(text, receipt.register.id, file, `${at}.entry`)
  const { index } = inMember(`${at}.proof`, () => verifyProof(proof, bytes, log))
  if (index !== position - 1 || entry.position !== position)
    throw new NotHeld(file, `${at}.position`, 'is not where the log has this entry')
  return entry
}

// --- releases ----------------------------------------------------------------------------------------------------

function whatItShows({ rows, sealed, words }: OpenedRelease): string {
  if (sealed === undefined)
    return words.abandonedAt === undefined
      ? 'named, not sealed yet'
      : 'named, and given up before anything left'
  if (rows.length === 0) return 'its roots are in the log; no proof about this person is enclosed'
  const left = rows.filter(({ released }) => released.commitment !== undefined).length
  if (left === 0) return 'considered, and the rows shown are in nothing that was released'
  const inIt = `${left} of ${rows.length} rows considered ${left === 1 ? 'is' : 'are'} in what was`
  return words.abandonedAt === undefined ? `${inIt} released` : `${inIt} sealed, and given up before it left`
}

function checkRelease(subject: Subject, { release, sealed, rows }: OpenedRelease, at: string): void {
  const { file } = subject
  if (sealed === undefined) {
    if (rows.length > 0) throw new NotHeld(file, `${at}.rows`, 'has proofs from trees that are not sealed')
    return
  }
  const entry = checkEntry(subject, sealed, `${at}.sealed`)
  const places = {
    file,
    release: `${at}.release`,
    entry: `${at}.sealed.entry`,
    body: `${at}.sealed.body`,
  }
  const roots = readSealed(entry, { release, body: sealed.body, salt: bytesOf(sealed.salt) }, places)
  const person = { registerId: entry.register, secret: subject.secret }
  for (const [ordinal, row] of rows.entries())
    checkRow(person, roots, shownRow(row), ordinal, { file, at: `${at}.rows[${ordinal}]` })
}

function shownRow({ decided, released, verdict }: OpenedRow) {
  return { decided: shownLeaf(decided), released: shownLeaf(released), verdict }
}

function shownLeaf({ commitment, proof }: { commitment?: string; proof: PathJson }): ShownLeaf {
  return {
    commitment: commitment === undefined ? undefined : bytesOf(commitment),
    proof: decodePrefixProof(proof),
  }
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

function checkWhole({ receipt, log, file }: Subject): void {
  const { signature, ...signed } = receipt
  checkSignature(signature, personReceiptSignedText(canonicalHash(signed)), log, file)
}

/** What the log says of when it was recorded; undefined of what is no entry. */
function recordedAt({ entry }: { entry: string }): number | undefined {
  return decodeEntry(utf8(entry))?.recordedAt
}
