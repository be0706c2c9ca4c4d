// Verifies whatever lies at a path: a delivery, a removal, a receipt, a log. Offline; keys are named or in a key folder.
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { openLogFolder } from '../adapters/files/log-folder.ts'
import { type Check, Checklist, firstFailure } from '../evidence/check.ts'
import { releaseFiles, removalFiles } from '../evidence/release-documents.ts'
import { type FileKind, partOf, recogniseFile, signerNamed, verifyFile } from '../evidence/verify-file.ts'
import { verifyLog } from '../evidence/verify-log.ts'
import type { KeptCheckpoint } from '../evidence/verify-pack-log.ts'
import { printableKey, verifyRelease } from '../evidence/verify-release.ts'
import { verifyRemoval } from '../evidence/verify-removal.ts'
import { encodeVerifierKey, type NoteVerifier, openNote, parseVerifierKey } from '../log/signed-note.ts'
import { certificateFiles } from '../model/certificate.ts'
import { packPaths } from '../model/evidence-pack.ts'
import { dateFromIso, dateToIso } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import { readDelivery } from '../recipient/read-delivery.ts'
import type { RecipientKeys } from '../recipient/recipient-desk.ts'
import { verifyCertificateAt } from './certificate.ts'
import { readVerifierKey, recipientDesk, recipientKeysIn } from './recipient-desk.ts'
import { isArchive, packBeforeAt, verifyPackAt } from './verify-pack-path.ts'

export type Verified = {
  what: 'release' | 'removal' | 'log' | 'certificate' | FileKind
  checks: Check[]
  /** What follows when everything holds, and what does not, in sentences. */
  says?: string[]
  doesNotSay?: string[]
  /** What was not looked at, and what would let it be. */
  left?: string
}

export type VerifyOptions = {
  /** A verifier key, or a JSON file that has one as its member `verifierKey`. */
  key: string | undefined
  /** A recipient's key folder: its trusted registers, and the rows of a release. */
  identity: string | undefined
  /** Files of checkpoints that were kept; a log, and that of an evidence pack, must go on from each. */
  kept?: readonly string[]
  /** Of an evidence pack, the date from which on somebody asked questions: yyyy-mm-dd. */
  enquiry?: string | undefined
  /** Of an evidence pack with a sample, the pack that was there before the seed was named. */
  before?: string | undefined
}

const FILE_BYTES_MAX = 1 << 26

export async function verifyPath(path: string, options: VerifyOptions): Promise<Verified> {
  const keys = options.identity === undefined ? undefined : await recipientKeysIn(options.identity)
  const named = await keyNamed(options.key)
  const trusted = distinct([...named, ...(keys?.trusted ?? [])])
  const isFolder = await isFolderAt(path)
  if (isFolder ? await recipientDesk.files.exists(join(path, packPaths.manifest)) : await isArchive(path))
    return packAt(path, isFolder, { trusted, named: named[0] }, options)
  if (!isFolder) {
    refuseUncompared(options)
    return fileAt(path, { trusted, named: named[0] }, ownKey(keys))
  }
  const verified = await folderAt(path, { trusted, named: named[0] }, keys, options)
  refuseUntrusted(verified.checks, trusted, named[0])
  return verified
}

/** Those that are trusted, and of them the one that was named for this very path: against that one it holds or does not. */
type Verifiers = { trusted: readonly NoteVerifier[]; named: NoteVerifier | undefined }

// --- what lies there ---------------------------------------------------------------------------------------------

