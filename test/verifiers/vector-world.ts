// The small register behind docs/spec/vectors, made without chance, clock or database: three people, one release, a log of 260.
import { createHash } from 'node:crypto'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { signCheckpoint } from '../../src/log/checkpoint.ts'
import { Committer } from '../../src/log/commitment.ts'
import { bodyHash, encodeEntry, type LogEntry } from '../../src/log/log-entry.ts'
import { leafHash, nodeHash } from '../../src/log/merkle.ts'
import { encodePrefixProof } from '../../src/log/prefix-proof.ts'
import { buildPrefixTree } from '../../src/log/prefix-tree.ts'
import { ReleaseLeaves, RowCommitter, refOf, verdictBytes } from '../../src/log/release-leaves.ts'
import { encodeVerifierKey, type NoteSigner, signNote } from '../../src/log/signed-note.ts'
import { encodeProof } from '../../src/log/tlog-proof.ts'
import { type Canonical, canonicalHash, canonicalJson } from '../../src/model/canonical.ts'
import { eventColumns } from '../../src/model/event.ts'
import {
  type CommittedFields,
  codedWords,
  type OpenedEvent,
  type OpenedRow,
  type PersonReceipt,
  personReceiptSignedText,
} from '../../src/model/person-receipt.ts'
import type { SealedBody } from '../../src/model/release.ts'

export const registerId = '7b0c4e2a-9d1f-4c3e-8a56-0f1e2d3c4b5a'
export const origin = 'log.example.com/fairshare'
/** Made for these vectors; it signs nothing else. */
export const signingSeed = bytesOf('the signing key of the vectors')
export const signer: NoteSigner = { name: origin, ...signerFromSeed(signingSeed) }
export const verifierKey = encodeVerifierKey(origin, signer.publicKey)
export const register = { id: registerId, origin, verifierKey }
export const release = '4-acorn-post@12'
export const logSize = 260

export function bytesOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
export const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')

export const secretOf = (subject: number) => bytesOf(`the secret of subject ${subject}`)

// --- events ------------------------------------------------------------------------------------------------------

const absent = {
  jurisdiction: 0,
  route: 0,
  notice: 0,
  purpose: 0,
  recipient: 0,
  channel: 0,
  basis: 0,
  qualifier: 0,
}
const shownAt = 1_517_475_600_000_000
const stated = (kind: number, more: Partial<CommittedFields> = {}): CommittedFields => ({
  ...{ kind, earliest: shownAt, latest: shownAt, grade: 1, source: 3, ...absent },
  ...more,
})

type Said = { subject: number; fields: CommittedFields; words: { [name: string]: string } }

/** What the batches 1 to 4 say of people; the first also enrols all three. */
export const batches: { kind: string; enrols: number; events: Said[] }[] = [
  {
    kind: 'import',
    enrols: 3,
    events: [1, 2, 3].flatMap((subject): Said[] => [
      {
        subject,
        fields: stated(1, { jurisdiction: 1, route: 4, notice: 2 }),
        words: { source: 'web form', route: 'online', notice: 'sign-up@2017-01' },
      },
      {
        subject,
        fields: stated(2, {
          ...{ jurisdiction: 1, notice: 2, purpose: 5, recipient: 6, channel: 1, qualifier: subject },
          ...(subject === 1 && {
            earliest: -86_400_000_000,
            latest: shownAt + 999_990,
            grade: 2,
            statedText: 'am 1. März',
          }),
        }),
        words: {
          source: 'web form',
          notice: 'sign-up@2017-01',
          purpose: 'offers',
          recipient: 'little-acorn',
        },
      },
    ]),
  },
  {
    kind: 'objection',
    enrols: 0,
    events: [{ subject: 2, fields: stated(4, { qualifier: 1 }), words: { source: 'letter' } }],
  },
  {
    kind: 'protection',
    enrols: 0,
    events: [{ subject: 3, fields: stated(7, { grade: 3, qualifier: 2 }), words: { source: 'letter' } }],
  },
  {
    kind: 'import',
    enrols: 0,
    events: [3, 5, 6, 8, 9, 10, 11, 12].map(
      (kind, nth): Said => ({
        subject: 1,
        fields: stated(kind, {
          qualifier: kind === 3 ? 0 : 2,
          channel: kind === 3 ? 7 : 0,
          latest: shownAt + nth * 1000,
        }),
        words: { source: 'letter' },
      }),
    ),
  },
]

