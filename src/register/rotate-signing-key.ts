// Another key signs for the register from now on. What is durable before what, and why a crash in between is healed:
//   1. the new key          signs nothing yet; the next rotation takes the same one
//   2. the document         says which key signs. The next opening, of this process or another, takes that key
//   3. the old key goes     what it signed stays valid for whoever trusts it
//   4. note and checkpoint  published again by whoever publishes next
import { encodeVerifierKey, type NoteSigner, signNote } from '../log/signed-note.ts'
import { canonicalJson } from '../model/canonical.ts'
import { instantToIso } from '../model/instant.ts'
import {
  type KeyRotatedBody,
  type KeyRotation,
  keyRotationFormat,
  type RotationReason,
  rotationPath,
} from '../model/key-rotation.ts'
import { statementText } from '../model/statement.ts'
import { appendUnderLock } from './append-batch.ts'
import type { Signer } from './key-ring.ts'
import type { LogPlaces } from './log-store.ts'
import { checkGoesOn, publishLog } from './publish-log.ts'
import { documentDraft } from './record-document.ts'
import type { Register } from './register.ts'
import { readRotations, settleSigningKey } from './signing-key.ts'

export type Rotated = { position: number; statement: KeyRotation; note: string; path: string }

/** `keys.unusable` when `planned` and the old key is not there to sign; `log.forked` as `publishLog`. */
export async function rotateSigningKey(
  register: Register,
  places: LogPlaces,
  { why, actor }: { why: RotationReason; actor: string },
): Promise<Rotated> {
  // A register that went back behind what its log has signed changes no key: `log.forked`.
  await checkGoesOn(register, places)
  const next = register.keys.nextSigner()
  let rotated: KeyRotatedBody | undefined
  const appended = await appendUnderLock(register, async (session) => {
    const earlier = await readRotations(session)
    settleSigningKey(register.keys, earlier)
    rotated = signedRotation(register, next, earlier, why)
    return documentDraft({
      kind: 'key.rotated',
      about: 'signing',
      body: canonicalJson(rotated),
      actor,
    })
  })
  register.keys.adoptSigner(next.publicKey)
  await publishLog(register, places)
  const { statement, note } = rotated!
  return { position: appended!.position, statement, note, path: rotationPath(statement.rotation) }
}

function signedRotation(
  { registerId, logOrigin, keys, now }: Register,
  next: Signer,
  earlier: readonly KeyRotatedBody[],
  why: RotationReason,
): KeyRotatedBody {
  const named = (signer: Signer): NoteSigner => ({ name: logOrigin, ...signer })
  const previous = previousKey(keys, logOrigin, earlier, why)
  const statement: KeyRotation = {
    format: keyRotationFormat,
    register: registerId,
    origin: logOrigin,
    rotation: earlier.length + 1,
    ...(previous !== undefined && { previous }),
    next: encodeVerifierKey(logOrigin, next.publicKey),
    why,
    rotatedAt: instantToIso(now()),
  }
  const both = why === 'planned' ? [named(keys.signer)] : []
  return { statement, note: signNote(statementText(statement), named(next), ...both) }
}

/** A lost key is named only if it was the next of an earlier rotation: nobody here knows another. */
function previousKey(
  keys: Register['keys'],
  origin: string,
  earlier: readonly KeyRotatedBody[],
  why: RotationReason,
): string | undefined {
  if (why === 'lost') return earlier.at(-1)?.statement.next
  return encodeVerifierKey(origin, keys.signer.publicKey)
}
