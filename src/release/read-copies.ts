// The copies that were reported and what became of each, and the work orders that were closed, read from their documents.
// An unreported copy is in no register: docs/guide/contractor.md says what else there is to do against one.
import { type CopyReportedBody, readDestruction, type WorkOrderClosedBody } from '../model/custody.ts'
import type { CopyDestroyedBody } from '../model/release.ts'
import { type RegisterDocument, readDocuments } from '../register/record-document.ts'
import type { StoreSession } from '../register/store.ts'
import { type Stated, stated } from './read-release.ts'

type Session = Pick<StoreSession, 'query'>

export type CopyState = {
  copy: string
  reported: Stated<CopyReportedBody>
  /** By a certificate its holder signed, or on somebody's word. */
  destroyed?: Stated<CopyDestroyedBody>
  /** Not yet all of it: the certificate says until when backups hold it. */
  partly?: Stated<CopyDestroyedBody>
}

/** In the order they were reported; `upTo`: as it was at that position. */
export async function readCopies(session: Session, upTo = Number.MAX_SAFE_INTEGER): Promise<CopyState[]> {
  const kind = ['copy.reported', 'copy.destroyed']
  const documents = (await readDocuments(session, { kind })).filter(({ position }) => position <= upTo)
  const destroyed = documents.filter((one) => one.kind === 'copy.destroyed').map(stated<CopyDestroyedBody>)
  return documents
    .filter((one) => one.kind === 'copy.reported')
    .map((document) => copyState(document, destroyed))
}

/** Work orders that were closed, by id. */
export async function readClosedOrders(
  session: Session,
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<Map<string, Stated<WorkOrderClosedBody>>> {
  const documents = await readDocuments(session, { kind: 'work-order.closed' })
  return new Map(
    documents
      .filter(({ position }) => position <= upTo)
      .map((document) => [document.about, stated<WorkOrderClosedBody>(document)]),
  )
}

function copyState(document: RegisterDocument, destroyed: readonly Stated<CopyDestroyedBody>[]): CopyState {
  const reported = stated<CopyReportedBody>(document)
  const { copy } = reported.body
  return { copy, reported, ...readDestruction(destroyed.filter(({ body }) => body.copy === copy)) }
}