export function commitmentOf({ subject, fields }: Said, position: number, ord: number): Buffer {
  const columns = eventColumns(1)
  const { statedText, ...numbers } = fields
  for (const [name, value] of Object.entries(numbers)) Reflect.get(columns, name)[0] = value
  if (statedText !== undefined) columns.statedText[0] = statedText
  const into = Buffer.alloc(32)
  new Committer(registerId).commitEvent(columns, 0, subject, { position, ord }, secretOf(subject), 0, into, 0)
  return into
}

export function subjectCommitment(subject: number): Buffer {
  const into = Buffer.alloc(32)
  new Committer(registerId).commitSubject(subject, secretOf(subject), 0, into, 0)
  return into
}

// --- the release -------------------------------------------------------------------------------------------------

export const columns = ['fairshare_ref', 'name', 'post']
/** 1 has two rows of which both left, 2 was denied, 3 stayed for a reason that is masked. */
type Row = {
  subject: number
  ordinal: number
  verdict: { outcome: number; fields: number; masks: number[] }
  cells?: (string | null)[]
}
const rows: Row[] = [
  {
    subject: 1,
    ordinal: 0,
    verdict: { outcome: 3, fields: 3, masks: [0] },
    cells: ['Ana Example', '1 High Street'],
  },
  { subject: 2, ordinal: 0, verdict: { outcome: 0, fields: 0, masks: [1] } },
  { subject: 3, ordinal: 0, verdict: { outcome: 0, fields: 0, masks: [2] } },
  { subject: 1, ordinal: 1, verdict: { outcome: 2, fields: 1, masks: [0] }, cells: ['Ana Example', null] },
]

function growTrees(of: string, rowsOf: readonly Row[]) {
  const leaves = new ReleaseLeaves(registerId, of)
  const committer = new RowCommitter(registerId, columns)
  const made = rowsOf.map(({ subject, ordinal, verdict, cells }) => {
    const secret = secretOf(subject)
    const [opening, releasedKey, decidedKey, decided] = [0, 0, 0, 0].map(() => Buffer.alloc(32)) as [
      Buffer,
      Buffer,
      Buffer,
      Buffer,
    ]
    leaves.rowOpening(secret, 0, ordinal, opening, 0)
    leaves.releasedKey(opening, 0, releasedKey, 0)
    leaves.decidedKey(secret, 0, ordinal, decidedKey, 0)
    const said = verdictBytes(verdict.outcome, verdict.fields, verdict.masks)
    leaves.decidedCommitment(secret, 0, ordinal, said, decided, 0)
    const released = cells === undefined ? undefined : Buffer.alloc(32)
    if (cells !== undefined) committer.commit([refOf(releasedKey), ...cells], opening, 0, released!, 0)
    return { subject, verdict, releasedKey, decidedKey, decided, released }
  })
  const left = made.flatMap(({ releasedKey, released }) =>
    released === undefined ? [] : [releasedKey, released],
  )
  return {
    made,
    decided: buildPrefixTree(
      Buffer.concat(made.flatMap((row) => [row.decidedKey, row.decided])),
      made.length,
    ),
    released: buildPrefixTree(Buffer.concat(left), left.length / 2),
  }
}

