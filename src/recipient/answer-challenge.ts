// A recipient shows that it holds the key of its card: it opens the challenge that was sealed to it, and signs what it found.
import { parseVerifierKey, signNote } from '../log/signed-note.ts'
import { type Challenge, type ChallengeAnswer, readChallenge } from '../model/challenge.ts'
import { isProblem, Problem } from '../model/problem.ts'
import { statementText } from '../model/statement.ts'
import type { RecipientKeys } from './recipient-desk.ts'
import type { Unsealer } from './unsealer.ts'

/** A challenge has under 1,000 bytes. */
const BYTES_MAX = 64 * 1024

/**
 * The challenge, and the answer as a signed note. Only a text that is a challenge in every letter is answered, so that
 * nobody can have other files opened this way, or other texts signed.
 */
export async function answerChallenge(
  unsealer: Unsealer,
  keys: Pick<RecipientKeys, 'identities' | 'signer'>,
  path: string,
): Promise<{ challenge: Challenge; answer: string }> {
  const challenge = readChallenge(await readSealedText(unsealer, keys.identities, path))
  if (challenge === undefined || !isKeyOf(challenge)) throw notOne(path)
  const { register, recipient, token } = challenge
  const answer: ChallengeAnswer = { format: 'fairshare/challenge-answer@v1', register, recipient, token }
  return { challenge, answer: signNote(statementText(answer), keys.signer) }
}

async function readSealedText(
  unsealer: Unsealer,
  identities: readonly string[],
  path: string,
): Promise<string> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  try {
    for await (const chunk of unsealer.open(identities, path)) {
      sizeBytes += chunk.length
      if (sizeBytes > BYTES_MAX) throw notOne(path)
      chunks.push(chunk)
    }
  } catch (error) {
    const code = isProblem(error) ? error.code : undefined
    if (code === 'delivery.not_for_you')
      throw new Problem('challenge.invalid', `${path} was made for another card than yours`, { cause: error })
    throw code === 'delivery.tampered' ? notOne(path) : error
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks))
  } catch {
    throw notOne(path)
  }
}

function isKeyOf({ origin, verifierKey }: Challenge): boolean {
  try {
    return parseVerifierKey(verifierKey).name === origin
  } catch {
    return false
  }
}

function notOne(path: string): Problem {
  return new Problem('challenge.invalid', `${path} holds none that opens with your key`)
}
