// Verifies one file by itself, wherever it came from: what kind it is, what holds, and what that says in plain words.
// Bytes in, words out: the command line and verify.html both come through here, and neither says more than the other.
import { encodeVerifierKey, type NoteVerifier, parseVerifierKey } from '../log/signed-note.ts'
import type { ReleaseReceipt, RemovalReceipt } from '../model/release.ts'
import { type Check, firstFailure } from './check.ts'
import { claimShape } from './claim-shape.ts'
import { readDocument } from './document-shape.ts'
import type { PackOptions } from './pack-found.ts'
import { personReceiptShape } from './person-receipt-shape.ts'
import { looksLikeArchive } from './read-archive.ts'
import { sayClaim } from './say-claim.ts'
import { shown } from './say-event.ts'
import { type Said, sayReceipt } from './say-receipt.ts'
import { looksLikeClaim, verifyClaim } from './verify-claim.ts'
import { looksLikeDestruction, sayDestruction, verifyDestruction } from './verify-destruction.ts'
import { looksLikeKeyRotation, verifyKeyRotation } from './verify-key-rotation.ts'
import { verifyCheckpoint } from './verify-log.ts'
import { verifyPackArchive } from './verify-pack.ts'
import { verifyPersonReceipt } from './verify-person-receipt.ts'
import { looksLikeReceipt, verifyReceipt } from './verify-receipt.ts'
import { looksLikeReminder, sayReminder, verifyReminder } from './verify-reminder.ts'

export type FileKind =
  | 'person receipt'
  | 'claim'
  | 'recipient receipt'
  | 'certificate of destruction'
  | 'checkpoint'
  | 'key rotation'
  | 'reminder'
  | 'evidence pack'

/** `says` and `doesNotSay` are empty unless every check holds: what does not hold says nothing. */
export type FileVerified = Said & { what: FileKind; checks: Check[] }

/** True of everything that can be verified here, and said every time: in a list of what is not shown, and by itself. */
export const unshown = 'That nothing left outside the register: no proof can.'
export const limits = `This does not show ${unshown.replace('That', 'that')}`

/** By how it begins, or by its format; undefined for what is not verified by itself. */
export function recogniseFile(bytes: Uint8Array): FileKind | undefined {
  if (looksLikeArchive(bytes)) return 'evidence pack'
  // Mail and editors change the ends of lines: then it is said which line, and not that this is nothing known.
  const text = readable(bytes).replaceAll('\r\n', '\n')
  if (looksLikeReceipt(text)) return 'recipient receipt'
  if (looksLikeDestruction(text)) return 'certificate of destruction'
  if (looksLikeKeyRotation(text)) return 'key rotation'
  if (looksLikeReminder(text)) return 'reminder'
  if (looksLikeClaim(text)) return 'claim'
  if (formatOf(text)?.startsWith('fairshare/person-receipt@')) return 'person receipt'
  return /^[^\n]+\n\d+\n[A-Za-z0-9+/=]+\n\n/.test(text) ? 'checkpoint' : undefined
}

/** Of a file that is not verified by itself but with the others of its folder: which. Undefined of all else. */
export function partOf(bytes: Uint8Array): string | undefined {
  const text = readable(bytes)
  const whole = isDocument(text) ? 'an evidence pack' : wholes.get(formatOf(text) ?? '')
  return whole && `This file is part of ${whole}: check its folder`
}

/** `key` of the recipient for what a recipient signed, of the register for all else; from a place other than the file. */
export async function verifyFile(
  what: FileKind,
  bytes: Uint8Array,
  key: NoteVerifier,
  file: string,
  options: PackOptions = {},
): Promise<FileVerified> {
  const { checks, said } = await verifiers[what](bytes, key, file, options)
  const holds = firstFailure(checks) === undefined
  return { what, checks, ...(holds ? said() : { says: [], doesNotSay: [] }) }
}

/** What a file says of who signed it: worth showing, and worth nothing else. */
export function signerNamed(bytes: Uint8Array): { verifierKey?: string; origin?: string } {
  const text = readable(bytes)
  const [, verifierKey = ''] = /"verifierKey":\s*"([^"\s]{1,300})"/.exec(text) ?? []
  const origin = /\n\u2014 ([\x21-\x2a\x2c-\x7e]{1,300}) /.exec(text)?.[1]
  try {
    return { verifierKey, origin: parseVerifierKey(verifierKey).name }
  } catch {
    // A note names its signer beside the signature.
    return origin === undefined ? {} : { origin }
  }
}

