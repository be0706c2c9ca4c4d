// Verifies whatever lies at a path: a delivery, a removal, a receipt, a log. Offline; keys are named or in a key folder.
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { openLogFolder } from '../adapters/files/log-folder.ts'
import { type Check, Checklist, firstFailure } from '../evidence/check.ts'
import { releaseFiles, removalFiles } from '../evidence/release-documents.ts'
import { verifyCheckpoint, verifyLog } from '../evidence/verify-log.ts'
import { verifyPersonReceipt } from '../evidence/verify-person-receipt.ts'
import { looksLikeReceipt, verifyReceipt } from '../evidence/verify-receipt.ts'
import { printableKey, verifyRelease } from '../evidence/verify-release.ts'
import { verifyRemoval } from '../evidence/verify-removal.ts'
import { encodeVerifierKey, type NoteVerifier, parseVerifierKey } from '../log/signed-note.ts'
import { Problem } from '../model/problem.ts'
import { readDelivery } from '../recipient/read-delivery.ts'
import type { RecipientKeys } from '../recipient/recipient-desk.ts'
import { readVerifierKey, recipientDesk, recipientKeysIn } from './recipient-desk.ts'

export type Verified = {
  what: 'release' | 'removal' | 'log' | 'checkpoint' | 'person receipt' | 'recipient receipt'
  checks: Check[]
  /** What was not looked at, and what would let it be. */
  left?: string
}

export type VerifyOptions = {
  /** A verifier key, or a JSON file that has one as its member `verifierKey`. */
  key: string | undefined
  /** A recipient's key folder: its trusted registers, and the rows of a release. */
  identity: string | undefined
}

const FILE_BYTES_MAX = 1 << 26

export async function verifyPath(path: string, options: VerifyOptions): Promise<Verified> {
  const keys = options.identity === undefined ? undefined : await recipientKeysIn(options.identity)
  const named = await keyNamed(options.key)
  const trusted = distinct([...named, ...(keys?.trusted ?? [])])
  if ((await stat(path).catch(() => undefined))?.isDirectory() !== true)
    return fileAt(path, { trusted, named: named[0] }, ownKey(keys))
  const verified = await folderAt(path, { trusted, named: named[0] }, keys, options.identity)
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
  identity: string | undefined,
): Promise<Verified> {
  const { files } = recipientDesk
  if (await holdsOneOf(path, releaseFiles)) return releaseAt(path, trusted, keys, identity)
  if (await holdsOneOf(path, removalFiles))
    return { what: 'removal', checks: (await verifyRemoval(files, path, trusted)).checks }
  if (await files.exists(join(path, 'checkpoint'))) {
    const key = await oneFor({ trusted, named }, join(path, 'checkpoint'))
    const log = openLogFolder(path)
    return { what: 'log', checks: (await verifyLog((file) => log.read(file), key)).checks }
  }
  throw new Problem(
    'file.missing',
    `${path} is no delivery, removal or log: it has no ${releaseFiles.manifest}, ${removalFiles.manifest} or checkpoint`,
  )
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
  const text = Buffer.from(bytes).toString('utf8')
  const file = basename(path)
  if (looksLikeReceipt(text)) {
    const recipient = verifiers.named ?? own
    if (recipient === undefined) throw noKey('the recipient’s card has it: --key card.json')
    return { what: 'recipient receipt', checks: (await verifyReceipt(text, recipient, file)).checks }
  }
  if (text.startsWith('{')) {
    const key = await oneFor(verifiers, path)
    const verifierKey = encodeVerifierKey(key.name, key.publicKey)
    return { what: 'person receipt', checks: await verifyPersonReceipt(bytes, verifierKey, file) }
  }
  if (/^[^\n]+\n\d+\n[A-Za-z0-9+/=]+\n\n/.test(text))
    return {
      what: 'checkpoint',
      checks: (await verifyCheckpoint(bytes, await oneFor(verifiers, path), file)).checks,
    }
  throw new Problem('value.invalid', `${path} is no delivery, removal, receipt or log`)
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
  const claimed = claimedKey(Buffer.from(file).toString('utf8'))
  if (claimed === undefined) throw new Problem('value.invalid', `--key: ${key} has no verifierKey`)
  return [readVerifierKey(claimed, '--key')]
}

/**
 * Of several registers that are trusted, the one whose name stands in the file. `register.untrusted` when it is none of
 * them, with the key to ask about.
 */
async function oneFor({ trusted, named }: Verifiers, path: string): Promise<NoteVerifier> {
  const text = Buffer.from((await recipientDesk.files.read(path, FILE_BYTES_MAX)) ?? []).toString('utf8')
  const claimed = claimedKey(text)
  const origin = claimed === undefined ? originIn(text) : parseVerifierKey(claimed).name
  const known = trusted.find(({ name }) => name === origin) ?? named
  if (known !== undefined) return known
  if (claimed !== undefined)
    throw new Problem('register.untrusted', `it says that it is signed by ${printableKey(claimed)}`)
  if (trusted[0] === undefined) throw noKey('ask whoever keeps the register for its verifier key')
  if (origin !== undefined) throw new Problem('register.untrusted', `it is of the log ${origin}`)
  return trusted[0]
}

/** A checkpoint begins with the name of its log. */
function originIn(text: string): string | undefined {
  return /^([\x21-\x2a\x2c-\x7e]{1,300})\n\d+\n/.exec(text)?.[1]
}

/** What a file says of its own key: worth showing, worth nothing else. */
function claimedKey(text: string): string | undefined {
  const [, claimed = ''] = /"verifierKey":\s*"([^"\s]{1,300})"/.exec(text) ?? []
  try {
    parseVerifierKey(claimed)
    return claimed
  } catch {
    return undefined
  }
}

function noKey(how: string): Problem {
  return new Problem(
    'usage.invalid',
    `--key is missing, and no key that comes with a file can vouch for it: ${how}`,
  )
}
