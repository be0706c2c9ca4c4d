// Who may approve: the names on record, each with the key that counts for it.
import type { ApproverBody } from '../model/release.ts'
import { type RegisterDocument, readDocuments } from '../register/record-document.ts'
import type { StoreSession } from '../register/store.ts'

export const approverKinds = ['approver', 'approver-removed'] as const

/** By id, each as last recorded and not removed since; `before` = as it was just before that position. */
export async function readApprovers(
  session: Pick<StoreSession, 'query'>,
  before: number = Number.MAX_SAFE_INTEGER,
): Promise<Map<string, ApproverBody>> {
  return approversBefore(await readDocuments(session, { kind: approverKinds }), before)
}

/** The same of documents that were read before, oldest first. */
export function approversBefore(
  documents: readonly RegisterDocument[],
  before: number,
): Map<string, ApproverBody> {
  const approvers = new Map<string, ApproverBody>()
  for (const { position, kind, about, body } of documents) {
    if (position >= before) break
    if (kind === 'approver') approvers.set(about, JSON.parse(body) as ApproverBody)
    else approvers.delete(about)
  }
  return approvers
}
