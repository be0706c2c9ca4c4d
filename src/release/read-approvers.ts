// Who may approve: the names on record, each with the key that counts for it.
import type { ApproverBody } from '../model/release.ts'
import { readDocuments } from '../register/record-document.ts'
import type { StoreSession } from '../register/store.ts'

/** By id, each as last recorded; `before` = as it was just before that position. */
export async function readApprovers(
  session: Pick<StoreSession, 'query'>,
  before: number = Number.MAX_SAFE_INTEGER,
): Promise<Map<string, ApproverBody>> {
  const documents = await readDocuments(session, { kind: 'approver' })
  const bodies = documents
    .filter(({ position }) => position < before)
    .map(({ body }) => JSON.parse(body) as ApproverBody)
  return new Map(bodies.map((body) => [body.id, body]))
}
