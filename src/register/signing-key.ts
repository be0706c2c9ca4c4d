// Which key the register signs with: the one that its newest rotation names. Keys that are older than the register, as after
// a restored backup, sign nothing; and a rotation that a crash cut short is finished here.
import { parseVerifierKey } from '../log/signed-note.ts'
import type { KeyRotatedBody } from '../model/key-rotation.ts'
import { Problem } from '../model/problem.ts'
import type { KeyRing } from './key-ring.ts'
import { readDocuments } from './record-document.ts'
import type { StoreSession } from './store.ts'

/** Oldest first. */
export async function readRotations(session: Pick<StoreSession, 'query'>): Promise<KeyRotatedBody[]> {
  const documents = await readDocuments(session, { kind: 'key.rotated' })
  return documents.map(({ body }) => JSON.parse(body) as KeyRotatedBody)
}

/**
 * A key that is gone is said when something is to be signed, so that all else goes on, and the key can be replaced.
 * `keys.unusable` when another one is there.
 */
export function settleSigningKey(keys: KeyRing, rotations: readonly KeyRotatedBody[]): void {
  const statement = rotations.at(-1)?.statement
  if (statement === undefined) return
  const { publicKey } = parseVerifierKey(statement.next)
  if (keys.adoptSigner(publicKey) === 'another')
    throw new Problem(
      'keys.unusable',
      `signing.key is older than the register, whose key was changed on ${statement.rotatedAt}`,
    )
}
