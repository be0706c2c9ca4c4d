// What the recipient signed of a release: that it opened the rows that were sealed, or that it found others. The key is that of
// the card which the release was sealed to, and answered a challenge before. Whose key that is, the register says.

import { fromHex } from '../log/bytes.ts'
import { LogError } from '../log/log-error.ts'
import { openNote, parseVerifierKey } from '../log/signed-note.ts'
import { sha256Hex } from '../model/canonical.ts'
import { readChallengeAnswer } from '../model/challenge.ts'
import { documentPath, type PackDocument } from '../model/evidence-pack.ts'
import { firstFailure, NotHeld } from './check.ts'
import { bodyOf, keyVerifiedShape, openedShape, type ReadCard, recipientKeyShape } from './pack-shapes.ts'
import { checkDestroyed, type Destroyed } from './verify-pack-destroyed.ts'
import type { PackDocuments } from './verify-pack-documents.ts'
import type { PackRelease } from './verify-pack-releases.ts'
import { verifyReceipt } from './verify-receipt.ts'

/** `onRecord` put the key there; `verified` has what it signed to show that somebody holds it. */
export type RecipientKey = { verifierKey: string; onRecord: PackDocument; verified: PackDocument }

/** `key` is undefined of a release with nobody in it. */
export type RecipientSaid = {
  opened: PackDocument[]
  disputed: PackDocument[]
  /** Each `destroyed` on record, with what the recipient signed of it; undefined is somebody's word. */
  destroyed: Destroyed[]
  key: RecipientKey | undefined
}

export async function checkOpened(
  documents: PackDocuments,
  registerId: string,
  release: PackRelease,
): Promise<RecipientSaid> {
  const opened = documents.of('release.opened', release.release)
  const disputed = documents.of('release.disputed', release.release)
  const { body } = release.commit
  const key =
    'recipientKey' in body ? keyOf(documents, registerId, release.commit, body.recipientKey) : undefined
  for (const document of opened) await checkOne(key, release, document, true)
  for (const document of disputed) await checkOne(key, release, document, false)
  const destroyed = await checkDestroyed(documents, registerId, release, key?.verifierKey)
  return { opened, disputed, destroyed, key }
}

async function checkOne(
  key: RecipientKey | undefined,
  { sealed }: PackRelease,
  document: PackDocument,
  agrees: boolean,
): Promise<void> {
  const file = documentPath(document)
  if (key === undefined || sealed === undefined || document.position <= sealed.document.position)
    throw new NotHeld(file, 'position', 'was opened before it was sealed')
  const { note } = bodyOf(document, openedShape)
  const { checks, receipt } = await verifyReceipt(note, parseVerifierKey(key.verifierKey), file)
  const failed = firstFailure(checks)
  if (failed !== undefined && (agrees || receipt === undefined))
    throw new NotHeld(file, 'body.note', 'is not signed by the key of the recipient’s card')
  if (receipt?.format !== 'fairshare/release-receipt@v1')
    throw new NotHeld(file, 'body.note', 'is no receipt of a release')
  if (receipt.release !== sealed.body.release)
    throw new NotHeld(file, 'body.note', 'is a receipt of another release')
  if (receipt.manifestSha256 !== sealed.body.manifestSha256)
    throw new NotHeld(file, 'body.note', 'is of another manifest than was sealed')
  const same = receipt.released === sealed.body.released && receipt.rows === sealed.body.members
  if (same !== agrees)
    throw new NotHeld(file, 'body.note', agrees ? 'is of other rows than were sealed' : 'disputes nothing')
}

function keyOf(
  documents: PackDocuments,
  registerId: string,
  { document: commit }: PackRelease['commit'],
  position: number,
): RecipientKey {
  const file = documentPath(commit)
  const onRecord = documents.at(position)
  if (onRecord?.kind !== 'recipient-key' || onRecord.position >= commit.position)
    throw new NotHeld(file, 'body.recipientKey', 'names no key of a recipient before it')
  const asked = bodyOf(onRecord, recipientKeyShape)
  const verified = documents
    .of('recipient-key-verified', onRecord.about)
    .find((document) => bodyOf(document, keyVerifiedShape).key === position)
  if (verified === undefined || verified.position <= position || verified.position >= commit.position)
    throw new NotHeld(file, 'body.recipientKey', 'names a key that nobody was shown to hold before it')
  const answer = readChallengeAnswer(signedText(asked, verified))
  const fits =
    answer?.register === registerId &&
    answer.recipient === onRecord.about &&
    sha256Hex(fromHex(answer.token)!) === asked.challengeSha256
  if (!fits)
    throw new NotHeld(documentPath(verified), 'body.note', 'does not answer the challenge of that card')
  return { verifierKey: asked.card.verifierKey, onRecord, verified }
}

function signedText({ card }: ReadCard, verified: PackDocument): string {
  try {
    return openNote(bodyOf(verified, keyVerifiedShape).note, [parseVerifierKey(card.verifierKey)]).text
  } catch (error) {
    if (!(error instanceof LogError)) throw error
    throw new NotHeld(documentPath(verified), 'body.note', 'is not signed by the key of the recipient’s card')
  }
}
