// A note by which a register changed its signing key, verified from a key somebody trusts already.
import { encodeVerifierKey, type NoteVerifier, openNote, parseVerifierKey } from '../log/signed-note.ts'
import { type KeyRotation, keyRotationFormat, readKeyRotation } from '../model/key-rotation.ts'
import { type Check, Checklist, firstFailure, NotHeld } from './check.ts'

export type KeyRotationVerified = { checks: Check[]; statement: KeyRotation | undefined; says: string[] }

/** Whether a text claims to be one, before anything is checked. */
export function looksLikeKeyRotation(text: string): boolean {
  return text.startsWith(`${keyRotationFormat}\n`)
}

/** `trusted` is the key before or the key after. A planned change holds only when both have signed. */
export async function verifyKeyRotation(
  note: string,
  trusted: NoteVerifier,
  file: string,
): Promise<KeyRotationVerified> {
  const list = new Checklist()
  const statement = await list.run(async () => {
    const { text } = await list.check('the key you trust signed it', file, () => openNote(note, [trusted]))
    const read = await list.check('it says which key signs from then on', file, () =>
      statementOf(text, trusted, file),
    )
    await list.check('the new key signed it', file, () => openNote(note, [parseVerifierKey(read.next)]))
    if (read.why === 'planned')
      await list.check('the key before signed it too', file, () =>
        openNote(note, [parseVerifierKey(read.previous ?? '')]),
      )
    return read
  })
  return { checks: list.checks, statement, says: statement === undefined ? [] : saysOf(statement) }
}

/**
 * A trusted key, and those before it as far as planned changes lead back; `notes` from the first change on. A key that was stolen
 * may have signed what its owner never saw.
 */
export async function keysUpTo(newest: NoteVerifier, notes: readonly string[]): Promise<NoteVerifier[]> {
  const keys = [newest]
  for (const note of notes.toReversed()) {
    const key = keys.at(-1)!
    const { checks, statement } = await verifyKeyRotation(note, key, 'note')
    if (statement?.why !== 'planned' || firstFailure(checks) !== undefined) break
    if (statement.next !== encodeVerifierKey(key.name, key.publicKey)) break
    keys.push(parseVerifierKey(statement.previous ?? ''))
  }
  return keys
}

function statementOf(text: string, trusted: NoteVerifier, file: string): KeyRotation {
  const statement = readKeyRotation(text)
  if (statement === undefined) throw new NotHeld(file, undefined, 'is not a change of keys')
  if (statement.origin !== trusted.name)
    throw new NotHeld(file, 'origin', 'is not the name of the key that is trusted')
  const known = encodeVerifierKey(trusted.name, trusted.publicKey)
  if (statement.next !== known && statement.previous !== known)
    throw new NotHeld(file, 'next', 'is not about the key that is trusted')
  if (statement.next === statement.previous)
    throw new NotHeld(file, 'next', 'is the key before: nothing was changed')
  if (statement.why !== 'planned' && statement.previous === known)
    throw new NotHeld(
      file,
      'why',
      `says that the key you trust was ${statement.why}: it cannot vouch for another`,
    )
  const names = [statement.next, ...(statement.previous === undefined ? [] : [statement.previous])]
  if (names.some((key) => parseVerifierKey(key).name !== statement.origin))
    throw new NotHeld(file, 'next', 'is not a key of this register')
  return statement
}

function saysOf({ next, previous, why, rotatedAt }: KeyRotation): string[] {
  const day = rotatedAt.slice(0, 10)
  if (why === 'planned') return [`Since ${day} the register signs with ${next}`]
  return [
    `Since ${day} the register signs with ${next}`,
    why === 'stolen'
      ? `The key before it was stolen: what ${previous ?? 'it'} signed after that may be somebody else’s.`
      : 'The key before it was lost.',
    'The key before it did not sign this: make sure of the new key by telephone or letter.',
  ]
}
