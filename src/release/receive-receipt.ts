// What a recipient says it found, taken into the register: only if its own key signed it, and if it found what was sent.
import { NotHeld } from '../evidence/check.ts'
import { type RecipientReceipt, readReceipt } from '../evidence/verify-receipt.ts'
import { LogError } from '../log/log-error.ts'
import { openNote, parseVerifierKey } from '../log/signed-note.ts'
import { canonicalJson, sha256Hex } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import type {
  CommittedBody,
  OpenedBody,
  ReleaseReceipt,
  RemovalAppliedBody,
  RemovalReceipt,
} from '../model/release.ts'
import { recordDocument } from '../register/record-document.ts'
import type { Register } from '../register/register.ts'
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

/** `receipt.invalid`, with words that say what does not fit, unless all of it does. */
export async function receiveReceipt(
  register: Register,
  note: string,
  actor: string,
): Promise<ReceivedReceipt> {
  const claimed = statementOf(note)
  const state = await readRelease(register.store, claimed.release)
  if (state.committed === undefined) throw new Problem('release.not_found', 'the one that the receipt names')
  const { kind, ageRecipient } =
    claimed.format === 'fairshare/release-receipt@v1'
      ? checkOpened(claimed, state)
      : checkApplied(claimed, state)
  // Only now: whose key it must be depends on what was sealed, and until then nothing was believed.
  await checkSignature(register, note, state.committed.body, ageRecipient)
  const body: OpenedBody | RemovalAppliedBody =
    claimed.format === 'fairshare/release-receipt@v1'
      ? { release: claimed.release, receipt: claimed, note }
      : { release: claimed.release, removal: claimed.removal, receipt: claimed, note }
  const { position, repeated } = await recordDocument(register, {
    kind,
    about: claimed.release,
    body: canonicalJson(body),
    actor,
    idempotencyKey: `${kind}/${claimed.release}/${sha256Hex(note)}`,
  })
  return { kind, release: claimed.release, receipt: claimed, position, repeated }
}

type Expected = { kind: ReceivedReceipt['kind']; ageRecipient: string }

function checkOpened(receipt: ReleaseReceipt, { sealed, delivered }: ReleaseState): Expected {
  if (sealed === undefined || delivered === undefined) throw invalid('the release it names was not delivered')
  const { body } = sealed
  if (receipt.manifestSha256 !== body.manifestSha256)
    throw invalid('it is for another manifest than the one delivered')
  if (receipt.released !== body.released)
    throw invalid(
      `what arrived is not what was sent: the rows opened lead to root ${receipt.released}, the log holds ${body.released}. Find out what the recipient opened before anything else leaves`,
    )
  if (receipt.rows !== body.members)
    throw invalid(`it counts ${receipt.rows} rows where ${body.members} were sealed`)
  if (receipt.recordsSha256 !== body.recordsSha256)
    throw invalid('it is for another file of records than the one sealed')
  const unmade = Object.entries(receipt.checked).find(([, made]) => made !== true)
  if (unmade !== undefined) throw invalid(`the recipient did not check the ${unmade[0]}`)
  return { kind: 'release.opened', ageRecipient: body.ageRecipient }
}

function checkApplied(receipt: RemovalReceipt, { removals }: ReleaseState): Expected {
  const removal = removals.find(({ sealed }) => sealed.body.removal === receipt.removal)
  if (removal?.delivered === undefined) throw invalid('the removal it names was not delivered')
  const { body } = removal.sealed
  if (receipt.manifestSha256 !== body.manifestSha256)
    throw invalid('it is for another removal than the one delivered')
  if (receipt.asked !== body.count)
    throw invalid(`it says ${receipt.asked} lines were asked for; ${body.count} were`)
  if (receipt.removed + receipt.absent !== receipt.asked)
    throw invalid('the lines removed and those that were not there do not add up to those asked for')
  return { kind: 'removal.applied', ageRecipient: body.ageRecipient }
}

// --- the signature -----------------------------------------------------------------------------------------------

/** Whoever holds the age key that it was sealed to, and proved it, signs with the key of the same card. */
async function checkSignature(
  register: Register,
  note: string,
  { request }: CommittedBody,
  ageRecipient: string,
): Promise<void> {
  const keys = await readVerifiedKeys(register.store, request.recipient)
  const cards = keys.map(({ card }) => card).filter((card) => card.ageRecipient === ageRecipient)
  if (cards.length === 0) throw invalid('no verified key of the recipient is the one it was sealed to')
  const signed = cards.some(({ verifierKey }) => isSignedBy(note, verifierKey))
  if (!signed) throw invalid('it is not signed with the key of the card it was sealed to')
}

function isSignedBy(note: string, verifierKey: string): boolean {
  try {
    openNote(note, [parseVerifierKey(verifierKey)])
    return true
  } catch (error) {
    if (error instanceof LogError) return false
    throw error
  }
}

/** The statement of a receipt nobody has believed yet. */
function statementOf(note: string): RecipientReceipt {
  try {
    return readReceipt(note.slice(0, note.lastIndexOf('\n\n') + 1), 'receipt')
  } catch (error) {
    if (error instanceof NotHeld) throw invalid(`${error.place.at ?? 'it'} ${error.message}`)
    throw error
  }
}

function invalid(detail: string): Problem {
  return new Problem('receipt.invalid', detail)
}
