// The documents of some releases, whatever happened to them, in one query: a person may be in a thousand.
import type { DocumentKind } from '../model/release.ts'
import type { RegisterDocument } from './record-document.ts'
import type { StoreSession } from './store.ts'

/** By release id, each oldest first; `committed` are the positions that committed the releases. */
export async function readReleaseDocuments(
  session: Pick<StoreSession, 'query'>,
  committed: readonly number[],
  kinds: readonly DocumentKind[],
): Promise<Map<string, RegisterDocument[]>> {
  const rows = await session.query<Omit<RegisterDocument, 'recordedAt'> & { recorded_at: number }>(
    `select r.position, r.kind, r.about, r.body, r.salt, b.actor, b.recorded_at
       from register.record c
       join register.record r on r.kind = any($2::text[]) and r.about = c.about
       join register.batch b on b.position = r.position
      where c.kind = 'release.committed' and c.position = any($1::int8[])
      order by r.position`,
    [committed, kinds],
  )
  const byRelease = new Map<string, RegisterDocument[]>()
  for (const { recorded_at, ...row } of rows) {
    const document = { ...row, recordedAt: recorded_at }
    const earlier = byRelease.get(row.about)
    if (earlier === undefined) byRelease.set(row.about, [document])
    else earlier.push(document)
  }
  return byRelease
}
