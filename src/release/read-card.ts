// A recipient's card as it arrives: every member as it has to be, and none besides.
import { type NoteVerifier, parseVerifierKey } from '../log/signed-note.ts'
import { Problem } from '../model/problem.ts'
import type { RecipientCard } from '../model/release.ts'

/** `recipient.key_invalid` unless it is one. Whether its age key holds together, sealing to it says. */
export function readCard(text: string): RecipientCard {
  const { format, name, ageRecipient, verifierKey, ...rest } = membersOf(text)
  if (format !== 'fairshare/recipient-card@v1') throw invalid('it is not a card of a form known here')
  if (typeof name !== 'string' || typeof ageRecipient !== 'string' || typeof verifierKey !== 'string')
    throw invalid('it has no name, no age key or no key for signatures')
  if (Object.keys(rest).length > 0) throw invalid('it says more than a card says')
  if (verifierOf(verifierKey).name !== name) throw invalid('its key for signatures has another name')
  return { format, name, ageRecipient, verifierKey }
}

function membersOf(text: string): Record<string, unknown> {
  let card: unknown
  try {
    card = JSON.parse(text)
  } catch {
    throw invalid('it is not JSON')
  }
  if (typeof card !== 'object' || card === null) throw invalid('it is not a JSON object')
  return { ...card }
}

function verifierOf(verifierKey: string): NoteVerifier {
  try {
    return parseVerifierKey(verifierKey)
  } catch {
    throw invalid('its key for signatures does not hold together')
  }
}

function invalid(why: string): Problem {
  return new Problem('recipient.key_invalid', why)
}
