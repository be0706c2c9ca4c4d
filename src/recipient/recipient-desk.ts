// What a recipient works with: no register, no server; keys in a folder, and files.
import type { NoteSigner, NoteVerifier } from '../log/signed-note.ts'
import type { Instant } from '../model/instant.ts'
import type { RecipientCard } from '../model/release.ts'
import type { DeliveredTables } from './delivered-tables.ts'
import type { DeliveryFiles } from './delivery-files.ts'
import type { Unsealer } from './unsealer.ts'

export type RecipientDesk = {
  files: DeliveryFiles
  tables: DeliveredTables
  unsealer: Unsealer
  now: () => Instant
}

export type RecipientKeys = {
  card: RecipientCard
  /** AGE-SECRET-KEY-…, as `Unsealer` takes them. */
  identities: readonly string[]
  /** Named as the card is. */
  signer: NoteSigner
  /** Keys of the registers this recipient has reason to trust; none of them came with a delivery. */
  trusted: readonly NoteVerifier[]
}
