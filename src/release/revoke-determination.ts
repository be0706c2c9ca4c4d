// `review revoke`: an answer that was signed counts no longer, from the instant its revocation is recorded.
import { signNote } from '../log/signed-note.ts'
import { canonicalJson } from '../model/canonical.ts'
import { Problem } from '../model/problem.ts'
import type { ApproverBody, RevocationBody, RevocationStatement } from '../model/release.ts'
import { statementText } from '../model/statement.ts'
import { appendUnderLock } from '../register/append-batch.ts'
import type { Signer } from '../register/key-ring.ts'
import { documentDraft } from '../register/record-document.ts'
import type { Register } from '../register/register.ts'
import { isRequester } from './check-approval.ts'
import { findApprover } from './find-approver.ts'
import { readDeterminations, type SignedDetermination } from './read-determinations.ts'
import { readReason } from './read-reason.ts'

export type Revoked = {
  position: number
  statement: RevocationStatement
  approver: ApproverBody
  determination: SignedDetermination
}

/** `as` = the id of the approver; absent = whoever this key is on record for. */
export async function revokeDetermination(
  register: Register,
  given: { determination: string; because: string; signer: Signer; as?: string },
): Promise<Revoked> {
  const because = readReason(given.because)
  const approver = await findApprover(register.store, given.signer, given.as, 'determination.invalid')
  let done: Omit<Revoked, 'position'> | undefined
  const appended = await appendUnderLock(register, async (session, head) => {
    const determination = (await readDeterminations(session)).find(({ id }) => id === given.determination)
    if (determination === undefined) throw new Problem('determination.not_found', given.determination)
    refuse(determination, approver)
    const statement: RevocationStatement = {
      format: 'fairshare/determination-revoked@v1',
      register: register.registerId,
      determination: determination.id,
      determinationSha256: determination.sha256,
      because,
      approver: approver.id,
      revokedAt: Math.max(register.now(), head.recordedAt),
    }
    done = { statement, approver, determination }
    const note = signNote(statementText(statement), { name: approver.id, ...given.signer })
    const body: RevocationBody = { statement, note }
    return documentDraft({
      kind: 'determination-revoked',
      about: determination.id,
      body: canonicalJson(body),
      actor: approver.name,
    })
  })
  if (appended === undefined || done === undefined) throw new Error('nothing was recorded')
  return { position: appended.position, ...done }
}

/** Anybody on record may take an "allow" back. A refusal stands against whoever asked: they do not lift it. */
function refuse({ id, revoked, statement }: SignedDetermination, approver: ApproverBody): void {
  if (revoked !== undefined) throw new Problem('question.closed', `${id} was revoked already`)
  if (statement?.answer === 'refuse' && isRequester(approver, statement))
    throw new Problem(
      'determination.invalid',
      `${approver.name} has asked for it; somebody else revokes ${id}`,
    )
}
