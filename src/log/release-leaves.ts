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
import { concatBytes, utf8 } from './bytes.ts'
import { columnListBytes, rowBytesMax, writeRowBytes } from './row-bytes.ts'
import { HASH_BYTES, sha256, sha256Into } from './sha256.ts'
import { DIGEST_WORDS, LaneHasher, wordsOf } from './sha256-lanes.ts'
import { type HashQueue, type PaddedMessage, roomForMessage } from './sha256-queue.ts'
import { LEAF_BYTES } from './sort-leaves.ts'
import { TAG_BYTES, tagged } from './tag.ts'

const SECRET_BYTES = 32
const REGISTER_ID_LENGTH = 36
const SECRET_AT = TAG_BYTES + HASH_BYTES
const ORDINAL_AT = SECRET_AT + SECRET_BYTES
const OF_SUBJECT_BYTES = ORDINAL_AT + 4
const SUBJECT_BYTES = OF_SUBJECT_BYTES - SECRET_AT
const ROW_AT = TAG_BYTES + HASH_BYTES
/** Rows longer than this are rare, and of every length. */
const STARTS_MAX = 4096
/** What SHA-256 puts behind a message at most. */
const PADDING_BYTES_MAX = 72
const OUTCOME_MAX = 3
const VERDICT_HEAD_BYTES = 6
const MASK_WORDS_MAX = 0xff
const TWO_TO_32 = 0x1_0000_0000
const LEAF_WORDS = LEAF_BYTES / 4

/** Rows of a release by the subjects they are of, as columns. */
export type SubjectRows = {
  count: number
  secrets: Uint8Array
  /** Where in `secrets` the secret of each row's subject begins: a multiple of 4. */
  secretsAt: Uint32Array
  /** The number of each row among those of its subject. */
  ordinals: Uint32Array
}

/** Makes the keys and D's commitments of one release. It reuses its buffers, so it serves one caller at a time. */
export class ReleaseLeaves {
  readonly #opening: Uint8Array
  readonly #releasedKey: Uint8Array
  readonly #decidedKey: Uint8Array
  #decided: Uint8Array

  constructor(registerId: string, releaseId: string) {
    assertRegisterId(registerId)
    const release = sha256(utf8(releaseId))
    this.#opening = ofSubject('release-row', registerId, release)
    this.#releasedKey = tagged('released-key', registerId, HASH_BYTES)
    this.#decidedKey = ofSubject('decided-key', registerId, release)
    this.#decided = ofSubject('decided', registerId, release)
  }

