// What a holder certifies to have destroyed, taken into the register: only if the key of its card signed it, and for what it
// was given. A certificate that says backups are still to go is kept, and ends nothing until a later one says they are gone.
import { NotHeld } from '../evidence/check.ts'
import { readDestruction } from '../evidence/verify-destruction.ts'
import { noteText } from '../evidence/verify-receipt.ts'
import { canonicalJson, sha256Hex } from '../model/canonical.ts'
import { type DestructionStatement, isWhole } from '../model/custody.ts'
import type { Instant } from '../model/instant.ts'
import { Problem } from '../model/problem.ts'
import type { CopyDestroyedBody, DestroyedBody } from '../model/release.ts'
import { recordDocument } from '../register/record-document.ts'
import type { Register } from '../register/register.ts'
import { isSignedBy } from './is-signed-by.ts'
import { readCopies } from './read-copies.ts'
import { readVerifiedKeys } from './read-recipient-key.ts'
import { readRelease } from './read-release.ts'

export type ReceivedDestruction = {
  kind: 'destroyed' | 'copy.destroyed'
  /** The release's id, or the copy's. */
  of: string
  statement: DestructionStatement
  /** False while backups hold it. */
  whole: boolean
  /** The medium with most counts fewer records than were given, less what removals took out: rest is somewhere. */
  fewer?: { loaded: number; given: number }
  position: number
  repeated: boolean
}

/** What the statement is held against. */
type Held = {
  kind: ReceivedDestruction['kind']
  of: string
  holder: string
  since: Instant
  /** Of a release: what was sealed, and to which key. */
  sealed?: { recordsSha256: string; ageRecipient: string }
  /** Records that the holder had; absent when nobody knows. */
  given?: number
}

/** `certificate.invalid`, with words that say what does not fit, unless all of it does. */
export async function receiveDestruction(
  register: Register,
  note: string,
  actor: string,
): Promise<ReceivedDestruction> {
  const claimed = statementOf(note)
  if (claimed.register !== register.registerId) throw invalid('it is for another register')
  const held =
    'release' in claimed.of ? await heldRelease(register, claimed.of) : await heldCopy(register, claimed.of)
  await checkSignature(register, note, held)
  checkStatement(claimed, held, register.now())
  const { kind, of } = held
  const { position, repeated } = await recordDocument(register, {
    kind,
    about: of,
    body: canonicalJson(bodyOf(claimed, note)),
    actor,
    idempotencyKey: `${kind}/${of}/${sha256Hex(note)}`,
  })
  return {
    kind,
    of,
    statement: claimed,
    whole: isWhole(claimed),
    ...fewerOf(claimed, held),
    position,
    repeated,
  }
}

/** Told and not refused: a delivery may have been split between media, and the holder's count is its word like the rest. */
function fewerOf({ media }: DestructionStatement, { given }: Held): Pick<ReceivedDestruction, 'fewer'> {
  const loaded = Math.max(...media.map(({ records }) => records))
  return given === undefined || loaded >= given ? {} : { fewer: { loaded, given } }
}

function bodyOf(statement: DestructionStatement, note: string): DestroyedBody | CopyDestroyedBody {
  const by = `${statement.certifiedBy.name}, ${statement.certifiedBy.title}`
  const said = { certificate: { statement, note }, evidence: 'a certificate the holder signed', by }
  return 'release' in statement.of
    ? { release: statement.of.release, ...said }
    : { copy: statement.of.copy, ...said }
}

async function heldRelease(register: Register, { release }: { release: string }): Promise<Held> {
  const { committed, sealed, delivered, removals } = await readRelease(register.store, release)
  if (committed === undefined) throw new Problem('release.not_found', 'the one that the certificate names')
  if (sealed === undefined || delivered === undefined) throw invalid('the release it names was not delivered')
  const removed = removals.reduce((sum, { applied }) => sum + (applied?.body.receipt.removed ?? 0), 0)
  return {
    ...{ kind: 'destroyed', of: release, holder: committed.body.request.recipient },
    ...{ since: delivered.recordedAt, sealed: sealed.body, given: sealed.body.members - removed },
  }
}

async function heldCopy(register: Register, { copy }: { copy: string }): Promise<Held> {
  const state = (await readCopies(register.store)).find((one) => one.copy === copy)
  if (state === undefined) throw new Problem('copy.not_found', 'the one that the certificate names')
  const { holder, madeAt, records } = state.reported.body
  return {
    ...{ kind: 'copy.destroyed', of: copy, holder, since: madeAt },
    ...(records !== undefined && { given: records }),
  }
}

/** Nothing of the statement is believed before this. A release: the card it was sealed to; a copy: any verified card of its holder. */
async function checkSignature(register: Register, note: string, { holder, sealed }: Held): Promise<void> {
  const cards = (await readVerifiedKeys(register.store, holder)).map(({ card }) => card)
  const meant = cards.filter(
    ({ ageRecipient }) => sealed === undefined || ageRecipient === sealed.ageRecipient,
  )
  if (meant.length === 0)
    throw invalid(
      sealed === undefined
        ? 'no verified key of the holder is on record'
        : 'no verified key of the holder is the one it was sealed to',
    )
  if (!meant.some(({ verifierKey }) => isSignedBy(note, verifierKey)))
    throw invalid('it is not signed with the key of the holder’s card')
}

function checkStatement(statement: DestructionStatement, held: Held, now: Instant): void {
  const { holder, recordsSha256, subProcessors, destroyedAt } = statement
  if (holder !== held.holder) throw invalid(`it is a certificate of ${holder}, and ${held.holder} holds it`)
  if (held.sealed !== undefined && recordsSha256 !== held.sealed.recordsSha256)
    throw invalid('it is for another file of records than the one sealed')
  if (destroyedAt <= held.since) throw invalid('it says that it was destroyed before the holder had it')
  if (destroyedAt > now) throw invalid('it says that it was destroyed at a time that has not come')
  const open = subProcessors.find(({ certified }) => !certified)
  if (open !== undefined)
    throw invalid(`${open.name} had it too and has not certified; nothing says until when it is kept there`)
}

/** The statement of a certificate nobody has believed yet. */
function statementOf(note: string): DestructionStatement {
  try {
    return readDestruction(noteText(note), 'certificate')
  } catch (error) {
    if (error instanceof NotHeld) throw invalid(`${error.place.at ?? 'it'} ${error.message}`)
    throw error
  }
}

function invalid(detail: string): Problem {
  return new Problem('certificate.invalid', detail)
}
