// Which reminders were accepted, by the documents on record: nobody is told the same twice. A day that moved, a removal sealed
// again and a second dispute are not the same.
import { type DocumentKind, documentKinds, type RemindedBody } from '../model/release.ts'
import { readDocuments } from '../register/record-document.ts'
import type { StoreSession } from '../register/store.ts'

const kinds = (Object.keys(documentKinds) as DocumentKind[]).filter((kind) => kind.endsWith('.reminded'))

type Occasion = Pick<RemindedBody, 'dueOn' | 'dueAt' | 'dispute'>
export type ReminderKey = Occasion & Pick<RemindedBody, 'obligation' | 'stage' | 'to' | 'way'>

export async function readReminders(session: Pick<StoreSession, 'query'>): Promise<Set<string>> {
  const documents = await readDocuments(session, { kind: kinds })
  return new Set(documents.map(({ body }) => reminderKey(JSON.parse(body) as RemindedBody)))
}

export function reminderKey({ obligation, stage, to, way, ...occasion }: ReminderKey): string {
  return `${obligation} ${stage} ${to} ${way} ${occasionKey(occasion)}`
}

export function occasionKey({ dueOn, dueAt, dispute }: Occasion): string {
  return dispute === undefined ? `due ${dueAt ?? dueOn}` : `disputed ${dispute}`
}