const wholes: ReadonlyMap<string, string> = new Map([
  ['fairshare/due-diligence@v1', 'a certificate'],
  ['fairshare/release@v1', 'a delivery'],
  ['fairshare/removal@v1', 'a removal'],
  ['fairshare/evidence-pack@v1', 'an evidence pack'],
])

/** Of what was damaged, the first that stands in it. */
function formatOf(text: string): string | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const { format } = JSON.parse(text) as { format?: unknown }
    return typeof format === 'string' ? format : undefined
  } catch {
    return /"format"\s*:\s*"([^"]{1,100})"/.exec(text)?.[1]
  }
}

/** What lies in `documents/` names no format of its own. */
function isDocument(text: string): boolean {
  return ['body', 'entry', 'kind', 'position', 'salt'].every(
    (member) => text.startsWith('{') && text.includes(`"${member}":`),
  )
}

// --- each kind ---------------------------------------------------------------------------------------------------

type Verifier = (
  bytes: Uint8Array,
  key: NoteVerifier,
  file: string,
  options: PackOptions,
) => Promise<{ checks: Check[]; said: () => Said }>

const verifiers: Readonly<Record<FileKind, Verifier>> = {
  'person receipt': async (bytes, key, file) => ({
    checks: await verifyPersonReceipt(bytes, encodeVerifierKey(key.name, key.publicKey), file),
    said: () => sayReceipt(verified(readDocument(bytes, personReceiptShape).value)),
  }),
  claim: async (bytes, key, file) => ({
    checks: await verifyClaim(bytes, encodeVerifierKey(key.name, key.publicKey), file),
    said: () => sayClaim(verified(readDocument(bytes, claimShape).value)),
  }),
  'recipient receipt': async (bytes, key, file) => {
    const { checks, receipt } = await verifyReceipt(readable(bytes), key, file)
    return { checks, said: () => sayRecipient(verified(receipt), key.name) }
  },
  'certificate of destruction': async (bytes, key, file) => {
    const { checks, statement } = await verifyDestruction(readable(bytes), key, file)
    return { checks, said: () => sayDestruction(verified(statement), key.name) }
  },
  checkpoint: async (bytes, key, file) => {
    const { checks, tree } = await verifyCheckpoint(bytes, key, file)
    return { checks, said: () => sayCheckpoint(verified(tree).size, key.name) }
  },
  'key rotation': async (bytes, key, file) => {
    const { checks, says } = await verifyKeyRotation(readable(bytes), key, file)
    return { checks, said: () => ({ says, doesNotSay: [] }) }
  },
  reminder: async (bytes, key, file) => {
    const { checks, letter } = await verifyReminder(readable(bytes), key, file)
    return { checks, said: () => sayReminder(verified(letter)) }
  },
  'evidence pack': async (bytes, key, file, options) => {
    const verifierKey = encodeVerifierKey(key.name, key.publicKey)
    const { checks, says, doesNotSay } = await verifyPackArchive(bytes, verifierKey, file, options)
    return { checks, said: () => ({ says, doesNotSay }) }
  },
}

function sayRecipient(receipt: ReleaseReceipt | RemovalReceipt, recipient: string): Said {
  const who = `The recipient ${shown(recipient)} confirms`
  const release = shown(receipt.release)
  const says =
    receipt.format === 'fairshare/release-receipt@v1'
      ? `${who} that it opened release ${release} at ${shown(receipt.openedAt)}: ${receipt.rows} rows, and that signature, log and rows were as the manifest says.`
      : `${who} that at ${shown(receipt.appliedAt)} it removed ${receipt.removed} of ${receipt.asked} rows of release ${release}; ${receipt.absent} were not there.`
  return {
    says: [says],
    doesNotSay: ['That the recipient told the truth: it is his word, under his signature.'],
  }
}

function sayCheckpoint(size: number, origin: string): Said {
  return {
    says: [`The log ${shown(origin)} signed that it had ${size} entries, and which ones they were.`],
    doesNotSay: [
      'What the entries are: a checkpoint is compared with proofs, and with the checkpoint that somebody else was given.',
    ],
  }
}

function verified<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('what was verified can be read')
  return value
}

/** For looking at only: what is not UTF-8 becomes something else here, and is refused where it is verified. */
function readable(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}
