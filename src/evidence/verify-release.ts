// Verifies a delivered release without opening it: signature, form, hashes, and that the log of the register holds it.
// Needs the folder and a key that is trusted for reasons of its own; what the folder says of keys counts for nothing.
import { fromHex, utf8 } from '../log/bytes.ts'
import { bodyHash, decodeEntry, type LogEntry } from '../log/log-entry.ts'
import { type NoteVerifier, openNote, parseVerifierKey } from '../log/signed-note.ts'
import { parseProof, verifyProof } from '../log/tlog-proof.ts'
import { canonicalJson, sha256Hex } from '../model/canonical.ts'
import type { ReleaseManifest, SealedBody } from '../model/release.ts'
import { sealedColumns } from '../model/sealed-columns.ts'
import { type Check, Checklist, NotHeld, UntrustedKey } from './check.ts'
import { type DeliveredFiles, readSmallFile } from './delivered-files.ts'
import { decodeUtf8, type ReadDocument, readDocument } from './document-shape.ts'
import {
  releaseFiles,
  releaseManifestShape,
  releaseSignedText,
  type SealedFile,
  sealedBodyShape,
  sealedFileShape,
} from './release-documents.ts'

export type VerifiedRelease = {
  manifest: ReleaseManifest
  manifestSha256: string
  /** The register's log at the time: the release is entry `index` of `size`. */
  log: { index: number; size: number }
}

/** In this order; `release` only when everything holds. */
export async function verifyRelease(
  files: DeliveredFiles,
  folder: string,
  trusted: readonly NoteVerifier[],
): Promise<{ checks: Check[]; release: VerifiedRelease | undefined }> {
  const list = new Checklist()
  const read = (file: string) => readSmallFile(files, folder, file)
  const release = await list.run(async () => {
    const bytes = await list.check('The manifest is there', releaseFiles.manifest, () =>
      read(releaseFiles.manifest),
    )
    const manifestSha256 = sha256Hex(bytes)
    const signed = await list.check(
      'The register’s key signed the manifest',
      releaseFiles.signature,
      async () =>
        openSignature(await read(releaseFiles.signature), bytes, trusted, async () =>
          read(releaseFiles.sealed),
        ),
    )
    const manifest = await list.check('The manifest is of a known form', releaseFiles.manifest, () =>
      manifestOf(bytes, signed),
    )
    for (const mark of [manifest.records, manifest.proof, manifest.readme])
      await list.check(`${mark.file} is the file the manifest names`, mark.file, async () =>
        compareFile(mark, await files.hash(files.within(folder, mark.file))),
      )
    const entry = await list.check('The log entry is that of this release', releaseFiles.sealed, async () =>
      entryOf(await read(releaseFiles.sealed), manifest, manifestSha256),
    )
    const log = await list.check('The register’s log holds the entry', releaseFiles.logProof, async () =>
      placeInLog(await read(releaseFiles.logProof), entry, signed.key),
    )
    return { manifest, manifestSha256, log }
  })
  return { checks: list.checks, release }
}

// --- the signature -----------------------------------------------------------------------------------------------

type Signed = { key: NoteVerifier; release: string }

async function openSignature(
  note: Uint8Array,
  manifest: Uint8Array,
  trusted: readonly NoteVerifier[],
  readSealed: () => Promise<Uint8Array>,
): Promise<Signed> {
  const claimed = readDocument(manifest, releaseManifestShape).value?.register.verifierKey
  refuseUnknownKey({ file: releaseFiles.manifest, claimed, note, trusted })
  const { text, signatures } = openNote(note, trusted)
  const [, release = '', sha256 = ''] = text.split('\n')
  if (text !== releaseSignedText(release, sha256))
    throw new NotHeld(releaseFiles.signature, 'line 1', 'is not the signature of a release')
  if (sha256 !== sha256Hex(manifest)) {
    const at = await changedMember(manifest, readSealed)
    throw new NotHeld(releaseFiles.manifest, at, 'is not the manifest that was signed')
  }
  return { key: signatures[0]!, release }
}

