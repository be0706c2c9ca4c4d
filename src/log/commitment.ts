// Blinded commitments: what the public log holds of an event and of an enrolment, and of nobody who lacks the secret.
//
//   tag(name)          first 16 bytes of SHA-256("fairshare/v1/" ‖ name ‖ 0x00 ‖ register id as 36 characters)
//   subject commitment SHA-256(tag("subject") ‖ s ‖ subject u32)
//   event key k_e      SHA-256(tag("event-key") ‖ s ‖ position u64 ‖ ord u32)
//   event commitment   SHA-256(tag("event") ‖ k_e ‖ body)
//   body               kind u8 ‖ subject u32 ‖ earliest i64 ‖ latest i64 ‖ grade u8 ‖ source u32 ‖ jurisdiction u8
//                      ‖ route u32 ‖ notice u32 ‖ purpose u32 ‖ recipient u32 ‖ channel u32 ‖ basis u32 ‖ qualifier u32
//                      ‖ corrects position u64 ‖ corrects ord u32 ‖ length of stated text u32 ‖ stated text UTF-8
//
// All integers are big-endian; 0 = absent. s is the 32-byte secret of the subject. The fixed part with tag and key is
// 119 bytes, which is all that two SHA-256 blocks hold. Position and ord are bound through k_e, the register through the tags.
import { concatBytes, utf8 } from './bytes.ts'
import { HASH_BYTES, sha256Into } from './sha256.ts'
import { TAG_BYTES, tagged } from './tag.ts'

const SECRET_BYTES = 32
const BODY_AT = TAG_BYTES + HASH_BYTES
const FIXED_BODY_BYTES = 71
const TEXT_AT = BODY_AT + FIXED_BODY_BYTES
const TWO_TO_32 = 0x1_0000_0000

/** The fields an event's body is made of, column by column; all arrays are as long as there are events. */
export type CommittedColumns = {
  subject: Int32Array
  kind: Uint8Array
  earliest: Float64Array
  latest: Float64Array
  grade: Uint8Array
  source: Int32Array
  jurisdiction: Uint8Array
  route: Int32Array
  notice: Int32Array
  purpose: Int32Array
  recipient: Int32Array
  channel: Int32Array
  basis: Int32Array
  qualifier: Int32Array
  statedText: readonly (string | undefined)[]
}

/** Makes commitments for one register. It reuses its buffers, so it serves one caller at a time. */
export class Committer {
  readonly #subject: Uint8Array
  readonly #key: Uint8Array
  readonly #event: Uint8Array
  readonly #subjectView: DataView
  readonly #keyView: DataView
  readonly #view: DataView

  constructor(registerId: string) {
    this.#subject = tagged('subject', registerId, SECRET_BYTES + 4)
    this.#key = tagged('event-key', registerId, SECRET_BYTES + 12)
    this.#event = tagged('event', registerId, HASH_BYTES + FIXED_BODY_BYTES)
    this.#subjectView = viewOf(this.#subject)
    this.#keyView = viewOf(this.#key)
    this.#view = viewOf(this.#event)
  }

