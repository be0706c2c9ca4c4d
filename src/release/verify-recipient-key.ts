// A recipient's answer to a challenge: signed with the key of the card that the challenge was sealed for, and holding the
// token that only the age key of that card could open. Both keys of the card are then in one hand.
import { openNote, parseVerifierKey } from '../log/signed-note.ts'
import { canonicalJson, sha256Hex } from '../model/canonical.ts'
import { readChallengeAnswer } from '../model/challenge.ts'
import { type Instant, instantToIso } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import type { RecipientCard, RecipientKeyBody, RecipientKeyVerifiedBody } from '../model/release.ts'
import { appendUnderLock } from '../register/append-batch.ts'
import { documentDraft, readDocuments } from '../register/record-document.ts'
import type { Register } from '../register/register.ts'
import type { StoreSession } from '../register/store.ts'
import { type RecipientKey, readRevokedUpTo, readVerifiedKeys } from './read-recipient-key.ts'

/** `recipient.challenge_failed` unless it proves it. The same answer again changes nothing. */
export async function verifyRecipientKey(
  register: Register,
  { recipient, answer, actor }: { recipient: string; answer: string; actor: string },
): Promise<{ key: number; card: RecipientCard; position: number; repeated: boolean }> {
  let found: RecipientKey | undefined
  // Under the lock: between reading which keys are verified and adding one, nobody adds another.
  const appended = await appendUnderLock(register, async (session) => {
    const { position: key, body } = await answeredKey(register, session, recipient, answer)
    const verified = await readVerifiedKeys(session, recipient)
    found = verified.find(({ position }) => position === key)
    if (found !== undefined) return undefined
    if (key <= (await readRevokedUpTo(session, recipient)))
      throw failed('this card was revoked; ask for a new one')
    checkCurrent(key, body, verified, register.now())
    found = { position: key, card: body.card, verifiedAt: 0 }
    const document: RecipientKeyVerifiedBody = { recipient, key, note: answer }
    return documentDraft({
      kind: 'recipient-key-verified',
      about: recipient,
      body: canonicalJson(document),
      actor,
    })
  })
  const { position: key, card, verifiedAt } = found!
  return { key, card, position: appended?.position ?? verifiedAt, repeated: appended === undefined }
}

type KeyDocument = { position: number; body: RecipientKeyBody }

/** The card this is an answer for, newest first. */
async function answeredKey(
  register: Register,
  session: Pick<StoreSession, 'query'>,
  recipient: string,
  answer: string,
): Promise<KeyDocument> {
  const documents = await readDocuments(session, { kind: 'recipient-key', about: recipient })
  if (documents.length === 0) throw new Problem('recipient.key_missing', recipient)
  for (const { position, body } of documents.reverse()) {
    const key: KeyDocument = { position, body: JSON.parse(body) as RecipientKeyBody }
    if (answers(register, key.body, answer)) return key
  }
  throw failed('it answers no challenge that was made for this recipient, or another key signed it')
}

function answers(
  register: Register,
  { recipient, card, challengeSha256 }: RecipientKeyBody,
  answer: string,
): boolean {
  const signed = readChallengeAnswer(signedText(answer, card) ?? '')
  return (
    signed !== undefined &&
    signed.register === register.registerId &&
    signed.recipient === recipient &&
    sha256Hex(Buffer.from(signed.token, 'hex')) === challengeSha256
  )
}

function signedText(answer: string, card: RecipientCard): string | undefined {
  try {
    return openNote(answer, [parseVerifierKey(card.verifierKey)]).text
  } catch {
    return undefined
  }
}

function checkCurrent(
  key: number,
  body: RecipientKeyBody,
  verified: readonly RecipientKey[],
  now: Instant,
): void {
  if (now >= body.expiresAt)
    throw failed(`the challenge ran out ${instantToIso(body.expiresAt)}; make a new one`)
  if (verified.some(({ position }) => position > key))
    throw failed('a newer key of this recipient is verified')
}

function failed(why: string): Problem {
  return new Problem('recipient.challenge_failed', why)
}