  /** Writes what opens row `ordinal` of the subject whose secret stands at `secretAt` of `secrets`. */
  rowOpening(secrets: Uint8Array, secretAt: number, ordinal: number, into: Uint8Array, offset: number): void {
    fillSubject(this.#opening, secrets, secretAt, ordinal)
    sha256Into(this.#opening, into, offset)
  }

  releasedKey(openings: Uint8Array, at: number, into: Uint8Array, offset: number): void {
    copyBytes(openings, at, this.#releasedKey, TAG_BYTES, HASH_BYTES)
    sha256Into(this.#releasedKey, into, offset)
  }

  decidedKey(secrets: Uint8Array, secretAt: number, ordinal: number, into: Uint8Array, offset: number): void {
    fillSubject(this.#decidedKey, secrets, secretAt, ordinal)
    sha256Into(this.#decidedKey, into, offset)
  }

  decidedCommitment(
    secrets: Uint8Array,
    secretAt: number,
    ordinal: number,
    verdict: Uint8Array,
    into: Uint8Array,
    offset: number,
  ): void {
    const bytes = OF_SUBJECT_BYTES + verdict.length
    // All verdicts of a release are of one length, so this happens once.
    if (this.#decided.length !== bytes) this.#decided = resized(this.#decided, OF_SUBJECT_BYTES, bytes)
    fillSubject(this.#decided, secrets, secretAt, ordinal)
    copyBytes(verdict, 0, this.#decided, OF_SUBJECT_BYTES, verdict.length)
    sha256Into(this.#decided, into, offset)
  }

  /** What opens each row: 32 bytes each, end to end. */
  rowOpenings(rows: SubjectRows, into: Uint8Array): void {
    const hasher = new LaneHasher(this.#opening.subarray(0, SECRET_AT), SUBJECT_BYTES)
    hashSubjects(hasher, rows, wordsOf(into), DIGEST_WORDS, 0)
  }

  /** Of each opening the key in R, where its leaf begins: 64 bytes apart. */
  releasedKeys(openings: Uint8Array, count: number, into: Uint8Array): void {
    const hasher = new LaneHasher(this.#releasedKey.subarray(0, TAG_BYTES), HASH_BYTES)
    const from = wordsOf(openings)
    if (!(DIGEST_WORDS * count <= from.length)) throw new Error('bytes to be hashed are missing')
    inBatches(count, hasher.capacity, (first, batch) => {
      const digests = hasher.hashWords(from, DIGEST_WORDS * first, batch)
      spreadDigests(digests, batch, wordsOf(into), LEAF_WORDS * first, LEAF_WORDS)
    })
  }

  /** The leaves of D, key ‖ commitment: of row i, `verdicts[kinds[i]]` became. */
  decidedLeaves(
    rows: SubjectRows,
    verdicts: readonly Uint8Array[],
    kinds: Uint32Array,
    into: Uint8Array,
  ): void {
    const words = wordsOf(into)
    const keys = new LaneHasher(this.#decidedKey.subarray(0, SECRET_AT), SUBJECT_BYTES)
    hashSubjects(keys, rows, words, LEAF_WORDS, 0)
    const length = verdicts[0]?.length ?? 0
    const commitments = new LaneHasher(this.#decided.subarray(0, SECRET_AT), SUBJECT_BYTES + length)
    const { lanes } = commitments
    const verdictAt = lanes.firstByte + OF_SUBJECT_BYTES
    hashSubjects(commitments, rows, words, LEAF_WORDS, DIGEST_WORDS, (row, i) => {
      const verdict = verdicts[kinds[row]!]!
      if (verdict.length === length)
        copyBytes(verdict, 0, lanes.bytes, verdictAt + lanes.strideBytes * i, length)
    })
    // A verdict of another number of mask words, of a removal written by another version: hashed by itself.
    if (verdicts.every((verdict) => verdict.length === length)) return
    for (let row = 0; row < rows.count; row++) {
      const verdict = verdicts[kinds[row]!]!
      if (verdict.length !== length)
        this.decidedCommitment(
          rows.secrets,
          rows.secretsAt[row]!,
          rows.ordinals[row]!,
          verdict,
          into,
          LEAF_BYTES * row + HASH_BYTES,
        )
    }
  }
}

/** Hashes secret ‖ ordinal and what `addRest` puts behind them, of every row, to `place` of every `stride` words. */
function hashSubjects(
  hasher: LaneHasher,
  { count, secrets, secretsAt, ordinals }: SubjectRows,
  into: Uint32Array,
  stride: number,
  place: number,
  addRest?: (row: number, message: number) => void,
): void {
  const from = wordsOf(secrets)
  const { words, bytes, firstByte, strideBytes } = hasher.lanes
  inBatches(count, hasher.capacity, (first, batch) => {
    for (let i = 0; i < batch; i++) {
      const secretAt = secretsAt[first + i]!
      if (!(secretAt % 4 === 0 && secretAt + SECRET_BYTES <= secrets.length))
        throw new Error('bytes to be hashed are missing')
      const to = hasher.firstWord + hasher.strideWords * i
      for (let word = 0; word < SECRET_BYTES / 4; word++) words[to + word] = from[secretAt / 4 + word]!
      writeU32(bytes, firstByte + strideBytes * i + ORDINAL_AT, ordinals[first + i]!)
      addRest?.(first + i, i)
    }
    hasher.lanes.hash(batch)
    spreadDigests(hasher.lanes.digests, batch, into, stride * first + place, stride)
  })
}

function inBatches(count: number, size: number, work: (first: number, batch: number) => void): void {
  for (let first = 0; first < count; first += size) work(first, Math.min(size, count - first))
}

function spreadDigests(
  digests: Uint32Array,
  count: number,
  into: Uint32Array,
  at: number,
  stride: number,
): void {
  if (at + stride * (count - 1) + DIGEST_WORDS > into.length) throw new Error('no room for a digest')
  for (let i = 0; i < count; i++)
    for (let word = 0; word < DIGEST_WORDS; word++)
      into[at + stride * i + word] = digests[DIGEST_WORDS * i + word]!
}

/** Makes R's commitments of one list of columns, `fairshare_ref` first. It serves one caller at a time. */
export class RowCommitter {
  readonly #columns: number
  #row: PaddedMessage
  /** By length: the start of `#row` as a buffer of its own, since making one for every row costs a sixth of hashing it. */
  #starts: Uint8Array[] = []

  constructor(registerId: string, columns: readonly string[]) {
    assertRegisterId(registerId)
    const head = utf8(`fairshare/v1/row\0${registerId}\0`)
    this.#columns = columns.length
    this.#row = roomForMessage(ROW_AT)
    this.#row.bytes.set(sha256(concatBytes([head, columnListBytes(columns)])).subarray(0, TAG_BYTES))
  }

  /** Cells in the order of the columns, as they are delivered; null is no value, which an empty text is. */
  commit(
    cells: readonly (string | null)[],
    openings: Uint8Array,
    openingAt: number,
    into: Uint8Array,
    offset: number,
  ): void {
    sha256Into(this.#start(this.#write(cells, openings, openingAt)), into, offset)
  }

  /** The same, hashed when there are enough rows of a length, or when `queue` is finished. */
  commitLater(
    cells: readonly (string | null)[],
    openings: Uint8Array,
    openingAt: number,
    queue: HashQueue,
    offset: number,
  ): void {
    const end = this.#write(cells, openings, openingAt)
    queue.add(this.#row, end, offset)
  }

  /** Gives how long what is to be hashed is. */
  #write(cells: readonly (string | null)[], openings: Uint8Array, openingAt: number): number {
    if (cells.length !== this.#columns) throw new Error('a row has as many cells as there are columns')
    const bytesMax = ROW_AT + rowBytesMax(cells)
    if (bytesMax > this.#row.bytes.length - PADDING_BYTES_MAX) {
      const larger = roomForMessage(2 * bytesMax)
      larger.bytes.set(this.#row.bytes.subarray(0, TAG_BYTES))
      this.#row = larger
      this.#starts = []
    }
    copyBytes(openings, openingAt, this.#row.bytes, TAG_BYTES, HASH_BYTES)
    return writeRowBytes(cells, this.#row.bytes, ROW_AT)
  }

  #start(end: number): Uint8Array {
    if (end > STARTS_MAX) return this.#row.bytes.subarray(0, end)
    this.#starts[end] ??= this.#row.bytes.subarray(0, end)
    return this.#starts[end]
  }
}

/** `masks` are whole numbers below 2^53, as the decision artefact has them; `fields` is unsigned. */
export function verdictBytes(outcome: number, fields: number, masks: readonly number[]): Uint8Array {
  if (!Number.isInteger(outcome) || outcome < 0 || outcome > OUTCOME_MAX) throw new Error('no such outcome')
  if (!Number.isInteger(fields)) throw new Error('fields are the bits of a whole number')
  if (masks.length > MASK_WORDS_MAX) throw new Error('more mask words than a byte counts')
  const bytes = new Uint8Array(VERDICT_HEAD_BYTES + 8 * masks.length)
  bytes[0] = outcome
  writeU32(bytes, 1, fields)
  bytes[5] = masks.length
  masks.forEach((mask, word) => {
    if (!Number.isSafeInteger(mask) || mask < 0) throw new Error('a mask word is a whole number below 2^53')
    writeU32(bytes, VERDICT_HEAD_BYTES + 8 * word, Math.floor(mask / TWO_TO_32))
    writeU32(bytes, VERDICT_HEAD_BYTES + 8 * word + 4, mask % TWO_TO_32)
  })
  return bytes
}

const crockford = utf8('0123456789ABCDEFGHJKMNPQRSTVWXYZ')
const REF_LENGTH = 16
const ref = new Array<number>(REF_LENGTH).fill(0)

/** The `fairshare_ref` of the row whose key in R stands at `at` of `key`. */
export function refOf(key: Uint8Array, at = 0): string {
  if (at < 0 || at + HASH_BYTES > key.length) throw new Error('a key is 32 bytes')
  writeFortyBits(key, at, 0)
  writeFortyBits(key, at + 5, REF_LENGTH / 2)
  // Spread, the same takes four times as long.
  return Reflect.apply(String.fromCharCode, undefined, ref)
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

function ofSubject(name: string, registerId: string, release: Uint8Array): Uint8Array {
  const buffer = tagged(name, registerId, OF_SUBJECT_BYTES - TAG_BYTES)
  buffer.set(release, TAG_BYTES)
  return buffer
}

function fillSubject(buffer: Uint8Array, secrets: Uint8Array, secretAt: number, ordinal: number): void {
  copyBytes(secrets, secretAt, buffer, SECRET_AT, SECRET_BYTES)
  writeU32(buffer, ORDINAL_AT, ordinal)
}

/** The id stands before other bytes in what is hashed, so its length is fixed. */
function assertRegisterId(registerId: string): void {
  if (registerId.length !== REGISTER_ID_LENGTH) throw new Error('a register id has 36 characters')
}

function resized(buffer: Uint8Array, kept: number, bytes: number): Uint8Array {
  const larger = new Uint8Array(bytes)
  larger.set(buffer.subarray(0, kept))
  return larger
}

/** Refuses what would be written cut off, as another number. */
function writeU32(bytes: Uint8Array, at: number, value: number): void {
  if (!(value >= 0 && value < TWO_TO_32)) throw new Error('a number of 32 bits')
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

/** A loop beats a subarray and `set` for 32 bytes: it allocates nothing. Bytes that are not there must not become zeros. */
function copyBytes(from: Uint8Array, at: number, to: Uint8Array, offset: number, count: number): void {
  if (!(at >= 0 && at + count <= from.length)) throw new Error('bytes to be hashed are missing')
  for (let i = 0; i < count; i++) to[offset + i] = from[at + i]!
}
