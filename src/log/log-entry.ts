// The leaf of the register log: one batch, as canonical JSON (RFC 8785) that says how much was appended and binds it by
// hashes, and nothing about anyone. Two entries hold no equal value because they speak of the same person.
import { equalBytes, toHex, utf8 } from './bytes.ts'
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
  return utf8(JSON.stringify(ordered))
}

/** Undefined when these are not exactly the bytes `encodeEntry` makes: a second spelling would be a second leaf. */
export function decodeEntry(bytes: Uint8Array): LogEntry | undefined {
  if (bytes.length > ENTRY_BYTES_MAX) return undefined
  let entry: unknown
  try {
    entry = JSON.parse(decoder.decode(bytes))
  } catch {
    return undefined
  }
  if (!isEntry(entry)) return undefined
  return equalBytes(encodeEntry(entry), bytes) ? entry : undefined
}

/** A bundle has its length in two bytes. */
const ENTRY_BYTES_MAX = 65_535

/** What is not UTF-8 comes out as other bytes than went in, and is refused for that. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** SHA-256(tag("body") ‖ salt ‖ SHA-256(body)): without the 32-byte salt nobody can try what a document may say. */
export function bodyHash(registerId: string, salt: Uint8Array, body: Uint8Array): string {
  const input = tagged('body', registerId, 2 * HASH_BYTES)
  input.set(salt, TAG_BYTES)
  sha256Into(body, input, TAG_BYTES + HASH_BYTES)
  return toHex(sha256(input))
}

function isEntry(value: unknown): value is LogEntry {
  if (typeof value !== 'object' || value === null) return false
  const entry = value as Record<string, unknown>
  const { body, events, eventRoot, enrolled, enrolledRoot, format, kind, position, recordedAt, register } =
    entry
  return (
    [format, position, recordedAt].every((number) => Number.isSafeInteger(number)) &&
    // Half a surrogate pair is hashed as another character by whoever writes it at all.
    typeof kind === 'string' &&
    kind.isWellFormed() &&
    typeof register === 'string' &&
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(register) &&
    isCounted(events, eventRoot) &&
    isCounted(enrolled, enrolledRoot) &&
    (body === undefined || isHash(body))
  )
}

/** A root is there when there is something under it, and only then. */
function isCounted(count: unknown, root: unknown): boolean {
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) return false
  return count === 0 ? root === undefined : isHash(root)
}

function isHash(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}