/**
 * Says whom a document claims to be from before it says that nobody known signed it: the remedy is another. Only of a key
 * that did sign it: nobody is asked about the key of somebody else.
 */
export function refuseUnknownKey({
  file,
  claimed,
  note,
  trusted,
}: {
  file: string
  /** `register.verifierKey` of the document, if it has one. */
  claimed: string | undefined
  note: Uint8Array
  trusted: readonly NoteVerifier[]
}): void {
  const verifier = claimed === undefined ? undefined : verifierOf(claimed)
  if (claimed === undefined || verifier === undefined || trusted.some((key) => sameKey(key, verifier))) return
  openNote(note, [verifier])
  throw new UntrustedKey(file, 'register.verifierKey', printableKey(claimed))
}

/** Somebody's key may be named to repaint a terminal; one that loses by this is none to be trusted. */
export function printableKey(vkey: string): string {
  return vkey.replaceAll(/[^\x21-\x7e]/g, '?')
}

function verifierOf(vkey: string): NoteVerifier | undefined {
  try {
    return parseVerifierKey(vkey)
  } catch {
    return undefined
  }
}

function sameKey(one: NoteVerifier, other: NoteVerifier): boolean {
  return one.name === other.name && sha256Hex(one.publicKey) === sha256Hex(other.publicKey)
}

/** A hash tells that something changed and not where: the form tells it, or the copy of some members in sealed.json. */
async function changedMember(
  manifest: Uint8Array,
  readSealed: () => Promise<Uint8Array>,
): Promise<string | undefined> {
  const { value, fault } = readDocument(manifest, releaseManifestShape)
  if (fault !== undefined) return fault.at
  const file = await readSealed().catch(() => undefined)
  const sealed = file === undefined ? undefined : readDocument(file, sealedFileShape).value
  const body = sealed === undefined ? undefined : readDocument(utf8(sealed.body), sealedBodyShape).value
  return body === undefined ? undefined : differingMember(body, value)?.of
}

// --- the manifest and its files ----------------------------------------------------------------------------------

function manifestOf(bytes: Uint8Array, signed: Signed): ReleaseManifest {
  const manifest = whole(readDocument(bytes, releaseManifestShape), releaseFiles.manifest)
  if (manifest.release !== signed.release)
    throw new NotHeld(releaseFiles.manifest, 'release', 'is not the release that was signed')
  if (manifest.register.origin !== signed.key.name)
    throw new NotHeld(releaseFiles.manifest, 'register.origin', 'is not the name of the key that signed')
  // Signed by a trusted key while it names another one: a register of two keys, or a copied manifest.
  const claimed = verifierOf(manifest.register.verifierKey)
  if (claimed === undefined || !sameKey(claimed, signed.key))
    throw new NotHeld(releaseFiles.manifest, 'register.verifierKey', 'is not the key that signed')
  if (manifest.records.file !== `records.${manifest.records.format}.age`)
    throw new NotHeld(releaseFiles.manifest, 'records.format', 'is not the format of the file')
  return manifest
}

/** Its length first: where a file ends, or should have, is a place. */
export function compareFile(
  mark: { file: string; sha256: string; sizeBytes?: number },
  found: { sha256: string; sizeBytes: number } | undefined,
): void {
  const { file, sha256, sizeBytes = found?.sizeBytes ?? 0 } = mark
  if (found === undefined) throw new NotHeld(file, undefined, 'is not there')
  if (found.sizeBytes < sizeBytes)
    throw new NotHeld(file, `byte ${found.sizeBytes}`, `ends ${sizeBytes - found.sizeBytes} bytes early`)
  if (found.sizeBytes > sizeBytes) throw new NotHeld(file, `byte ${sizeBytes}`, 'goes on where it should end')
  if (found.sha256 !== sha256) throw new NotHeld(file, undefined, 'is not the file that was signed for')
}

