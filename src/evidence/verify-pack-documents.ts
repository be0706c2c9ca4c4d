// The documents in an evidence pack: each is what the log binds at its position, and what it is filed under.
import { fromHex, utf8 } from '../log/bytes.ts'
import { bodyHash } from '../log/log-entry.ts'
import { documentPath, type PackDocument } from '../model/evidence-pack.ts'
import { documentKinds } from '../model/release.ts'
import { NotHeld } from './check.ts'
import { readDocument } from './document-shape.ts'
import { packDocumentShape } from './pack-shapes.ts'
import type { PackLog } from './verify-pack-log.ts'
import type { OpenedPack } from './verify-pack-manifest.ts'

/** In the order of the log. */
export type PackDocuments = {
  all: readonly PackDocument[]
  at(position: number): PackDocument | undefined
  of(kind: string, about?: string): PackDocument[]
}

export async function checkDocuments(pack: OpenedPack, log: PackLog): Promise<PackDocuments> {
  const all: PackDocument[] = []
  for (const { path } of pack.manifest.files) {
    if (!path.startsWith('documents/')) continue
    const { value, fault } = readDocument(await pack.read(path), packDocumentShape)
    if (fault !== undefined) throw new NotHeld(path, fault.at, fault.found)
    checkDocument(path, value, log, pack.manifest.register.id)
    all.push(value)
  }
  const documents = collected(all)
  refuseLeftOut(documents, log)
  return documents
}

/** Whose keys counted, which key signed, and how many people were erased: what is left out of these would undo a check. */
const alwaysEnclosed = /^(approver|approver-removed|key\..+|erasure\.(?!held$).+)$/

function refuseLeftOut(documents: PackDocuments, log: PackLog): void {
  for (const [position, { entry }] of log.documents)
    if (alwaysEnclosed.test(entry.kind) && documents.at(position) === undefined)
      throw new NotHeld(
        documentPath({ position, kind: entry.kind }),
        undefined,
        'is not there, and a pack has every document of its kind',
      )
}

/** How many documents of the log are not in the pack, by kind, most first. */
export function notOpened(documents: PackDocuments, log: PackLog): { kind: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const [position, { entry }] of log.documents)
    if (documents.at(position) === undefined) counts.set(entry.kind, (counts.get(entry.kind) ?? 0) + 1)
  return [...counts]
    .map(([kind, count]) => ({ kind, count }))
    .sort((one, other) => other.count - one.count || (one.kind < other.kind ? -1 : 1))
}

function checkDocument(path: string, document: PackDocument, log: PackLog, registerId: string): void {
  const { position, kind, recordedAt, body, salt } = document
  if (path !== documentPath(document)) throw new NotHeld(path, 'position', 'is not the one it is filed under')
  if (!isKnownKind(kind)) throw new NotHeld(path, 'kind', 'is no kind of document that a pack has')
  const logged = log.documents.get(position)
  if (logged === undefined) throw new NotHeld(path, 'position', 'is no document in the log')
  if (logged.text !== document.entry)
    throw new NotHeld(path, 'entry', 'is not what the log has at this position')
  if (logged.entry.kind !== kind) throw new NotHeld(path, 'kind', 'is not what the log says')
  if (logged.entry.recordedAt !== recordedAt)
    throw new NotHeld(path, 'recordedAt', 'is not when the log says it was recorded')
  if (logged.entry.body !== bodyHash(registerId, fromHex(salt)!, utf8(body)))
    throw new NotHeld(path, 'body', 'is not the document whose hash is in the log')
  checkAbout(path, document)
}

/** `links` speaks of pairs of other people: nobody is handed it. */
function isKnownKind(kind: string): boolean {
  if (kind === 'links') return false
  return kind === 'policy' || Object.hasOwn(documentKinds, kind) || /^(key|erasure)\.[a-z-]+$/.test(kind)
}

/** What a document is about is filed beside it; the log binds its body alone, so the body has the last word. */
function checkAbout(path: string, { kind, about, body }: PackDocument): void {
  const said = aboutIn(kind, body)
  if (said !== undefined && said !== about)
    throw new NotHeld(path, 'about', 'is not what the document speaks of')
}

/** Where each kind says what it is about. */
const subjects: Readonly<Record<string, readonly string[]>> = {
  request: ['request', 'id'],
  decision: ['request', 'id'],
  approver: ['id'],
  'approver-removed': ['id'],
  approval: ['statement', 'request'],
  determination: ['statement', 'determination'],
  'determination-revoked': ['statement', 'determination'],
  'recipient-key': ['recipient'],
  'recipient-key-verified': ['recipient'],
  'recipient-key-revoked': ['recipient'],
  feed: ['source'],
  destroyed: ['release'],
  'copy.reported': ['copy'],
  'copy.destroyed': ['copy'],
  'work-order.closed': ['workOrder'],
}

function aboutIn(kind: string, body: string): unknown {
  const way = subjects[kind] ?? (/^(release|removal)\./.test(kind) ? ['release'] : undefined)
  if (way === undefined) return undefined
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return ''
  }
  for (const name of way) {
    const members = typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined
    value = members?.get(name)
  }
  return value ?? ''
}

function collected(all: readonly PackDocument[]): PackDocuments {
  const ordered = [...all].sort((one, other) => one.position - other.position)
  const byPosition = new Map(ordered.map((document) => [document.position, document]))
  return {
    all: ordered,
    at: (position) => byPosition.get(position),
    of: (kind, about) =>
      ordered.filter(
        (document) => document.kind === kind && (about === undefined || document.about === about),
      ),
  }
}
