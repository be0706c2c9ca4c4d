// A recipient's key is in other hands, or its holder is gone: nothing is sealed to it, or to one before it, any more.
import { canonicalJson } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import type { RecipientKeyRevokedBody } from '../model/release.ts'
import { appendUnderLock } from '../register/append-batch.ts'
import { documentDraft, readDocuments } from '../register/record-document.ts'
import type { Register } from '../register/register.ts'
import { readRevokedUpTo } from './read-recipient-key.ts'

/** A card that was never verified goes too. `repeated` when all were revoked before. `recipient.not_found` when there is none. */
export async function revokeRecipientKey(
  register: Register,
  { recipient, because, actor }: { recipient: string; because: string; actor: string },
): Promise<{ position: number; upTo: number; repeated: boolean }> {
  let upTo: number | undefined
  let before: number | undefined
  const appended = await appendUnderLock(register, async (session) => {
    upTo = (await readDocuments(session, { kind: 'recipient-key', about: recipient })).at(-1)?.position
    if (upTo === undefined) throw new Problem('recipient.not_found', recipient)
    if ((await readRevokedUpTo(session, recipient)) >= upTo) {
      const revoked = await readDocuments(session, { kind: 'recipient-key-revoked', about: recipient })
      before = revoked.at(-1)?.position
      return undefined
    }
    const body: RecipientKeyRevokedBody = { recipient, upTo, because }
    return documentDraft({
      kind: 'recipient-key-revoked',
      about: recipient,
      body: canonicalJson(body),
      actor,
    })
  })
  return { position: before ?? appended!.position, upTo: upTo!, repeated: before !== undefined }
}