async function folderAt(
  path: string,
  { trusted, named }: Verifiers,
  keys: RecipientKeys | undefined,
  options: VerifyOptions,
): Promise<Verified> {
  const { files } = recipientDesk
  const { identity, kept = [] } = options
  const isRelease = await holdsOneOf(path, releaseFiles)
  const isCertificate = !isRelease && (await holdsOneOf(path, certificateFiles))
  const isRemoval = !isRelease && !isCertificate && (await holdsOneOf(path, removalFiles))
  refuseUncompared({ ...options, kept: isRelease || isCertificate || isRemoval ? kept : [] })
  if (isRelease) return releaseAt(path, trusted, keys, identity)
  if (isCertificate) return { what: 'certificate', ...(await verifyCertificateAt(path, trusted, keys)) }
  if (isRemoval) return { what: 'removal', checks: (await verifyRemoval(files, path, trusted)).checks }
  if (await files.exists(join(path, 'checkpoint'))) {
    const log = openLogFolder(path)
    const key = oneFor({ trusted, named }, (await log.read('checkpoint')) ?? new Uint8Array(0))
    const { checks } = await verifyLog((file) => log.read(file), key, await Promise.all(kept.map(readKept)))
    return { what: 'log', checks }
  }
  throw new Problem(
    'file.missing',
    `${path} is no delivery, removal, evidence pack or log: it has no ${releaseFiles.manifest}, ${removalFiles.manifest}, ${packPaths.manifest} or checkpoint`,
  )
}

async function packAt(
  path: string,
  isFolder: boolean,
  verifiers: Verifiers,
  { kept = [], enquiry, before }: VerifyOptions,
): Promise<Verified> {
  if (before !== undefined && !(await recipientDesk.files.exists(before)))
    throw new Problem('file.missing', before)
  const verified = await verifyPackAt(path, isFolder, (manifest) => oneFor(verifiers, manifest), {
    kept: await Promise.all(kept.map(readKept)),
    ...(enquiry !== undefined && { enquiry: dateToIso(dateFromIso(enquiry)) }),
    ...(before !== undefined && { before: packBeforeAt(before, await isFolderAt(before)) }),
  })
  refuseUntrusted(verified.checks, verifiers.trusted, verifiers.named)
  return { what: 'evidence pack', ...verified }
}

/** What is compared with nothing must not look as if it had been. */
function refuseUncompared({ kept = [], enquiry, before }: VerifyOptions): void {
  if (kept.length > 0) throw new Problem('usage.invalid', '--kept is for a log or an evidence pack')
  if (enquiry !== undefined || before !== undefined)
    throw new Problem('usage.invalid', '--enquiry and --before are for an evidence pack')
}

async function isFolderAt(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true
}

async function readKept(path: string): Promise<KeptCheckpoint> {
  const note = await recipientDesk.files.read(path, FILE_BYTES_MAX)
  if (note === undefined) throw new Problem('file.missing', path)
  return { name: basename(path), note }
}

/** A delivery from which one file is missing is one that was tampered with. */
async function holdsOneOf(folder: string, names: Readonly<Record<string, string>>): Promise<boolean> {
  const there = Object.values(names).map((name) => recipientDesk.files.exists(join(folder, name)))
  return (await Promise.all(there)).includes(true)
}

/** That nobody vouched for a key says nothing about what it signed. */
function refuseUntrusted(
  checks: readonly Check[],
  trusted: readonly NoteVerifier[],
  named: NoteVerifier | undefined,
): void {
  const failure = firstFailure(checks)
  if (failure === undefined || named !== undefined) return
  if (failure.untrusted !== undefined)
    throw new Problem('register.untrusted', `it is signed by ${failure.untrusted}`)
  if (trusted.length === 0) throw noKey('ask whoever keeps the register for its verifier key')
}

async function releaseAt(
  folder: string,
  trusted: readonly NoteVerifier[],
  keys: RecipientKeys | undefined,
  identity: string | undefined,
): Promise<Verified> {
  const { files } = recipientDesk
  const { checks, release } = await verifyRelease(files, folder, trusted)
  if (release === undefined) return { what: 'release', checks }
  if (keys === undefined || identity === undefined)
    return {
      what: 'release',
      checks,
      left: 'The rows were not looked at: that takes the recipient’s keys (--identity).',
    }
  // Beside the keys that open them, and gone before this returns.
  const part = join(identity, '.verify')
  const list = new Checklist()
  await files.emptyFolder(part)
  try {
    const places = { folder, identities: keys.identities, part }
    await list.run(() => readDelivery(recipientDesk, list, release.manifest, places))
  } finally {
    await files.remove(part)
  }
  return { what: 'release', checks: [...checks, ...list.checks] }
}

