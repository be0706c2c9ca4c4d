// What opens the log about one person: the secret, and for enrolment and each event the fields as they were committed
// and the path from their commitment to the root in the batch's entry.
import { leafPath } from '../log/leaf-path.ts'
import type { CommittedFields } from '../model/person-receipt.ts'
import { Problem } from '../model/problem.ts'
import { type BatchLeaves, batchLeaves } from './batch-leaves.ts'
import type { Register } from './register.ts'
import { readSecrets } from './secrets/read-secrets.ts'
import { SECRET_BYTES } from './secrets/wrap-secrets.ts'

export type Openings = {
  secret: Uint8Array
  enrolment: { position: number; index: number; path: Uint8Array[] }
  /** In the order recorded. */
  events: { position: number; ord: number; fields: CommittedFields; path: Uint8Array[] }[]
}

/** Throws `person.not_found` once the secret is destroyed: without it nothing can be opened any more. */
export async function readOpenings(
  register: Register,
  subject: number,
  leaves: BatchLeaves = batchLeaves(register.store),
): Promise<Openings> {
  const secret = await readSecret(register, subject)
  return {
    secret,
    enrolment: await readEnrolment(register, subject, leaves),
    events: await readEvents(register, subject, leaves),
  }
}

async function readSecret({ store, keys }: Register, subject: number): Promise<Uint8Array> {
  const { bytes, at } = await store.transaction((session) =>
    readSecrets(session, keys, Int32Array.of(subject)),
  )
  const from = at.get(subject)
  if (from === undefined) throw new Problem('person.not_found', 'this person was erased')
  return bytes.slice(from, from + SECRET_BYTES)
}

async function readEnrolment(
  { store }: Register,
  subject: number,
  leaves: BatchLeaves,
): Promise<Openings['enrolment']> {
  const [batch] = await store.query<{ position: number; first_subject: number }>(
    `select b.position, b.first_subject
       from register.batch b join register.subject s on s.position = b.position where s.number = $1`,
    [subject],
  )
  if (batch === undefined) throw new Problem('register.corrupt', 'a person is enrolled by no batch')
  const { position, first_subject } = batch
  const index = subject - first_subject
  return { position, index, path: leafPath(await leaves.enrolled(position), index) }
}

async function readEvents(
  { store }: Register,
  subject: number,
  leaves: BatchLeaves,
): Promise<Openings['events']> {
  const rows = await store.query<EventRow>(
    `select position, ord, kind, earliest, latest, grade, source, jurisdiction,
            coalesce(route, 0) as route, coalesce(notice, 0) as notice, coalesce(purpose, 0) as purpose,
            coalesce(recipient, 0) as recipient, coalesce(channel, 0) as channel, coalesce(basis, 0) as basis,
            coalesce(qualifier, 0) as qualifier, stated_text
       from register.event where subject = $1 order by position, ord`,
    [subject],
  )
  const events: Openings['events'] = []
  for (const { position, ord, stated_text, ...numbers } of rows) {
    // No text and an empty one are committed to alike.
    const fields = stated_text ? { ...numbers, statedText: stated_text } : numbers
    events.push({ position, ord, fields, path: leafPath(await leaves.events(position), ord) })
  }
  return events
}

type EventRow = Omit<CommittedFields, 'statedText'> & {
  position: number
  ord: number
  stated_text: string | null
}
