// The forms of what is in an evidence pack: its manifest and document files to the letter, and of the documents' bodies,
// which the log binds as they are, the members that a verifier reads.
import { utf8 } from '../log/bytes.ts'
import type { Canonical } from '../model/canonical.ts'
import {
  documentPath,
  type PackDocument,
  type PackFile,
  type PackManifest,
  packFormat,
} from '../model/evidence-pack.ts'
import type {
  AmendedBody,
  ApprovalBody,
  ApprovalStatement,
  ApproverBody,
  CommittedBody,
  DecisionBody,
} from '../model/release.ts'
import type { SharingRequest } from '../model/request.ts'
import { NotHeld } from './check.ts'
import {
  boolean,
  count,
  listOf,
  matching,
  members,
  oneOf,
  readDocument,
  type Shape,
  sha256,
  text,
} from './document-shape.ts'
import { isDate } from './evidence-lag.ts'

const uuid = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'is not a register id')
/** yyyy-mm-dd, of a day there is. */
export const date: Shape<string> = (value, at) =>
  typeof value === 'string' && isDate(value) ? undefined : { at, found: 'is not a date' }
const instantText = matching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/, 'is not an instant')
const line = matching(/^\P{C}+$/u, 'is not one line of text')
const position: Shape<number> = (value, at) =>
  count(value, at) ?? (value === 0 ? { at, found: 'is no position' } : undefined)

const scope: Shape<PackManifest['scope']> = (value, at) => {
  const has = (name: string) => typeof value === 'object' && value !== null && Object.hasOwn(value, name)
  if (has('release')) return members<{ release: string }>({ release: line }, {})(value, at)
  if (has('subject')) return members<{ subject: number }>({ subject: position }, {})(value, at)
  return members<Period>({ from: date, to: date }, {})(value, at) ?? backwards(value as Period, at)
}

type Period = { from: string; to: string }

function backwards({ from, to }: Period, at: string): ReturnType<Shape<Period>> {
  return from > to ? { at: `${at}.to`, found: 'is before the day it begins on' } : undefined
}

export const packManifestShape: Shape<PackManifest> = members<PackManifest>(
  {
    format: oneOf(packFormat),
    register: members<PackManifest['register']>({ id: uuid, origin: text, verifierKey: text }, {}),
    controller: members<PackManifest['controller']>({ id: text, name: text }, {}),
    scope,
    asOf: members<PackManifest['asOf']>({ size: position, root: sha256, recordedAt: instantText }, {}),
    releases: listOf(line),
    files: listOf(members<PackFile>({ path: text, sha256, sizeBytes: count, what: text }, {})),
    left: listOf(line),
  },
  { sample: members<NonNullable<PackManifest['sample']>>({ size: position, seed: text }, {}) },
)

export const packDocumentShape: Shape<PackDocument> = members<PackDocument>(
  {
    position,
    kind: text,
    about: text,
    actor: text,
    recordedAt: count,
    body: text,
    salt: sha256,
    entry: text,
  },
  {},
)

// --- bodies ------------------------------------------------------------------------------------------------------

type Asked = Pick<SharingRequest, 'id' | 'recipient' | 'requestedBy'>
const asked = holding<Asked>({ id: text, recipient: text, requestedBy: text })

export type ReadDecision = Pick<
  DecisionBody,
  'position' | 'packHashes' | 'policyHash' | 'considered' | 'outcomes'
> & { request: Asked; file: { code: string; cleared: boolean }[]; artefactSha256?: string }
export const decisionShape: Shape<ReadDecision> = holding<ReadDecision>(
  {
    request: asked,
    position: count,
    packHashes: everyMember(sha256),
    policyHash: sha256,
    considered: count,
    outcomes: members<DecisionBody['outcomes']>(
      { deny: count, review: count, transform: count, allow: count },
      {},
    ),
    file: listOf(holding<ReadDecision['file'][number]>({ code: text, cleared: boolean })),
  },
  { artefactSha256: sha256 },
)

export type ReadCommit = Pick<
  CommittedBody,
  | 'release'
  | 'decision'
  | 'decisionSha256'
  | 'approval'
  | 'approvalRule'
  | 'considered'
  | 'members'
  | 'policyHash'
  | 'recipientKey'
  | 'removedSinceDecision'
> & { request: Asked; artefact: { sha256: string } }
export const commitShape: Shape<ReadCommit> = holding<ReadCommit>({
  release: line,
  request: asked,
  decision: position,
  decisionSha256: sha256,
  approval: position,
  approvalRule: oneOf('second-person', 'sole-person'),
  considered: count,
  members: count,
  policyHash: sha256,
  recipientKey: position,
  removedSinceDecision: count,
  artefact: holding<ReadCommit['artefact']>({ sha256 }),
})

export type ReadEmpty = Pick<ReadCommit, 'release' | 'request' | 'decision' | 'approval' | 'considered'>
export const emptyShape: Shape<ReadEmpty> = holding<ReadEmpty>({
  release: line,
  request: asked,
  decision: position,
  approval: position,
  considered: count,
})

export const amendedShape: Shape<AmendedBody> = holding<AmendedBody>({
  release: line,
  round: count,
  removed: count,
  members: count,
})

/** What the log cannot say of an erasure but by counting its events. */
export const keysDestroyedShape: Shape<{ people: number }> = holding<{ people: number }>({ people: count })

