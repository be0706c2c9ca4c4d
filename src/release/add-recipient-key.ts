// A recipient's card enters the register, and a challenge goes back: sealed to the card's key, so that an answer shows who
// holds it. Until then nothing is sealed to that key.
import { randomBytes } from 'node:crypto'
import { encodeVerifierKey } from '../log/signed-note.ts'
import { canonicalJson, sha256Hex } from '../model/canonical.ts'
import type { Challenge } from '../model/challenge.ts'
import { type Instant, microsecondsPerDay } from '../model/instant.ts'
import type { Policy } from '../model/policy.ts'
import { Problem } from '../model/problem.ts'
import type { RecipientCard, RecipientKeyBody } from '../model/release.ts'
import { statementText } from '../model/statement.ts'
import { recordDocument } from '../register/record-document.ts'
import type { Register } from '../register/register.ts'
import type { Sealer } from './sealer.ts'

/** Two weeks: time for a letter and a holiday, short enough that a challenge lying about is soon worth nothing. */
const CHALLENGE_DAYS = 14
const TOKEN_BYTES = 32

/** Writes the challenge to `path`. `recipient.key_invalid` when nothing can be sealed to the card's key. */
export async function addRecipientKey(
  register: Register,
  sealer: Sealer,
  policy: Policy,
  { recipient, card, path, actor }: { recipient: string; card: RecipientCard; path: string; actor: string },
): Promise<{ position: number; expiresAt: Instant }> {
  if (!policy.entities.some(({ id }) => id === recipient))
    throw new Problem('policy.not_found', `entity ${recipient}`)
  const token = randomBytes(TOKEN_BYTES)
  const challenge: Challenge = {
    format: 'fairshare/challenge@v1',
    register: register.registerId,
    origin: register.logOrigin,
    verifierKey: encodeVerifierKey(register.logOrigin, register.keys.signer.publicKey),
    controller: policy.controller.name,
    recipient,
    token: token.toString('hex'),
  }
  // The file first: a challenge on record that nobody has could never be answered, one not on record is only waste.
  await sealer.seal(card.ageRecipient, [Buffer.from(statementText(challenge), 'utf8')], path)
  const expiresAt = register.now() + CHALLENGE_DAYS * microsecondsPerDay
  const body: RecipientKeyBody = { recipient, card, challengeSha256: sha256Hex(token), expiresAt }
  const { position } = await recordDocument(register, {
    kind: 'recipient-key',
    about: recipient,
    body: canonicalJson(body),
    actor,
  })
  return { position, expiresAt }
}
