// A recipient's card: the public halves of its keys, under the name it signs with.
import { encodeVerifierKey } from '../log/signed-note.ts'
import { Problem } from '../model/problem.ts'
import type { RecipientCard } from '../model/release.ts'

const NAME_LENGTH_MAX = 60

export function makeCard(name: string, ageRecipient: string, publicKey: Uint8Array): RecipientCard {
  checkCardName(name)
  return {
    format: 'fairshare/recipient-card@v1',
    name,
    ageRecipient,
    verifierKey: encodeVerifierKey(name, publicKey),
  }
}

/** Before anything is made under it. */
export function checkCardName(name: string): void {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || name.length > NAME_LENGTH_MAX)
    throw new Problem(
      'value.invalid',
      `--name is lower-case letters and digits joined by single hyphens, such as little-acorn, at most ${NAME_LENGTH_MAX}`,
    )
}