async function fileAt(path: string, verifiers: Verifiers, own: NoteVerifier | undefined): Promise<Verified> {
  const bytes = await recipientDesk.files.read(path, FILE_BYTES_MAX)
  if (bytes === undefined) throw new Problem('file.missing', path)
  const what = recogniseFile(bytes)
  if (what === undefined)
    throw new Problem('value.invalid', partOf(bytes) ?? `${path} is no delivery, removal, receipt or log`)
  const isRecipients = what === 'recipient receipt' || what === 'certificate of destruction'
  const key = isRecipients ? ofRecipient(verifiers, own) : oneFor(verifiers, bytes)
  return verifyFile(what, bytes, key, basename(path))
}

// --- keys --------------------------------------------------------------------------------------------------------

/** A key that is named twice is one key; a note that finds two of one name and id is refused. */
function distinct(keys: readonly NoteVerifier[]): NoteVerifier[] {
  return [...new Map(keys.map((key) => [encodeVerifierKey(key.name, key.publicKey), key])).values()]
}

/** Without another, a receipt is looked for under the keys of whoever asks. */
function ownKey(keys: RecipientKeys | undefined): NoteVerifier | undefined {
  return keys === undefined ? undefined : parseVerifierKey(keys.card.verifierKey)
}

async function keyNamed(key: string | undefined): Promise<NoteVerifier[]> {
  if (key === undefined) return []
  const file = key.includes('+') ? undefined : await recipientDesk.files.read(key, 1 << 16)
  if (file === undefined) return [readVerifierKey(key, '--key')]
  const { verifierKey: claimed } = signerNamed(file)
  if (claimed === undefined) throw new Problem('value.invalid', `--key: ${key} has no verifierKey`)
  return [readVerifierKey(claimed, '--key')]
}

/**
 * Of several registers that are trusted, the one whose name stands in the file. `register.untrusted` when it is none of
 * them, with the key to ask about.
 */
function oneFor({ trusted, named }: Verifiers, file: Uint8Array): NoteVerifier {
  const { verifierKey: claimed, origin } = signerNamed(file)
  const known = trusted.filter(({ name }) => name === origin)
  // A register that changed its key is trusted under both.
  const signer = known.find((key) => isKey(key, claimed)) ?? known.find((key) => opens(file, key))
  const chosen = named?.name === origin ? named : (signer ?? known[0] ?? named)
  if (chosen !== undefined) return chosen
  if (claimed !== undefined)
    throw new Problem('register.untrusted', `it says that it is signed by ${printableKey(claimed)}`)
  if (trusted[0] === undefined) throw noKey('ask whoever keeps the register for its verifier key')
  if (origin !== undefined) throw new Problem('register.untrusted', `it is of the log ${origin}`)
  return trusted[0]
}

function isKey({ name, publicKey }: NoteVerifier, verifierKey: string | undefined): boolean {
  return encodeVerifierKey(name, publicKey) === verifierKey
}

function opens(note: Uint8Array, key: NoteVerifier): boolean {
  try {
    openNote(note, [key])
    return true
  } catch {
    return false
  }
}

function ofRecipient({ named }: Verifiers, own: NoteVerifier | undefined): NoteVerifier {
  const recipient = named ?? own
  if (recipient === undefined) throw noKey('the recipient’s card has it: --key card.json')
  return recipient
}

function noKey(how: string): Problem {
  return new Problem(
    'usage.invalid',
    `--key is missing, and no key that comes with a file can vouch for it: ${how}`,
  )
}
