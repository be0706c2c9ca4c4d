// A delivered release for tests, made from the log's and the sealer's pieces without a register: a dozen made-up people.
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { ageSealer } from '../../src/adapters/age/age-sealer.ts'
import { ageUnsealer } from '../../src/adapters/age/age-unsealer.ts'
import { deliveredTables } from '../../src/adapters/files/delivered-tables.ts'
import { deliveryFolder } from '../../src/adapters/files/delivery-folder.ts'
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { parquetEncoder } from '../../src/adapters/parquet/parquet-encoder.ts'
import { xlsxEncoder } from '../../src/adapters/xlsx/xlsx-encoder.ts'
import { releaseSignedText, removalSignedText } from '../../src/evidence/release-documents.ts'
import { signCheckpoint } from '../../src/log/checkpoint.ts'
import { bodyHash, encodeEntry, type LogEntry } from '../../src/log/log-entry.ts'
import { leafHash, nodeHash } from '../../src/log/merkle.ts'
import { buildPrefixTree } from '../../src/log/prefix-tree.ts'
import { ReleaseLeaves, RowCommitter, refOf } from '../../src/log/release-leaves.ts'
import { encodeVerifierKey, type NoteSigner, parseVerifierKey, signNote } from '../../src/log/signed-note.ts'
import { encodeProof } from '../../src/log/tlog-proof.ts'
import { canonicalJson, sha256Hex } from '../../src/model/canonical.ts'
import type {
  RecipientCard,
  RecordsFormat,
  ReleaseManifest,
  RemovalManifest,
  SealedBody,
} from '../../src/model/release.ts'
import { sealedColumns } from '../../src/model/sealed-columns.ts'
import type { RecipientDesk, RecipientKeys } from '../../src/recipient/recipient-desk.ts'
import { proofBytes } from '../../src/release/proof-file.ts'
import type { RowEncoder, RowEncoders } from '../../src/release/shape/row-encoder.ts'

export const registerId = '0b5f6a9e-3c1d-4e7a-9f2b-8d6c5a4e3f21'
const origin = 'club.example/register'

export const registerSigner: NoteSigner = { name: origin, ...signerFromSeed(new Uint8Array(32).fill(7)) }
export const registerKey = encodeVerifierKey(origin, registerSigner.publicKey)

export const desk: RecipientDesk = {
  files: deliveryFolder,
  tables: deliveredTables,
  unsealer: ageUnsealer,
  now: () => Date.UTC(2018, 1, 2, 9) * 1000,
}

export async function recipientKeys(name: string, seed: number): Promise<RecipientKeys> {
  const identity = await generateX25519Identity()
  const signer: NoteSigner = { name, ...signerFromSeed(new Uint8Array(32).fill(seed)) }
  const card: RecipientCard = {
    format: 'fairshare/recipient-card@v1',
    name,
    ageRecipient: await identityToRecipient(identity),
    verifierKey: encodeVerifierKey(name, signer.publicKey),
  }
  return { card, identities: [identity], signer, trusted: [parseVerifierKey(registerKey)] }
}

export type Row = (string | null)[]
export type DeliveryOptions = {
  release?: string
  format?: RecordsFormat
  rows?: Row[]
  /** Changes the rows that are sealed after the tree was grown: a sender that lies. */
  sealedRows?: (rows: Row[]) => Row[]
  manifest?: (manifest: ReleaseManifest) => ReleaseManifest
  body?: (body: SealedBody) => SealedBody
  /** What the log entry says of itself. */
  entry?: Partial<LogEntry>
}

export const columns = ['fairshare_ref', 'name', 'post']
export const people: Row[] = Array.from({ length: 12 }, (_, i) => [
  `Person ${i}`,
  i === 5 ? null : i === 6 ? 'one, "two"\r\nthree' : `${i} High Street`,
])

export type Delivery = {
  folder: string
  release: string
  refs: string[]
  body: SealedBody
  manifest: ReleaseManifest
}