export const trees = growTrees(release, rows)
/** Two rows were decided, both to stay, and one of them left. */
export const leak = '6-leak@20'
const leakTrees = growTrees(leak, [{ ...rows[1]!, cells: ['Bo Example', null] }, rows[2]!])

export const sealedBody: SealedBody = sealedBodyOf(release, trees)

function sealedBodyOf(of: string, grown: typeof trees): SealedBody {
  return {
    ...{ release: of, asOf: 12, members: 2, considered: 3, outbox: '00000000-0000-4000-8000-000000000000' },
    ...{ released: hex(grown.released.root), decided: hex(grown.decided.root) },
    ...{ manifestSha256: hex(bytesOf('a manifest')), readmeSha256: hex(bytesOf('a readme')) },
    ...{ recordsSha256: hex(bytesOf('records')), proofSha256: hex(bytesOf('a proof')) },
    columns: [
      { name: 'name', treatment: 'keep', partly: false },
      { name: 'post', treatment: 'coarsen', note: 'the town', partly: true },
    ],
    ageRecipient: 'age1example',
  }
}

// --- the log -----------------------------------------------------------------------------------------------------

export const documents = [
  { position: 5, kind: 'request', body: '{"request":"acorn-post","version":1}' },
  { position: 14, kind: 'release.sealed', body: canonicalJson(sealedBody) },
  { position: 15, kind: 'release.sealed', body: canonicalJson(sealedBodyOf(leak, leakTrees)) },
].map((document) => ({ ...document, salt: bytesOf(`the salt of ${document.position}`) }))

export const entries: Uint8Array[] = Array.from({ length: logSize }, (_, index) => entryAt(index + 1))

function entryAt(position: number): Uint8Array {
  const batch = batches[position - 1]
  const document = documents.find((one) => one.position === position)
  const events = batch?.events.map((event, ord) => commitmentOf(event, position, ord)) ?? []
  const enrolled = Array.from({ length: batch?.enrols ?? 0 }, (_, index) => subjectCommitment(index + 1))
  const entry: LogEntry = {
    ...{ register: registerId, format: 1, position, kind: batch?.kind ?? document?.kind ?? 'policy' },
    ...{ recordedAt: shownAt + 1_000_000 * position, events: events.length, enrolled: enrolled.length },
    ...(events.length > 0 && { eventRoot: hex(rootOf(events.map(leafHash))) }),
    ...(enrolled.length > 0 && { enrolledRoot: hex(rootOf(enrolled.map(leafHash))) }),
    ...(document && { body: bodyHash(registerId, document.salt, Buffer.from(document.body)) }),
  }
  return encodeEntry(entry)
}

export const leafHashes = entries.map(leafHash)

export function checkpointAt(size: number, by: NoteSigner = signer): string {
  return signCheckpoint({ size, root: rootOf(leafHashes.slice(0, size)) }, by)
}

export function proofOf(position: number, size = logSize, checkpoint = checkpointAt(size)): string {
  return encodeProof({
    index: position - 1,
    hashes: pathOf(position - 1, leafHashes.slice(0, size)),
    checkpoint,
  })
}

/** RFC 6962 §2.1 and §2.1.1, as written there. */
export function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return createHash('sha256').digest()
  if (hashes.length === 1) return hashes[0]!
  const k = 2 ** Math.ceil(Math.log2(hashes.length) - 1)
  return nodeHash(rootOf(hashes.slice(0, k)), rootOf(hashes.slice(k)))
}

export function pathOf(index: number, hashes: readonly Uint8Array[]): Uint8Array[] {
  if (hashes.length === 1) return []
  const k = 2 ** Math.ceil(Math.log2(hashes.length) - 1)
  return index < k
    ? [...pathOf(index, hashes.slice(0, k)), rootOf(hashes.slice(k))]
    : [...pathOf(index - k, hashes.slice(k)), rootOf(hashes.slice(0, k))]
}

