// Verifies whatever lies at a path: a delivery, a removal, a receipt, a log. Offline; keys are named or in a key folder.
import { basename, join } from 'node:path'
import { openLogFolder } from '../adapters/files/log-folder.ts'
import { type Check, Checklist } from '../evidence/check.ts'
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
  const { files } = recipientDesk
  if (await files.exists(join(path, releaseFiles.manifest)))
    return releaseAt(path, await needed(trusted, join(path, releaseFiles.manifest)), keys, options.identity)
  if (await files.exists(join(path, removalFiles.manifest))) {
    const verifiers = await needed(trusted, join(path, removalFiles.manifest))
    return { what: 'removal', checks: (await verifyRemoval(files, path, verifiers)).checks }
  }
  if (await files.exists(join(path, 'checkpoint'))) {
    const key = await oneFor(trusted, join(path, 'checkpoint'))
    const log = openLogFolder(path)
    return { what: 'log', checks: (await verifyLog((file) => log.read(file), key)).checks }
  }
  return fileAt(path, trusted, named[0] ?? ownKey(keys))
}

// --- what lies there ---------------------------------------------------------------------------------------------

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

async function fileAt(
  path: string,
  trusted: readonly NoteVerifier[],
  recipient: NoteVerifier | undefined,
): Promise<Verified> {
  const bytes = await recipientDesk.files.read(path, FILE_BYTES_MAX)
  if (bytes === undefined) throw new Problem('file.missing', path)
  const text = Buffer.from(bytes).toString('utf8')
  const file = basename(path)
  if (looksLikeReceipt(text)) {
    if (recipient === undefined) throw noKey('the recipient’s card has it: --key card.json')
    return { what: 'recipient receipt', checks: (await verifyReceipt(text, recipient, file)).checks }
  }
  if (text.startsWith('{')) {
    const key = await oneFor(trusted, path)
    const verifierKey = encodeVerifierKey(key.name, key.publicKey)
    return { what: 'person receipt', checks: await verifyPersonReceipt(bytes, verifierKey, file) }
  }
  if (/^[^\n]+\n\d+\n[A-Za-z0-9+/=]+\n\n/.test(text))
    return {
      what: 'checkpoint',
      checks: (await verifyCheckpoint(bytes, await oneFor(trusted, path), file)).checks,
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

async function needed(trusted: readonly NoteVerifier[], path: string): Promise<readonly NoteVerifier[]> {
  if (trusted.length > 0) return trusted
  const bytes = await recipientDesk.files.read(path, 1 << 20)
  const claimed = bytes === undefined ? undefined : claimedKey(Buffer.from(bytes).toString('utf8'))
  throw noKey(
    claimed === undefined
      ? 'ask whoever keeps the register for its verifier key'
      : `it says it is ${printableKey(claimed)}; ask whoever keeps the register, by another way, whether that is true`,
  )
}

/** Of several registers that are trusted, the one whose name stands in the file. */
async function oneFor(trusted: readonly NoteVerifier[], path: string): Promise<NoteVerifier> {
  const keys = await needed(trusted, path)
  if (keys.length === 1) return keys[0]!
  const bytes = await recipientDesk.files.read(path, FILE_BYTES_MAX)
  const text = Buffer.from(bytes ?? []).toString('utf8')
  const claimed = claimedKey(text)
  const origin = claimed === undefined ? text.slice(0, text.indexOf('\n')) : parseVerifierKey(claimed).name
  return keys.find(({ name }) => name === origin) ?? keys[0]!
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
