// Commitments, recomputed here from the layout as documented.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { Committer } from '../../src/log/commitment.ts'
import { eventColumns } from '../../src/model/event.ts'

const registerId = '3f2b8c1e-5d47-4a60-9c0f-1b2a3c4d5e6f'
const secret = createHash('sha256').update('a secret').digest()
const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
const tag = (name: string) => sha256(Buffer.from(`fairshare/v1/${name}\0${registerId}`)).subarray(0, 16)

test('an enrolment is committed to under the secret, the register and the number', () => {
  const made = Buffer.alloc(32)
  new Committer(registerId).commitSubject(70_000, secret, 0, made, 0)
  expect(made).toEqual(sha256(tag('subject'), secret, u32(70_000)))
})

test('an event is committed to field by field, in the documented order and widths', () => {
  for (const statedText of [undefined, 'im März 2016']) {
    const events = eventColumns(2)
    const fields = { kind: 2, earliest: -1_500_000_000_000_123, latest: 1_500_000_000_000_123, grade: 1 }
    Object.assign(events, {
      kind: Uint8Array.of(0, fields.kind),
      earliest: Float64Array.of(0, fields.earliest),
      latest: Float64Array.of(0, fields.latest),
      grade: Uint8Array.of(0, fields.grade),
      source: Int32Array.of(0, 11),
      jurisdiction: Uint8Array.of(0, 1),
      route: Int32Array.of(0, 12),
      notice: Int32Array.of(0, 13),
      purpose: Int32Array.of(0, 14),
      recipient: Int32Array.of(0, 15),
      channel: Int32Array.of(0, 2),
      basis: Int32Array.of(0, 6),
      qualifier: Int32Array.of(0, 3),
      statedText: [undefined, statedText],
    })
    const secrets = Buffer.concat([Buffer.alloc(5), secret])
    const made = Buffer.alloc(40)
    const place = { position: 2 ** 33 + 5, ord: 77 }
    new Committer(registerId).commitEvent(events, 1, 70_000, place, secrets, 5, made, 8)

    const key = sha256(tag('event-key'), secret, u64(2n ** 33n + 5n), u32(77))
    const text = Buffer.from(statedText ?? '', 'utf8')
    const body = Buffer.concat([
      Uint8Array.of(2),
      u32(70_000),
      u64(-1_500_000_000_000_123n),
      u64(1_500_000_000_000_123n),
      Uint8Array.of(1),
      u32(11),
      Uint8Array.of(1),
      ...[12, 13, 14, 15, 2, 6, 3].map(u32),
      u64(0n),
      u32(0),
      u32(text.length),
      text,
    ])
    expect(made.subarray(8)).toEqual(sha256(tag('event'), key, body))
  }
})

test('one committer gives the same commitment again after one with stated text', () => {
  const committer = new Committer(registerId)
  const events = eventColumns(2)
  events.statedText[1] = 'somewhen'
  const made = Buffer.alloc(96)
  const place = { position: 1, ord: 0 }
  committer.commitEvent(events, 0, 1, place, secret, 0, made, 0)
  committer.commitEvent(events, 1, 1, place, secret, 0, made, 32)
  committer.commitEvent(events, 0, 1, place, secret, 0, made, 64)
  expect(made.subarray(64)).toEqual(made.subarray(0, 32))
  expect(made.subarray(32, 64)).not.toEqual(made.subarray(0, 32))
})

test('the same statement is committed to differently in another register', () => {
  const made = Buffer.alloc(64)
  new Committer(registerId).commitSubject(1, secret, 0, made, 0)
  new Committer('00000000-0000-4000-8000-000000000000').commitSubject(1, secret, 0, made, 32)
  expect(made.subarray(0, 32)).not.toEqual(made.subarray(32))
})

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(value)
  return bytes
}
