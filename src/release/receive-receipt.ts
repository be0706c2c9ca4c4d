// What a recipient says it found, taken into the register: only if its own key signed it, and if it found what was sent.
import { NotHeld } from '../evidence/check.ts'
import { noteText, type RecipientReceipt, readReceipt } from '../evidence/verify-receipt.ts'
import { canonicalJson, sha256Hex } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import type {
  CommittedBody,
  DisputedBody,
  OpenedBody,
  ReleaseReceipt,
  RemovalAppliedBody,
  RemovalReceipt,
  RemovalSealedBody,
  SealedBody,
} from '../model/release.ts'
import { readDocuments, recordDocument } from '../register/record-document.ts'
import type { Register } from '../register/register.ts'
import { isSignedBy } from './is-signed-by.ts'
import { readVerifiedKeys } from './read-recipient-key.ts'
import { type ReleaseState, readRelease } from './read-release.ts'

export type ReceivedReceipt = {
  kind: 'release.opened' | 'removal.applied'
  release: string
  receipt: RecipientReceipt
  position: number
  /** The same receipt had been taken in before. */
  repeated: boolean
}

/**
 * `receipt.invalid`, with words that say what does not fit, unless all of it does. What a recipient has signed and what
 * tells of other rows than were sent stays on record even so, as `release.disputed`.
 */
export async function receiveReceipt(
  register: Register,
  note: string,
  actor: string,
): Promise<ReceivedReceipt> {
  const claimed = statementOf(note)
  const state = await readRelease(register.store, claimed.release)
  if (state.committed === undefined) throw new Problem('release.not_found', 'the one that the receipt names')
  return claimed.format === 'fairshare/release-receipt@v1'
    ? receiveOpened(register, { note, actor, claimed, committed: state.committed.body }, state)
    : receiveApplied(register, { note, actor, claimed, committed: state.committed.body }, state)
}

/** Nothing of `claimed` is believed before the signature of the note has been checked. */
type Claim<R extends RecipientReceipt> = { note: string; actor: string; claimed: R; committed: CommittedBody }

// --- a release was opened ----------------------------------------------------------------------------------------

async function receiveOpened(
  register: Register,
  claim: Claim<ReleaseReceipt>,
  { sealed, delivered }: ReleaseState,
): Promise<ReceivedReceipt> {
  const { note, claimed } = claim
  if (sealed === undefined || delivered === undefined) throw invalid('the release it names was not delivered')
  await checkSignature(register, claim, sealed.body.ageRecipient)
  if (claimed.released !== sealed.body.released) throw await dispute(register, claim, sealed.body)
  checkOpened(claimed, sealed.body)
  const body: OpenedBody = { release: claimed.release, receipt: claimed, note }
  return recordReceipt(register, claim, 'release.opened', body)
}

/** Recorded before it is refused: nobody can say later that the recipient had not told. */
async function dispute(
  register: Register,
  { note, actor, claimed }: Claim<ReleaseReceipt>,
  sealed: SealedBody,
): Promise<Problem> {
  const found = `what arrived is not what was sent: the rows opened lead to root ${claimed.released}, the log holds ${sealed.released}. Find out what the recipient opened before anything else leaves`
  const body: DisputedBody = { release: claimed.release, receipt: claimed, note, found }
  await recordDocument(register, {
    kind: 'release.disputed',
    about: claimed.release,
    body: canonicalJson(body),
    actor,
    idempotencyKey: `release.disputed/${claimed.release}/${sha256Hex(note)}`,
  })
  return invalid(found)
}

function checkOpened(receipt: ReleaseReceipt, sealed: SealedBody): void {
  if (receipt.manifestSha256 !== sealed.manifestSha256)
    throw invalid('it is for another manifest than the one delivered')
  if (receipt.rows !== sealed.members)
    throw invalid(`it counts ${receipt.rows} rows where ${sealed.members} were sealed`)
  if (receipt.recordsSha256 !== sealed.recordsSha256)
    throw invalid('it is for another file of records than the one sealed')
  const unmade = Object.entries(receipt.checked).find(([, made]) => made !== true)
  if (unmade !== undefined) throw invalid(`the recipient did not check the ${unmade[0]}`)
}