/** Writes the folder as the outbox would. */
export async function buildDelivery(
  folder: string,
  keys: RecipientKeys,
  options: DeliveryOptions = {},
): Promise<Delivery> {
  const { release = '3-acorn-post@41', format = 'csv' } = options
  mkdirSync(folder, { recursive: true })
  const grown = growRows(release, options.rows ?? people)
  const sealedRows = options.sealedRows?.(grown.rows) ?? grown.rows
  const seal = (file: string, bytes: Iterable<Uint8Array>) =>
    ageSealer.seal(keys.card.ageRecipient, bytes, join(folder, file))
  const records = await seal(
    `records.${format}.age`,
    format === 'csv' ? [csvOf(sealedRows)] : encoded(sealedRows, encoders[format](columns)),
  )
  const proof = await seal('proof.bin.age', proofBytes(grown.rows.length, grown.openings))
  const readme = 'Open this folder with fairshare open.\n'
  writeFileSync(join(folder, 'README.txt'), readme)
  const plain: ReleaseManifest = {
    format: 'fairshare/release@v1',
    release,
    register: { id: registerId, origin, verifierKey: registerKey },
    controller: { id: 'club', name: 'The Club Ltd' },
    recipient: { id: keys.card.name, name: 'Little Acorn Ltd', ageRecipient: keys.card.ageRecipient },
    onBehalfOf: [],
    role: 'controller',
    purpose: { id: 'marketing', text: 'Letters about children’s shoes' },
    channels: ['post'],
    decidedAt: '2018-02-01T09:00:00.000000Z',
    records: {
      file: `records.${format}.age`,
      format,
      rows: grown.rows.length,
      columns: columns.map((name, index) => ({
        name,
        type: index === 0 ? 'reference' : 'text',
        category: index === 0 ? 'reference' : 'contact',
        treatment: 'keep',
        neutralised: 0,
        dropped: 0,
      })),
      ...records,
    },
    proof: { file: 'proof.bin.age', ...proof },
    roots: { released: grown.root, decided: 'd'.repeat(64) },
    duties: [{ duty: 'delete', words: 'Delete every copy.', by: '2018-08-01', source: 'agreement' }],
    readme: { file: 'README.txt', sha256: sha256Hex(readme), sizeBytes: Buffer.byteLength(readme) },
  }
  const manifest = options.manifest?.(plain) ?? plain
  const manifestBytes = canonicalJson(manifest)
  writeFileSync(join(folder, 'manifest.json'), manifestBytes)
  writeFileSync(
    join(folder, 'manifest.json.sig'),
    signNote(releaseSignedText(release, sha256Hex(manifestBytes)), registerSigner),
  )
  const body: SealedBody = {
    outbox: '00000000-0000-4000-8000-000000000000',
    readmeSha256: '0'.repeat(64),
    release,
    asOf: 43,
    members: grown.rows.length,
    considered: 20,
    released: grown.root,
    decided: manifest.roots.decided,
    manifestSha256: sha256Hex(manifestBytes),
    recordsSha256: records.sha256,
    proofSha256: proof.sha256,
    columns: sealedColumns(manifest.records.columns),
    ageRecipient: keys.card.ageRecipient,
  }
  writeLog(folder, options.body?.(body) ?? body, options.entry)
  return { folder, release, refs: grown.refs, body, manifest }
}

/** A removal folder that names these references. */
export async function buildRemoval(
  folder: string,
  keys: RecipientKeys,
  {
    release,
    refs,
    list,
    change,
  }: { release: string; refs: readonly string[]; list?: string; change?: Partial<RemovalManifest> },
): Promise<RemovalManifest> {
  mkdirSync(folder, { recursive: true })
  const text = list ?? ['fairshare_ref', ...[...refs].sort(), ''].join('\r\n')
  const readme = 'Take these lines out of every copy.\n'
  writeFileSync(join(folder, 'README.txt'), readme)
  const { sha256 } = await ageSealer.seal(
    keys.card.ageRecipient,
    [Buffer.from(text)],
    join(folder, 'removals.csv.age'),
  )
  const manifest: RemovalManifest = {
    format: 'fairshare/removal@v1',
    release,
    removal: 1,
    register: { id: registerId, origin, verifierKey: registerKey },
    controller: { id: 'club', name: 'The Club Ltd' },
    recipient: { id: keys.card.name, name: 'Little Acorn Ltd', ageRecipient: keys.card.ageRecipient },
    count: refs.length,
    file: 'removals.csv.age',
    sha256,
    dueAt: '2018-02-05T09:00:00.000000Z',
    words: 'These people asked for it.',
    readme: { file: 'README.txt', sha256: sha256Hex(readme), sizeBytes: readme.length },
    ...change,
  }
  const bytes = canonicalJson(manifest)
  writeFileSync(join(folder, 'removal.json'), bytes)
  const signed = removalSignedText(manifest.release, manifest.removal, sha256Hex(bytes))
  writeFileSync(join(folder, 'removal.json.sig'), signNote(signed, registerSigner))
  return manifest
}

