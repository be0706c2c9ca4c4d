// The controller's side of recipient keys: a card comes in and a challenge goes out, an answer comes in.
import { existsSync } from 'node:fs'
import { ageSealer } from '../adapters/age/age-sealer.ts'
import { readText } from '../adapters/files/read-folder.ts'
import type { Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import type { RecipientCard } from '../model/release.ts'
import { addRecipientKey } from '../release/add-recipient-key.ts'
import { readCard } from '../release/read-card.ts'
import { verifyRecipientKey } from '../release/verify-recipient-key.ts'
import type { App } from './open-app.ts'
import { readPolicyBook } from './policy-book.ts'

export async function addRecipientCard(
  { register, configuration }: App,
  { recipient, cardPath, out }: { recipient: string; cardPath: string; out: string },
): Promise<{ card: RecipientCard; position: number; expiresAt: Instant }> {
  if (existsSync(out))
    throw new Problem('value.invalid', `${out} is there already; name another file with --out`)
  const card = readCard(await readText(cardPath))
  const { policy } = await readPolicyBook(register)
  const { actor } = configuration
  return {
    card,
    ...(await addRecipientKey(register, ageSealer, policy, { recipient, card, path: out, actor })),
  }
}

export async function verifyRecipientAnswer(
  { register, configuration }: App,
  { recipient, answerPath }: { recipient: string; answerPath: string },
): ReturnType<typeof verifyRecipientKey> {
  const answer = await readText(answerPath)
  return verifyRecipientKey(register, { recipient, answer, actor: configuration.actor })
}
