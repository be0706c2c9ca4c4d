// The recipient's side, put together: the files of this machine, a folder of keys. No register is opened.
import { ageUnsealer } from '../adapters/age/age-unsealer.ts'
import { deliveredTables } from '../adapters/files/delivered-tables.ts'
import { deliveryFolder } from '../adapters/files/delivery-folder.ts'
import { openRecipientKeyFolder, trustRegister } from '../adapters/keys/recipient-key-folder.ts'
import { encodeVerifierKey, type NoteVerifier, parseVerifierKey } from '../log/signed-note.ts'
import { Problem } from '../model/problem.ts'
import type { ReleaseManifest } from '../model/release.ts'
import type { RecipientDesk, RecipientKeys } from '../recipient/recipient-desk.ts'

export const recipientDesk: RecipientDesk = {
  files: deliveryFolder,
  tables: deliveredTables,
  unsealer: ageUnsealer,
  now: () => Date.now() * 1000,
}

/** The keys of a folder, and with `trust` one register more, which the user has found out to be the sender's. */
export async function recipientKeysIn(folder: string, trust?: string): Promise<RecipientKeys> {
  const keys = await openRecipientKeyFolder(folder)
  if (trust === undefined) return keys
  const chosen = readVerifierKey(trust, '--trust')
  const known = keys.trusted.filter(({ name }) => name === chosen.name)
  const isKnown = known.some(({ name, publicKey }) => encodeVerifierKey(name, publicKey) === trust)
  if (known.length > 0 && !isKnown)
    throw new Problem(
      'value.invalid',
      `--trust: another key is trusted for ${chosen.name} already; if the sender changed it, follow its note with “key trust”; if it was stolen or lost, take its file out of ${folder}/trusted`,
    )
  return { ...keys, trusted: isKnown ? keys.trusted : [...keys.trusted, chosen] }
}

/** Kept for the next delivery, after one that held. */
export async function keepTrust(folder: string, { register, controller }: ReleaseManifest): Promise<void> {
  const { origin, verifierKey } = register
  await trustRegister(folder, { origin, verifierKey, controller: controller.name })
}

export function readVerifierKey(text: string, what: string): NoteVerifier {
  try {
    return parseVerifierKey(text)
  } catch (cause) {
    const isWritten = /^[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$/.test(text)
    const why = isWritten
      ? 'the key does not fit its id: mistyped or cut off'
      : 'a verifier key is written name+id+key'
    throw new Problem('value.invalid', `${what}: ${why}`, { cause })
  }
}
