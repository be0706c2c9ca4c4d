// What the two trees of a release hold: R a leaf per delivered row, D a leaf per record considered.
//
//   tag(name)            first 16 bytes of SHA-256("fairshare/v1/" ‖ name ‖ 0x00 ‖ register id as 36 characters)
//   rel                  SHA-256(UTF-8 of the release id)
//   row opening r        SHA-256(tag("release-row") ‖ rel ‖ s ‖ o)
//   key in R             SHA-256(tag("released-key") ‖ r)
//   commitment in R      SHA-256(row tag ‖ r ‖ row bytes)
//   row tag              first 16 bytes of SHA-256("fairshare/v1/row" ‖ 0x00 ‖ register id ‖ 0x00 ‖ column list)
//   key in D             SHA-256(tag("decided-key") ‖ rel ‖ s ‖ o)
//   commitment in D      SHA-256(tag("decided") ‖ rel ‖ s ‖ o ‖ verdict)
//   verdict              outcome u8 (0 deny, 1 review, 2 transform, 3 allow) ‖ fields u32 (bit i: field i of the
//                        request is delivered) ‖ number of mask words u8 ‖ mask words u64
//   fairshare_ref        first 10 bytes of the key in R, in Crockford's base 32
//
// s is the 32-byte secret of the subject, o (u32) the number of the row among the rows of that subject, from 0. All
// integers are big-endian. The recipient is given r, from which neither s nor the key in D follows: he can recompute R, and
// learns of nobody whether and why D holds him. Row bytes and column list are in row-bytes.ts.
import { columnListBytes, rowBytesMax, writeRowBytes } from './row-bytes.ts'
import { HASH_BYTES, sha256, sha256Into } from './sha256.ts'
import { TAG_BYTES, tagged } from './tag.ts'

const SECRET_BYTES = 32
const REGISTER_ID_LENGTH = 36
const SECRET_AT = TAG_BYTES + HASH_BYTES
const ORDINAL_AT = SECRET_AT + SECRET_BYTES
const OF_SUBJECT_BYTES = ORDINAL_AT + 4
const ROW_AT = TAG_BYTES + HASH_BYTES
/** Rows longer than this are rare, and of every length. */
const STARTS_MAX = 4096
const OUTCOME_MAX = 3
const VERDICT_HEAD_BYTES = 6
const MASK_WORDS_MAX = 0xff
const TWO_TO_32 = 0x1_0000_0000

/** Makes the keys and D's commitments of one release. It reuses its buffers, so it serves one caller at a time. */
export class ReleaseLeaves {
  readonly #opening: Buffer
  readonly #releasedKey: Buffer
  readonly #decidedKey: Buffer
  #decided: Buffer

  constructor(registerId: string, releaseId: string) {
    assertRegisterId(registerId)
    const release = sha256(Buffer.from(releaseId, 'utf8'))
    this.#opening = ofSubject('release-row', registerId, release)
    this.#releasedKey = tagged('released-key', registerId, HASH_BYTES)
    this.#decidedKey = ofSubject('decided-key', registerId, release)
    this.#decided = ofSubject('decided', registerId, release)
  }

