// The documents that travel between controller and recipient, read strictly: their files, their forms, their signed texts.
// docs/spec/release-format.md says the same for other programs.
import {
  type DeliveredColumn,
  type Duty,
  type Party,
  type ReleaseManifest,
  type ReleaseReceipt,
  type RemovalManifest,
  type RemovalReceipt,
  recordsFormats,
  type SealedBody,
  type SealedColumn,
} from '../model/release.ts'
import {
  boolean,
  count,
  listOf,
  matching,
  members,
  oneOf,
  type Shape,
  sha256,
  text,
} from './document-shape.ts'

export const releaseFiles = {
  manifest: 'manifest.json',
  signature: 'manifest.json.sig',
  sealed: 'sealed.json',
  logProof: 'sealed.tlog-proof',
} as const

export const removalFiles = { manifest: 'removal.json', signature: 'removal.json.sig' } as const

/** What the register's key signs of a release: which one, and the hash of its manifest. */
export function releaseSignedText(release: string, manifestSha256: string): string {
  return `fairshare/release@v1\n${release}\n${manifestSha256}\n`
}

export function removalSignedText(release: string, removal: number, manifestSha256: string): string {
  return `fairshare/removal@v1\n${release}/${removal}\n${manifestSha256}\n`
}

/** sealed.json: the document behind the log entry, the salt that opens its hash there, and the entry. */
export type SealedFile = { body: string; salt: string; entry: string }

/** A file of a delivery, bound by its hash. */
export type FileMark = ReleaseManifest['readme']

export const registerId = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'is not a register id')
/**
 * One line without control characters: it is a line of what is signed, and the name of a folder. By code point, as every edition
 * of Unicode assigns more of them: spaces, marks that turn or hide what follows, surrogates, private use, planes 14 to 16.
 */
export const releaseId = matching(
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are refused
  /^(?!\.{1,2}$)[^\u{0}-\u{20}/\\\u{7f}-\u{a0}\u{ad}\u{61c}\u{1680}\u{180e}\u{2000}-\u{200f}\u{2028}-\u{202f}\u{205f}-\u{206f}\u{3000}\u{d800}-\u{f8ff}\u{feff}\u{fff0}-\u{fffb}\u{fffe}\u{ffff}\u{e0000}-\u{10ffff}]{1,300}$/u,
  'is not a release id',
)
const register = members<ReleaseManifest['register']>({ id: registerId, origin: text, verifierKey: text }, {})
const party = members<Party>({ id: text, name: text }, {})
const recipient = members<ReleaseManifest['recipient']>({ id: text, name: text, ageRecipient: text }, {})

const treatment = oneOf('keep', 'drop', 'coarsen', 'pseudonymise')
const column = members<DeliveredColumn>(
  {
    name: text,
    type: text,
    category: text,
    treatment,
    neutralised: count,
    dropped: count,
  },
  { note: text },
)
const sealedColumn = members<SealedColumn>({ name: text, treatment, partly: boolean }, { note: text })
const duty = members<Duty>({ duty: text, words: text, source: text }, { by: text })

const readme = members<FileMark>(
  { file: matching(/^README\.txt$/, 'is not README.txt'), sha256, sizeBytes: count },
  {},
)
const proofFile = matching(/^proof\.bin\.age$/, 'is not proof.bin.age')
const recordsFile = matching(
  /^records\.(csv|parquet|xlsx)\.age$/,
  'is not records.csv.age, records.parquet.age or records.xlsx.age',
)

export const releaseManifestShape: Shape<ReleaseManifest> = members<ReleaseManifest>(
  {
    format: oneOf('fairshare/release@v1'),
    release: releaseId,
    register,
    controller: party,
    recipient,
    onBehalfOf: listOf(party),
    role: text,
    purpose: members<ReleaseManifest['purpose']>({ id: text, text }, { term: text }),
    channels: listOf(text),
    decidedAt: text,
    records: members<ReleaseManifest['records']>(
      {
        file: recordsFile,
        format: oneOf(...recordsFormats),
        rows: count,
        columns: listOf(column),
        sha256,
        sizeBytes: count,
      },
      {},
    ),
    proof: members<ReleaseManifest['proof']>({ file: proofFile, sha256, sizeBytes: count }, {}),
    roots: members<ReleaseManifest['roots']>({ released: sha256, decided: sha256 }, {}),
    duties: listOf(duty),
    readme,
  },
  {
    agreement: text,
    basis: text,
  },
)

export const sealedFileShape: Shape<SealedFile> = members<SealedFile>(
  { body: text, salt: sha256, entry: text },
  {},
)

export const sealedBodyShape: Shape<SealedBody> = members<SealedBody>(
  {
    release: releaseId,
    asOf: count,
    members: count,
    considered: count,
    released: sha256,
    decided: sha256,
    manifestSha256: sha256,
    readmeSha256: sha256,
    recordsSha256: sha256,
    proofSha256: sha256,
    columns: listOf(sealedColumn),
    ageRecipient: text,
    outbox: text,
  },
  {},
)

export const removalManifestShape: Shape<RemovalManifest> = members<RemovalManifest>(
  {
    format: oneOf('fairshare/removal@v1'),
    release: releaseId,
    removal: count,
    register,
    controller: party,
    recipient,
    count,
    file: matching(/^removals\.csv\.age$/, 'is not removals.csv.age'),
    sha256,
    dueAt: text,
    words: text,
    readme,
  },
  {},
)

export const releaseReceiptShape: Shape<ReleaseReceipt> = members<ReleaseReceipt>(
  {
    format: oneOf('fairshare/release-receipt@v1'),
    release: releaseId,
    manifestSha256: sha256,
    released: sha256,
    rows: count,
    recordsSha256: sha256,
    openedAt: text,
    checked: members<ReleaseReceipt['checked']>({ signature: boolean, log: boolean, rows: boolean }, {}),
  },
  {},
)

export const removalReceiptShape: Shape<RemovalReceipt> = members<RemovalReceipt>(
  {
    format: oneOf('fairshare/removal-receipt@v1'),
    release: releaseId,
    removal: count,
    manifestSha256: sha256,
    asked: count,
    removed: count,
    absent: count,
    appliedAt: text,
  },
  {},
)
