// The register's documents that belong to some releases, each with the salt that opens its hash in the log and the log's
// entry: what was asked, decided, approved, sealed, sent and removed, by whose keys, under which policy. Of who may approve, of
// changed keys and of erasures every document is there: one that were left out would be the one that matters.
import { readDetermination } from '../evidence/verify-determination.ts'
import { toHex } from '../log/bytes.ts'
import type { PackDocument } from '../model/evidence-pack.ts'
import { type ApproverBody, type DocumentKind, documentKinds } from '../model/release.ts'
import type { SharingRequest } from '../model/request.ts'
import type { Register } from '../register/register.ts'

/** A release the pack is about, as far as choosing its documents needs it. */
export type AskedRelease = { release: string; request: SharingRequest }

const kindsAbout = (about: string) =>
  (Object.keys(documentKinds) as DocumentKind[]).filter((kind) => documentKinds[kind] === about)

/** Oldest first, up to and with position `upTo`. */
export async function readPackDocuments(
  register: Register,
  releases: readonly AskedRelease[],
  upTo: number,
): Promise<PackDocument[]> {
  const documents = await readCandidates(register, releases, upTo)
  const answers = documents.filter((document) => bearsOn(document, releases))
  const revoked = new Set(answers.map(({ about }) => about))
  return documents.filter((document) => {
    if (document.kind === 'determination') return answers.includes(document)
    return document.kind !== 'determination-revoked' || revoked.has(document.about)
  })
}

async function readCandidates(
  { store }: Register,
  releases: readonly AskedRelease[],
  upTo: number,
): Promise<PackDocument[]> {
  const rows = await store.query<{
    position: number
    kind: string
    about: string
    actor: string
    recorded_at: number
    body: string
    salt: Uint8Array
    entry: Uint8Array
  }>(
    `select r.position, r.kind, r.about, b.actor, b.recorded_at, r.body, r.salt, b.entry
       from register.record r join register.batch b on b.position = r.position
      where r.position <= $1 and (
            (r.kind = any($2::text[]) and r.about = any($3::text[]))
         or (r.kind = any($4::text[]) and r.about = any($5::text[]))
         or (r.kind = any($6::text[]) and r.about = any($7::text[]))
         or r.kind = any($8::text[]) or r.kind like 'key.%')
      order by r.position`,
    [
      upTo,
      ...[kindsAbout('request'), releases.map(({ request }) => request.id)],
      ...[kindsAbout('release'), releases.map(({ release }) => release)],
      ...[kindsAbout('recipient'), releases.map(({ request }) => request.recipient)],
      [
        // Those of an epoch are of keys destroyed. Why an erasure is held back is about somebody, and in free words.
        ...['policy', ...kindsAbout('source'), ...kindsAbout('epoch')],
        ...[...kindsAbout('approver'), ...kindsAbout('determination')],
      ],
    ],
  )
  return rows.map(({ recorded_at, salt, entry, ...row }) => ({
    ...row,
    recordedAt: recorded_at,
    salt: toHex(salt),
    entry: new TextDecoder().decode(entry),
  }))
}

/** Given for this recipient and purpose, or on one of these requests. */
function bearsOn({ kind, body }: PackDocument, releases: readonly AskedRelease[]): boolean {
  if (kind !== 'determination') return false
  const { statement } = readDetermination(body)
  return releases.some(
    ({ request }) =>
      statement?.request === request.id ||
      (statement?.recipient === request.recipient && statement.purpose === request.purpose),
  )
}

/**
 * A decision counts grounds that a person may not learn, and a determination may answer for one: in a file of few people that
 * tells her. None is in what is handed to her, also where it has no such ground, as a gap would tell as much.
 */
export function isKeptFromPersons({ kind }: Pick<PackDocument, 'kind'>): boolean {
  return ['decision', 'determination', 'determination-revoked'].includes(kind)
}

/** The newest name and key that were on record for an approver before a position. */
export function approverBefore(
  documents: readonly PackDocument[],
  id: string,
  position: number,
): ApproverBody | undefined {
  const found = documents.findLast(
    (document) => document.kind === 'approver' && document.about === id && document.position < position,
  )
  return found && (JSON.parse(found.body) as ApproverBody)
}