  /** Writes the commitment of enrolment `subject` into `into`; its secret stands at `secretAt` of `secrets`. */
  commitSubject(
    subject: number,
    secrets: Uint8Array,
    secretAt: number,
    into: Uint8Array,
    offset: number,
  ): void {
    copyBytes(secrets, secretAt, this.#subject, TAG_BYTES, SECRET_BYTES)
    this.#subjectView.setUint32(TAG_BYTES + SECRET_BYTES, subject)
    sha256Into(this.#subject, into, offset)
  }

  /** Writes the commitment of event `row` of `columns`, appended as (position, ord), into `into`. */
  commitEvent(
    columns: CommittedColumns,
    row: number,
    subject: number,
    place: { position: number; ord: number },
    secrets: Uint8Array,
    secretAt: number,
    into: Uint8Array,
    offset: number,
  ): void {
    this.#writeKey(place, secrets, secretAt)
    this.#commitBody(columns, row, subject, into, offset)
  }

  /** k_e of the event appended as (position, ord): what opens it, and nothing else of its subject. */
  eventKey(place: { position: number; ord: number }, secret: Uint8Array): Uint8Array {
    this.#writeKey(place, secret, 0)
    return this.#event.slice(TAG_BYTES, BODY_AT)
  }

  /** As `commitEvent`, by whoever was given the key of the event and not the secret. */
  commitWithKey(columns: CommittedColumns, row: number, subject: number, key: Uint8Array): Uint8Array {
    copyBytes(key, 0, this.#event, TAG_BYTES, HASH_BYTES)
    const commitment = new Uint8Array(HASH_BYTES)
    this.#commitBody(columns, row, subject, commitment, 0)
    return commitment
  }

  #writeKey(place: { position: number; ord: number }, secrets: Uint8Array, secretAt: number): void {
    copyBytes(secrets, secretAt, this.#key, TAG_BYTES, SECRET_BYTES)
    this.#keyView.setUint32(TAG_BYTES + SECRET_BYTES, Math.floor(place.position / TWO_TO_32))
    this.#keyView.setUint32(TAG_BYTES + SECRET_BYTES + 4, place.position % TWO_TO_32)
    this.#keyView.setUint32(TAG_BYTES + SECRET_BYTES + 8, place.ord)
    sha256Into(this.#key, this.#event, TAG_BYTES)
  }

  #commitBody(
    columns: CommittedColumns,
    row: number,
    subject: number,
    into: Uint8Array,
    offset: number,
  ): void {
    this.#writeBody(columns, row, subject)
    const text = columns.statedText[row]
    sha256Into(text === undefined ? this.#event : this.#withText(text), into, offset)
  }

  #writeBody(columns: CommittedColumns, row: number, subject: number): void {
    const view = this.#view
    view.setUint8(BODY_AT, columns.kind[row]!)
    view.setUint32(BODY_AT + 1, subject)
    writeInt64(view, BODY_AT + 5, columns.earliest[row]!)
    writeInt64(view, BODY_AT + 13, columns.latest[row]!)
    view.setUint8(BODY_AT + 21, columns.grade[row]!)
    view.setUint32(BODY_AT + 22, columns.source[row]!)
    view.setUint8(BODY_AT + 26, columns.jurisdiction[row]!)
    view.setUint32(BODY_AT + 27, columns.route[row]!)
    view.setUint32(BODY_AT + 31, columns.notice[row]!)
    view.setUint32(BODY_AT + 35, columns.purpose[row]!)
    view.setUint32(BODY_AT + 39, columns.recipient[row]!)
    view.setUint32(BODY_AT + 43, columns.channel[row]!)
    view.setUint32(BODY_AT + 47, columns.basis[row]!)
    view.setUint32(BODY_AT + 51, columns.qualifier[row]!)
    // Bytes 55 to 66 say which event this one corrects: none yet. Then the length of the text, 0 here.
    view.setUint32(BODY_AT + 67, 0)
  }

  #withText(text: string): Uint8Array {
    const bytes = utf8(text)
    this.#view.setUint32(TEXT_AT - 4, bytes.length)
    return concatBytes([this.#event, bytes])
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

/** A loop beats a subarray and `set` for 32 bytes: it allocates nothing. */
function copyBytes(from: Uint8Array, at: number, to: Uint8Array, offset: number, count: number): void {
  for (let i = 0; i < count; i++) to[offset + i] = from[at + i]!
}

/** Two's complement of a whole number within ±2^53, as two halves. */
function writeInt64(view: DataView, at: number, value: number): void {
  view.setInt32(at, Math.floor(value / TWO_TO_32))
  view.setUint32(at + 4, value - Math.floor(value / TWO_TO_32) * TWO_TO_32)
}
