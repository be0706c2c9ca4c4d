// The approver a key belongs to, before anything is signed with it.
import { encodeVerifierKey } from '../log/signed-note.ts'
import { Problem, type ProblemCode } from '../model/problem.ts'
import type { ApproverBody } from '../model/release.ts'
import type { Signer } from '../register/key-ring.ts'
import type { StoreSession } from '../register/store.ts'
import { readApprovers } from './read-approvers.ts'

/** `as` = the id of the approver; absent = whoever this key is on record for. `code`: the problem if it is another's key. */
export async function findApprover(
  session: Pick<StoreSession, 'query'>,
  signer: Signer,
  as: string | undefined,
  code: ProblemCode,
): Promise<ApproverBody> {
  const approvers = await readApprovers(session)
  const isTheirs = ({ id, verifierKey }: ApproverBody) =>
    verifierKey === encodeVerifierKey(id, signer.publicKey)
  const found = as === undefined ? [...approvers.values()].find(isTheirs) : approvers.get(as)
  if (found === undefined) throw new Problem('approver.not_found', as ?? 'this key is on record for nobody')
  if (isTheirs(found)) return found
  throw new Problem(
    code,
    `the key is not the one on record for ${found.name}: everybody signs with a key of their own`,
  )
}
