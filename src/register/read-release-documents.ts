// The documents of some releases, whatever happened to them, in one query: a person may be in a thousand.
import type { DocumentKind } from '../model/release.ts'
import type { RegisterDocument } from './record-document.ts'
import type { StoreSession } from './store.ts'

export type ReleaseDocument = Omit<RegisterDocument, 'salt' | 'actor'>

/**
 * By release id, each oldest first; `committed` are the positions that committed the releases. One row with one value:
 * thousands of rows of their own take half as long again.
 */
export async function readReleaseDocuments(
  session: Pick<StoreSession, 'query'>,
  committed: readonly number[],
  kinds: readonly DocumentKind[],
): Promise<Map<string, ReleaseDocument[]>> {
  const [row] = await session.query<{ packed: string | null }>(
    `select json_agg(json_build_array(r.position, r.kind, r.about, r.body, b.recorded_at) order by r.position)::text as packed
       from register.record c
       join register.record r on r.kind = any($2::text[]) and r.about = c.about
       join register.batch b on b.position = r.position
      where c.kind = 'release.committed' and c.position = any($1::int8[])`,
    [committed, kinds],
  )
  // What the query packs.
  const rows = JSON.parse(row?.packed ?? '[]') as [number, string, string, string, number][]
  const byRelease = new Map<string, ReleaseDocument[]>()
  for (const [position, kind, about, body, recordedAt] of rows) {
    const document = { position, kind, about, body, recordedAt }
    const earlier = byRelease.get(about)
    if (earlier === undefined) byRelease.set(about, [document])
    else earlier.push(document)
  }
  return byRelease
}