function growRows(release: string, rows: readonly Row[]) {
  const leaves = new ReleaseLeaves(registerId, release)
  const committer = new RowCommitter(registerId, columns)
  const openings = Buffer.alloc(32 * rows.length)
  const tree = Buffer.alloc(64 * rows.length)
  const refs: string[] = []
  const grown = rows.map((cells, row): Row => {
    const secret = createHash('sha256').update(`secret ${row}`).digest()
    leaves.rowOpening(secret, 0, 0, openings, 32 * row)
    leaves.releasedKey(openings, 32 * row, tree, 64 * row)
    refs.push(refOf(tree, 64 * row))
    const whole = [refs[row]!, ...cells]
    committer.commit(whole, openings, 32 * row, tree, 64 * row + 32)
    return whole
  })
  const root = Buffer.from(buildPrefixTree(tree, rows.length).root).toString('hex')
  return { rows: grown, refs, openings, root }
}

function csvOf(rows: readonly Row[]): Uint8Array {
  const line = (cells: Row) =>
    `${cells.map((cell) => (/[",\r\n]/.test(cell ?? '') ? `"${cell!.replaceAll('"', '""')}"` : (cell ?? ''))).join(',')}\r\n`
  return Buffer.from([columns, ...rows].map(line).join(''))
}

const encoders: RowEncoders = { parquet: parquetEncoder, xlsx: xlsxEncoder }

function encoded(rows: readonly Row[], encoder: RowEncoder): Uint8Array[] {
  for (const row of rows) encoder.add(row)
  return [encoder.take(), encoder.end()].filter((bytes) => bytes !== undefined)
}

/** A log of 44 entries whose 44th is the sealed release. */
function writeLog(folder: string, body: SealedBody, change: Partial<LogEntry> = {}): void {
  const salt = createHash('sha256').update('salt').digest()
  const position = 44
  const text = canonicalJson(body)
  const entry = encodeEntry({
    register: registerId,
    format: 1,
    position,
    kind: 'release.sealed',
    recordedAt: 1_517_475_600_000_000,
    events: 0,
    enrolled: 0,
    body: bodyHash(change.register ?? registerId, salt, Buffer.from(text)),
    ...change,
  })
  const hashes = Array.from({ length: position }, (_, i) =>
    leafHash(i === position - 1 ? entry : Buffer.from(`entry ${i}`)),
  )
  writeFileSync(
    join(folder, 'sealed.json'),
    canonicalJson({ body: text, salt: salt.toString('hex'), entry: Buffer.from(entry).toString('utf8') }),
  )
  const root = rootOf(hashes)
  const checkpoint = signCheckpoint({ size: position, root }, registerSigner)
  writeFileSync(
    join(folder, 'sealed.tlog-proof'),
    encodeProof({ index: position - 1, hashes: pathOf(position - 1, hashes), checkpoint }),
  )
}

/** RFC 6962 §2.1 and §2.1.1, as written there. */
function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 1) return hashes[0]!
  const k = 2 ** Math.ceil(Math.log2(hashes.length) - 1)
  return nodeHash(rootOf(hashes.slice(0, k)), rootOf(hashes.slice(k)))
}

function pathOf(index: number, hashes: readonly Uint8Array[]): Uint8Array[] {
  if (hashes.length === 1) return []
  const k = 2 ** Math.ceil(Math.log2(hashes.length) - 1)
  return index < k
    ? [...pathOf(index, hashes.slice(0, k)), rootOf(hashes.slice(k))]
    : [...pathOf(index - k, hashes.slice(k)), rootOf(hashes.slice(0, k))]
}