/** RFC 6962 §2.1.2. */
export function consistencyOf(older: number, hashes: readonly Uint8Array[], whole = true): Uint8Array[] {
  if (older === hashes.length) return whole ? [] : [rootOf(hashes)]
  const k = 2 ** Math.ceil(Math.log2(hashes.length) - 1)
  return older <= k
    ? [...consistencyOf(older, hashes.slice(0, k), whole), rootOf(hashes.slice(k))]
    : [...consistencyOf(older - k, hashes.slice(k), false), rootOf(hashes.slice(0, k))]
}

// --- receipts ----------------------------------------------------------------------------------------------------

export function receiptOf(subject: number): PersonReceipt {
  return signReceipt({
    format: 'fairshare/person-receipt@v1',
    register,
    subject,
    secret: hex(secretOf(subject)),
    issued: { at: '2018-06-13T09:00:00Z', checked: 'by telephone, at the number on record' },
    enrolment: {
      index: subject - 1,
      path: pathOf(
        subject - 1,
        [1, 2, 3].map((one) => leafHash(subjectCommitment(one))),
      ).map(hex),
      ...inLog(1),
    },
    events: batches.flatMap(({ events }, index) =>
      events.flatMap((_, ord) => eventOf(subject, index + 1, ord)),
    ),
    releases: [releaseOf(subject)],
  })
}

/** What the person finds of one of the two releases. */
export function releaseOf(subject: number, id = release): PersonReceipt['releases'][number] {
  const grown = id === release ? trees : leakTrees
  const document = documents[id === release ? 1 : 2]!
  return {
    release: id,
    words: {
      ...{ recipient: 'Little Acorn Foods Ltd', purpose: 'Offers by Little Acorn' },
      ...{ releasedAt: '2018-02-02T09:00:00Z', deliveredAt: '2018-02-02T09:00:01.25Z' },
    },
    sealed: { body: document.body, salt: hex(document.salt), ...inLog(document.position) },
    rows: grown.made.filter((row) => row.subject === subject).map((row) => openRow(row, grown)),
  }
}

type Unsigned = Omit<PersonReceipt, 'signature'>

/** As somebody writes it who has the register's key. */
export function signReceipt(receipt: Unsigned): PersonReceipt {
  const signed = personReceiptSignedText(canonicalHash(receipt as unknown as Canonical))
  return { ...receipt, signature: signNote(signed, signer) }
}

function inLog(position: number) {
  return { position, entry: Buffer.from(entries[position - 1]!).toString(), proof: proofOf(position) }
}

function eventOf(subject: number, position: number, ord: number): PersonReceipt['events'] {
  const { events } = batches[position - 1]!
  const said = events[ord]!
  if (said.subject !== subject) return []
  const commitments = events.map((event, nth) => commitmentOf(event, position, nth))
  const place = { ord, path: pathOf(ord, commitments.map(leafHash)).map(hex), ...inLog(position) }
  if (said.fields.kind === 7) return [{ ...place, commitment: hex(commitments[ord]!), word: 'stop' }]
  const words = { ...codedWords(said.fields), ...said.words } as OpenedEvent['words']
  return [{ ...place, fields: said.fields, words }]
}

function openRow(
  { verdict, releasedKey, decidedKey, decided, released }: (typeof trees.made)[number],
  grown: typeof trees,
): OpenedRow {
  const outcome = (['deny', 'review', 'transform', 'allow'] as const)[verdict.outcome]!
  const words = { outcome, reasons: verdict.masks[0] === 1 ? ['S301' as const] : [] }
  return {
    decided: { commitment: hex(decided), proof: encodePrefixProof(grown.decided.prove(decidedKey)) },
    released: {
      ...(released && { commitment: hex(released) }),
      proof: encodePrefixProof(grown.released.prove(releasedKey)),
    },
    // 2 stands for a masked reason: its verdict stays closed.
    ...(verdict.masks[0] !== 2 && { verdict: { ...verdict, words } }),
  }
}
