// Signed notes (C2SP signed-note v1.0.0) under Ed25519 keys: a text, a blank line, and one line per signature.
import { fromBase64, toBase64 } from './base64.ts'
import { utf8 } from './bytes.ts'
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, verifyEd25519 } from './ed25519.ts'
import { LogError } from './log-error.ts'
import { sha256 } from './sha256.ts'

/** The signature type of plain Ed25519; it stands in key ids and verifier keys. */
const ED25519 = 0x01
const KEY_ID_BYTES = 4
/** The specification asks for 16 at least, and for some limit. */
const SIGNATURES_MAX = 100
const NOTE_BYTES_MAX = 1_000_000
/** Em dash and space, before a key name. */
const SIGNATURE_PREFIX = '\u2014 '

export type NoteSigner = {
  name: string
  /** 32 raw bytes. */
  publicKey: Uint8Array
  /** 64 bytes of Ed25519. */
  sign(message: Uint8Array): Uint8Array
}

/** A key somebody trusts: as `parseVerifierKey` reads it. */
export type NoteVerifier = { name: string; keyId: number; publicKey: Uint8Array }

export type OpenedNote = {
  /** With its final newline. */
  text: string
  /** Of the known keys, those that signed: at least one, each once. */
  signatures: NoteVerifier[]
}

/** The note with a signature line of each signer, in their order. */
export function signNote(text: string, first: NoteSigner, ...more: NoteSigner[]): string {
  if (!text.endsWith('\n') || !isNoteText(text)) throw new LogError('note.malformed', 'text to be signed')
  const lines = [first, ...more].map((signer) => signatureLine(utf8(text), signer))
  return `${text}\n${lines.join('')}`
}

function signatureLine(message: Uint8Array, signer: NoteSigner): string {
  checkName(signer.name)
  const signature = signer.sign(message)
  if (signature.length !== SIGNATURE_BYTES) throw new Error('an Ed25519 signature has 64 bytes')
  const line = new Uint8Array(KEY_ID_BYTES + SIGNATURE_BYTES)
  new DataView(line.buffer).setUint32(0, keyId(signer.name, signer.publicKey))
  line.set(signature, KEY_ID_BYTES)
  return `${SIGNATURE_PREFIX}${signer.name} ${toBase64(line)}\n`
}

/**
 * The text of a note that a known key signed. Throws `note.malformed`, also when a known key signed twice; `note.unsigned`
 * when no known key signed, or when one is named and its signature fails: somebody made it up. Signatures of unknown keys
 * are passed over.
 */
export function openNote(note: string | Uint8Array, verifiers: readonly NoteVerifier[]): OpenedNote {
  const { text, lines } = splitNote(typeof note === 'string' ? note : decodeNote(note))
  const message = utf8(text)
  const signatures = new Set<NoteVerifier>()
  for (const [index, line] of lines.entries()) {
    const { name, id, signature } = parseSignature(line, index)
    const known = verifiers.filter((verifier) => verifier.name === name && verifier.keyId === id)
    if (known.length > 1) throw new LogError('key.malformed', `two known keys share name and id: ${name}`)
    const [verifier] = known
    if (verifier === undefined) continue
    if (!verifyEd25519(verifier.publicKey, message, signature))
      throw new LogError('note.unsigned', `signature ${index + 1} is not one of the key it names`)
    // Ed25519 gives one signature of one text: nobody who keeps to it has a second line to write.
    if (signatures.has(verifier))
      throw new LogError('note.malformed', `signature ${index + 1}: second of one key`)
    signatures.add(verifier)
  }
  if (signatures.size === 0) throw new LogError('note.unsigned', 'no known key signed')
  return { text, signatures: [...signatures] }
}

/** First four bytes of SHA-256(name ‖ LF ‖ type ‖ public key), as a number. */
export function keyId(name: string, publicKey: Uint8Array): number {
  const named = utf8(`${name}\n`)
  const input = new Uint8Array(named.length + 1 + publicKey.length)
  input.set(named)
  input[named.length] = ED25519
  input.set(publicKey, named.length + 1)
  const digest = sha256(input)
  return new DataView(digest.buffer, digest.byteOffset).getUint32(0)
}