  /** Writes what opens row `ordinal` of the subject whose secret stands at `secretAt` of `secrets`. */
  rowOpening(secrets: Uint8Array, secretAt: number, ordinal: number, into: Buffer, offset: number): void {
    fillSubject(this.#opening, secrets, secretAt, ordinal)
    sha256Into(this.#opening, into, offset)
  }

  releasedKey(openings: Uint8Array, at: number, into: Buffer, offset: number): void {
    copyBytes(openings, at, this.#releasedKey, TAG_BYTES, HASH_BYTES)
    sha256Into(this.#releasedKey, into, offset)
  }

  decidedKey(secrets: Uint8Array, secretAt: number, ordinal: number, into: Buffer, offset: number): void {
    fillSubject(this.#decidedKey, secrets, secretAt, ordinal)
    sha256Into(this.#decidedKey, into, offset)
  }

  decidedCommitment(
    secrets: Uint8Array,
    secretAt: number,
    ordinal: number,
    verdict: Uint8Array,
    into: Buffer,
    offset: number,
  ): void {
    const bytes = OF_SUBJECT_BYTES + verdict.length
    // All verdicts of a release are of one length, so this happens once.
    if (this.#decided.length !== bytes) this.#decided = resized(this.#decided, OF_SUBJECT_BYTES, bytes)
    fillSubject(this.#decided, secrets, secretAt, ordinal)
    copyBytes(verdict, 0, this.#decided, OF_SUBJECT_BYTES, verdict.length)
    sha256Into(this.#decided, into, offset)
  }
}

/** Makes R's commitments of one list of columns, `fairshare_ref` first. It serves one caller at a time. */
export class RowCommitter {
  readonly #columns: number
  #row: Buffer
  /** By length: the start of `#row` as a buffer of its own, since making one for every row costs a sixth of hashing it. */
  #starts: Buffer[] = []

  constructor(registerId: string, columns: readonly string[]) {
    assertRegisterId(registerId)
    const head = Buffer.from(`fairshare/v1/row\0${registerId}\0`, 'utf8')
    this.#columns = columns.length
    this.#row = Buffer.alloc(ROW_AT)
    this.#row.set(sha256(Buffer.concat([head, columnListBytes(columns)])).subarray(0, TAG_BYTES))
  }

  /** Cells in the order of the columns, as they are delivered; null is no value, which an empty text is. */
  commit(
    cells: readonly (string | null)[],
    openings: Uint8Array,
    openingAt: number,
    into: Buffer,
    offset: number,
  ): void {
    if (cells.length !== this.#columns) throw new Error('a row has as many cells as there are columns')
    const bytesMax = ROW_AT + rowBytesMax(cells)
    if (bytesMax > this.#row.length) {
      this.#row = resized(this.#row, TAG_BYTES, 2 * bytesMax)
      this.#starts = []
    }
    copyBytes(openings, openingAt, this.#row, TAG_BYTES, HASH_BYTES)
    const end = writeRowBytes(cells, this.#row, ROW_AT)
    sha256Into(this.#start(end), into, offset)
  }

  #start(end: number): Buffer {
    if (end > STARTS_MAX) return this.#row.subarray(0, end)
    this.#starts[end] ??= this.#row.subarray(0, end)
    return this.#starts[end]
  }
}

/** `masks` are whole numbers below 2^53, as the decision artefact has them; `fields` is unsigned. */
export function verdictBytes(outcome: number, fields: number, masks: readonly number[]): Uint8Array {
  if (!Number.isInteger(outcome) || outcome < 0 || outcome > OUTCOME_MAX) throw new Error('no such outcome')
  if (!Number.isInteger(fields)) throw new Error('fields are the bits of a whole number')
  if (masks.length > MASK_WORDS_MAX) throw new Error('more mask words than a byte counts')
  const bytes = Buffer.alloc(VERDICT_HEAD_BYTES + 8 * masks.length)
  bytes[0] = outcome
  bytes.writeUInt32BE(fields, 1)
  bytes[5] = masks.length
  masks.forEach((mask, word) => {
    if (!Number.isSafeInteger(mask) || mask < 0) throw new Error('a mask word is a whole number below 2^53')
    bytes.writeUInt32BE(Math.floor(mask / TWO_TO_32), VERDICT_HEAD_BYTES + 8 * word)
    bytes.writeUInt32BE(mask % TWO_TO_32, VERDICT_HEAD_BYTES + 8 * word + 4)
  })
  return bytes
}

const crockford = Buffer.from('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 'latin1')
const REF_LENGTH = 16
const ref = Buffer.alloc(REF_LENGTH)

/** The `fairshare_ref` of the row whose key in R stands at `at` of `key`. */
export function refOf(key: Uint8Array, at = 0): string {
  if (at < 0 || at + HASH_BYTES > key.length) throw new Error('a key is 32 bytes')
  writeFortyBits(key, at, 0)
  writeFortyBits(key, at + 5, REF_LENGTH / 2)
  return ref.toString('latin1')
}

/** Five bytes are eight characters. */
function writeFortyBits(key: Uint8Array, at: number, offset: number): void {
  const high = (key[at]! << 12) | (key[at + 1]! << 4) | (key[at + 2]! >>> 4)
  const low = ((key[at + 2]! & 0xf) << 16) | (key[at + 3]! << 8) | key[at + 4]!
  for (let i = 0; i < 4; i++) {
    ref[offset + i] = crockford[(high >>> (15 - 5 * i)) & 31]!
    ref[offset + 4 + i] = crockford[(low >>> (15 - 5 * i)) & 31]!
  }
}

function ofSubject(name: string, registerId: string, release: Uint8Array): Buffer {
  const buffer = tagged(name, registerId, OF_SUBJECT_BYTES - TAG_BYTES)
  buffer.set(release, TAG_BYTES)
  return buffer
}

function fillSubject(buffer: Buffer, secrets: Uint8Array, secretAt: number, ordinal: number): void {
  copyBytes(secrets, secretAt, buffer, SECRET_AT, SECRET_BYTES)
  buffer.writeUInt32BE(ordinal, ORDINAL_AT)
}

/** The id stands before other bytes in what is hashed, so its length is fixed. */
function assertRegisterId(registerId: string): void {
  if (registerId.length !== REGISTER_ID_LENGTH) throw new Error('a register id has 36 characters')
}

function resized(buffer: Buffer, kept: number, bytes: number): Buffer {
  const larger = Buffer.alloc(bytes)
  larger.set(buffer.subarray(0, kept))
  return larger
}

/** A loop beats a subarray and `set` for 32 bytes: it allocates nothing. Bytes that are not there must not become zeros. */
function copyBytes(from: Uint8Array, at: number, to: Uint8Array, offset: number, count: number): void {
  if (!(at >= 0 && at + count <= from.length)) throw new Error('bytes to be hashed are missing')
  for (let i = 0; i < count; i++) to[offset + i] = from[at + i]!
}
