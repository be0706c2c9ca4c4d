// The recipient's side of its keys: made in a folder, and shown to be held. No register is opened.
import { makeAgeIdentity } from '../adapters/age/age-identity.ts'
import { ageUnsealer } from '../adapters/age/age-unsealer.ts'
import { readText } from '../adapters/files/read-folder.ts'
import {
  makeRecipientKeyFolder,
  openRecipientKeyFolder,
  trustRegister,
  trustSuccessor,
} from '../adapters/keys/recipient-key-folder.ts'
import { writeNewFile } from '../adapters/keys/seed-file.ts'
import { firstFailure } from '../evidence/check.ts'
import { verifyKeyRotation } from '../evidence/verify-key-rotation.ts'
import { parseVerifierKey } from '../log/signed-note.ts'
import type { Challenge } from '../model/challenge.ts'
import { readKeyRotation } from '../model/key-rotation.ts'
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

/**
 * The next key of a register, by the note that its trusted key signed. `delivery.tampered` when the note does not hold; never for
 * a key that was stolen or lost: then only people can say which key is right.
 */
export async function trustNextKey({
  path,
  folder,
}: {
  path: string
  folder: string
}): Promise<{ origin: string; verifierKey: string; trusted: 'new' | 'known' }> {
  const { registers } = await openRecipientKeyFolder(folder)
  const note = await readText(path)
  for (const { origin, verifierKey, controller } of registers) {
    const { checks, statement } = await verifyKeyRotation(note, parseVerifierKey(verifierKey), path)
    if (statement === undefined || statement.why !== 'planned') continue
    if (firstFailure(checks) !== undefined || statement.previous !== verifierKey) continue
    const next = { origin, verifierKey: statement.next, controller }
    return { origin, verifierKey: next.verifierKey, trusted: await trustSuccessor(folder, next) }
  }
  refuseUnvouched(note, folder, new Set(registers.map(({ verifierKey }) => verifierKey)))
  throw new Problem(
    'delivery.tampered',
    `${path} is no change of keys that a register you trust has signed with the key you have of it`,
  )
}

/** Of a note about a key that is trusted here, and which that key was not asked to sign. What it says is the sender's word. */
function refuseUnvouched(note: string, folder: string, trusted: ReadonlySet<string>): void {
  const statement = readKeyRotation(note.slice(0, note.lastIndexOf('\n\n') + 1))
  if (statement === undefined || statement.why === 'planned' || !trusted.has(statement.previous ?? '')) return
  throw new Problem(
    'register.untrusted',
    `the old key did not sign this, as the sender says it was ${statement.why}: compare the new key by telephone, then take the old file out of ${folder}/trusted and run open --trust`,
  )
}
