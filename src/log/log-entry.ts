// The leaf of the register log: one batch, as canonical JSON (RFC 8785) that says how much was appended and binds it by
// hashes, and nothing about anyone. Two entries hold no equal value because they speak of the same person.
import { Buffer } from 'node:buffer'
import { HASH_BYTES, sha256, sha256Into } from './sha256.ts'
import { TAG_BYTES, tagged } from './tag.ts'

export type LogEntry = {
  register: string
  format: number
  position: number
  /** What was appended: a kind of event, `enrolment`, `import`, `policy`, `decision`, `release.sealed`, … */
  kind: string
  /** Microseconds since 1970 UTC; never earlier than the entry before. */
  recordedAt: number
  /** Events, and the RFC 6962 root over their commitments, hex; absent when there are none. */
  events: number
  eventRoot?: string
  /** People enrolled, and the root over their commitments. */
  enrolled: number
  enrolledRoot?: string
  /** Blinded hash of the batch's document (`bodyHash`), hex; absent when it has none. */
  body?: string
}

/** UTF-8 bytes; members in the order RFC 8785 gives them, absent ones left out. */
export function encodeEntry(entry: LogEntry): Uint8Array {
  const { body, enrolled, enrolledRoot, eventRoot, events, format, kind, position, recordedAt, register } =
    entry
  const ordered = {
    ...(body !== undefined && { body }),
    enrolled,
    ...(enrolledRoot !== undefined && { enrolledRoot }),
    ...(eventRoot !== undefined && { eventRoot }),
    events,
    format,
    kind,
    position,
    recordedAt,
    register,
  }
  return Buffer.from(JSON.stringify(ordered), 'utf8')
}

/** Undefined when these are not exactly the bytes `encodeEntry` makes: a second spelling would be a second leaf. */
export function decodeEntry(bytes: Uint8Array): LogEntry | undefined {
  let entry: unknown
  try {
    entry = JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
  if (!isEntry(entry)) return undefined
  return Buffer.from(encodeEntry(entry)).equals(bytes) ? entry : undefined
}

/** SHA-256(tag("body") ‖ salt ‖ SHA-256(body)): without the 32-byte salt nobody can try what a document may say. */
export function bodyHash(registerId: string, salt: Uint8Array, body: Uint8Array): string {
  const input = tagged('body', registerId, 2 * HASH_BYTES)
  input.set(salt, TAG_BYTES)
  sha256Into(body, input, TAG_BYTES + HASH_BYTES)
  return Buffer.from(sha256(input)).toString('hex')
}

function isEntry(value: unknown): value is LogEntry {
  if (typeof value !== 'object' || value === null) return false
  const entry = value as Record<string, unknown>
  const numbers = [entry.events, entry.enrolled, entry.format, entry.position, entry.recordedAt]
  const hashes = [entry.eventRoot, entry.enrolledRoot, entry.body]
  return (
    numbers.every((number) => Number.isSafeInteger(number)) &&
    typeof entry.kind === 'string' &&
    typeof entry.register === 'string' &&
    hashes.every((hash) => hash === undefined || (typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash)))
  )
}
