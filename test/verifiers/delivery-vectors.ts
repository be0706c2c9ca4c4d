// Vectors of docs/spec/release-format.md: a delivery, a removal, a recipient's receipts. What is sealed stands for sealed bytes: whoever
// has no key sees no more of them than their length and hash.
import { signerFromSeed } from '../../src/adapters/keys/ed25519.ts'
import { releaseSignedText, removalSignedText } from '../../src/evidence/release-documents.ts'
import { signCheckpoint } from '../../src/log/checkpoint.ts'
import { bodyHash, encodeEntry, type LogEntry } from '../../src/log/log-entry.ts'
import { leafHash } from '../../src/log/merkle.ts'
import { encodeVerifierKey, type NoteSigner, signNote } from '../../src/log/signed-note.ts'
import { encodeProof } from '../../src/log/tlog-proof.ts'
import { type Canonical, canonicalJson, sha256Hex } from '../../src/model/canonical.ts'
import type { ReleaseManifest, RemovalManifest, SealedBody } from '../../src/model/release.ts'
import { sealedColumns } from '../../src/model/sealed-columns.ts'
import {
  base64,
  bytesOf,
  hex,
  leafHashes,
  pathOf,
  register,
  registerId,
  release,
  rootOf,
  signer,
  verifierKey,
} from './vector-world.ts'

export type Folder = Map<string, Uint8Array>
type Put = { [file: string]: string | null }
type FolderCase = { holds: boolean; why: string; place: string; put: Put }

const recipientKey: NoteSigner = {
  name: 'little-acorn',
  ...signerFromSeed(bytesOf('the key of little acorn')),
}
const stranger: NoteSigner = { name: register.origin, ...signerFromSeed(bytesOf('a stranger')) }
const sealedRecords = Buffer.from(
  'age-encryption.org/v1\nthese bytes stand for rows sealed to the recipient\n',
)
const sealedProof = Buffer.from('age-encryption.org/v1\nthese bytes stand for the openings\n')
const readme = Buffer.from('Open this folder with fairshare open.\n')
const salt = bytesOf('the salt of the delivery')
const position = 44

/** `put` in Base64: that file with this content instead; null = it is not there. */
export function deliveryVectors(): { vectors: [string, object]; folders: Folder } {
  const delivery = deliveryFolder()
  const removal = removalFolder()
  const folders = new Map([
    ...[...delivery].map(([file, bytes]) => [`delivery/${file}`, bytes] as const),
    ...[...removal].map(([file, bytes]) => [`removal/${file}`, bytes] as const),
  ])
  const value = {
    ...{ specification: 'docs/spec/release-format.md', key: verifierKey },
    recipientKey: encodeVerifierKey(recipientKey.name, recipientKey.publicKey),
    release: { folder: 'delivery', cases: [...spoiledFiles(delivery), ...lies()] },
    removal: { folder: 'removal', cases: [...spoiledFiles(removal), ...removalLies()] },
    receipts: receiptCases(),
  }
  return { vectors: ['deliveries.json', value], folders }
}

// --- a delivery --------------------------------------------------------------------------------------------------

const manifest: ReleaseManifest = {
  format: 'fairshare/release@v1',
  ...{ release, register, controller: { id: 'club', name: 'The Club Ltd' } },
  recipient: { id: 'little-acorn', name: 'Little Acorn Foods Ltd', ageRecipient: 'age1example' },
  ...{ onBehalfOf: [], role: 'controller', channels: ['post'], decidedAt: '2018-02-01T09:00:00.000000Z' },
  purpose: { id: 'offers', text: 'Letters about children’s shoes' },
  records: {
    ...{ file: 'records.csv.age', format: 'csv', rows: 2 },
    columns: [
      {
        name: 'fairshare_ref',
        type: 'reference',
        category: 'reference',
        treatment: 'keep',
        neutralised: 0,
        dropped: 0,
      },
      { name: 'name', type: 'text', category: 'name', treatment: 'keep', neutralised: 1, dropped: 0 },
      {
        name: 'post',
        type: 'text',
        category: 'postal-address',
        treatment: 'coarsen',
        note: 'the town',
        neutralised: 0,
        dropped: 1,
      },
    ],
    ...{ sha256: sha256Hex(sealedRecords), sizeBytes: sealedRecords.length },
  },
  proof: { file: 'proof.bin.age', sha256: sha256Hex(sealedProof), sizeBytes: sealedProof.length },
  roots: { released: hex(bytesOf('R')), decided: hex(bytesOf('D')) },
  duties: [{ duty: 'delete', words: 'Delete every copy.', by: '2018-08-01', source: 'agreement' }],
  readme: { file: 'README.txt', sha256: sha256Hex(readme), sizeBytes: readme.length },
}

type Lie = {
  manifest?: Partial<ReleaseManifest>
  body?: Partial<SealedBody>
  entry?: Partial<LogEntry>
  signedAs?: string
  signedBy?: NoteSigner
  index?: number
}