/** The note is what counts: it has the receipt. */
export const openedShape: Shape<{ note: string }> = holding<{ note: string }>({ note: text })

/** With the certificate where the recipient signed one: of that, too, the note is what counts. */
type ReadDestroyed = { release: string; by: string; certificate?: { statement: Canonical; note: string } }
const certificate = holding<NonNullable<ReadDestroyed['certificate']>>({
  statement: () => undefined,
  note: text,
})
export const destroyedShape: Shape<ReadDestroyed> = (value, at) =>
  holding<Pick<ReadDestroyed, 'release' | 'by'>>({ release: line, by: text })(value, at) ??
  (typeof value === 'object' && value !== null && 'certificate' in value
    ? certificate(value.certificate, at === '' ? 'certificate' : `${at}.certificate`)
    : undefined)

export type ReadCard = { card: { verifierKey: string }; challengeSha256: string }
export const recipientKeyShape: Shape<ReadCard> = holding<ReadCard>({
  card: holding<ReadCard['card']>({ verifierKey: line }),
  challengeSha256: sha256,
})

/** `key` = position of the card whose key signed the note. */
export type ReadKeyVerified = { key: number; note: string }
export const keyVerifiedShape: Shape<ReadKeyVerified> = holding<ReadKeyVerified>({
  key: position,
  note: text,
})

export const approverShape: Shape<ApproverBody> = holding<ApproverBody>({
  id: line,
  name: line,
  verifierKey: line,
})

export const approvalShape: Shape<ApprovalBody> = members<ApprovalBody>(
  {
    statement: members<ApprovalStatement>(
      {
        format: oneOf('fairshare/approval@v1'),
        register: text,
        request: text,
        decision: position,
        decisionSha256: sha256,
        mayLeave: count,
        considered: count,
        recipient: text,
        approver: line,
        requestedBy: text,
        rule: oneOf('second-person', 'sole-person'),
        approvedAt: count,
        expiresAt: count,
      },
      { because: text },
    ),
    note: text,
  },
  {},
)

/** One line of what a `policy` document publishes; the hash of what was retired is empty. */
export type ReadPolicyRow = { kind: string; name: string; version: string; sha256: string }
export const policyRowsShape: Shape<ReadPolicyRow[]> = listOf(
  members<ReadPolicyRow>(
    {
      kind: line,
      name: line,
      version: line,
      sha256: matching(/^([0-9a-f]{64})?$/, 'is not a SHA-256 in lower-case hexadecimal'),
    },
    {},
  ),
)

/** The note is what counts: it has the statement. */
type ReadRotation = { note: string; statement: { why: string } }
export const rotatedShape: Shape<ReadRotation> = holding<ReadRotation>({
  note: text,
  statement: holding<ReadRotation['statement']>({ why: text }),
})

export const releaseNamedShape: Shape<{ release: string }> = holding<{ release: string }>({ release: line })

/** The body of a document; `NotHeld` unless it is canonical JSON with the members that are read. */
export function bodyOf<T>(document: PackDocument, shape: Shape<T>): T {
  const { value, fault } = readDocument(utf8(document.body), afterPlain(shape))
  if (fault === undefined) return value
  const at = fault.at === '' ? 'body' : `body.${fault.at}`
  throw new NotHeld(documentPath(document), at, fault.found)
}

// --- forms of what may have more members than are read ---------------------------------------------------------------

type Needed<T> = { [K in keyof T as undefined extends T[K] ? never : K]: Shape<T[K]> }
type Perhaps<T> = { [K in keyof T as undefined extends T[K] ? K : never]-?: Shape<Exclude<T[K], undefined>> }

/** An object with these members, whatever else it has. */
function holding<T extends object>(
  must: Needed<T>,
  ...[may]: keyof Perhaps<T> extends never ? [] : [Perhaps<T>]
): Shape<T> {
  const needed = new Map<string, Shape<unknown>>(Object.entries(must))
  const perhaps = new Map<string, Shape<unknown>>(Object.entries(may ?? {}))
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { at, found: 'is no object' }
    const given = new Map<string, unknown>(Object.entries(value))
    const within = (name: string) => (at === '' ? name : `${at}.${name}`)
    for (const [name, shape] of needed) {
      if (!given.has(name)) return { at: within(name), found: 'is missing' }
      const fault = shape(given.get(name), within(name))
      if (fault !== undefined) return fault
    }
    for (const [name, shape] of perhaps) {
      const fault = given.has(name) ? shape(given.get(name), within(name)) : undefined
      if (fault !== undefined) return fault
    }
    return undefined
  }
}

function everyMember<T>(shape: Shape<T>): Shape<Record<string, T>> {
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { at, found: 'is no object' }
    return Object.values(value)
      .map((member) => shape(member, at))
      .find((fault) => fault !== undefined)
  }
}

const DEPTH_MAX = 40

/** What has no canonical form would be taken for a bug of ours when it is written again. */
function afterPlain<T>(shape: Shape<T>): Shape<T> {
  return (value, at) => (isPlain(value, 0) ? shape(value, at) : { at, found: 'has no canonical form' })
}

function isPlain(value: unknown, depth: number): boolean {
  if (depth > DEPTH_MAX) return false
  if (typeof value === 'number') return Number.isSafeInteger(value)
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([name, item]) => isAscii(name) && isPlain(item, depth + 1))
}

function isAscii(text: string): boolean {
  return [...text].every((character) => character <= '\x7f')
}