// --- the log -----------------------------------------------------------------------------------------------------

function entryOf(
  bytes: Uint8Array,
  manifest: ReleaseManifest,
  manifestSha256: string,
): { bytes: Uint8Array; entry: LogEntry } {
  const file = releaseFiles.sealed
  const sealed = whole(readDocument(bytes, sealedFileShape), file)
  const entryBytes = utf8(sealed.entry)
  const entry = decodeEntry(entryBytes)
  if (entry === undefined) throw new NotHeld(file, 'entry', 'is not a log entry')
  if (entry.register !== manifest.register.id) throw new NotHeld(file, 'entry', 'is of another register')
  if (entry.kind !== 'release.sealed') throw new NotHeld(file, 'entry', 'is not that of a sealed release')
  const bound = bodyHash(entry.register, fromHex(sealed.salt)!, utf8(sealed.body))
  if (bound !== entry.body) throw new NotHeld(file, sealedFault(sealed), 'is not what the log entry binds')
  const body = whole(readDocument(utf8(sealed.body), sealedBodyShape), file, 'body')
  if (body.manifestSha256 !== manifestSha256)
    throw new NotHeld(file, 'body.manifestSha256', 'is not the hash of this manifest')
  const differs = differingMember(body, manifest)
  if (differs !== undefined)
    throw new NotHeld(file, `body.${differs.member}`, `does not fit ${differs.of} of the manifest`)
  return { bytes: entryBytes, entry }
}

/** Body, salt and entry hold together or not at all; a body that is no document any more is surely the one that changed. */
function sealedFault({ body }: SealedFile): string {
  return readDocument(utf8(body), sealedBodyShape).fault === undefined ? 'body, salt or entry' : 'body'
}

function placeInLog(
  proof: Uint8Array,
  { bytes, entry }: { bytes: Uint8Array; entry: LogEntry },
  key: NoteVerifier,
): { index: number; size: number } {
  const file = releaseFiles.logProof
  const text = decodeUtf8(proof)
  if (text === undefined) throw new NotHeld(file, undefined, 'is not UTF-8')
  if (parseProof(text).extra !== undefined) throw new NotHeld(file, 'extra', 'is bound by nothing')
  const { index, tree } = verifyProof(text, bytes, key)
  if (index !== entry.position - 1) throw new NotHeld(file, 'index', 'is not the place the entry names')
  return { index, size: tree.size }
}

/** Of what both documents say, the first they do not agree on. */
function differingMember(
  body: SealedBody,
  manifest: ReleaseManifest,
): { member: keyof SealedBody; of: string } | undefined {
  const pairs: [keyof SealedBody, string, string | number][] = [
    ['release', 'release', manifest.release],
    ['released', 'roots.released', manifest.roots.released],
    ['decided', 'roots.decided', manifest.roots.decided],
    ['recordsSha256', 'records.sha256', manifest.records.sha256],
    ['proofSha256', 'proof.sha256', manifest.proof.sha256],
    ['members', 'records.rows', manifest.records.rows],
    ['ageRecipient', 'recipient.ageRecipient', manifest.recipient.ageRecipient],
  ]
  const differs = pairs.find(([member, , value]) => body[member] !== value)
  if (differs !== undefined) return { member: differs[0], of: differs[1] }
  const columns = canonicalJson(sealedColumns(manifest.records.columns))
  return canonicalJson(body.columns) === columns ? undefined : { member: 'columns', of: 'records.columns' }
}

function whole<T>({ value, fault }: ReadDocument<T>, file: string, within?: string): T {
  if (fault === undefined) return value
  const at = [within, fault.at].filter((part) => part !== undefined && part !== '').join('.')
  throw new NotHeld(file, at === '' ? undefined : at, fault.found)
}