function deliveryFolder(lie: Lie = {}): Folder {
  const said = canonicalJson({ ...manifest, ...lie.manifest } as unknown as Canonical)
  const signed = releaseSignedText(lie.signedAs ?? release, sha256Hex(said))
  return new Map<string, Uint8Array>([
    ['manifest.json', Buffer.from(said)],
    ['manifest.json.sig', Buffer.from(signNote(signed, lie.signedBy ?? signer))],
    ['records.csv.age', sealedRecords],
    ['proof.bin.age', sealedProof],
    ['README.txt', readme],
    ...sealedFiles(said, lie),
  ])
}

function sealedFiles(said: string, lie: Lie): [string, Uint8Array][] {
  const { records, proof, roots, recipient } = manifest
  const body = canonicalJson({
    ...{ release, asOf: 43, members: 2, considered: 3, ...roots, manifestSha256: sha256Hex(said) },
    ...{ readmeSha256: manifest.readme.sha256, recordsSha256: records.sha256, proofSha256: proof.sha256 },
    ...{ columns: sealedColumns(records.columns), ageRecipient: recipient.ageRecipient },
    outbox: '00000000-0000-4000-8000-000000000000',
    ...lie.body,
  } as unknown as Canonical)
  const entry = encodeEntry({
    ...{
      register: registerId,
      format: 1,
      position,
      kind: 'release.sealed',
      recordedAt: 1_517_475_700_000_000,
    },
    ...{ events: 0, enrolled: 0, body: bodyHash(registerId, salt, Buffer.from(body)) },
    ...lie.entry,
  })
  const hashes = [...leafHashes.slice(0, position - 1), leafHash(entry)]
  const checkpoint = signCheckpoint({ size: position, root: rootOf(hashes) }, lie.signedBy ?? signer)
  const proofText = encodeProof({
    index: lie.index ?? position - 1,
    hashes: pathOf(position - 1, hashes),
    checkpoint,
  })
  const sealed = canonicalJson({ body, salt: hex(salt), entry: Buffer.from(entry).toString() })
  return [
    ['sealed.json', Buffer.from(sealed)],
    ['sealed.tlog-proof', Buffer.from(proofText)],
  ]
}

function lies(): FolderCase[] {
  const one = (why: string, place: string, lie: Lie): FolderCase => {
    const put = [...deliveryFolder(lie)].map(([file, bytes]) => [file, base64(bytes)])
    return { holds: false, why, place, put: Object.fromEntries(put) }
  }
  const { records, proof } = manifest
  return [
    one('a key that nobody trusts signed all of it', 'manifest.json', { signedBy: stranger }),
    one('signed as another release', 'manifest.json, at release', { signedAs: '4-acorn-post@13' }),
    one('a manifest of another format', 'manifest.json, at format', {
      manifest: { format: 'fairshare/release@v2' as ReleaseManifest['format'] },
    }),
    one('a manifest with a member that is not known', 'manifest.json, at surprise', {
      manifest: { surprise: 1 } as Partial<ReleaseManifest>,
    }),
    one('a manifest that names another key', 'manifest.json, at register', {
      manifest: { register: { ...register, verifierKey: 'a+b+c' } },
    }),
    one('a manifest that names another log', 'manifest.json, at register', {
      manifest: { register: { ...register, origin: 'other.example' } },
    }),
    one('a file that lies elsewhere', 'manifest.json, at proof.file', {
      manifest: { proof: { ...proof, file: '../proof.bin.age' } },
    }),
    one('a size that is another', 'README.txt', {
      manifest: { readme: { ...manifest.readme, sizeBytes: 1 } },
    }),
    one('a log entry of another kind', 'sealed.json, at entry', { entry: { kind: 'release.amended' } }),
    one('a log entry of another register', 'sealed.json, at entry', {
      entry: { register: registerId.replace('7', '8') },
    }),
    one('a log entry that binds something else', 'sealed.json, at body', {
      entry: { body: hex(bytesOf('x')) },
    }),
    one('a log entry at another position', 'sealed.tlog-proof', { entry: { position: 45 } }),
    one('a proof with another index', 'sealed.tlog-proof', { index: 42 }),
    ...(
      [
        'release',
        'released',
        'decided',
        'manifestSha256',
        'recordsSha256',
        'proofSha256',
        'ageRecipient',
      ] as const
    ).map((name) =>
      one(`what was sealed says another ${name}`, `sealed.json, at body.${name}`, {
        body: { [name]: hex(bytesOf('x')) },
      }),
    ),
    one('what was sealed says more rows', 'sealed.json, at body.members', { body: { members: 3 } }),
    one('what was sealed says that a column left in part', 'sealed.json, at body.columns', {
      body: { columns: sealedColumns(records.columns).map((column) => ({ ...column, partly: true })) },
    }),
  ]
}

// --- a removal ---------------------------------------------------------------------------------------------------

