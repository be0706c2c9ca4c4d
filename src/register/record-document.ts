// Documents of the register: what was asked, decided, approved, released and opened, one per batch, found by what they are about.
import { randomUUID } from 'node:crypto'
import { sha256Hex } from '../model/canonical.ts'
import type { Instant } from '../model/instant.ts'
import { appendBatch } from './append-batch.ts'
import type { BatchDraft } from './batch.ts'
import type { Recorded } from './record-event.ts'
import type { Register } from './register.ts'
import type { StoreSession } from './store.ts'

export type NewDocument = {
  kind: string
  /** What it is a document of: a request, a release, a recipient. */
  about: string
  /** Canonical JSON; no personal value of a data subject. */
  body: string
  actor: string
  /** The same key with the same body is recorded once. */
  idempotencyKey?: string
}

export type RegisterDocument = {
  position: number
  kind: string
  about: string
  body: string
  /** Opens the hash of the body in the log: whoever may see the document gets it too. */
  salt: Uint8Array
  actor: string
  recordedAt: Instant
}

export async function recordDocument(register: Register, document: NewDocument): Promise<Recorded> {
  const { position, recordedAt, repeated } = await appendBatch(register, documentDraft(document))
  return { position, recordedAt, repeated }
}

/** The same as a draft, for what is decided under the lock. */
export function documentDraft({ kind, about, body, actor, idempotencyKey }: NewDocument): BatchDraft {
  return {
    kind,
    actor,
    idempotencyKey: idempotencyKey ?? randomUUID(),
    contentHash: sha256Hex(`${kind}\0${about}\0${body}`),
    record: { about, body },
  }
}

type DocumentFilter = { kind: string | readonly string[]; about?: string; position?: number }

/** Oldest first. `session` for what is read under the lock. */
export async function readDocuments(
  session: Pick<StoreSession, 'query'>,
  { kind, about, position }: DocumentFilter,
): Promise<RegisterDocument[]> {
  const kinds = typeof kind === 'string' ? [kind] : [...kind]
  const rows = await session.query<Omit<RegisterDocument, 'recordedAt'> & { recorded_at: number }>(
    `select r.position, r.kind, r.about, r.body, r.salt, b.actor, b.recorded_at
       from register.record r join register.batch b on b.position = r.position
      where r.kind = any($1::text[]) and ($2::text is null or r.about = $2) and ($3::int8 is null or r.position = $3)
      order by r.position`,
    [kinds, about ?? null, position ?? null],
  )
  return rows.map(({ recorded_at, ...row }) => ({ ...row, recordedAt: recorded_at }))
}
