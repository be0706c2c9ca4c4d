// The key a release is sealed to: the newest whose holder has proved to hold it. A card that merely arrived seals nothing.
import { Problem } from '../model/problem.ts'
import type {
  RecipientCard,
  RecipientKeyBody,
  RecipientKeyRevokedBody,
  RecipientKeyVerifiedBody,
} from '../model/release.ts'
import { readDocuments } from '../register/record-document.ts'
import type { StoreSession } from '../register/store.ts'

export type RecipientKey = {
  /** Of its recipient-key document. */
  position: number
  card: RecipientCard
  /** Position at which its holder was found to hold it. */
  verifiedAt: number
}

/** `recipient.key_missing` when there is none. `session` for what is read under the lock. */
export async function readRecipientKey(
  session: Pick<StoreSession, 'query'>,
  recipient: string,
): Promise<RecipientKey> {
  const key = (await readVerifiedKeys(session, recipient)).at(-1)
  if (key === undefined) throw new Problem('recipient.key_missing', recipient)
  return key
}

/** Oldest key first: whoever answers the challenge of an old card late does not bring the old key back. */
export async function readVerifiedKeys(
  session: Pick<StoreSession, 'query'>,
  recipient: string,
): Promise<RecipientKey[]> {
  const keys = await readDocuments(session, { kind: 'recipient-key', about: recipient })
  const verified = await readDocuments(session, { kind: 'recipient-key-verified', about: recipient })
  const verifiedAt = new Map(
    verified.map(({ position, body }) => [(JSON.parse(body) as RecipientKeyVerifiedBody).key, position]),
  )
  const revokedUpTo = await readRevokedUpTo(session, recipient)
  return keys.flatMap(({ position, body }) => {
    const at = verifiedAt.get(position)
    return at === undefined || position <= revokedUpTo
      ? []
      : [{ position, card: (JSON.parse(body) as RecipientKeyBody).card, verifiedAt: at }]
  })
}

/** Position of the newest card that was revoked, with all before it; 0 when none was. */
export async function readRevokedUpTo(
  session: Pick<StoreSession, 'query'>,
  recipient: string,
): Promise<number> {
  const revoked = await readDocuments(session, { kind: 'recipient-key-revoked', about: recipient })
  return Math.max(0, ...revoked.map(({ body }) => (JSON.parse(body) as RecipientKeyRevokedBody).upTo))
}