const removal: RemovalManifest = {
  format: 'fairshare/removal@v1',
  ...{ release, removal: 1, register, controller: manifest.controller, recipient: manifest.recipient },
  ...{ count: 1, file: 'removals.csv.age', sha256: sha256Hex(sealedProof) },
  ...{ dueAt: '2018-02-05T09:00:00.000000Z', words: 'These people asked for it.', readme: manifest.readme },
}

function removalFolder(lie: Partial<RemovalManifest> = {}, signedAs = 1): Folder {
  const said = canonicalJson({ ...removal, ...lie } as unknown as Canonical)
  return new Map<string, Uint8Array>([
    ['removal.json', Buffer.from(said)],
    [
      'removal.json.sig',
      Buffer.from(signNote(removalSignedText(release, signedAs, sha256Hex(said)), signer)),
    ],
    ['removals.csv.age', sealedProof],
    ['README.txt', readme],
  ])
}

function removalLies(): FolderCase[] {
  const one = (why: string, place: string, lie: Partial<RemovalManifest>, signedAs?: number): FolderCase => {
    const put = [...removalFolder(lie, signedAs)].map(([file, bytes]) => [file, base64(bytes)])
    return { holds: false, why, place, put: Object.fromEntries(put) }
  }
  return [
    one('signed as another removal', 'removal.json', {}, 2),
    one('a member that is not known', 'removal.json, at surprise', {
      surprise: 1,
    } as Partial<RemovalManifest>),
    one('another key', 'removal.json, at register', { register: { ...register, verifierKey: 'a+b+c' } }),
    one('a file that lies elsewhere', 'removal.json, at file', { file: '/removals.csv.age' }),
  ]
}

/** Each file with one bit changed, and gone; and the folder as it is. */
function spoiledFiles(folder: Folder): FolderCase[] {
  const whole: FolderCase = { holds: true, why: 'as it was made', place: '', put: {} }
  const more = {
    holds: true,
    why: 'with a file that is no part of it',
    place: '',
    put: { 'notes.txt': base64(readme) },
  }
  const spoiled = [...folder].flatMap(([file, bytes]): FolderCase[] => [
    {
      holds: false,
      why: `${file} with one bit changed`,
      place: file,
      put: { [file]: base64(changeOne(bytes)) },
    },
    { holds: false, why: `without ${file}`, place: file, put: { [file]: null } },
  ])
  return [whole, more, ...spoiled]
}

function changeOne(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, at) => (at === bytes.length - 3 ? byte ^ 1 : byte))
}

// --- receipts ----------------------------------------------------------------------------------------------------

function receiptCases() {
  const opened = {
    ...{ format: 'fairshare/release-receipt@v1', release, manifestSha256: hex(bytesOf('manifest')) },
    ...{
      released: hex(bytesOf('R')),
      rows: 2,
      recordsSha256: sha256Hex(sealedRecords),
      openedAt: '2018-02-02T09:00:00Z',
    },
    checked: { signature: true, log: true, rows: true },
  }
  const applied = {
    ...{
      format: 'fairshare/removal-receipt@v1',
      release,
      removal: 1,
      manifestSha256: hex(bytesOf('removal')),
    },
    ...{ asked: 1, removed: 1, absent: 0, appliedAt: '2018-02-03T09:00:00Z' },
  }
  const text = (receipt: { format: string }) =>
    `${receipt.format}\n${canonicalJson(receipt as unknown as Canonical)}\n`
  const one = (holds: boolean, why: string, note: string) => ({ holds, why, note })
  const sign = (signed: string, by = recipientKey) => signNote(signed, by)
  return [
    one(true, 'of a release', sign(text(opened))),
    one(true, 'of a removal', sign(text(applied))),
    one(
      false,
      'of a removal whose figures do not add up',
      sign(text({ ...applied, removed: 0 } as typeof applied)),
    ),
    one(false, 'signed by the register', sign(text(opened), signer)),
    one(
      false,
      'of rows that were not checked',
      sign(text({ ...opened, checked: { signature: true, log: true, rows: false } } as typeof opened)),
    ),
    one(false, 'with another number of rows', sign(text(opened)).replace('"rows":2', '"rows":3')),
    one(false, 'with white space', sign(text(opened).replace('"rows":2', '"rows": 2'))),
    one(false, 'with a member that is not known', sign(text({ ...opened, more: 1 } as typeof opened))),
    one(
      false,
      'without a member',
      sign(text({ ...opened, rows: undefined } as unknown as typeof opened).replace('"rows":undefined,', '')),
    ),
    one(false, 'of two formats', sign(`fairshare/removal-receipt@v1\n${canonicalJson(opened)}\n`)),
    one(false, 'of a format that is not known', sign(text({ ...opened, format: 'fairshare/receipt@v1' }))),
    one(false, 'with a line more', sign(`${text(opened)}more\n`)),
  ]
}