// --- a removal was applied ---------------------------------------------------------------------------------------

async function receiveApplied(
  register: Register,
  claim: Claim<RemovalReceipt>,
  { removals }: ReleaseState,
): Promise<ReceivedReceipt> {
  const { note, claimed, committed } = claim
  const removal = removals.find(({ sealed }) => sealed.body.removal === claimed.removal)
  if (removal?.delivered === undefined) throw invalid('the removal it names was not delivered')
  await checkSignature(register, claim, removal.sealed.body.ageRecipient)
  checkApplied(claimed, removal.sealed.body)
  const missing = claimed.asked - (await removedSoFar(register, claim))
  if (missing > 0)
    throw invalid(
      `${missing} ${missing === 1 ? 'line was' : 'lines were'} not in the copy it was applied to; ask ${committed.request.recipient} which copy that was; the removal stays open`,
    )
  const body: RemovalAppliedBody = {
    release: claimed.release,
    removal: claimed.removal,
    receipt: claimed,
    note,
  }
  return recordReceipt(register, claim, 'removal.applied', body)
}

function checkApplied(receipt: RemovalReceipt, sealed: RemovalSealedBody): void {
  if (receipt.manifestSha256 !== sealed.manifestSha256)
    throw invalid('it is for another removal than the one delivered')
  if (receipt.asked !== sealed.count)
    throw invalid(`it says ${receipt.asked} lines were asked for; ${sealed.count} were`)
  if (receipt.removed + receipt.absent !== receipt.asked)
    throw invalid('the lines removed and those that were not there do not add up to those asked for')
}

/**
 * Lines that went, by this receipt and those of the same removal that are on record. A line that is in neither may stand
 * in a copy to this day: a removal applied to the wrong file finds nothing, and must not close anything.
 */
async function removedSoFar(register: Register, { note, claimed }: Claim<RemovalReceipt>): Promise<number> {
  const documents = await readDocuments(register.store, { kind: 'removal.applied', about: claimed.release })
  const removed = documents
    .map(({ body }) => JSON.parse(body) as RemovalAppliedBody)
    .filter((earlier) => earlier.removal === claimed.removal && earlier.note !== note)
    .map(({ receipt }) => receipt.removed)
  return removed.reduce((sum, lines) => sum + lines, claimed.removed)
}

async function recordReceipt(
  register: Register,
  { note, actor, claimed }: Claim<RecipientReceipt>,
  kind: ReceivedReceipt['kind'],
  body: OpenedBody | RemovalAppliedBody,
): Promise<ReceivedReceipt> {
  const { position, repeated } = await recordDocument(register, {
    kind,
    about: claimed.release,
    body: canonicalJson(body),
    actor,
    idempotencyKey: `${kind}/${claimed.release}/${sha256Hex(note)}`,
  })
  return { kind, release: claimed.release, receipt: claimed, position, repeated }
}

// --- the signature -----------------------------------------------------------------------------------------------

/** Whoever holds the age key that it was sealed to, and proved it, signs with the key of the same card. */
async function checkSignature(
  register: Register,
  { note, committed }: Claim<RecipientReceipt>,
  ageRecipient: string,
): Promise<void> {
  const keys = await readVerifiedKeys(register.store, committed.request.recipient)
  const cards = keys.map(({ card }) => card).filter((card) => card.ageRecipient === ageRecipient)
  if (cards.length === 0) throw invalid('no verified key of the recipient is the one it was sealed to')
  const signed = cards.some(({ verifierKey }) => isSignedBy(note, verifierKey))
  if (!signed) throw invalid('it is not signed with the key of the card it was sealed to')
}

/** The statement of a receipt nobody has believed yet. */
function statementOf(note: string): RecipientReceipt {
  try {
    return readReceipt(noteText(note), 'receipt')
  } catch (error) {
    if (error instanceof NotHeld) throw invalid(`${error.place.at ?? 'it'} ${error.message}`)
    throw error
  }
}

function invalid(detail: string): Problem {
  return new Problem('receipt.invalid', detail)
}
