// A recipient's receipt: what it found, signed with the key of its card.
import { signNote } from '../log/signed-note.ts'
import type { ReleaseReceipt, RemovalReceipt } from '../model/release.ts'
import { statementText } from '../model/statement.ts'
import type { RecipientKeys } from './recipient-desk.ts'

/** A signed note: the form on line 1, the statement as canonical JSON on line 2. */
export function signReceipt(receipt: ReleaseReceipt | RemovalReceipt, { signer }: RecipientKeys): string {
  return signNote(statementText(receipt), signer)
}