/** name+id+key, as people hand it to one another ("vkey"). */
export function encodeVerifierKey(name: string, publicKey: Uint8Array): string {
  checkName(name)
  if (publicKey.length !== PUBLIC_KEY_BYTES) throw new LogError('key.malformed', 'not 32 bytes')
  const typed = new Uint8Array(1 + PUBLIC_KEY_BYTES)
  typed[0] = ED25519
  typed.set(publicKey, 1)
  return `${name}+${hexId(keyId(name, publicKey))}+${toBase64(typed)}`
}

/** Throws `key.malformed` unless the text is exactly what `encodeVerifierKey` writes. */
export function parseVerifierKey(text: string): NoteVerifier {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/su.exec(text) ?? []
  checkName(name)
  const typed = fromBase64(encoded)
  if (typed?.length !== 1 + PUBLIC_KEY_BYTES || typed[0] !== ED25519)
    throw new LogError('key.malformed', 'not an Ed25519 verifier key')
  const publicKey = typed.slice(1)
  const computed = keyId(name, publicKey)
  if (hexId(computed) !== id) throw new LogError('key.malformed', 'the key id is not that of name and key')
  return { name, keyId: computed, publicKey }
}

function checkName(name: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a note holds none but newlines
  if (name === '' || !name.isWellFormed() || /[\p{White_Space}+\x00-\x1f]/u.test(name))
    throw new LogError('key.malformed', 'a key name is not empty and has no spaces and no plus')
}

/** Text and signature lines, parted by the last empty line. */
function splitNote(note: string): { text: string; lines: string[] } {
  if (utf8(note).length > NOTE_BYTES_MAX) throw new LogError('note.malformed', 'too long')
  if (!isNoteText(note)) throw new LogError('note.malformed', placeOfOtherText(note))
  const split = note.lastIndexOf('\n\n')
  if (split < 0) throw new LogError('note.malformed', 'no empty line before the signatures')
  const signatures = note.slice(split + 2)
  const lines = signatures.split('\n')
  if (lines.pop() !== '' || lines.length === 0 || lines.length > SIGNATURES_MAX)
    throw new LogError('note.malformed', 'signature lines')
  return { text: note.slice(0, split + 1), lines }
}

function parseSignature(line: string, index: number): { name: string; id: number; signature: Uint8Array } {
  const malformed = new LogError('note.malformed', `signature line ${index + 1}`)
  if (!line.startsWith(SIGNATURE_PREFIX)) throw malformed
  const parts = line.slice(SIGNATURE_PREFIX.length).split(' ')
  const [name = '', encoded = ''] = parts
  const bytes = fromBase64(encoded)
  if (parts.length !== 2 || name === '' || /[\p{White_Space}+]/u.test(name)) throw malformed
  if (bytes === undefined || bytes.length <= KEY_ID_BYTES) throw malformed
  const id = new DataView(bytes.buffer).getUint32(0)
  return { name, id, signature: bytes.slice(KEY_ID_BYTES) }
}

/** Valid Unicode without control characters other than newline. */
function isNoteText(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are refused
  return text.isWellFormed() && !/[\x00-\x09\x0b-\x1f]/.test(text)
}

/** The first line with a character that no note holds, and which one. */
function placeOfOtherText(note: string): string {
  const lines = note.split('\n')
  const line = lines.findIndex((text) => !isNoteText(text))
  const character = [...lines[line]!].find((one) => !isNoteText(one))!
  const code = character.codePointAt(0)!
  const name = code === 0x0d ? 'carriage return ' : ''
  return `line ${line + 1}: ${name}U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

function decodeNote(note: Uint8Array): string {
  try {
    // A byte order mark is part of the text that was signed.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(note)
  } catch {
    throw new LogError('note.malformed', 'not UTF-8')
  }
}

function hexId(id: number): string {
  return id.toString(16).padStart(8, '0')
}
