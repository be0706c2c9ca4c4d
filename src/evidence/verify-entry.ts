// What receipts and claims are checked against: an entry of the log, and whether a commitment leads to a root in it.
import { fromHex, utf8 } from '../log/bytes.ts'
import type { CommittedColumns } from '../log/commitment.ts'
import { verifyInclusion } from '../log/inclusion.ts'
import { decodeEntry, type LogEntry } from '../log/log-entry.ts'
import { LogError } from '../log/log-error.ts'
import { leafHash } from '../log/merkle.ts'
import { type NoteVerifier, openNote } from '../log/signed-note.ts'
import {
  type CommittedFields,
  codedWords,
  type EventWords,
  type PersonReceipt,
} from '../model/person-receipt.ts'
import { NotHeld } from './check.ts'

/** Format of commitments and entries this verifier knows. */
const FORMAT = 1

export function checkRegister(
  register: PersonReceipt['register'],
  verifierKey: string,
  log: NoteVerifier,
  file: string,
): void {
  if (register.verifierKey !== verifierKey)
    throw new NotHeld(file, 'register.verifierKey', 'is not the key that is trusted')
  if (register.origin !== log.name) throw new NotHeld(file, 'register.origin', 'is not the name of the key')
}

/** An entry of this register; that the log has it is for the caller to show, of exactly these bytes. */
export function readEntry(
  text: string,
  registerId: string,
  file: string,
  at: string,
): { entry: LogEntry; bytes: Uint8Array } {
  const bytes = utf8(text)
  const entry = decodeEntry(bytes)
  if (entry === undefined || entry.format !== FORMAT)
    throw new NotHeld(file, at, 'is not an entry of a log as this version knows it')
  if (entry.register !== registerId) throw new NotHeld(file, at, 'is of another register')
  return { entry, bytes }
}

/** Whether the commitment is leaf `index` of the `size` under the root, which an entry has in hexadecimal or not at all. */
export function leadsTo(
  root: string | undefined,
  index: number,
  size: number,
  commitment: Uint8Array,
  path: readonly Uint8Array[],
): boolean {
  return root !== undefined && verifyInclusion(index, size, leafHash(commitment), path, bytesOf(root))
}

/** One event as the columns it is committed from. */
export function columnsOf(fields: CommittedFields): CommittedColumns {
  const one = (number: number) => Int32Array.of(number)
  return {
    subject: one(0),
    kind: Uint8Array.of(fields.kind),
    earliest: Float64Array.of(fields.earliest),
    latest: Float64Array.of(fields.latest),
    grade: Uint8Array.of(fields.grade),
    source: one(fields.source),
    jurisdiction: Uint8Array.of(fields.jurisdiction),
    route: one(fields.route),
    notice: one(fields.notice),
    purpose: one(fields.purpose),
    recipient: one(fields.recipient),
    channel: one(fields.channel),
    basis: one(fields.basis),
    qualifier: one(fields.qualifier),
    statedText: [fields.statedText],
  }
}

/** Words that follow from the numbers have to; the others rest on the signature. */
export function checkWords(fields: CommittedFields, words: EventWords, at: string, file: string): void {
  const given = new Map<string, string>(Object.entries(words))
  const follow = codedWords(fields)
  for (const name of ['kind', 'earliest', 'latest', 'grade', 'jurisdiction', 'channel', 'qualifier'] as const)
    if (given.get(name) !== follow[name])
      throw new NotHeld(file, `${at}.${name}`, 'is not what the numbers say')
  for (const name of ['source', 'route', 'notice', 'purpose', 'recipient'] as const)
    if ((words[name] !== undefined) !== (fields[name] !== 0))
      throw new NotHeld(file, `${at}.${name}`, 'is there without its number, or the other way round')
}

export function checkSignature(signature: string, signedText: string, log: NoteVerifier, file: string): void {
  const { text } = inMember('signature', () => openNote(signature, [log]))
  if (text !== signedText)
    throw new NotHeld(file, 'signature', 'is over something else: a word in this file was changed')
}

/** A place in a proof or note, within the member that holds it. */
export function inMember<T>(at: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (error instanceof LogError) throw new LogError(error.code, `${at}: ${error.place}`)
    throw error
  }
}

/** Of a text whose form was looked at before. */
export function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex)
  if (bytes === undefined) throw new Error('not the hexadecimal that its form promises')
  return bytes
}
