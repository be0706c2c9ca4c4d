// Approvers and their keys: the file is the approver's, the name and the public half are the register's.
import { ensureApproverKey, openApproverKey } from '../adapters/keys/approver-key-file.ts'
import { type AddedApprover, addApprover } from '../release/add-approver.ts'
import { type Approval, approveRequest } from '../release/approve-request.ts'
import type { App } from './open-app.ts'
import { readPolicyBook } from './policy-book.ts'

export async function addApproverWithKey(
  { register, configuration }: App,
  { name, keyPath }: { name: string; keyPath: string },
): Promise<AddedApprover & { keyMade: boolean }> {
  const { signer, made } = await ensureApproverKey(keyPath)
  const { actor } = configuration
  const added = await addApprover(register, { name, publicKey: signer.publicKey, actor })
  return { ...added, keyMade: made }
}

export async function approveWithKey(
  { register }: App,
  { request, keyPath, as }: { request: string; keyPath: string; as: string | undefined },
): Promise<Approval> {
  const signer = await openApproverKey(keyPath)
  const { policy } = await readPolicyBook(register)
  return approveRequest(register, policy, { request, signer, ...(as !== undefined && { as }) })
}
