// The recipient's side of its keys: made in a folder, and shown to be held. No register is opened.
import { makeAgeIdentity } from '../adapters/age/age-identity.ts'
import { ageUnsealer } from '../adapters/age/age-unsealer.ts'
import {
  makeRecipientKeyFolder,
  openRecipientKeyFolder,
  trustRegister,
} from '../adapters/keys/recipient-key-folder.ts'
import { writeNewFile } from '../adapters/keys/seed-file.ts'
import type { Challenge } from '../model/challenge.ts'
import { Problem } from '../model/problem.ts'
import type { RecipientCard } from '../model/release.ts'
import { answerChallenge } from '../recipient/answer-challenge.ts'
import { checkCardName, makeCard } from '../recipient/make-card.ts'

export async function makeRecipientKeys(folder: string, name: string): Promise<RecipientCard> {
  checkCardName(name)
  return makeRecipientKeyFolder(folder, await makeAgeIdentity(), (ageRecipient, publicKey) =>
    makeCard(name, ageRecipient, publicKey),
  )
}

/** The answer at `out`, and the register's key among those this recipient trusts: `new`, or `known` from before. */
export async function answerChallengeFile({
  path,
  folder,
  out,
}: {
  path: string
  folder: string
  out: string
}): Promise<{ challenge: Challenge; trusted: 'new' | 'known' }> {
  const keys = await openRecipientKeyFolder(folder)
  const { challenge, answer } = await answerChallenge(ageUnsealer, keys, path)
  const { origin, verifierKey, controller } = challenge
  // First: somebody who claims another key for a register known by this origin gets no answer.
  const trusted = await trustRegister(folder, { origin, verifierKey, controller })
  if (!(await writeNewFile(out, answer)))
    throw new Problem('value.invalid', `${out} is there already; name another file with --out`)
  return { challenge, trusted }
}
