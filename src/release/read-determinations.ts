// Determinations that were signed into the register, with what became of them: each counts only while everything it rests
// on still holds. What only ever holds back is believed more easily than what lets go.
import { type ReadSigned, readDetermination, readRevocation } from '../evidence/verify-determination.ts'
import { sha256Hex } from '../model/canonical.ts'
import { dateOf, type Instant } from '../model/instant.ts'
import type { Determination } from '../model/policy.ts'
import { reasons } from '../model/reason.ts'
import type { ApproverBody, DeterminationStatement, RevocationStatement } from '../model/release.ts'
import { type RegisterDocument, readDocuments } from '../register/record-document.ts'
import type { StoreSession } from '../register/store.ts'
import { clockToleranceUs, isRequester } from './check-approval.ts'
import { approverKinds, approversBefore } from './read-approvers.ts'

export type SignedDetermination = {
  /** d1, d2, … */
  id: string
  position: number
  /** From this instant on: the register's clock, which nobody who signs can set back. */
  recordedAt: Instant
  sha256: string
  /** Name of the approver on record; the id where there is none. */
  by: string
  /** Undefined only where the document cannot be read. */
  statement: DeterminationStatement | undefined
  /** Why an "allow" does not count; a refusal goes on counting until it is revoked. */
  fault?: string
  revoked?: { at: Instant; by: string; because: string }
}

/** Oldest first; `upTo`: as it was at that position, approvers included. */
export async function readDeterminations(
  session: Pick<StoreSession, 'query'>,
  upTo: number = Number.MAX_SAFE_INTEGER,
): Promise<SignedDetermination[]> {
  const documents = (
    await readDocuments(session, { kind: ['determination', 'determination-revoked'] })
  ).filter(({ position }) => position <= upTo)
  if (documents.length === 0) return []
  const trust = await readTrust(session, upTo)
  const revocations = documents.filter(({ kind }) => kind === 'determination-revoked')
  const firsts = new Map<string, SignedDetermination>()
  // A second document under one id was not made by this program: it changes nothing.
  for (const document of documents.filter(({ kind }) => kind === 'determination'))
    if (!firsts.has(document.about)) firsts.set(document.about, judge(document, revocations, trust))
  return [...firsts.values()]
}

/** As the decision reads it, like one in a policy file; undefined when it does not count. */
export function asDetermination(signed: SignedDetermination, zone: string): Determination | undefined {
  const { id, by, recordedAt, statement, fault, revoked } = signed
  if (statement === undefined || (fault !== undefined && statement.answer === 'allow')) return undefined
  const { code, notice, recipient, purpose, answer, because } = statement
  return {
    ...{ id, code, recipient, purpose, answer, by, because },
    ...(notice !== undefined && { notice }),
    on: dateOf(recordedAt, zone),
    at: recordedAt,
    ...(revoked !== undefined && { revokedOn: dateOf(revoked.at, zone), revokedAt: revoked.at }),
  }
}

/** What signatures are held to: this register, and who was and is on record with which key. */
type Trust = {
  registerId: string
  now: ReadonlyMap<string, ApproverBody>
  at(position: number): ReadonlyMap<string, ApproverBody>
}

async function readTrust(session: Pick<StoreSession, 'query'>, upTo: number): Promise<Trust> {
  const [identity] = await session.query<{ register_id: string }>('select register_id from register.identity')
  const history = await readDocuments(session, { kind: approverKinds })
  const before = (position: number) => approversBefore(history, position)
  return { registerId: identity!.register_id, now: before(upTo + 1), at: before }
}

function judge(
  document: RegisterDocument,
  revocations: readonly RegisterDocument[],
  trust: Trust,
): SignedDetermination {
  const { about, position, recordedAt } = document
  const read = readDetermination(document.body)
  const { statement } = read
  const sha256 = sha256Hex(document.body)
  const approver = statement && trust.at(position).get(statement.approver)
  const fault =
    statement === undefined ? read.fault : determinationFault(document, { ...read, statement }, trust)
  const said = { id: about, sha256, refuses: statement?.answer === 'refuse' }
  const revoked = revocations
    .filter((revocation) => revocation.about === about && revocation.position > position)
    .flatMap((revocation) => revocationOf(revocation, said, trust))[0]
  return {
    ...{ id: about, position, recordedAt, sha256, statement },
    by: approver?.name ?? statement?.approver ?? document.actor,
    ...(fault !== undefined && { fault }),
    ...(revoked !== undefined && { revoked }),
  }
}

function determinationFault(
  { about, position, recordedAt }: RegisterDocument,
  { statement, holds }: ReadSigned<DeterminationStatement> & { statement: DeterminationStatement },
  trust: Trust,
): string | undefined {
  if (statement.determination !== about) return 'it is another one than it is filed as'
  if (statement.register !== trust.registerId) return 'it was given for another register'
  if (reasons[statement.code].override !== 'determination') return 'nobody may answer this code'
  const unsigned = signerFault(statement.approver, position, holds, trust)
  if (unsigned !== undefined) return unsigned
  if (isRequester(trust.at(position).get(statement.approver)!, statement)) return 'who asked has answered it'
  return isNear(statement.determinedAt, recordedAt) ? undefined : 'it is dated otherwise than it was recorded'
}

/** A revocation that does not verify takes an "allow" away all the same; a refusal it leaves standing. */
function revocationOf(
  { about, position, recordedAt, actor, body }: RegisterDocument,
  revoked: { id: string; sha256: string; refuses: boolean },
  trust: Trust,
): NonNullable<SignedDetermination['revoked']>[] {
  const read = readRevocation(body)
  const { statement } = read
  const fault =
    statement === undefined
      ? read.fault
      : revocationFault(statement, { about, position, recordedAt }, revoked, { trust, holds: read.holds })
  if (fault !== undefined && revoked.refuses) return []
  const by = statement && (trust.at(position).get(statement.approver)?.name ?? statement.approver)
  return [{ at: recordedAt, by: by ?? actor, because: statement?.because ?? fault ?? '' }]
}

function revocationFault(
  statement: RevocationStatement,
  { about, position, recordedAt }: Pick<RegisterDocument, 'about' | 'position' | 'recordedAt'>,
  revoked: { id: string; sha256: string },
  { trust, holds }: { trust: Trust; holds: ReadSigned<RevocationStatement>['holds'] },
): string | undefined {
  if (statement.determination !== about || statement.determinationSha256 !== revoked.sha256)
    return 'it revokes another one'
  if (statement.register !== trust.registerId) return 'it was given for another register'
  const unsigned = signerFault(statement.approver, position, holds, trust)
  if (unsigned !== undefined) return unsigned
  return isNear(statement.revokedAt, recordedAt) ? undefined : 'it is dated otherwise than it was recorded'
}

/** By somebody on record when it was recorded, with a key that has not been replaced since, and of exactly this text. */
function signerFault(
  id: string,
  position: number,
  holds: (verifierKey: string) => string | undefined,
  { at, now }: Trust,
): string | undefined {
  const approver = at(position).get(id)
  if (approver === undefined) return 'its approver was not on record when it was made'
  // A key is replaced because it was lost, or because somebody else may have it: what it signed counts no longer.
  if (now.get(id)?.verifierKey !== approver.verifierKey) return 'the key that signed it was replaced since'
  return holds(approver.verifierKey)
}

function isNear(stated: Instant, recordedAt: Instant): boolean {
  return Math.abs(stated - recordedAt) <= clockToleranceUs
}
