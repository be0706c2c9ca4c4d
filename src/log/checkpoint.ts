// Checkpoints (C2SP tlog-checkpoint v1.0.0): origin, size and root of a log as a signed note; never an extension line.
import { fromBase64, toBase64 } from './base64.ts'
import { LogError } from './log-error.ts'
import { HASH_BYTES } from './sha256.ts'
import { type NoteSigner, type NoteVerifier, openNote, signNote } from './signed-note.ts'

export type TreeHead = { size: number; root: Uint8Array }
export type Checkpoint = TreeHead & { origin: string }

/** The text that is signed. */
export function encodeCheckpoint({ origin, size, root }: Checkpoint): string {
  if (!isOrigin(origin)) throw new LogError('checkpoint.malformed', 'origin')
  if (!Number.isSafeInteger(size) || size < 0) throw new LogError('checkpoint.malformed', 'size')
  if (root.length !== HASH_BYTES) throw new LogError('checkpoint.malformed', 'root')
  return `${origin}\n${size}\n${toBase64(root)}\n`
}

export function parseCheckpoint(text: string): Checkpoint {
  const [origin = '', size = '', encoded = '', ...rest] = text.split('\n')
  // Extension lines are allowed by the specification and audited by nobody; no log of ours has any.
  if (rest.length !== 1 || rest[0] !== '') throw new LogError('checkpoint.malformed', 'not three lines')
  const root = fromBase64(encoded)
  const number = parseDecimal(size)
  if (!isOrigin(origin)) throw new LogError('checkpoint.malformed', 'origin')
  if (number === undefined) throw new LogError('checkpoint.malformed', 'size')
  if (root?.length !== HASH_BYTES) throw new LogError('checkpoint.malformed', 'root')
  return { origin, size: number, root }
}

/** As a signed note; the key is named after the origin. */
export function signCheckpoint(head: TreeHead, signer: NoteSigner): string {
  return signNote(encodeCheckpoint({ origin: signer.name, ...head }), signer)
}

/** Throws unless the log itself, known by name and key, signed it; who else did is not asked. */
export function openCheckpoint(note: string | Uint8Array, log: NoteVerifier): TreeHead {
  const { origin, size, root } = parseCheckpoint(openNote(note, [log]).text)
  if (origin !== log.name) throw new LogError('checkpoint.malformed', 'it is of another log')
  return { size, root }
}

/** A number as these formats write it: ASCII digits, no leading zero, below 2^53. */
export function parseDecimal(text: string): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text)) return undefined
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : undefined
}

function isOrigin(origin: string): boolean {
  return origin !== '' && !origin.includes('\n')
}
